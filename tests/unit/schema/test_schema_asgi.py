"""The documents over HTTP."""

import asyncio
import gzip

import pytest

from hostward.api.schema import encoded
from hostward.api.schema.asgi import PATHS, Schemas
from hostward.console.routes import answers_to

CWP = "/schema/cwp/2018-02-28.json"


def asked(path: str = CWP, method: str = "GET", *, host: str = "127.0.0.1:8420", **headers: str):
    """Status, headers and body of one request."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    pairs = {"host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {"type": "http", "method": method, "path": path, "query_string": b""}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in pairs.items()]
    app = Schemas(lambda name: answers_to(name, ("scan.example",)))
    asyncio.run(app(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize("path", PATHS)
def test_a_document_is_answered_with_its_etag(path):
    """Bytes, type, length."""
    status, headers, body = asked(path)
    document = encoded(PATHS[path])
    assert (status, body, headers[b"etag"].decode()) == (200, document.body, document.etag)
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"content-length"] == str(len(body)).encode()


def test_head_has_the_headers_alone():
    """As RFC 9110 has it."""
    _, whole, _ = asked()
    status, headers, body = asked(method="HEAD")
    assert (status, headers, body) == (200, whole, b"")


@pytest.mark.parametrize("accepted", ["gzip", "deflate, gzip;q=0.5, br", "GZIP"])
def test_a_client_that_takes_gzip_gets_a_tenth_of_the_bytes(accepted):
    """The same document, under an ETag of its own."""
    status, headers, body = asked(accept_encoding=accepted)
    assert (status, headers[b"content-encoding"], headers[b"vary"]) == (200, b"gzip", b"accept-encoding")
    assert (gzip.decompress(body), len(body) < len(encoded("cwp").body) / 8) == (encoded("cwp").body, True)
    assert asked(accept_encoding=accepted, if_none_match=headers[b"etag"].decode())[0] == 304
    assert asked(if_none_match=headers[b"etag"].decode())[0] == 200


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.000, identity"])
def test_a_client_that_does_not_take_gzip_gets_the_plain_document(accepted):
    """Accept-Encoding may exclude it too."""
    _, headers, body = asked(accept_encoding=accepted)
    assert (b"content-encoding" in headers, body) == (False, encoded("cwp").body)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*", ' {} , "x"'])
def test_a_client_that_has_it_gets_nothing_again(form):
    """If-None-Match in each of its forms."""
    etag = encoded("cwp").etag
    status, headers, body = asked(if_none_match=form.format(etag))
    assert (status, headers[b"etag"].decode(), body) == (304, etag, b"")


def test_a_client_that_has_another_gets_it():
    """An old ETag is of an old document."""
    assert asked(if_none_match='"old"')[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/schema/", "/schema/cwp/2018-02-29.json", "/schema/hostward/2018-02-28.json", "/schema/cwp/../x", CWP + "/"],
)
def test_what_is_not_there_is_told_what_is(path):
    """A reader finds the right path."""
    status, headers, body = asked(path)
    assert (status, b"etag" in headers) == (404, False)
    assert CWP in body.decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_is_for_reading(method):
    """No method changes anything."""
    assert asked(method=method)[0] == 405


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.1:8420"])
def test_a_host_that_is_not_ours_gets_nothing(host):
    """A page that points its name here reads nothing, as with the console."""
    status, _, body = asked(host=host)
    assert (status, b"actions" in body) == (421, False)


@pytest.mark.parametrize("host", ["localhost:1", "[::1]:8420", "SCAN.example", "scan.example:443"])
def test_every_name_of_this_server_is_answered(host):
    """Loopback and the names of the settings."""
    assert asked(host=host)[0] == 200


def test_it_says_what_kind_it_is_and_lets_nobody_guess():
    """A browser must not take it for a page."""
    assert asked()[1][b"x-content-type-options"] == b"nosniff"
