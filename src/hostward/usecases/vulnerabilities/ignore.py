"""Set vulnerabilities aside, look at what is, and end it. Counts follow by themselves (recount.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from hostward.domain.errors import InvalidValue, NotFound
from hostward.domain.ids import AccountId, MachineId, RuleId
from hostward.domain.ignoring import (
    MAX_REASON,
    MOST_RULES,
    IgnoreRule,
    Product,
    Scope,
    Source,
    VexDocument,
    checked,
)
from hostward.domain.reason import Reason
from hostward.protocol.openvex import SetAside, Vex
from hostward.usecases.ports import UnitOfWork

_VEX_FIELDS = ("key", "scope", "machines", "tags", "product", "reason", "status", "justification")
"""What makes two rules of one document the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """On which machines a rule is to hold, by the names of callers. parameter: what they call quuids."""

    scope: Scope = Scope.ALL
    quuids: Sequence[str] = ()
    tags: Sequence[str] = ()
    parameter: str = "QuuidList"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A rule to be made. key: the vulnerability by its name (CVE-2024-3094). expires None: until it is ended."""

    key: str
    reach: Reach = field(default_factory=Reach)
    product: Product | None = None
    reason: str = ""
    owner: str = ""
    source: Source = Source.API
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to change of a rule; None leaves a part as it is. endless: it expires no more."""

    reach: Reach | None = None
    reason: str | None = None
    owner: str | None = None
    expires: datetime | None = None
    endless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Some of the rules. quuids: of the machines that they name."""

    total: int
    rules: Sequence[IgnoreRule]
    quuids: Mapping[MachineId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of an OpenVEX document: rules made, kept and ended."""

    document: VexDocument
    made: int
    kept: int
    ended: int
    left_out: Mapping[str, int]


def create(uow: UnitOfWork, *, account: AccountId, wanted: Sequence[Wanted], now: datetime) -> Sequence[IgnoreRule]:
    """New rules, all or none. Raises InvalidValue for one that says nothing clear, or for too many."""
    _room(uow, account, len(wanted))
    made = []
    for one in wanted:
        machines, tags = _reach(uow, account, one.reach)
        rule = checked(
            IgnoreRule(
                id=uow.ignores.next_id(), account=account, key=named(one.key), scope=one.reach.scope,
                machines=machines, tags=tags, product=one.product, reason=one.reason, owner=one.owner,
                source=one.source, created=now, changed=now, expires=one.expires,
            )
        )  # fmt: skip
        uow.ignores.put(rule)
        made.append(rule)
    return made


def change(uow: UnitOfWork, *, account: AccountId, rule: RuleId, changes: Changes, now: datetime) -> IgnoreRule:
    """Change a rule. Raises NotFound for one that is not the account's, InvalidValue for one that has ended."""
    before = _open(uow, account, rule, now)
    after = replace(
        before,
        reason=before.reason if changes.reason is None else changes.reason,
        owner=before.owner if changes.owner is None else changes.owner,
        expires=None if changes.endless else changes.expires or before.expires,
        changed=now,
    )
    if changes.reach is not None:
        machines, tags = _reach(uow, account, changes.reach)
        after = replace(after, scope=changes.reach.scope, machines=machines, tags=tags)
    uow.ignores.put(checked(after))
    return after


def end(uow: UnitOfWork, *, account: AccountId, rule: RuleId, now: datetime) -> None:
    """End a rule; one that has ended stays as it is. Raises NotFound for one that is not the account's."""
    found = uow.ignores.get(account, rule)
    if found is None:
        raise NotFound.because(Reason.NO_RULE, rule=rule)
    if found.ended is None:
        uow.ignores.put(replace(found, ended=now, changed=now))


def listing(
    uow: UnitOfWork, *, account: AccountId, ended: bool, text: str, limit: int, offset: int
) -> Listed:  # fmt: skip
    """A page of the account's rules, newest first. text: looked for in what people see of a rule, in any case."""
    sought = text.casefold().strip()
    found = [rule for rule in uow.ignores.of_account(account, ended=ended) if sought in _words(rule)]
    page = found[offset : offset + limit]
    return Listed(total=len(found), rules=page, quuids=quuids_of(uow, account, page))


def quuids_of(uow: UnitOfWork, account: AccountId, rules: Sequence[IgnoreRule]) -> Mapping[MachineId, str]:
    """The quuids of the account's machines that rules name; those that are gone are left out."""
    named_ones = {machine for rule in rules for machine in rule.machines}
    known = (uow.machines.get(machine) for machine in sorted(named_ones))
    return {machine.id: machine.quuid for machine in known if machine is not None and machine.account == account}


def bring(
    uow: UnitOfWork, *, account: AccountId, vex: Vex, reach: Reach, owner: str, now: datetime
) -> Imported:  # fmt: skip
    """Take an OpenVEX document; it replaces what the same document said before.

    Raises InvalidValue for one that is older than what was imported under its id, or with too many rules.
    """
    before = next((one for one in uow.ignores.documents(account) if one.id == vex.id), None)
    if before is not None and (vex.version, vex.issued) < (before.version, before.issued):
        raise InvalidValue.because(Reason.VEX_OLDER, document=vex.id, version=before.version)
    machines, tags = _reach(uow, account, reach)
    old = {_same(rule): rule for rule in _rules_of(uow, account, vex.id)}
    new = {}
    for one in vex.aside:
        rule = _rule(one, account=account, scope=reach.scope, machines=machines, tags=tags, now=now)
        new[_same(rule)] = checked(replace(rule, owner=owner, document=vex.id))
    made = [rule for same, rule in new.items() if same not in old]
    gone = [rule for same, rule in old.items() if same not in new]
    _room(uow, account, len(made) - len(gone))
    for rule in gone:
        uow.ignores.put(replace(rule, ended=now, changed=now))
    for rule in made:
        uow.ignores.put(replace(rule, id=uow.ignores.next_id()))
    document = VexDocument(
        account=account, id=vex.id, author=vex.author, version=vex.version, issued=vex.issued, imported=now,
        owner=owner, rules=len(new), statements=vex.statements,
    )  # fmt: skip
    uow.ignores.put_document(document)
    return Imported(
        document=document, made=len(made), kept=len(new) - len(made), ended=len(gone), left_out=vex.left_out
    )


def drop(uow: UnitOfWork, *, account: AccountId, document: str, now: datetime) -> int:
    """Forget an OpenVEX document and end its rules; returns how many. Raises NotFound for one that is not there."""
    if all(one.id != document for one in uow.ignores.documents(account)):
        raise NotFound.because(Reason.NO_VEX, document=document)
    rules = _rules_of(uow, account, document)
    for rule in rules:
        uow.ignores.put(replace(rule, ended=now, changed=now))
    uow.ignores.drop_document(account, document)
    return len(rules)


def named(key: str) -> str:
    """A vulnerability as it is stored: CVE ids in capital letters, others as they are."""
    key = key.strip()
    return key.upper() if key[:4].upper() == "CVE-" else key


def _open(uow: UnitOfWork, account: AccountId, rule: RuleId, now: datetime) -> IgnoreRule:
    found = uow.ignores.get(account, rule)
    if found is None:
        raise NotFound.because(Reason.NO_RULE, rule=rule)
    if not found.is_in_force(now):
        raise InvalidValue.because(Reason.RULE_OVER, rule=rule)
    return found


def _room(uow: UnitOfWork, account: AccountId, more: int) -> None:
    if more > 0 and len(uow.ignores.of_account(account)) + more > MOST_RULES:
        raise InvalidValue.because(Reason.TOO_MANY_RULES, limit=MOST_RULES)


def _reach(uow: UnitOfWork, account: AccountId, reach: Reach) -> tuple[tuple[MachineId, ...], tuple[str, ...]]:
    """Machines and tags by their numbers and names. Raises InvalidValue for those that are not the account's."""
    known = uow.machines.by_quuids(account, reach.quuids) if reach.quuids else {}
    missing = [quuid for quuid in dict.fromkeys(reach.quuids) if quuid not in known]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_QUUIDS, parameter=reach.parameter, names=missing)
    names = set(uow.machines.label_names(account).values()) if reach.tags else set()
    unknown = next((tag for tag in reach.tags if tag not in names), None)
    if unknown is not None:
        raise InvalidValue.because(Reason.RULE_UNKNOWN_TAG, name=unknown)
    return tuple(sorted({machine.id for machine in known.values()})), tuple(dict.fromkeys(reach.tags))


def _rules_of(uow: UnitOfWork, account: AccountId, document: str) -> Sequence[IgnoreRule]:
    return [rule for rule in uow.ignores.of_account(account) if rule.document == document]


def _rule(
    one: SetAside, *, account: AccountId, scope: Scope, machines: tuple[MachineId, ...], tags: tuple[str, ...],
    now: datetime,
) -> IgnoreRule:  # fmt: skip
    return IgnoreRule(
        id=RuleId(0), account=account, key=named(one.key), scope=scope, machines=machines, tags=tags,
        product=one.product, reason=one.reason[:MAX_REASON], source=Source.OPENVEX, created=now, changed=now,
        status=one.status, justification=one.justification,
    )  # fmt: skip


def _same(rule: IgnoreRule) -> tuple[object, ...]:
    return tuple(getattr(rule, name) for name in _VEX_FIELDS)


def _words(rule: IgnoreRule) -> str:
    product = rule.product.name if rule.product else ""
    return "\n".join((rule.key, product, rule.reason, rule.owner, rule.document, *rule.tags)).casefold()
