"""Vulnerabilities that somebody decided to set aside: the rules, and whether one speaks of a finding on a machine.

A vulnerability is set aside on a machine when every package that brings it there is: one package left is enough for it
to count.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hostward.domain.advisory import Match
from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, MachineId, RuleId
from hostward.domain.reason import Reason

MOST_RULES = 5_000
"""Rules of one account that have not ended."""

MOST_MACHINES = 10_000
"""Machines that one rule names."""

MAX_REASON = 1_000
"""Characters of a reason."""


class Scope(StrEnum):
    """On which machines a rule holds."""

    ALL = "all"
    CHOSEN = "chosen"
    EXCEPT = "except"
    TAGGED = "tagged"


class Source(StrEnum):
    """Where a rule came from."""

    PERSON = "person"
    API = "api"
    OPENVEX = "openvex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What brings a vulnerability to a machine: an installed package as a match names it."""

    name: str
    source: str
    version: str
    ecosystem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """The packages that a rule speaks of: by their own name or their source's.

    ecosystem: with or without its release ("Debian", "Debian:12", "PyPI"), "" for any. version "": any.
    """

    name: str
    ecosystem: str = ""
    version: str = ""

    def holds(self, part: Part) -> bool:
        """Is this package one of them?"""
        if self.name not in (part.name, part.source) or self.version not in ("", part.version):
            return False
        return not self.ecosystem or f"{part.ecosystem}:".startswith(f"{self.ecosystem}:")


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRule:
    """One decision. key: the vulnerability. machines: of the scopes CHOSEN and EXCEPT; tags: of TAGGED.

    product None: whatever package brings it. owner: who answers for it. expires None: until it is ended.
    ended: since when it holds no more, by a person or because its time was over. document, status, justification: what
    an OpenVEX document says; "" for others.
    """

    id: RuleId
    account: AccountId
    key: str
    scope: Scope = Scope.ALL
    machines: tuple[MachineId, ...] = ()
    tags: tuple[str, ...] = ()
    product: Product | None = None
    reason: str = ""
    owner: str = ""
    source: Source = Source.PERSON
    created: datetime
    changed: datetime
    expires: datetime | None = None
    ended: datetime | None = None
    document: str = ""
    status: str = ""
    justification: str = ""

    def is_in_force(self, now: datetime) -> bool:
        """Does it hold at this time?"""
        return self.ended is None and (self.expires is None or now < self.expires)

    def reaches(self, machine: MachineId, tags: Set[str]) -> bool:
        """Does it hold on this machine, which has these tags?"""
        match self.scope:
            case Scope.ALL:
                return True
            case Scope.CHOSEN:
                return machine in self.machines
            case Scope.EXCEPT:
                return machine not in self.machines
            case Scope.TAGGED:
                return not tags.isdisjoint(self.tags)

    def covers(self, part: Part) -> bool:
        """Does it speak of what this package brings?"""
        return self.product is None or self.product.holds(part)


@dataclass(frozen=True, slots=True, kw_only=True)
class VexDocument:
    """An OpenVEX document that was imported. version, issued: an older one never takes its place.

    rules: how many rules it made; statements: how many it has, those that set nothing aside too.
    """

    account: AccountId
    id: str
    author: str
    version: int
    issued: datetime
    imported: datetime
    owner: str
    rules: int
    statements: int


def part_of(found: Match) -> Part:
    """The package of a match."""
    return Part(name=found.name, source=found.source, version=found.version, ecosystem=found.ecosystem)


def ignored_by(parts: Iterable[Part], rules: Sequence[IgnoreRule]) -> IgnoreRule | None:
    """The rule that sets a vulnerability aside on a machine, None when it counts.

    parts: the packages that bring it there, none when they are not known; rules: those of this vulnerability that are
    in force and reach the machine. Of several rules the first one that speaks of the first package.
    """
    whole = next((rule for rule in rules if rule.product is None), None)
    if whole is not None:
        return whole
    first: IgnoreRule | None = None
    for part in parts:
        found = next((rule for rule in rules if rule.covers(part)), None)
        if found is None:
            return None
        first = first or found
    return first


def rule_of(
    key: str, parts: Iterable[Part], rules: Iterable[IgnoreRule], *, machine: MachineId, tags: Set[str], now: datetime
) -> IgnoreRule | None:
    """The rule by which a vulnerability is set aside on a machine at this time, None when it counts."""
    meant = [rule for rule in rules if rule.key == key and rule.is_in_force(now) and rule.reaches(machine, tags)]
    return ignored_by(parts, meant) if meant else None


def checked(rule: IgnoreRule) -> IgnoreRule:
    """The rule itself. Raises InvalidValue for one that says nothing clear, such as no machines where it needs some."""
    if not rule.key.strip() or not rule.key.isprintable():
        raise InvalidValue.because(Reason.RULE_WITHOUT_VUL)
    if len(rule.reason) > MAX_REASON:
        raise InvalidValue.because(Reason.RULE_REASON_LONG, limit=MAX_REASON)
    if len(rule.machines) > MOST_MACHINES:
        raise InvalidValue.because(Reason.RULE_MACHINES, limit=MOST_MACHINES)
    if rule.scope in (Scope.CHOSEN, Scope.EXCEPT) and not rule.machines:
        raise InvalidValue.because(Reason.RULE_NO_MACHINES, scope=rule.scope.value)
    if rule.scope is Scope.TAGGED and not rule.tags:
        raise InvalidValue.because(Reason.RULE_NO_TAGS)
    if rule.expires is not None and rule.expires <= rule.changed:
        raise InvalidValue.because(Reason.RULE_EXPIRED)
    return rule
