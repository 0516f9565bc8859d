"""Structured events and what must not be in them."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from hostward.runtime.logging import HIDDEN, configure, context, get_logger, redact


@pytest.fixture(autouse=True)
def _default_logging() -> Iterator[None]:
    """Leave logging as it was found."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def events(stream: io.StringIO) -> list[dict[str, object]]:
    """The JSON lines written so far."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def redacted(**event: object) -> dict[str, object]:
    """The event as the processor leaves it."""
    return dict(redact(None, "info", event))


def test_an_event_is_one_json_line_with_its_keys() -> None:
    """A collector needs no rules of its own to read it."""
    stream = io.StringIO()
    configure(format="json", stream=stream)
    get_logger("hostward.test").info("scan started", task=7, machines=3)
    (event,) = events(stream)
    assert event.pop("timestamp") is not None
    assert event == {"event": "scan started", "level": "info", "logger_name": "hostward.test", "machines": 3, "task": 7}


def test_the_time_of_an_event_is_utc() -> None:
    """Logs of several hosts can be put side by side."""
    stream = io.StringIO()
    configure(format="json", stream=stream)
    get_logger("t").info("x")
    assert str(events(stream)[0]["timestamp"]).endswith("Z")


def test_events_below_the_level_are_not_written() -> None:
    """Nobody reads debug lines unless they asked for them."""
    stream = io.StringIO()
    configure(level="warning", format="json", stream=stream)
    log = get_logger("t")
    log.info("quiet")
    log.warning("loud")
    assert [event["event"] for event in events(stream)] == ["loud"]


def test_a_logger_made_before_configure_follows_it() -> None:
    """Modules take their logger when they are loaded, long before settings are read."""
    log = get_logger("early")
    stream = io.StringIO()
    configure(format="json", stream=stream)
    log.info("late")
    assert [event["logger_name"] for event in events(stream)] == ["early"]


def test_context_is_on_every_event_until_it_is_left() -> None:
    """The RequestId need not be handed through every call."""
    stream = io.StringIO()
    configure(format="json", stream=stream)
    log = get_logger("t")
    with context(request_id="r-1"):
        log.info("inside")
    log.info("outside")
    assert [event.get("request_id") for event in events(stream)] == ["r-1", None]


@pytest.mark.parametrize(
    "name",
    [
        "key", "secret_key", "SecretKey", "secretkey", "apikey", "Authorization", "session_token", "X-Hostward-Mac",
        "hmac", "password", "db.passwd", "Signature", "cookie", "private_key", "TOKEN",
    ],
)  # fmt: skip
def test_what_is_named_like_a_secret_is_hidden(name: str) -> None:
    """However the words of the name are joined."""
    assert redacted(**{name: "abc"}) == {name: HIDDEN}


@pytest.mark.parametrize("name", ["task", "machine", "machines", "monk", "secret_id", "SecretId", "public_key", "path"])
def test_what_is_no_secret_is_shown(name: str) -> None:
    """A log that hides everything helps nobody; a SecretId is a name."""
    assert redacted(**{name: "abc"}) == {name: "abc"}


def test_secrets_inside_values_are_hidden() -> None:
    """Dictionaries and lists are looked through."""
    event = redacted(request={"headers": [{"Authorization": "TC3 abc", "Host": "h"}]})
    assert event == {"request": {"headers": [{"Authorization": HIDDEN, "Host": "h"}]}}


def test_what_lies_too_deep_to_look_through_is_hidden_whole() -> None:
    """A value nested without end neither overflows the stack nor hides a secret."""
    value: dict[str, object] = {"password": "abc"}
    for _ in range(5_000):
        value = {"in": value}
    text = repr(redacted(value=value))
    assert ("abc" in text, HIDDEN in text) == (False, True)


def test_a_password_inside_a_url_is_hidden() -> None:
    """Database addresses carry theirs before the host."""
    event = redacted(url="postgresql://hw:s3cret@db.example/hostward")
    assert event == {"url": f"postgresql://hw:{HIDDEN}@db.example/hostward"}


def test_bytes_and_other_values_are_written_in_some_form() -> None:
    """A log line must never fail for the type of what it says."""
    stream = io.StringIO()
    configure(format="json", stream=stream)
    get_logger("t").info("x", path=b"/a\xff")
    assert events(stream)[0]["path"] == "b'/a\\xff'"


@pytest.mark.parametrize("layout", ["console", "json"])
def test_line_ends_and_terminal_commands_in_a_value_do_not_reach_the_log(layout: str) -> None:
    """A file name on a scanned host can't forge a line or paint the operator's screen."""
    stream = io.StringIO()
    configure(format=layout, stream=stream)
    get_logger("t").info("file seen", path="a\n\x1b[2Jb\x00")
    text = stream.getvalue()
    assert (text.count("\n"), "\x1b" in text, "\x00" in text) == (1, False, False)


@pytest.mark.parametrize("layout", ["console", "json"])
def test_an_exception_is_written_with_its_traceback(layout: str) -> None:
    """The cause stands in the log, since the answer to the client never has it."""
    stream = io.StringIO()
    configure(format=layout, stream=stream)
    try:
        raise RuntimeError("boom")
    except RuntimeError:
        get_logger("t").exception("request failed")
    assert "RuntimeError: boom" in stream.getvalue()


def test_the_default_stream_is_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to what a command answers."""
    configure(format="json")
    get_logger("t").info("x")
    captured = capsys.readouterr()
    assert (captured.out, json.loads(captured.err)["event"]) == ("", "x")
