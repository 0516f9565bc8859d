"""OpenVEX documents: what a vendor or a colleague says of vulnerabilities in products. Source: OpenVEX 0.2.0.

Only "not_affected" and "fixed" set anything aside. What can't be placed (products that are no packages, parts of a
product) is left out and counted: it never sets aside more than was said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from hostward.domain.errors import InvalidValue
from hostward.domain.ignoring import Product
from hostward.domain.purl import parse, product_of

MAX_BYTES: Final = 8 * 1024 * 1024
MOST_STATEMENTS: Final = 50_000
MOST_CHARACTERS: Final = 2_000
"""Of one id, author or explanation; longer ones are cut."""

CONTEXT: Final = "https://openvex.dev/ns"
_NOT_A_PACKAGE: Final = "product that is no package of a kind that is judged here"
_PARTS: Final = "product with subcomponents, which are not told apart on a machine"

Status = Literal["not_affected", "affected", "fixed", "under_investigation"]
Justification = Literal[
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
]


class _Component(msgspec.Struct, kw_only=True):
    id: str = msgspec.field(name="@id", default="")
    identifiers: dict[str, str] = {}
    subcomponents: list[object] = []


class _Vulnerability(msgspec.Struct, kw_only=True):
    name: str
    aliases: list[str] = []


class _Statement(msgspec.Struct, kw_only=True):
    vulnerability: _Vulnerability
    status: Status
    products: list[_Component] | None = None
    timestamp: datetime | None = None
    last_updated: datetime | None = None
    justification: Justification | Literal[""] = ""
    impact_statement: str = ""
    status_notes: str = ""


class _Document(msgspec.Struct, kw_only=True):
    context: str = msgspec.field(name="@context")
    id: str = msgspec.field(name="@id")
    author: str
    timestamp: datetime
    version: int
    statements: list[_Statement]
    last_updated: datetime | None = None


_DECODER = msgspec.json.Decoder(_Document, strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One decision of a document. product None: whatever brings the vulnerability."""

    key: str
    product: Product | None
    status: str
    justification: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vex:
    """A document. aside: what it sets aside. left_out: how many products were left out, by the reason."""

    id: str
    author: str
    version: int
    issued: datetime
    statements: int
    aside: Sequence[SetAside]
    left_out: Mapping[str, int] = field(default_factory=dict)


def read(data: bytes) -> Vex:
    """The document. Raises InvalidValue for one that is none, or is too large, in words that say what to do."""
    if len(data) > MAX_BYTES:
        raise InvalidValue(f"an OpenVEX document has at most {MAX_BYTES:,} bytes, this one {len(data):,}: split it")
    try:
        document = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValue(f"this is no OpenVEX document (version 0.2.0): {error}") from error
    if document.context.partition("/v")[0] != CONTEXT:
        raise InvalidValue(f'this is no OpenVEX document: its "@context" is not {CONTEXT} or {CONTEXT}/v0.2.0')
    if not document.id.strip() or len(document.id) > MOST_CHARACTERS or document.version < 0:
        raise InvalidValue('an OpenVEX document needs an "@id" of up to 2,000 characters and a version from 0 on')
    if len(document.statements) > MOST_STATEMENTS:
        raise InvalidValue(f"an OpenVEX document has at most {MOST_STATEMENTS:,} statements: split it")
    aside, left_out = _aside(document)
    return Vex(
        id=document.id,
        author=document.author[:MOST_CHARACTERS],
        version=document.version,
        issued=_aware(document.last_updated or document.timestamp),
        statements=len(document.statements),
        aside=aside,
        left_out=left_out,
    )


def _aside(document: _Document) -> tuple[Sequence[SetAside], Mapping[str, int]]:
    """The last word on each vulnerability and product counts: the newest statement, of equal ones the later one."""
    said: dict[tuple[str, Product | None], SetAside | None] = {}
    left_out: Counter[str] = Counter()
    for place, statement in sorted(enumerate(document.statements), key=lambda one: (_time(one[1], document), one[0])):
        _check(statement, place + 1)
        key = _key(statement.vulnerability)
        for product in _products(statement, left_out):
            said[key, product] = _decision(key, product, statement)
    return [one for one in said.values() if one is not None], dict(left_out)


def _products(statement: _Statement, left_out: Counter[str]) -> Sequence[Product | None]:
    """Those that are packages; without any product at all the statement is about whatever brings the vulnerability."""
    if statement.products is None:
        return [None]
    found: list[Product | None] = []
    for each in statement.products:
        purl = parse(each.identifiers.get("purl", "")) or parse(each.id)
        product = product_of(purl) if purl is not None else None
        if each.subcomponents:
            left_out[_PARTS] += 1
        elif product is None:
            left_out[_NOT_A_PACKAGE] += 1
        else:
            found.append(product)
    return found


def _decision(key: str, product: Product | None, statement: _Statement) -> SetAside | None:
    if statement.status not in ("not_affected", "fixed"):
        return None
    return SetAside(
        key=key,
        product=product,
        status=statement.status,
        justification=statement.justification,
        reason=(statement.impact_statement or statement.status_notes)[:MOST_CHARACTERS],
    )


def _check(statement: _Statement, number: int) -> None:
    if not statement.vulnerability.name.strip():
        raise InvalidValue(f"statement {number} names no vulnerability: its vulnerability needs a name")
    if statement.status == "not_affected" and not (statement.justification or statement.impact_statement):
        raise InvalidValue(
            f"statement {number} ({statement.vulnerability.name}) says not_affected without a justification or an "
            "impact_statement: add one"
        )


def _key(vulnerability: _Vulnerability) -> str:
    """The CVE where there is one among its names, else its own name."""
    names = (vulnerability.name, *vulnerability.aliases)
    return next((name for name in names if name.startswith("CVE-")), vulnerability.name).strip()


def _time(statement: _Statement, document: _Document) -> datetime:
    return _aware(statement.last_updated or statement.timestamp or document.timestamp)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
