"""Every way to sign a request, for one set of keys."""

from collections.abc import Sequence

from hostward.api.authenticator import Authenticator
from hostward.api.keys import KeyRing
from hostward.api.signature import SignatureV3
from hostward.api.signature_v1 import SignatureV1


def signatures(keys: KeyRing, *, host_aliases: Sequence[str] = ()) -> tuple[Authenticator, ...]:
    """The authenticators of signed requests, the most used first. host_aliases: names the server is also known by."""
    return (SignatureV3(keys, host_aliases=host_aliases), SignatureV1(keys, host_aliases=host_aliases))
