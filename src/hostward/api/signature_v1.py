"""Signature version 1, HmacSHA1 and HmacSHA256, of GET requests and form POSTs ("Signature" page).

The international Node SDK signs so unless told otherwise. The string to sign joins the values unescaped, so it can't
tell where one that holds "&" ends: a weakness of this version, and a reason to prefer version 3 without TLS.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from hostward.api import texts
from hostward.api.authenticator import Caller
from hostward.api.call import Call
from hostward.api.errors import ApiError, Code
from hostward.api.flat_body import parse_flat
from hostward.api.hosts import host_candidates
from hostward.api.http import Request
from hostward.api.keys import KeyRing
from hostward.api.signature_key import Credentials, signing_key

DIGESTS: Final[Mapping[str, str]] = {"": "sha1", "HmacSHA1": "sha1", "HmacSHA256": "sha256"}
"""SignatureMethod and its digest; SHA-1 when it is left out."""

_FLAGS: Final[Mapping[str, str]] = {"true": "True", "false": "False"}
"""Booleans as they are sent, and as they are signed by a client that spells them in two ways."""

_SECRET_ID: Final = re.compile(r"[\w.-]{1,128}", re.ASCII)


class SignatureV1:
    """Authenticates requests by their parameter Signature."""

    def __init__(self, keys: KeyRing, *, host_aliases: Sequence[str] = ()) -> None:
        self._keys = keys
        self._aliases = tuple(host_aliases)

    def recognises(self, _request: Request, call: Call) -> bool:
        """See Authenticator.recognises."""
        return call.is_signed_v1

    async def authenticate(self, request: Request, call: Call, now: datetime) -> Caller:
        """See Authenticator.authenticate; parameters that can't be read are refused where their signature would be."""
        said = call.common
        digest = DIGESTS.get(said.get("SignatureMethod", ""))
        secret_id = said.get("SecretId", "")
        if digest is None or not _SECRET_ID.fullmatch(secret_id):
            raise ApiError(Code.INVALID_AUTHORIZATION, texts.BAD_SIGNATURE_V1)
        credentials = Credentials(secret_id=secret_id, token=said.get("Token", ""))
        key = await signing_key(self._keys, credentials, call.timestamp, now)
        parameters = parse_flat(request.flat or b"")
        given = parameters.pop("Signature", "").encode()
        hosts = host_candidates(request.head.text(b"host"), self._aliases)
        for text in texts_to_sign(request.head.method, hosts, parameters):
            if hmac.compare_digest(signature_v1(key.secret, text, digest), given):
                return Caller(user=key.user, secret_id=key.secret_id, service="")
        raise ApiError(Code.SIGNATURE_FAILURE, texts.BAD_SIGNATURE)


def texts_to_sign(method: str, hosts: Sequence[str], parameters: Mapping[str, str]) -> Iterator[bytes]:
    """What a client may have signed: for each host the parameters as sent, then as some client spells them."""
    for spelled in _spellings(parameters):
        pairs = "&".join(f"{name}={spelled[name]}" for name in sorted(spelled))
        for host in hosts:
            yield f"{method}{host}/?{pairs}".encode()


def signature_v1(secret: str, text: bytes, digest: str) -> bytes:
    """The signature in base64."""
    return b64encode(hmac.digest(secret.encode(), text, digest))


def _spellings(parameters: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """As sent; "_" in a name as "." (Python); Booleans as True and False (Python's asynchronous client in a GET)."""
    yield parameters
    if any("_" in name for name in parameters):
        yield {name.replace("_", "."): value for name, value in parameters.items()}
    if not _FLAGS.keys().isdisjoint(parameters.values()):
        yield {name: _FLAGS.get(value, value) for name, value in parameters.items()}
