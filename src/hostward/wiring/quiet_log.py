"""What the HTTP server says of bad requests and broken connections, said seldom: a flood of them fills no disk."""

import logging
import time
from collections.abc import Callable

SECONDS = 60.0
"""Between two lines of the same text."""

MOST_EVENTS = 1_000
"""Remembered; then all are forgotten and may be said anew."""


class Seldom(logging.Filter):
    """Lets the same event through once a minute, with how often it was held back since.

    Events are the same when their text is and, for a traceback, the kind of exception and the line that raised it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[tuple[object, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is logged."""
        now, event = self._clock(), _event(record)
        since, held = self._said.get(event, (now - SECONDS, 0))
        if now - since < SECONDS:
            self._said[event] = (since, held + 1)
            return False
        if len(self._said) >= MOST_EVENTS:
            self._said.clear()
        self._said[event] = (now, 0)
        if held:
            record.msg = f"{str(record.msg).rstrip()} (and {held} more in {now - since:.0f} s)"
        return True


def quiet(name: str) -> None:
    """Make a logger of the standard library say seldom what it says again and again; a second call changes nothing."""
    logger = logging.getLogger(name)
    if not any(isinstance(one, Seldom) for one in logger.filters):
        logger.addFilter(Seldom())


def _event(record: logging.LogRecord) -> tuple[object, ...]:
    kind, _, traceback = record.exc_info or (None, None, None)
    if traceback is None:
        return (record.msg,)
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return (record.msg, kind, traceback.tb_frame.f_code, traceback.tb_lineno)
