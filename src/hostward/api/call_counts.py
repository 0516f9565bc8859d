"""What the API was asked, counted for /metrics: by action and code, of which there are so many and no more."""

from collections.abc import Sequence
from typing import Final

from hostward.api.action import AnyAction
from hostward.api.errors import COMMON, Code
from hostward.api.trace import Trace
from hostward.runtime.metrics import Metrics

NONE: Final = "none"
"""Label of a request that was refused before it was known which action may be answered."""

OK: Final = "OK"


class CallCounts:
    """Counts answered requests. A request pays about a microsecond."""

    def __init__(self, metrics: Metrics, actions: Sequence[AnyAction]) -> None:
        codes = sum(len(one.errors | COMMON) + 1 for one in actions) + len(Code) + 1
        self._requests = metrics.counter(
            "hostward_api_requests_total",
            "Requests answered, by service, action and error code (OK for none).",
            *("service", "action", "code"),
            most=codes,
        )
        self._seconds = metrics.counter(
            "hostward_api_request_seconds_total",
            "Seconds from the first byte of requests to the last of their answers, by service and action.",
            *("service", "action"),
        )
        self._limited = metrics.counter(
            "hostward_rate_limited_total", "Requests refused because their user sent too many a second."
        )

    def note(self, trace: Trace, ended: float) -> None:
        """Count a request that has been answered. ended: monotonic seconds."""
        action = trace.action
        service, name = (NONE, NONE) if action is None else (action.service, action.name)
        self._requests.add(1, service, name, trace.code or OK)
        self._seconds.add(max(0.0, ended - trace.started), service, name)
        if trace.code == Code.RATE:
            self._limited.add()
