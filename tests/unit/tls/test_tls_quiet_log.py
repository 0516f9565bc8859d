"""Events of the HTTP server that come in floods are logged seldom."""

import logging

import pytest

from hostward.wiring.quiet_log import MOST_EVENTS, SECONDS, Seldom, quiet


class Turned:
    """A clock to be turned."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Where it stands."""
        return self.now


def record(text: str = "Invalid HTTP request received.", error: Exception | None = None) -> logging.LogRecord:
    """What the server says."""
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("uvicorn.error", logging.WARNING, __file__, 1, text, None, exc_info)


def raised(kind: type[Exception], *, elsewhere: bool = False) -> Exception:
    """An exception that was raised."""
    try:
        if elsewhere:
            raise kind("elsewhere")
        raise kind("here")
    except Exception as error:
        return error


def test_the_same_text_passes_once_a_minute() -> None:
    """And then says how often it was held back."""
    clock = Turned()
    seldom = Seldom(clock)
    passed = [seldom.filter(record()) for _ in range(2000)]
    clock.now = SECONDS
    last = record()
    assert (passed.count(True), seldom.filter(last), last.msg) == (
        1, True, "Invalid HTTP request received. (and 1999 more in 60 s)",
    )  # fmt: skip


def test_other_texts_pass() -> None:
    """Each has a minute of its own."""
    seldom = Seldom(Turned())
    assert [seldom.filter(record(text)) for text in "abab"] == [True, True, False, False]


def test_failures_are_the_same_by_kind_and_line() -> None:
    """A new defect is seen at once; the same one does not fill the disk."""
    seldom = Seldom(Turned())
    errors = [raised(KeyError), raised(KeyError), raised(ValueError), raised(KeyError, elsewhere=True)]
    assert [seldom.filter(record("failed", error)) for error in errors] == [True, False, True, True]


def test_memory_has_a_bound() -> None:
    """Texts with data in them are forgotten together."""
    seldom = Seldom(Turned())
    for number in range(MOST_EVENTS * 2 + 10):
        seldom.filter(record(str(number)))
    assert len(seldom._said) == 10


def test_a_logger_is_made_quiet_once() -> None:
    """Two servers in one process share it."""
    name = "hostward.tests.quiet"
    quiet(name)
    quiet(name)
    assert [type(one) for one in logging.getLogger(name).filters] == [Seldom]


@pytest.mark.parametrize("level", [logging.WARNING, logging.ERROR])
def test_level_makes_no_difference(level: int) -> None:
    """A client that hangs up makes the server log an error each time."""
    seldom = Seldom(Turned())
    records = [record() for _ in range(3)]
    for one in records:
        one.levelno = level
    assert [seldom.filter(one) for one in records] == [True, False, False]
