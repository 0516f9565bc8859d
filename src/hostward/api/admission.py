"""Whether an authenticated caller may call an action now: by role, then by rate."""

from hostward.api.action import PERMITTED, AnyAction
from hostward.api.authenticator import Caller
from hostward.api.errors import ApiError, Code
from hostward.api.rate_limit import RateLimit
from hostward.api.texts import RATE, UNAUTHORIZED


class Admission:
    """Roles, and the rate of each user and action."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._limit = RateLimit(rate)

    def admit(self, caller: Caller, action: AnyAction, now: float) -> None:
        """Return if the caller is let through, at `now` (monotonic seconds).

        Raises ApiError AuthFailure.UnauthorizedOperation, which spends nothing of the rate, or RequestLimitExceeded.
        """
        user = caller.user
        if user.role not in PERMITTED[action.permission]:
            raise ApiError(
                Code.UNAUTHORIZED_OPERATION, UNAUTHORIZED, role=user.role, user=user.name, action=action.name
            )
        if not self._limit.take(user.id, f"{action.service}:{action.name}", now):
            raise ApiError(Code.RATE, RATE, limit=self._rate, action=action.name)
