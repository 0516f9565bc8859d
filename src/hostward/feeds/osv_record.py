"""One OSV record as an advisory.

Format: OSV schema 1.7 (ossf.github.io/osv-schema). Only what is used is decoded; everything else is passed over.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from hostward.domain.advisory import Advisory, Affected, FixStatus
from hostward.domain.cvss import level_of
from hostward.domain.errors import InvalidValue
from hostward.domain.matching import category_of, key_range, level_of_word
from hostward.domain.options import Category
from hostward.domain.severity import Level
from hostward.domain.versions.table import canonical, canonical_name, key_for
from hostward.feeds.scoring import scored

FEED = "osv"
MAX_VERSIONS = 20_000
"""Versions one record may list one by one, a range each: more than any package has released."""
MAX_TEXT = 20_000
"""Characters of a description kept."""

_RANGE_TYPES = frozenset({"ECOSYSTEM", "SEMVER"})
_FIRST = "0"
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}$")
_WRAPPED_CVE = re.compile(r"[A-Z]+-(CVE-[0-9]{4}-[0-9]{4,19})$")
_NO_SECURITY = re.compile(r"(?:AL|EL|RH|RL)(?:BA|EA)-")
"""Red Hat's and its kin's advisories about bugs and enhancements, which stand in the same databases."""
_SECURITY = re.compile(r"(?:AL|EL|RH|RL)SA-")
_GITHUB = "GHSA-"
_REFERENCE_ORDER = ("ADVISORY", "FIX", "REPORT", "WEB", "ARTICLE")


class _Event(msgspec.Struct):
    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None


class _Range(msgspec.Struct):
    type: str
    events: list[_Event]


class _Package(msgspec.Struct):
    ecosystem: str
    name: str


class _Severity(msgspec.Struct):
    type: str
    score: str


class _Words(msgspec.Struct):
    """Severity words that databases add where the schema has none."""

    severity: msgspec.Raw = msgspec.Raw()
    urgency: msgspec.Raw = msgspec.Raw()
    ubuntu_priority: msgspec.Raw = msgspec.Raw()


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    severity: list[_Severity] | None = None
    ecosystem_specific: _Words | None = None
    database_specific: _Words | None = None


class _Reference(msgspec.Struct):
    type: str
    url: str


class Record(msgspec.Struct):
    """What is read of an OSV record."""

    id: str
    aliases: list[str] | None = None
    related: list[str] | None = None
    upstream: list[str] | None = None
    summary: str | None = None
    details: str | None = None
    published: str | None = None
    withdrawn: str | None = None
    affected: list[_Affected] | None = None
    severity: list[_Severity] | None = None
    references: list[_Reference] | None = None
    database_specific: _Words | None = None


_decode = msgspec.json.Decoder(Record).decode
_decode_text = msgspec.json.Decoder(str).decode


def decode(data: bytes) -> Record:
    """A record out of its JSON. Raises msgspec.DecodeError, or its child ValidationError, when it is none."""
    return _decode(data)


def advisory_of(record: Record, skipped: Counter[str]) -> Advisory | None:
    """The record as an advisory; None for one that is about no vulnerability. What is left out of it is counted."""
    if not record.id or record.withdrawn:
        skipped["withdrawn records" if record.withdrawn else "records without an id"] += 1
        return None
    key = _key(record)
    fixes = () if _CVE.match(key) else _fixes(record)
    if not fixes and _NO_SECURITY.match(record.id):
        skipped["advisories about no vulnerability"] += 1
        return None
    vector, score = _cvss(record, skipped)
    level, level_source = _level(record, vector, score)
    return Advisory(
        feed=FEED,
        id=record.id,
        key=key,
        aliases=tuple(dict.fromkeys((*(record.aliases or ()), *fixes))),
        title=(record.summary or "").strip(),
        description=(record.details or "")[:MAX_TEXT],
        level=level,
        level_source=level_source,
        cvss=score,
        vector=vector,
        reference=_reference(record),
        published=time_of(record.published),
        affected=tuple(each for part in record.affected or () for each in _ranges(part, skipped)),
    )


def _fixes(record: Record) -> tuple[str, ...]:
    """The CVEs that a distribution's advisory fixes; what is only related to a language package is another flaw."""
    if not any(
        part.package and category_of(part.package.ecosystem) is Category.LINUX for part in record.affected or ()
    ):
        return ()
    return tuple(sorted({each for each in (*(record.upstream or ()), *(record.related or ())) if _CVE.match(each)}))


def _key(record: Record) -> str:
    """The CVE: the id itself, one inside it (DEBIAN-CVE-..., UBUNTU-CVE-...), or the first alias.

    Without one GitHub's id, which the databases of language packages share; else the own id.
    """
    if _CVE.match(record.id):
        return record.id
    wrapped = _WRAPPED_CVE.match(record.id)
    if wrapped:
        return wrapped[1]
    aliases = sorted(record.aliases or ())
    if cve := next((alias for alias in aliases if _CVE.match(alias)), ""):
        return cve
    return next((each for each in (record.id, *aliases) if each.startswith(_GITHUB)), record.id)


def _ranges(part: _Affected, skipped: Counter[str]) -> Iterator[Affected]:
    """The ranges, then the versions that are listed and in none of them (schema: either makes a version affected)."""
    if part.package is None or not part.package.name or not part.package.ecosystem:
        skipped["affected entries without a package"] += 1
        return
    ecosystem = canonical(part.package.ecosystem)
    name = canonical_name(ecosystem, part.package.name)
    ranges = [each for each in part.ranges or () if each.type in _RANGE_TYPES]
    found: list[Affected] = []
    for each in ranges:
        try:
            found += _pairs(each.events, ecosystem, name)
        except InvalidValue:
            skipped["ranges with versions that can't be ordered"] += 1
    yield from found
    if ranges and category_of(ecosystem) is Category.LINUX:
        return  # there the list only spells the ranges out, a hundred versions at a time
    yield from _listed(part.versions or [], found, ecosystem, name, skipped)


def _listed(
    versions: list[str], ranges: list[Affected], ecosystem: str, name: str, skipped: Counter[str]
) -> Iterator[Affected]:
    if len(versions) > MAX_VERSIONS:
        skipped["version lists that are too long"] += 1
        return
    inside = [keys for each in ranges if (keys := key_range(each)) is not None]
    for version in versions:
        try:
            key = key_for(ecosystem, version)
        except InvalidValue:
            skipped["listed versions that can't be ordered"] += 1
            continue
        if key is None and ranges:
            return  # no order here, so nobody can tell which of them are in a range
        if key is None or not any(keys.holds(key) for keys in inside):
            yield Affected(ecosystem=ecosystem, name=name, introduced=version, last=version, status=FixStatus.UNFIXED)


def _pairs(events: list[_Event], ecosystem: str, name: str) -> Iterator[Affected]:
    """Events to half-open ranges, by the schema's evaluation: the first end after a start closes it.

    Raises InvalidValue for a version that has no place in the ecosystem's order.
    """
    start: str | None = None
    for event in _in_order(events, ecosystem):
        if event.introduced is not None:
            start = event.introduced if start is None else start
        elif start is None:
            continue
        elif event.fixed is not None:
            yield Affected(ecosystem=ecosystem, name=name, introduced=_from(start), fixed=event.fixed)
            start = None
        elif event.last_affected is not None:
            yield Affected(
                ecosystem=ecosystem,
                name=name,
                introduced=_from(start),
                last=event.last_affected,
                status=FixStatus.UNFIXED,
            )
            start = None
    if start is not None:
        yield Affected(ecosystem=ecosystem, name=name, introduced=_from(start), status=FixStatus.UNFIXED)


def _from(start: str) -> str:
    return "" if start == _FIRST else start


def _in_order(events: list[_Event], ecosystem: str) -> list[_Event]:
    """Events by version where there is an order for it (their order in the file means nothing), else as they stand.

    At one version an end that is exclusive comes before a start, one that is inclusive after it. Raises InvalidValue.
    """
    if (
        len(events) == 2
        and events[0].introduced == _FIRST
        and events[1].introduced is None
        and events[1].fixed != _FIRST
    ):
        _place(events[1], ecosystem)  # nearly all there are: from the first version to one that has a place
        return events
    places = [_place(event, ecosystem) for event in events]
    keyed = [(place, event) for place, event in zip(places, events, strict=True) if place is not None]
    if len(keyed) < len(events):
        return events
    return [event for _, event in sorted(keyed, key=lambda pair: pair[0])]


def _place(event: _Event, ecosystem: str) -> tuple[bytes, int] | None:
    if event.introduced is not None:
        version, rank = event.introduced, 1
    elif event.fixed is not None:
        version, rank = event.fixed, 0
    else:
        version, rank = event.last_affected or _FIRST, 2
    if version == _FIRST:
        return b"", rank
    key = key_for(ecosystem, version)
    return None if key is None else (key, rank)


def _cvss(record: Record, skipped: Counter[str]) -> tuple[str, float | None]:
    """The vector that counts, with its score; the first one, unscored, where none is whole."""
    given = [*(record.severity or ()), *(each for part in record.affected or () for each in part.severity or ())]
    vectors = [each.score for each in given if each.type.startswith("CVSS")]
    vector, score = scored(vectors, skipped)
    return vector or next(iter(vectors), ""), score


def _level(record: Record, vector: str, score: float | None) -> tuple[Level | None, str]:
    """The distribution's own word before a CVSS score, that before the database's word (design: level by policy)."""
    own = [_word(part.ecosystem_specific) for part in record.affected or ()]
    own += [level_of_word(each.score) for each in record.severity or () if not each.type.startswith("CVSS")]
    own.append(_said_first(record))
    level = max((each for each in own if each is not None), default=None)
    if level is not None:
        return level, "distribution severity"
    if score is not None:
        return level_of(score, vector), "cvss"
    words = [_word(record.database_specific), *(_word(part.database_specific) for part in record.affected or ())]
    level = max((each for each in words if each is not None), default=None)
    return level, "database severity" if level is not None else ""


def _said_first(record: Record) -> Level | None:
    """The word that Red Hat's kin put before an advisory's title: "Important: curl security update"."""
    word, colon, _ = (record.summary or "").partition(":")
    return level_of_word(word) if colon and _SECURITY.match(record.id) else None


def _word(words: _Words | None) -> Level | None:
    """The level that a database's own field gives; its type is nobody's promise, so anything but text says nothing."""
    if words is None:
        return None
    for raw in (words.severity, words.urgency, words.ubuntu_priority):
        if bytes(raw).startswith(b'"') and (level := level_of_word(_decode_text(raw))) is not None:
            return level
    return None


def _reference(record: Record) -> str:
    links = [each for each in record.references or () if each.url.startswith(("https://", "http://"))]
    ranked = sorted(links, key=lambda each: _rank(each.type))
    return ranked[0].url if ranked else ""


def _rank(kind: str) -> int:
    return _REFERENCE_ORDER.index(kind) if kind in _REFERENCE_ORDER else len(_REFERENCE_ORDER)


def time_of(text: str | None) -> datetime | None:
    """RFC 3339 as the schema asks; None for anything else, and for Go's zero time that means "not published"."""
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC) if time.year > 1 else None
