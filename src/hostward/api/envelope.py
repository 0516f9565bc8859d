"""The envelope of every answer, and its way onto the wire."""

import gzip
from typing import Final

import msgspec

from hostward.api.http import Head, Send
from hostward.api.texts import Language
from hostward.usecases.accounts.browser import CSRF_HEADER

_ENCODER = msgspec.json.Encoder()
_OPEN = b'{"Response":'
TRACE_CHARS = 128
"""Longest X-TC-TraceId that is echoed."""
WORTH_PACKING: Final = 1400
"""Bytes from which on an answer takes more than one packet. What is shown once, a new key's secret, is shorter."""
PACKING: Final = 1
"""Level of compression: 15 kB become 3.3 in 0.06 ms; the best level takes four times that for a tenth less."""


class Error(msgspec.Struct, rename="pascal"):
    """Why a request was refused."""

    code: str
    message: str


class Failure(msgspec.Struct, rename="pascal"):
    """The Response of a refused request."""

    error: Error


def success(response: msgspec.Struct, request_id: str) -> bytes:
    """The envelope around an action's response."""
    return _enveloped(response, request_id)


def failure(code: str, message: str, request_id: str) -> bytes:
    """The envelope of a refusal."""
    return _enveloped(Failure(Error(code, message)), request_id)


def language_of(head: Head) -> Language:
    """The language that the headers ask for."""
    return language_named(head.text(b"x-tc-language"))


def language_named(name: str) -> Language:
    """The language with this name: English unless it is zh-CN."""
    return "zh-CN" if name == "zh-CN" else "en-US"


async def respond(send: Send, head: Head, body: bytes) -> None:
    """Send an answer: always 200 (clients take any other status for a network error and lose the RequestId).

    The content type carries no charset: with one the official Python client does not raise on errors. Only the console
    is answered in fewer bytes: what signs its requests gets them as they are.
    """
    headers = [(b"content-type", b"application/json")]
    if CSRF_HEADER in head.headers:
        headers.append((b"vary", b"accept-encoding"))
        if len(body) >= WORTH_PACKING and b"gzip" in head.headers.get(b"accept-encoding", b""):
            headers.append((b"content-encoding", b"gzip"))
            body = gzip.compress(body, PACKING, mtime=0)
    headers.append((b"content-length", b"%d" % len(body)))
    trace = head.headers.get(b"x-tc-traceid", b"")
    if 0 < len(trace) <= TRACE_CHARS and trace.isascii():
        headers.append((b"x-tc-traceid", trace))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _enveloped(response: msgspec.Struct, request_id: str) -> bytes:
    """Written into one buffer: an answer of 100 machines is too long to be copied for every part."""
    envelope = bytearray(_OPEN)
    _ENCODER.encode_into(response, envelope, len(_OPEN))
    comma = b"," if len(envelope) > len(_OPEN) + len(b"{}") else b""
    envelope[-1:] = b'%b"RequestId":"%b"}}' % (comma, request_id.encode())
    return bytes(envelope)
