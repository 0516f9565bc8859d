"""Limits of scans, in SQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, bindparam, delete, or_, select

from hostward.domain.caps import UNCAPPED
from hostward.domain.ids import AccountId, MachineId
from hostward.domain.limits import Limit, LimitOf, ScanLimits, effective, window_of, window_text
from hostward.domain.schedule import Window
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import label, machine, machine_tag, scan_limit
from hostward.store.upsert import upserting

_C, _M, _L, _G = scan_limit.c, machine.c, label.c, machine_tag.c
_KINDS = {kind.value: kind for kind in LimitOf}
_VALUES = ("cpu_percent", "memory_mib", "io_mib", "hours")
_COLUMNS = (_C.kind, _C.number, *(_C[name] for name in _VALUES))
_KEY = ("account_id", "kind", "number")
_PUT = upserting(scan_limit, key=_KEY, change=lambda new: {name: new[name] for name in _VALUES})
_DROP = Prepared(
    delete(scan_limit).where(
        _C.account_id == bindparam("whose"), _C.kind == bindparam("which"), _C.number == bindparam("whom")
    )
)
_OF_ACCOUNT = Prepared(select(*_COLUMNS).where(_C.account_id == bindparam("whose")).order_by(_C.kind, _C.number))
_OF_MACHINE = Prepared(
    select(*_COLUMNS)
    .where(
        _C.account_id == select(_M.account_id).where(_M.machine_id == bindparam("whom")).scalar_subquery(),
        or_(
            _C.kind == LimitOf.ACCOUNT.value,
            and_(_C.kind == LimitOf.MACHINE.value, _C.number == bindparam("whom")),
            and_(
                _C.kind == LimitOf.TAG.value,
                _C.number.in_(
                    select(_L.label_id)
                    .join(machine_tag, and_(_G.account_id == _L.account_id, _G.tag == _L.name))
                    .where(_G.machine_id == bindparam("whom"))
                ),
            ),
        ),
    )
    .order_by(_C.kind, _C.number)
)
_TAGGED = Prepared(
    select(_L.label_id, _G.machine_id)
    .join(machine_tag, and_(_G.account_id == _L.account_id, _G.tag == _L.name))
    .join(scan_limit, and_(_C.account_id == _L.account_id, _C.number == _L.label_id))
    .where(_L.account_id == bindparam("whose"), _C.kind == LimitOf.TAG.value, _C.hours != "")
)
_MACHINES = Prepared(select(_M.machine_id).where(_M.account_id == bindparam("whose")))


class SqlLimits:
    """ports.Limits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, account: AccountId, limit: Limit) -> None:
        """Store a limit; an empty one removes what was there."""
        limits = limit.limits
        if limits.is_empty:
            self._session.run(_DROP, whose=account, which=limit.of.value, whom=limit.number)
            return
        self._session.run(
            _PUT(self._session.dialect.name), account_id=account, kind=limit.of.value, number=limit.number,
            cpu_percent=limits.cpu_percent, memory_mib=limits.memory_mib, io_mib=limits.io_mib,
            hours=window_text(limits.window),
        )  # fmt: skip

    def of_account(self, account: AccountId) -> Sequence[Limit]:
        """All of the account's limits."""
        return [_limit(row) for row in self._session.rows(_OF_ACCOUNT, whose=account)]

    def of_machine(self, machine: MachineId) -> Sequence[Limit]:
        """Those that concern a machine."""
        return [_limit(row) for row in self._session.rows(_OF_MACHINE, whom=machine)]

    def windows(self, account: AccountId) -> Mapping[MachineId, Window]:
        """The hours of each machine that has some; machines are read only where some have."""
        limits = [limit for limit in self.of_account(account) if limit.limits.window is not None]
        if not limits:
            return {}
        tagged = [(row[0], MachineId(row[1])) for row in self._session.rows(_TAGGED, whose=account)]
        every = [limit for limit in limits if limit.of is LimitOf.ACCOUNT]
        machines = [MachineId(row[0]) for row in self._session.rows(_MACHINES, whose=account)] if every else []
        return windows(limits, tagged, machines)


def windows(
    limits: Sequence[Limit], tagged: Sequence[tuple[int, MachineId]], machines: Sequence[MachineId]
) -> Mapping[MachineId, Window]:
    """The hours of machines. tagged: numbers of tags and machines that have them. machines: all of the account."""
    by_tag = {limit.number: limit for limit in limits if limit.of is LimitOf.TAG}
    found: defaultdict[MachineId, list[Limit]] = defaultdict(list)
    for limit in limits:
        if limit.of is LimitOf.MACHINE:
            found[MachineId(limit.number)].append(limit)
    for tag, one in tagged:
        if tag in by_tag:
            found[one].append(by_tag[tag])
    for limit in limits:
        if limit.of is LimitOf.ACCOUNT:
            for one in machines:
                found[one].append(limit)
    hours = {one: effective(some, UNCAPPED).window for one, some in found.items()}
    return {one: window for one, window in hours.items() if window is not None}


def _limit(row: Row) -> Limit:
    kind, number, cpu, memory, io, hours = row
    limits = ScanLimits(cpu_percent=cpu, memory_mib=memory, io_mib=io, window=window_of(hours))
    return Limit(of=_KINDS[kind], number=number, limits=limits)
