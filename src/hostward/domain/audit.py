"""The audit log: what was changed, or was refused, by whom; each entry holds the hash of the one before.

An entry that is edited, or one taken out, breaks the chain from there on. That the newest are gone shows against the
head kept beside the log, and for certain against a head that was written down elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from hostward.domain.ids import AccountId, UserId

GENESIS: Final = "0" * 64
"""What stands before the first entry of an account."""

MAX_PARAMETERS: Final = 4096
"""Characters of the parameters that an entry keeps."""

MAX_TEXT: Final = 256
"""Characters of any other text of an entry, and of a value among the parameters."""

MAX_ITEMS: Final = 20
"""Items of a list among the parameters; more are counted."""

MAX_DEPTH: Final = 6

REDACTED: Final = "[redacted]"
_SECRET_WORDS: Final = ("secret", "password", "passwd", "token", "credential", "private", "authorization", "signature")
_NO_SECRETS: Final = frozenset({"secretid", "tmpsecretid"})
"""Names of what identifies a key and is shown to everybody who may see keys."""

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that somebody changed, or wanted to.

    secret_id: the key used, "session:ID" in the console, "" at the command line and for whoever signs in. source: the
    address, or "cli". target: what it was done to, as far as it has a name. parameters: a JSON object as text, without
    secrets. outcome: "" when it was done, else the code.
    """

    account: AccountId
    at: datetime
    user_id: UserId
    user_name: str
    secret_id: str
    source: str
    service: str
    action: str
    request_id: str
    target: str
    parameters: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A deed at its place in the account's chain. number: from 1. digest: over all of it, previous included."""

    number: int
    deed: Deed
    previous: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain: 0 and GENESIS when it is empty."""

    number: int = 0
    digest: str = GENESIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A chain that was walked. entries: as many as are whole, up to the first bad one. problem "": it is whole."""

    entries: int
    head: Head
    problem: str = ""


def linked(deed: Deed, before: Head) -> AuditEntry:
    """The entry of a deed after this head."""
    number = before.number + 1
    return AuditEntry(number=number, deed=deed, previous=before.digest, digest=digest(deed, number, before.digest))


def digest(deed: Deed, number: int, previous: str) -> str:
    """SHA-256, in hex, of an entry's canonical form."""
    return hashlib.sha256(canonical(deed, number, previous)).hexdigest()


def canonical(deed: Deed, number: int, previous: str) -> bytes:
    """The one form of an entry: a JSON object in ASCII, names sorted, no spaces, time in UTC with microseconds."""
    members = asdict(deed) | {
        "at": deed.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "number": number,
        "previous": previous,
    }
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def checked(entries: Iterable[AuditEntry], kept: Head, *, known: Head | None = None) -> Checked:
    """Walk a chain from its first entry.

    kept: the head that is stored beside it. known: one that was written down before; the chain must hold it.
    """
    head, found = Head(), known is None or known == Head()
    for entry in entries:
        problem = _problem(entry, head)
        if problem:
            return Checked(entries=head.number, head=head, problem=problem)
        head = Head(number=entry.number, digest=entry.digest)
        if known is not None and head.number == known.number:
            if head.digest != known.digest:
                return _broken(head, f"entry {head.number} is another than the one whose hash you gave")
            found = True
    if head != kept:
        missing = f"entries after {head.number} are gone" if head.number < kept.number else "the stored head is another"
        return _broken(head, f"{missing}: the stored head is entry {kept.number}")
    if not found and known is not None:
        return _broken(head, f"the log ends at entry {head.number}, before entry {known.number} that you gave")
    return Checked(entries=head.number, head=head)


def parameters_text(parameters: Mapping[str, Json]) -> str:
    """Parameters as an entry keeps them: no secrets, no more than MAX_PARAMETERS characters."""
    text = _text(_shaped(parameters, 0))
    if len(text) <= MAX_PARAMETERS:
        return text
    short = {name: _short(value) for name, value in list(parameters.items())[:MAX_ITEMS] if not _is_secret(name)}
    text = _text(short)
    return text if len(text) <= MAX_PARAMETERS else _text({"...": f"{len(parameters)} parameters, too long to keep"})


def shortened(text: str) -> str:
    """A text as an entry keeps it."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."


def _problem(entry: AuditEntry, before: Head) -> str:
    if entry.number != before.number + 1:
        return f"entry {before.number + 1} is missing: the next one is {entry.number}"
    if entry.previous != before.digest:
        return f"entry {entry.number} does not follow entry {before.number}: one of the two was replaced"
    if entry.digest != digest(entry.deed, entry.number, entry.previous):
        return f"entry {entry.number} was changed after it was written"
    return ""


def _broken(head: Head, problem: str) -> Checked:
    return Checked(entries=head.number, head=head, problem=problem)


def _is_secret(name: str) -> bool:
    lower = name.lower()
    return lower not in _NO_SECRETS and any(word in lower for word in _SECRET_WORDS)


def _shaped(value: Json, depth: int) -> Json:
    if isinstance(value, str):
        return shortened(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= MAX_DEPTH:
        return "..."
    if isinstance(value, Mapping):
        return dict(_members(value, depth))
    shown: list[Json] = [_shaped(item, depth + 1) for item in value[:MAX_ITEMS]]
    return shown if len(value) <= MAX_ITEMS else [*shown, f"... {len(value) - MAX_ITEMS} more"]


def _members(value: Mapping[str, Json], depth: int) -> Iterator[tuple[str, Json]]:
    for number, (name, one) in enumerate(value.items()):
        if number == MAX_ITEMS:
            yield "...", f"{len(value) - MAX_ITEMS} more"
            return
        yield shortened(name), REDACTED if _is_secret(name) else _shaped(one, depth + 1)


def _short(value: Json) -> Json:
    """A value where even its shape is too much."""
    if isinstance(value, str):
        return value[:64]
    return value if value is None or isinstance(value, bool | int | float) else f"{len(value)} values"


def _text(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)
