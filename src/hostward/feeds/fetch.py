"""Fetching a feed's file from its publisher, from a mirror over HTTP, or from a folder.

Proxies are those of the environment (HTTPS_PROXY, NO_PROXY), certificates the system's. Only http and https are
spoken, a redirect never leads from https to http, and a user and password in an address go to its own host alone and
into no message.
"""

import base64
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, Final
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from hostward import __version__
from hostward.domain.errors import FeedError, FeedUnreachable, InvalidValue

MAX_BYTES: Final = 4 << 30
"""Largest file fetched: several times the largest there is (all CVE records)."""
SECONDS: Final = 60.0
"""For a connection, and for each piece of an answer."""
WHOLE_SECONDS: Final = 3600.0
"""For everything of one file: a slow line may need long, a server that trickles must not hold on for ever."""
MAX_REDIRECTS: Final = 5

_CHUNK: Final = 1 << 20
_WEB: Final = frozenset({"http", "https"})
_NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that was fetched. path None: it is the same as when it was last fetched. validator: what tells that."""

    path: Path | None
    validator: str


def fetch(address: str, to: Path, *, validator: str = "", monotonic: Callable[[], float] = time.monotonic) -> Fetched:
    """Fetch what is at a URL into a file, or find it in place for the path of a file.

    validator: of the last time, "" to fetch in any case. Raises FeedError that names the address without password.
    """
    if "://" not in address:
        return _found(Path(address), validator)
    parts = _parts(address)
    try:
        with _open(parts, validator) as answer:
            _save(answer, to, monotonic() + WHOLE_SECONDS, monotonic)
            return Fetched(path=to, validator=_validator(answer.headers))
    except HTTPError as error:
        if error.code == _NOT_MODIFIED and validator:
            return Fetched(path=None, validator=validator)
        raise FeedUnreachable(f"{shown(address)}: the server answers {error.code} {error.reason}") from None
    except URLError as error:
        raise FeedUnreachable(f"{shown(address)}: {_words(error.reason)}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise FeedUnreachable(f"{shown(address)}: {_words(error)}") from None


def shown(address: str) -> str:
    """The address as it may be shown: without user and password."""
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return "an address that can't be read"


def located(mirror: str, file: str, default: str) -> str:
    """Where a feed's file is: in the mirror (a URL or a folder) if there is one, else at its publisher."""
    if not mirror:
        return default
    if "://" not in mirror:
        return str(Path(mirror) / file)
    parts = _parts(mirror)
    path = f"{parts.path.rstrip('/')}/{quote(file)}"
    return urlunsplit(parts._replace(path=path))


def _parts(address: str) -> SplitResult:
    """Raises InvalidValue for what is no http or https URL."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in _WEB and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidValue(f"{shown(address)!r} is no address to fetch from: http://, https:// or a path is expected")
    return parts


def _found(path: Path, validator: str) -> Fetched:
    try:
        status = path.stat()
    except OSError as error:
        raise FeedUnreachable(f"{path}: can't be read: {error.strerror}") from None
    now = f"{status.st_size}:{status.st_mtime_ns}"
    return Fetched(path=None if path.is_file() and now == validator else path, validator=now)


class _Redirects(HTTPRedirectHandler):
    max_redirections = MAX_REDIRECTS
    max_repeats = 2

    def redirect_request(  # noqa: PLR0917  # urllib's own
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Follow to http and https alone, and never from https to http."""
        scheme = urlsplit(newurl).scheme
        if scheme not in _WEB or (req.type == "https" and scheme != "https"):
            raise FeedError(f"{shown(req.full_url)}: leads to {shown(newurl)[:200]}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(parts: SplitResult, validator: str) -> HTTPResponse:
    opener = OpenerDirector()
    handlers = (ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), _Redirects())
    for handler in (*handlers, HTTPErrorProcessor()):
        opener.add_handler(handler)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    request = Request(urlunsplit(bare), headers={"User-Agent": f"hostward/{__version__}"})  # noqa: S310  # _parts
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(login).decode()}")
    kind, _, value = validator.partition(" ")
    if value:
        request.add_header("If-None-Match" if kind == "etag" else "If-Modified-Since", value)
    answer: HTTPResponse = opener.open(request, timeout=SECONDS)
    return answer


def _save(answer: HTTPResponse, to: Path, until: float, monotonic: Callable[[], float]) -> None:
    """Write the body. Raises FeedError when it is cut short, too large or too slow."""
    where, length = shown(answer.url), answer.length
    if length is not None and length > MAX_BYTES:
        raise FeedError(f"{where}: is larger than {MAX_BYTES >> 30} GiB, which no feed is")
    size = 0
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(to, "wb", opener=_private) as file:  # Path.open takes no opener
        while chunk := answer.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise FeedError(f"{where}: is larger than {MAX_BYTES >> 30} GiB, which no feed is")
            if monotonic() > until:
                raise FeedError(f"{where}: was not whole after {WHOLE_SECONDS:.0f} seconds")
            file.write(chunk)
    if length is not None and size < length:
        raise FeedError(f"{where}: was cut short after {size} of {length} bytes; fetch it again")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _validator(headers: HTTPMessage) -> str:
    if etag := headers.get("ETag"):
        return f"etag {etag}"
    modified = headers.get("Last-Modified")
    return f"modified {modified}" if modified else ""


def _words(error: object) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS:.0f} seconds"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)[:300] or type(error).__name__
