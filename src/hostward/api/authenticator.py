"""How a request proves who sent it; the gateway is given a tuple of these."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hostward.api.call import Call
from hostward.api.errors import ApiError, Code
from hostward.api.http import Request
from hostward.api.texts import NO_AUTHORIZATION
from hostward.domain.account import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sent a request, and the service it was signed for ("" when the method names none).

    secret_id: the key it was signed with, "" for none. session: the id of the console session it came by, "" for none.
    """

    user: User
    service: str
    secret_id: str = ""
    session: str = ""

    @property
    def means(self) -> str:
        """How they proved it, as the audit log and the request log have it: a SecretId, or "session:ID"."""
        return f"session:{self.session}" if self.session else self.secret_id


class Authenticator(Protocol):
    """One way to prove who sends a request: a signature, a console session."""

    def recognises(self, request: Request, call: Call) -> bool:
        """Whether the request uses this way, rightly or not."""
        ...

    async def authenticate(self, request: Request, call: Call, now: datetime) -> Caller:
        """Who sent it. Raises ApiError with one of the AuthFailure codes."""
        ...


def unrecognised() -> ApiError:
    """Why a request that no authenticator recognises is refused."""
    return ApiError(Code.INVALID_AUTHORIZATION, NO_AUTHORIZATION)
