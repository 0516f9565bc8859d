"""Flat requests, written apart from the product: TC3 GET, and signature version 1 as GET and form POST."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import quote_plus

from api_bench import HOST, SECRET, SECRET_ID, Answer, ApiBench
from hostward.api.action import VERSIONS

FORM = "application/x-www-form-urlencoded"


def flat(value: object, path: str = "", *, flag: Callable[[bool], str] = str) -> dict[str, str]:
    """A request as paths and texts. flag: how a Boolean is spelled, "True" unless told otherwise."""
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    else:
        return {path: flag(value) if isinstance(value, bool) else str(value)}
    return {
        name: text
        for key, one in pairs
        for name, text in flat(one, f"{path}.{key}" if path else str(key), flag=flag).items()
    }


def encoded(parameters: Mapping[str, str], quote: Callable[[str], str] = quote_plus) -> str:
    """A query or form."""
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in parameters.items())


def sign_v1(method: str, host: str, parameters: Mapping[str, str], secret: str, digest: str) -> str:
    """The signature of version 1, after its documentation."""
    text = f"{method}{host}/?" + "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), getattr(hashlib, digest)).digest()).decode()


def common_v1(api: ApiBench, action: str, **changes: str | None) -> dict[str, str]:
    """Common parameters of version 1; one that is changed to None is left out."""
    common = {
        "Action": action, "Version": VERSIONS["cwp"], "Timestamp": str(int(api.clock.wall.timestamp())),
        "Nonce": "11886", "SecretId": SECRET_ID, "SignatureMethod": "HmacSHA1",
    }  # fmt: skip
    return {name: value for name, value in (common | changes).items() if value is not None}


def call_v1(
    api: ApiBench, action: str, request: object = None, *, method: str = "GET", digest: str = "sha1",
    host: str = HOST, signed_host: str | None = None, secret: str = SECRET, common: dict | None = None,
    spelled: Callable[[str], str] = str, after: Mapping[str, str] | None = None, tail: str = "",
    headers: Mapping[str, str] | None = None, flag: Callable[[bool], str] = str,
    quote: Callable[[str], str] = quote_plus,
) -> Answer:  # fmt: skip
    """One request signed with version 1.

    common: changes to the common parameters; spelled: of names in the string that is signed; after, tail: what is
    added after signing, as parameters or as raw text.
    """
    parameters = flat(request or {}, flag=flag) | common_v1(api, action, **(common or {}))
    to_sign = {spelled(name): value for name, value in parameters.items()}
    parameters["Signature"] = sign_v1(method, signed_host or host, to_sign, secret, digest)
    return send_flat(api, encoded(parameters | (after or {}), quote) + tail, method=method, host=host, headers=headers)


def send_flat(
    api: ApiBench, source: str, *, method: str = "GET", host: str = HOST, headers: Mapping[str, str] | None = None
) -> Answer:
    """One request with this query or form."""
    sent = {"host": host} | dict(headers or {})
    if method == "GET":
        return api.send(b"", sent, method="GET", query=source)
    return api.send(source.encode("latin-1"), {"content-type": FORM} | sent, method=method)


def call_get(
    api: ApiBench, action: str, request: object = None, *, query: str | None = None,
    flag: Callable[[bool], str] = str, sent: str | None = None, body: bytes = b"", **options: object,
) -> Answer:  # fmt: skip
    """One GET signed with version 3. query: the raw one, else that of request; sent: another one than was signed."""
    raw = encoded(flat(request or {}, flag=flag)) if query is None else query
    headers = api.headers(action, body, query=raw, method="GET", **({"content_type": FORM} | options))
    return api.send(body, headers, method="GET", query=raw if sent is None else sent)
