"""What scans found, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, union_all

from hostward.domain.advisory import Match
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, LeaseId, MachineId
from hostward.domain.module import Module
from hostward.domain.package import Package, Restart
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome
from hostward.store import inventory, matches, package_rows
from hostward.store.fleet import KeptStanding
from hostward.store.result_rows import KINDS, RESTARTS, kind_of, restart_of
from hostward.store.session import Prepared, Row, Session, Value
from hostward.store.tables import (
    LEVEL_COLUMNS,
    baseline_verdict,
    current_result,
    machine,
    malware_finding,
    result_batch,
)
from hostward.store.times import micros, time_of
from hostward.store.upsert import adding, upserting
from hostward.usecases.fleet_ports import NO_LEVELS
from hostward.usecases.records import Item

_F, _B, _C, _R = malware_finding.c, baseline_verdict.c, current_result.c, result_batch.c
_ACCOUNT = Prepared(select(machine.c.account_id).where(machine.c.machine_id == bindparam("which")))
_ADD_BATCH = adding(result_batch, key=("machine_id", "lease_id", "batch"))
_DROP_BATCHES = Prepared(
    delete(result_batch).where(_R.machine_id == bindparam("of_machine"), _R.lease_id == bindparam("of_lease"))
)
_CURRENT = Prepared(
    select(_C.lease_id, _C.at).where(_C.machine_id == bindparam("of_machine"), _C.module == bindparam("of_module"))
)
_MAKE_CURRENT = upserting(
    current_result,
    key=("machine_id", "module"),
    change=lambda new: {name: new[name] for name in ("lease_id", "at", "risks", *LEVEL_COLUMNS)},
)
_LEVELS = union_all(
    select(_F.level).where(_F.machine_id == bindparam("of_machine"), _F.lease_id == bindparam("of_lease")),
    select(_B.level).where(
        _B.machine_id == bindparam("of_machine"),
        _B.lease_id == bindparam("of_lease"),
        _B.outcome == Outcome.FAIL.value,
    ),
).subquery("levels")
_RISKS = Prepared(select(_LEVELS.c.level, func.count()).group_by(_LEVELS.c.level))


class SqlResults:
    """ports.Results."""

    def __init__(self, session: Session, kept: KeptStanding) -> None:
        self._session = session
        self._kept = kept

    def add(self, machine: MachineId, lease: LeaseId, batch: int, items: Sequence[Item]) -> None:
        """Store one batch. Raises Conflict when it is stored already."""
        row = self._session.row(_ACCOUNT, which=machine)
        if row is None:
            raise NotFound(f"there is no machine {machine}")
        at: dict[str, Value] = {"machine_id": machine, "lease_id": lease, "batch": batch, "account_id": row[0]}
        if not self._session.run(_ADD_BATCH(self._session.dialect.name), **at, rows=len(items)):
            raise Conflict(f"batch {batch} of lease {lease} is stored already: it must not be sent twice")
        numbers = package_rows.ids(self._session, (item for item in items if isinstance(item, Package)))
        where = (machine, lease, batch)
        for item, rows in _by_kind(items, where, row[0], numbers).items():
            kind = _KINDS[item]
            self._session.insert(kind.add, kind.names, rows)

    def drop(self, machine: MachineId, lease: LeaseId) -> None:
        """Remove every row of a lease."""
        for kind in KINDS:
            self._session.run(kind.drop, of_machine=machine, of_lease=lease)
        self._session.run(_DROP_BATCHES, of_machine=machine, of_lease=lease)

    def make_current(
        self,
        machine: MachineId,
        module: Module,
        lease: LeaseId,
        at: datetime,
        *,
        risks: int,
        levels: Mapping[Level, int] = NO_LEVELS,
    ) -> None:
        """These are now the machine's own results; an inventory before them is removed."""
        if module is Module.VUL:
            inventory.replaced(self._session, machine, lease, micros(at))
        before = self.current(machine, module)
        if before is not None and before[0] != lease and module is Module.VUL:
            self.drop(machine, before[0])
        row = self._session.row(_ACCOUNT, which=machine)
        if row is None:
            raise NotFound(f"there is no machine {machine}")
        counts = {"risks": risks} | {name: levels.get(Level[name.upper()], 0) for name in LEVEL_COLUMNS}
        self._kept.replaced(AccountId(row[0]), machine, module, counts)
        statement = _MAKE_CURRENT(self._session.dialect.name)
        values: dict[str, Value] = {"machine_id": machine, "module": module.value, "account_id": row[0]}
        self._session.run(statement, **values, lease_id=lease, at=micros(at), **counts)

    def current(self, machine: MachineId, module: Module) -> tuple[LeaseId, datetime] | None:
        """Which lease's results stand for the machine, and since when."""
        row = self._session.row(_CURRENT, of_machine=machine, of_module=module.value)
        return None if row is None else (LeaseId(row[0]), time_of(row[1]))

    def risks(self, machine: MachineId, lease: LeaseId) -> Mapping[Level, int]:
        """Malware findings and failed baseline items of a lease, by level; levels without any are left out."""
        rows = self._session.rows(_RISKS, of_machine=machine, of_lease=lease)
        return {Level(level): number for level, number in sorted(rows)}

    def ecosystems(self, machine: MachineId, lease: LeaseId) -> frozenset[str]:
        """The ecosystems of the lease's packages."""
        return matches.ecosystems(self._session, machine, lease)

    def restarts(self, machine: MachineId, lease: LeaseId) -> Sequence[Restart]:
        """What the machine said is to be started again."""
        rows = sorted(self._session.rows(RESTARTS.rows, of_machine=machine, of_lease=lease), key=lambda row: row[:2])
        return [restart_of(row[2:]) for row in rows]

    def matches(self, machine: MachineId, lease: LeaseId) -> Sequence[Match]:
        """The lease's packages against advisories and its own evidence."""
        return matches.of_lease(self._session, machine, lease)

    def items(self, machine: MachineId, lease: LeaseId) -> Sequence[Item]:
        """The stored rows in order."""
        placed: list[tuple[int, int, Item]] = []
        for kind in KINDS:
            rows = self._session.rows(kind.rows, of_machine=machine, of_lease=lease)
            placed.extend((row[0], row[1], kind.read(row[2:])) for row in rows)
        return [item for _, _, item in sorted(placed, key=_place)]


_KINDS = {kind.item: kind for kind in KINDS}


def _by_kind(
    items: Sequence[Item],
    where: tuple[MachineId, LeaseId, int],
    account: int,
    numbers: Mapping[package_rows.Identity, int],
) -> dict[type[Item], list[Row]]:
    """The rows of a batch, a list for each table, their values in the order of its columns."""
    rows: dict[type[Item], list[Row]] = {}
    for place, item in enumerate(items):
        values = kind_of(item).values(item)
        if isinstance(item, Package):
            values = (numbers[package_rows.identity(item)], *values)
        rows.setdefault(type(item), []).append((*where, place, account, *values))
    return rows


def _place(placed: tuple[int, int, Item]) -> tuple[int, int]:
    return placed[0], placed[1]
