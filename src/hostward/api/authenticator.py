"""How a request proves who sent it; the gateway is given a tuple of these."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hostward.api.call import Call, flat_parameters
from hostward.api.errors import ApiError, Code
from hostward.api.http import Request
from hostward.api.texts import BAD_AUTHORIZATION, NO_AUTHORIZATION, SIGNATURE_V1, SIGNED_GET
from hostward.domain.account import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sent a request, and the service it was signed for ("" when the method names none)."""

    user: User
    service: str


class Authenticator(Protocol):
    """One way to prove who sends a request: a signature, a console session."""

    def recognises(self, request: Request) -> bool:
        """Whether the request uses this way, rightly or not."""
        ...

    async def authenticate(self, request: Request, call: Call, now: datetime) -> Caller:
        """Who sent it. Raises ApiError with one of the AuthFailure codes."""
        ...


def unrecognised(request: Request) -> ApiError:
    """Why a request that no authenticator recognises is refused."""
    if "Signature" in flat_parameters(request):
        return ApiError(Code.INVALID_AUTHORIZATION, SIGNATURE_V1)
    if b"authorization" not in request.head.headers:
        return ApiError(Code.INVALID_AUTHORIZATION, NO_AUTHORIZATION)
    text = SIGNED_GET if request.head.method == "GET" else BAD_AUTHORIZATION
    return ApiError(Code.INVALID_AUTHORIZATION, text)
