"""A signed call over HTTP, and what came back."""

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any, Final

from hostward.api.programs.call import Endpoint
from hostward.cli.api.signing import Signed
from hostward.domain.errors import HostwardError

SECONDS: Final = 60.0
MAX_ANSWER: Final = 64 * 1024 * 1024
"""Ten times what the largest answer of a task's machines needs."""

Response = Mapping[str, Any]


def send(endpoint: Endpoint, signed: Signed) -> Response:
    """The inside of the envelope, an error's too. Raises HostwardError when no API answers there."""
    try:
        connection = _connection(endpoint)
        try:
            connection.request("POST", "/", signed.body, signed.headers)
            answer = connection.getresponse()
            body = answer.read(MAX_ANSWER + 1)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise HostwardError(f"can't reach {endpoint.url}: {error or type(error).__name__}; {_remedy(error)}") from error
    if len(body) > MAX_ANSWER:
        raise HostwardError(f"{endpoint.url} answered more than {MAX_ANSWER:,} bytes: ask for smaller pages")
    return _inside(endpoint, answer.status, body)


def _connection(endpoint: Endpoint) -> http.client.HTTPConnection:
    if not endpoint.tls:
        return http.client.HTTPConnection(endpoint.host, timeout=SECONDS)
    trust = ssl.create_default_context(cafile=endpoint.ca_file or None)
    return http.client.HTTPSConnection(endpoint.host, timeout=SECONDS, context=trust)


def _inside(endpoint: Endpoint, status: int, body: bytes) -> Response:
    try:
        inside = json.loads(body)["Response"]
    except (ValueError, KeyError, TypeError):
        inside = None
    if not isinstance(inside, dict):
        raise HostwardError(f"{endpoint.url} is no server of this API: it answered HTTP {status} without an envelope")
    return inside


def _remedy(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "name its CA with --ca-file (hostward tls show prints where it is)"
    if isinstance(error, FileNotFoundError):
        return "name a CA file that is there"
    return "start it (hostward up), or name another with --endpoint"
