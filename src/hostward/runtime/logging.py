"""Structured events: what happened, in the past tense, with keys.

`configure` is called once, by whoever starts the process. Modules take `log = get_logger(__name__)` at load time;
what they bind with `context` (RequestId, task) is on every event of that thread or coroutine until it is left.
"""

import re
import sys
from contextlib import AbstractContextManager
from typing import Final, Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["console", "json"]
Logger = FilteringBoundLogger

HIDDEN: Final = "[hidden]"
MAX_DEPTH: Final = 8
"""How deep values are looked through for secrets; what lies deeper is hidden whole."""
SECRET_PART: Final = re.compile(r"authorization|cookie|passphrase|passw(or)?d|secret|signature|token|key\Z")
SECRET_WORDS: Final = frozenset({"hmac", "key", "mac"})
"""Words too short to be looked for inside others: "machine" is no secret."""
PUBLIC_NAMES: Final = frozenset({"public_key", "secret_id", "secretid"})
"""Names that hold a secret word and are still safe to show: a SecretId names a key, it does not open anything."""
URL_PASSWORD: Final = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")


def configure(*, level: Level = "info", format: Format = "console", stream: TextIO | None = None) -> None:  # noqa: A002  # the setting's own name, log.format
    """Send every event from `level` up to `stream` (standard error when None), as lines for people or as JSON.

    May be called again: the last call counts.
    """
    out = sys.stderr if stream is None else stream
    structlog.configure(
        processors=[*_shared_processors(), _renderer(format, colors=out.isatty())],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,  # loggers are made at load time, before configure is called
    )


def get_logger(name: str) -> Logger:
    """A logger whose events carry `logger_name=name`."""
    return cast("Logger", structlog.get_logger(logger_name=name))


def context(**values: object) -> AbstractContextManager[object]:
    """While the block runs, every event of this thread or coroutine carries `values`."""
    return structlog.contextvars.bound_contextvars(**values)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: hide what is named like a secret, at any depth, and passwords inside URLs."""
    return {key: HIDDEN if _is_secret(key) else _redacted(value, MAX_DEPTH) for key, value in event.items()}


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]


def _renderer(format: Format, *, colors: bool) -> Processor:  # noqa: A002  # as in configure
    if format == "json":
        return structlog.processors.JSONRenderer(default=str, ensure_ascii=True)
    return structlog.dev.ConsoleRenderer(
        colors=colors,
        exception_formatter=structlog.dev.plain_traceback,
        repr_native_str=True,  # names on a scanned host may hold line ends and terminal commands
    )


def _is_secret(key: str) -> bool:
    """Whether a key is named like a secret: "SecretKey", "api-key", "session_token", "X-Hostward-Mac"."""
    words = _words(key)
    named = "_".join(words)
    if named in PUBLIC_NAMES:
        return False
    return SECRET_PART.search(named) is not None or not SECRET_WORDS.isdisjoint(words)


def _words(key: str) -> list[str]:
    """A name cut into lower-case words: at every sign that is no letter, and before a capital after a small one."""
    cut = "".join(_with_gap(before, letter) for before, letter in zip(" " + key, key, strict=False))
    return cut.lower().split()


def _with_gap(before: str, letter: str) -> str:
    if not letter.isalnum():
        return " "
    return f" {letter}" if letter.isupper() and before.islower() else letter


def _redacted(value: object, depth: int) -> object:
    if isinstance(value, dict):
        return {key: _redacted_item(key, item, depth) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted_within(item, depth) for item in value]
    return URL_PASSWORD.sub(rf"\1:{HIDDEN}@", value) if isinstance(value, str) else value


def _redacted_item(key: object, value: object, depth: int) -> object:
    return HIDDEN if _is_secret(str(key)) else _redacted_within(value, depth)


def _redacted_within(value: object, depth: int) -> object:
    return HIDDEN if depth <= 1 and isinstance(value, dict | list | tuple) else _redacted(value, depth - 1)
