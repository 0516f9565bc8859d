"""Which packages bring which vulnerabilities to a machine: as values, and as the few bytes that are stored of them."""

import zlib
from collections.abc import Iterable, Mapping

import msgspec

from hostward.domain.advisory import Match
from hostward.domain.ids import VulId
from hostward.domain.ignoring import Part, part_of
from hostward.store.texts import clean, cleaned

Parts = Mapping[VulId, tuple[Part, ...]]

_Stored = tuple[list[tuple[str, str, str, str]], dict[int, list[int]]]
"""Every package once; of each vulnerability the places of its packages."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Stored)
_FAST = 1
"""zlib's level: a third of the bytes for a tenth of a millisecond."""


def by_key(matches: Iterable[Match]) -> dict[str, tuple[Part, ...]]:
    """The packages of each vulnerability, each once, in the order of the matches."""
    found: dict[str, dict[Part, None]] = {}
    for match in matches:
        found.setdefault(key_of(match), {})[cleaned(part_of(match))] = None
    return {key: tuple(parts) for key, parts in found.items()}


def key_of(match: Match) -> str:
    """What its vulnerability is stored by."""
    return clean(match.key)


def pack(brought: Parts) -> bytes:
    """As bytes."""
    places: dict[Part, int] = {}
    by_vul = {
        int(which): [places.setdefault(part, len(places)) for part in parts]
        for which, parts in sorted(brought.items())
    }  # fmt: skip
    words = [(part.name, part.source, part.version, part.ecosystem) for part in places]
    return zlib.compress(_ENCODER.encode((words, by_vul)), _FAST)


def unpack(stored: bytes | None) -> Parts:
    """What was packed; nothing of rows that were written before packages were kept."""
    if not stored:
        return {}
    words, by_vul = _DECODER.decode(zlib.decompress(stored))
    parts = [
        Part(name=name, source=source, version=version, ecosystem=ecosystem)
        for name, source, version, ecosystem in words
    ]  # fmt: skip
    return {VulId(which): tuple(parts[place] for place in places) for which, places in by_vul.items()}
