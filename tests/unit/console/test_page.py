"""The console's files and screens as they are sent, and what is said where the console was left out."""

import asyncio
import re
from pathlib import Path

import pytest

from hostward.console.lines import sdk_lines, tccli_line
from hostward.console.page import content_security_policy, not_built
from hostward.console.routes import POLICY, SCREENS, Console
from hostward.console.static_files import load
from hostward.domain.module import Module

HOST = b"127.0.0.1:8420"
WEB = Path(__file__).parents[3] / "web"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small console as the build leaves it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "assets" / "main-1a2b.js").write_text("plain")
    (tmp_path / "assets" / "main-1a2b.js.br").write_bytes(b"brotli")
    (tmp_path / "assets" / "main-1a2b.js.gz").write_bytes(b"gzip")
    (tmp_path / ".stamp").write_text("no file of a browser's")
    return tmp_path


def get(folder: Path, path: str, *, method: str = "GET", host: bytes = HOST, **more: bytes):
    """Status, headers and body of one request."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"host", host), *((name.replace("_", "-").encode(), value) for name, value in more.items())]
    scope = {"type": "http", "path": path, "method": method, "headers": headers, "query_string": b""}
    asyncio.run(Console(version="0.1.0", names={"hw.example.org"}, files=load(folder))(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize("path", ["/", "/tasks", "/tasks/Vul/81", "/explorer", "/settings/keys", "/login"])
def test_every_screen_is_the_same_page(built: Path, path: str) -> None:
    """The browser draws the screen; the page is asked for anew each time, under the strict policy."""
    status, headers, body = get(built, path)
    assert (status, body) == (200, b"<!doctype html>")
    assert headers[b"cache-control"] == b"no-cache"
    assert headers[b"content-security-policy"] == POLICY
    assert headers[b"content-type"] == b"text/html; charset=utf-8"


def test_policy_allows_nothing_inline_and_no_other_host() -> None:
    """No unsafe word, no scheme beside the icon's, no frame around it."""
    assert b"unsafe" not in POLICY
    assert re.findall(rb"\b(https?|data|blob):", POLICY) == [b"data"]
    assert b"frame-ancestors 'none'" in POLICY


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        (b"gzip, deflate, br, zstd", b"br", b"brotli"),
        (b"gzip", b"gzip", b"gzip"),
        (b"br;q=0, gzip;q=0.5", b"gzip", b"gzip"),
        (b"", None, b"plain"),
        (b"identity", None, b"plain"),
    ],
)
def test_a_file_is_sent_as_it_was_packed(built: Path, accepted: bytes, encoding: bytes | None, body: bytes) -> None:
    """The smallest form that the browser takes; its name says what it holds, so it is kept for ever."""
    status, headers, sent = get(built, "/assets/main-1a2b.js", accept_encoding=accepted)
    assert (status, headers.get(b"content-encoding"), sent) == (200, encoding, body)
    assert b"immutable" in headers[b"cache-control"]
    assert headers[b"vary"] == b"accept-encoding"


def test_a_file_that_is_known_is_not_sent_again(built: Path) -> None:
    """The tag of the page, shown by the browser, is answered by 304 and nothing more."""
    _, headers, _ = get(built, "/")
    status, again, body = get(built, "/", if_none_match=headers[b"etag"])
    assert (status, body, again[b"etag"]) == (304, b"", headers[b"etag"])
    assert b"content-length" not in again


@pytest.mark.parametrize(
    "path",
    [
        "/.stamp",
        "/assets/../index.html",
        "/assets/none.js",
        "//etc/passwd",
        "/etc/passwd",
        "/assets/main-1a2b.js.br",
        "/x",
    ],
)
def test_nothing_else_is_served(built: Path, path: str) -> None:
    """A path is looked up among the files that were loaded; it never reaches the file system."""
    assert get(built, path)[0] == 404


def test_other_methods_are_refused(built: Path) -> None:
    """The console's own paths are for reading."""
    assert get(built, "/tasks", method="DELETE")[0] == 405


def test_head_has_no_body(built: Path) -> None:
    """The length of what GET would send."""
    _, headers, body = get(built, "/", method="HEAD")
    assert (headers[b"content-length"], body) == (b"15", b"")


@pytest.mark.parametrize(
    ("host", "status"),
    [(HOST, 200), (b"localhost", 200), (b"[::1]:8420", 200), (b"HW.example.org:1", 200), (b"evil.example", 421)],
)
def test_only_names_of_this_server_are_answered(built: Path, host: bytes, status: int) -> None:
    """A foreign page that points its own name here reads nothing."""
    assert get(built, "/", host=host)[0] == status


def test_alive(built: Path) -> None:
    """What a load balancer asks."""
    assert get(built, "/healthz")[2] == b"ok\n"


def test_without_a_console_the_page_says_so(tmp_path: Path) -> None:
    """How to add it, and lines that ask without it; its policy allows its own style alone."""
    status, headers, body = get(tmp_path, "/")
    assert status == 200
    assert b"make install" in body
    assert headers[b"content-security-policy"] == content_security_policy()
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")


def test_hostile_host_stays_text() -> None:
    """A name in the page is text, never markup."""
    page = not_built(endpoint="<script>", version="<b>", tls=True, ca_file="/x y/'ca.pem").decode()
    assert "<script>" not in page
    assert "<b>" not in page


@pytest.mark.parametrize("module", list(Module))
def test_ready_made_lines_name_the_task(module: Module) -> None:
    """Endpoint, module and number are in both."""
    for text in (sdk_lines("h:1", module, 7), tccli_line("h:1", module, 7)):
        assert "h:1" in text
        assert module.value in text
        assert "7" in text


def test_screens_of_the_browser_and_of_the_server_are_the_same() -> None:
    """Each first part of a path in web/src/app/routes.ts is served, and nothing else is."""
    source = (WEB / "src/app/routes.ts").read_text()
    paths = re.findall(r'path: "/([^"/:]*)', source)
    assert set(paths) | {"login"} == set(SCREENS)
