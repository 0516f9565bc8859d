"""Whether an authenticated caller may call an action now: by role and limits, then by rate."""

from collections.abc import Mapping
from typing import Final, Literal

from hostward.api import texts
from hostward.api.action import AnyAction
from hostward.api.authenticator import Caller
from hostward.api.errors import ApiError, Code
from hostward.api.rate_limit import Bucket, Rate
from hostward.domain.account import User
from hostward.domain.permission import Lack, lacking

_SAID: Final[Mapping[Lack, texts.Text]] = {
    Lack.NO_ENTRY: texts.NO_PERMISSION,
    Lack.ROLE: texts.UNAUTHORIZED,
    Lack.BOUND: texts.UNAUTHORIZED_BOUND,
    Lack.TOKEN: texts.UNAUTHORIZED_TOKEN,
    Lack.LIMITED: texts.UNAUTHORIZED_LIMITED,
}


class Admission:
    """Roles and limits, and the rate of each user and action."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate

    async def admit(self, caller: Caller, action: AnyAction, now: float) -> None:
        """Return if the caller is let through, at `now` (monotonic seconds).

        Raises ApiError AuthFailure for a user who is kept out, AuthFailure.UnauthorizedOperation, which spends nothing
        of the rate, or RequestLimitExceeded.
        """
        user = caller.user
        if not user.is_active:
            raise ApiError(Code.AUTH_FAILURE, texts.USER_DISABLED, user=user.name)
        lack = lacking(user, action.permission)
        if lack is not None:
            raise _unauthorized(lack, user, action)
        kind: Literal["key", "session"] = "key" if caller.secret_id else "session"
        if not await self._rate.take(Bucket(kind, user.id, f"{action.service}:{action.name}"), now):
            raise ApiError(Code.RATE, texts.RATE, limit=self._rate.limit, action=action.name)


def _unauthorized(lack: Lack, user: User, action: AnyAction) -> ApiError:
    """The refusal that names what is missing, and why."""
    return ApiError(
        Code.UNAUTHORIZED_OPERATION,
        _SAID[lack],
        action=action.name,
        permission=action.permission or "",
        role=user.role if lack is not Lack.BOUND else user.bound,
        user=user.name,
        tags=", ".join(user.tags[:5]),
    )
