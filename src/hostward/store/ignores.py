"""Ignore rules, and the figures that follow them, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from hostward.domain.advisory import Match
from hostward.domain.errors import NotFound
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, MachineId, RuleId, Seq, TaskId, VulId
from hostward.domain.ignoring import IgnoreRule, VexDocument
from hostward.store import brought, counters, packed, task_vuls, vex_rows, vul_recount, vul_rows
from hostward.store.fleet import KeptStanding
from hostward.store.ignore_rows import OPEN, QUERY, KeptRules, rules_of
from hostward.store.ignore_tables import ignore_rule, ignore_state
from hostward.store.session import Prepared, Session
from hostward.store.tables import current_result, current_vul, machine, unit_vul
from hostward.store.times import micros
from hostward.store.upsert import upserting

_R, _S, _C, _U, _O = ignore_rule.c, ignore_state.c, current_vul.c, unit_vul.c, current_result.c
_MINE = _R.account_id == bindparam("of_account")
_ONE = Prepared(QUERY.where(_MINE, _R.rule_id == bindparam("which")))
_EVERY = Prepared(QUERY.where(_MINE).order_by(_R.rule_id.desc()))
_OPEN = Prepared(QUERY.where(_MINE, OPEN).order_by(_R.rule_id.desc()))
_DUE = Prepared(
    QUERY.where(OPEN, _R.expires <= bindparam("now")).order_by(_R.expires, _R.rule_id).limit(bindparam("many"))
)
_UNSETTLED = Prepared(select(_S.account_id, _S.revision).where(_S.settled < _S.revision).order_by(_S.account_id))
_SETTLE = Prepared(
    update(ignore_state)
    .where(_S.account_id == bindparam("which"), _S.settled < bindparam("to"))
    .values(settled=bindparam("to"))
)
_UNITS = Prepared(
    select(_U.seq)
    .where(_U.task_id == bindparam("which"), _U.seq > bindparam("after"))
    .order_by(_U.seq)
    .limit(bindparam("many"))
)
_OF_UNIT = Prepared(
    select(_U.packed, _U.ignored, _U.parts).where(_U.task_id == bindparam("which"), _U.seq == bindparam("at"))
)
_ACCOUNT = Prepared(select(machine.c.account_id).where(machine.c.machine_id == bindparam("which")))
_PUT = upserting(
    current_vul,
    key=("machine_id",),
    change=lambda new: {name: new[name] for name in ("account_id", "packed", "ignored", "parts")},
)
_OWN = Prepared(
    select(_C.account_id, _C.packed, _C.ignored, _C.parts).where(_C.machine_id == bindparam("which")).with_for_update()
)
_MACHINES = Prepared(
    select(_C.machine_id)
    .where(_C.account_id == bindparam("of_account"), _C.machine_id > bindparam("after"))
    .order_by(_C.machine_id)
    .limit(bindparam("many"))
)
_MOVE = Prepared(
    update(current_vul)
    .where(_C.machine_id == bindparam("which"))
    .values(packed=bindparam("to_packed"), ignored=bindparam("to_ignored"), parts=bindparam("to_parts"))
)


class SqlIgnores:
    """ports.Ignores."""

    def __init__(self, session: Session, rules: KeptRules, kept: KeptStanding) -> None:
        self._session = session
        self._rules = rules
        self._kept = kept

    def next_id(self) -> RuleId:
        """A number never given before."""
        return RuleId(counters.take(self._session, "ignore_rule"))

    def put(self, rule: IgnoreRule) -> None:
        """Store a rule. Raises NotFound for a tag that the account lacks."""
        self._rules.put(rule)

    def get(self, account: AccountId, rule: RuleId) -> IgnoreRule | None:
        """One of the account's rules."""
        found = rules_of(self._session, account, self._session.rows(_ONE, of_account=account, which=rule))
        return found[0] if found else None

    def of_account(self, account: AccountId, *, ended: bool = False) -> Sequence[IgnoreRule]:
        """The account's rules, newest first."""
        return rules_of(self._session, account, self._session.rows(_EVERY if ended else _OPEN, of_account=account))

    def due(self, now: datetime, limit: int) -> Sequence[IgnoreRule]:
        """Rules of all accounts whose time is over."""
        rows = self._session.rows(_DUE, now=micros(now), many=limit)
        return [rule for row in rows for rule in rules_of(self._session, AccountId(row[1]), [row])]

    def unsettled(self) -> Sequence[tuple[AccountId, int]]:
        """Accounts whose figures are not recounted, with their revision."""
        return [(AccountId(account), int(revision)) for account, revision in self._session.rows(_UNSETTLED)]

    def settle(self, account: AccountId, revision: int) -> None:
        """All figures of the account were recounted by the rules of this revision."""
        self._session.run(_SETTLE, which=account, to=revision)

    def found_on(self, task: TaskId, *, after: Seq, limit: int) -> Sequence[Seq]:
        """The next units of the task with vulnerabilities."""
        return [Seq(row[0]) for row in self._session.rows(_UNITS, which=task, after=after, many=limit)]

    def rejudge(self, unit: Unit) -> int:
        """Judge anew what the unit found."""
        return task_vuls.rejudge(self._session, unit, self._rules)

    def record_own(self, machine: MachineId, matches: Sequence[Match]) -> int:
        """Make these the vulnerabilities of the machine's own results."""
        by_key = brought.by_key(matches)
        numbers = vul_rows.ids(self._session, by_key)
        found = {numbers[key]: parts for key, parts in by_key.items()}
        account = self._account(machine)
        ignored = self._rules.ignored(account, machine, found)
        return self._put_own(machine, account, frozenset(found) - ignored, ignored, brought.pack(found))

    def copy_own(self, unit: Unit) -> int:
        """What the unit found becomes the machine's own."""
        row = self._session.row(_OF_UNIT, which=unit.task, at=unit.seq)
        counted, before, parts = row or (b"", b"", b"")
        every = packed.unpack(counted) | packed.unpack(before or b"")
        account = self._account(unit.machine)
        ignored = self._ignored(account, unit.machine, every, parts)
        return self._put_own(unit.machine, account, every - ignored, ignored, bytes(parts or b""))

    def own_after(self, account: AccountId, *, after: MachineId, limit: int) -> Sequence[MachineId]:
        """The account's next machines with vulnerabilities of their own."""
        return [MachineId(row[0]) for row in self._session.rows(_MACHINES, of_account=account, after=after, many=limit)]

    def rejudge_own(self, machine: MachineId) -> None:
        """Judge the machine's own vulnerabilities anew."""
        row = self._session.row(_OWN, which=machine)
        if row is None:
            return
        account, counted, before = AccountId(row[0]), packed.unpack(row[1]), packed.unpack(row[2])
        # What imports brought since, and packages that bring something since, are not in the row.
        now = vul_recount.parts_now(self._session, machine, self._rules.ruled(account))
        every = counted | before
        judged = {**task_vuls.known_parts(every, row[3]), **now} if now or not self._is_unruled(account, every) else {}
        ignored = self._rules.ignored(account, machine, judged)
        if ignored == before:
            return
        every |= ignored
        self._session.run(
            _MOVE,
            which=machine,
            to_packed=packed.pack(every - ignored),
            to_ignored=packed.pack(ignored),
            to_parts=brought.pack(judged),
        )
        # Imports have moved the number of risks since: what changes is added to it. What they took back counts no more.
        gone = vul_recount.gone(self._session, machine, before ^ ignored)
        vul_recount.move(
            self._session, self._kept, {machine: len(before - ignored - gone) - len(ignored - before - gone)}
        )

    def counts_on(self, machine: MachineId, matches: Sequence[Match]) -> Sequence[Match]:
        """Those of the matches that are not set aside on the machine."""
        by_key = brought.by_key(matches)
        numbers = vul_rows.ids(self._session, by_key)
        found = {numbers[key]: parts for key, parts in by_key.items()}
        ignored = self._rules.ignored(self._account(machine), machine, found)
        return [match for match in matches if numbers[brought.key_of(match)] not in ignored]

    def documents(self, account: AccountId) -> Sequence[VexDocument]:
        """The OpenVEX documents that the account imported, newest first."""
        return vex_rows.of_account(self._session, account)

    def put_document(self, document: VexDocument) -> None:
        """Remember a document."""
        vex_rows.put(self._session, document)

    def drop_document(self, account: AccountId, document: str) -> None:
        """Forget a document."""
        vex_rows.drop(self._session, account, document)

    def _account(self, which: MachineId) -> AccountId:
        row = self._session.row(_ACCOUNT, which=which)
        if row is None:
            raise NotFound(f"there is no machine {which}")
        return AccountId(row[0])

    def _ignored(
        self, account: AccountId, machine: MachineId, every: frozenset[VulId], parts: bytes | None
    ) -> frozenset[VulId]:
        """Those set aside; the packages are looked at only where a rule speaks of one of these."""
        if self._is_unruled(account, every):
            return frozenset()
        return self._rules.ignored(account, machine, task_vuls.known_parts(every, parts))

    def _is_unruled(self, account: AccountId, every: frozenset[VulId]) -> bool:
        return every.isdisjoint(self._rules.ruled(account))

    def _put_own(
        self, which: MachineId, account: AccountId, counted: frozenset[VulId], ignored: frozenset[VulId], parts: bytes
    ) -> int:
        self._session.run(
            _PUT(self._session.dialect.name), machine_id=which, account_id=account, packed=packed.pack(counted),
            ignored=packed.pack(ignored), parts=parts,
        )  # fmt: skip
        return len(counted)
