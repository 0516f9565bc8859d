"""Ignore rules in SQL, and those of them that hold on a machine."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import bindparam, select, text, update

from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, MachineId, RuleId, TagId, VulId
from hostward.domain.ignoring import IgnoreRule, Product, Scope, Source, ignored_by
from hostward.store import labels, machine_tags, vul_rows
from hostward.store.brought import Parts
from hostward.store.ignore_tables import IN_FORCE, ignore_rule, ignore_state
from hostward.store.session import Prepared, Row, Session, Value
from hostward.store.tables import vul
from hostward.store.texts import clean, cleaned
from hostward.store.times import micros, micros_or_none, time_of, time_or_none
from hostward.store.upsert import adding, upserting

_R, _S = ignore_rule.c, ignore_state.c
_WORDS = ("reason", "owner", "document", "status", "justification")
_COLUMNS = (
    *(_R.rule_id, _R.account_id, vul.c.name, _R.scope, _R.machines, _R.tags, _R.product, _R.source),
    *(_R.created, _R.changed, _R.expires, _R.ended, *(_R[name] for name in _WORDS)),
)
QUERY = select(*_COLUMNS).join_from(ignore_rule, vul, vul.c.vul_id == _R.vul_id)
OPEN = text(f"ignore_rule.{IN_FORCE}")
_IN_FORCE = Prepared(
    select(_R.vul_id, *_COLUMNS)
    .join_from(ignore_rule, vul, vul.c.vul_id == _R.vul_id)
    .where(_R.account_id == bindparam("of_account"), OPEN)
    .order_by(_R.rule_id)
)
_PUT = upserting(
    ignore_rule,
    key=("rule_id",),
    change=lambda new: {
        name: new[name]
        for name in ("vul_id", "scope", "machines", "tags", "product", "source", "changed", "expires", "ended", *_WORDS)
    },
)
_NOBODY_WRITES = Prepared(
    select(_S.revision).where(_S.account_id == bindparam("which")).with_for_update(read=True)
)  # fmt: skip
_BEGIN = adding(ignore_state, key=("account_id",))
_RISE = upserting(ignore_state, key=("account_id",), change=lambda _: {"revision": _S.revision + 1})
_TAGGED_RISE = Prepared(
    update(ignore_state)
    .where(
        _S.account_id == bindparam("which"),
        select(_R.rule_id).where(_R.account_id == bindparam("which"), _R.scope == Scope.TAGGED.value, OPEN).exists(),
    )
    .values(revision=_S.revision + 1)
)
_INTS = msgspec.json.Decoder(list[int])
_ENCODER = msgspec.json.Encoder()
_PRODUCT = msgspec.json.Decoder(tuple[str, str, str])


class KeptRules:
    """The rules that hold, read once a transaction and account. holds: they can't be changed before it ends."""

    def __init__(self, session: Session, *, holds: bool = True) -> None:
        self._session = session
        self._holds = holds
        self._rows: dict[AccountId, dict[VulId, list[Row]]] = {}

    def ignored(self, account: AccountId, machine: MachineId, brought: Parts) -> frozenset[VulId]:
        """Which of these vulnerabilities are set aside on the machine. Rules can't be changed before this ends."""
        rules = self._of(account)
        ruled = [which for which in brought if which in rules]
        if not ruled:
            return frozenset()
        tags = frozenset(machine_tags.of(self._session, [machine]).get(machine, ()))
        names = labels.known(self._session, account)
        found = set()
        for which in ruled:
            meant = [rule for rule in (rule_of(row, names) for row in rules[which]) if rule.reaches(machine, tags)]
            if meant and ignored_by(brought[which], meant) is not None:
                found.add(which)
        return frozenset(found)

    def ruled(self, account: AccountId) -> frozenset[VulId]:
        """The vulnerabilities that rules speak of."""
        return frozenset(self._of(account))

    def of_vul(self, account: AccountId, which: VulId) -> Sequence[IgnoreRule]:
        """The rules of a vulnerability that hold, oldest first."""
        names = labels.known(self._session, account)
        return [rule_of(row, names) for row in self._of(account).get(which, ())]

    def put(self, rule: IgnoreRule) -> None:
        """Store a rule."""
        session, rule = self._session, cleaned(rule)
        which = vul_rows.ids(session, [rule.key])[rule.key]  # first, as reports do: they hold the rules after it
        _rise(session, rule.account)
        numbers = {name: number for number, name in labels.known(session, rule.account).items()}
        unknown = next((tag for tag in rule.tags if tag not in numbers), None)
        if unknown is not None:
            raise NotFound(f"there is no tag {unknown}")
        product = rule.product
        values: dict[str, Value] = {
            "rule_id": rule.id,
            "account_id": rule.account,
            "vul_id": which,
            "scope": rule.scope.value,
            "machines": _ENCODER.encode(rule.machines).decode(),
            "tags": _ENCODER.encode([numbers[tag] for tag in rule.tags]).decode(),
            "product": "" if product is None else _ENCODER.encode(
                (product.name, product.ecosystem, product.version)
            ).decode(),
            "source": rule.source.value,
            "created": micros(rule.created),
            "changed": micros(rule.changed),
            "expires": micros_or_none(rule.expires),
            "ended": micros_or_none(rule.ended),
            **{name: getattr(rule, name) for name in _WORDS},
        }  # fmt: skip
        session.run(_PUT(session.dialect.name), **values)
        self._rows.pop(rule.account, None)

    def _of(self, account: AccountId) -> dict[VulId, list[Row]]:
        rows = self._rows.get(account)
        if rows is None:
            if self._holds:
                _hold(self._session, account)
            rows = self._rows[account] = {}
            for which, *row in self._session.rows(_IN_FORCE, of_account=account):
                rows.setdefault(VulId(which), []).append(tuple(row))
        return rows


def tags_changed(session: Session, account: AccountId) -> None:
    """Other machines have an account's tags now: rules that speak of tags are to be applied anew."""
    session.run(_TAGGED_RISE, which=account)


def rules_of(session: Session, account: AccountId, rows: Iterable[Row]) -> Sequence[IgnoreRule]:
    """Rules of rows of QUERY, all of one account."""
    names = labels.known(session, account)
    return [rule_of(row, names) for row in rows]


def rule_of(row: Row, tags: Mapping[TagId, str]) -> IgnoreRule:
    """The rule of a row. tags: the account's, by number."""
    which, account, key, scope, machines, numbers, product, source, created, changed, expires, ended, *words = row
    return IgnoreRule(
        id=RuleId(which),
        account=AccountId(account),
        key=key,
        scope=Scope(scope),
        machines=tuple(map(MachineId, _INTS.decode(machines))),
        tags=tuple(tags[number] for number in map(TagId, _INTS.decode(numbers)) if number in tags),
        product=_product(product),
        source=Source(source),
        created=time_of(created),
        changed=time_of(changed),
        expires=time_or_none(expires),
        ended=time_or_none(ended),
        **dict(zip(_WORDS, words, strict=True)),
    )


def _product(stored: str) -> Product | None:
    if not stored:
        return None
    name, ecosystem, version = _PRODUCT.decode(stored)
    return Product(name=clean(name), ecosystem=ecosystem, version=version)


def _hold(session: Session, account: AccountId) -> None:
    """Let nobody change the account's rules before this transaction ends; many may hold them at once."""
    if session.row(_NOBODY_WRITES, which=account) is None:
        session.run(_BEGIN(session.dialect.name), account_id=account, revision=0, settled=0)


def _rise(session: Session, account: AccountId) -> None:
    """A new revision; waits for those who hold the rules."""
    session.run(_RISE(session.dialect.name), account_id=account, revision=1, settled=0)
