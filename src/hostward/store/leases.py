"""Leases, and how long scans usually take."""

from datetime import timedelta

from sqlalchemy import bindparam, insert, select, update

from hostward.domain.durations import Durations, class_of
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.domain.module import Module
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import lease, machine, scan_length
from hostward.store.times import micros, time_of
from hostward.store.upsert import upserting
from hostward.usecases.records import Lease

_C = lease.c
_COLUMNS = ("lease_id", "machine_id", "task_id", "seq", "run", "acked", "ended", "given")
_ACCOUNT = select(machine.c.account_id).where(machine.c.machine_id == bindparam("machine_id")).scalar_subquery()
_ADD = Prepared(insert(lease).values({**{name: bindparam(name) for name in _COLUMNS}, "account_id": _ACCOUNT}))
_GET = select(*(_C[name] for name in _COLUMNS)).where(_C.lease_id == bindparam("which"))
_READ = Prepared(_GET)
_LOCK = Prepared(_GET.with_for_update())
_PUT = Prepared(
    update(lease)
    .where(_C.lease_id == bindparam("which"))
    .values(acked=bindparam("to_acked"), ended=bindparam("to_ended"))
)
_L = scan_length.c
_OF_MODULE = (_L.account_id == bindparam("account"), _L.module == bindparam("of_module"))
_HISTORY = Prepared(select(_L.length, _L.scans).where(*_OF_MODULE).order_by(_L.length))
_LEARN = upserting(
    scan_length,
    key=("account_id", "module", "length"),
    change=lambda new: {"scans": _L.scans + new.scans},
)
_FADE = Prepared(
    update(scan_length)
    .where(*_OF_MODULE)
    .values(scans=(_L.scans * bindparam("wanted") + bindparam("there") - 1) // bindparam("there"))
)


def add(session: Session, new: Lease) -> None:
    """Store a new lease."""
    session.run(
        _ADD,
        lease_id=new.id,
        machine_id=new.machine,
        task_id=new.task,
        seq=new.seq,
        run=new.run,
        acked=new.acked,
        ended=int(new.ended),
        given=micros(new.given),
    )


def read(session: Session, which: LeaseId, *, lock: bool) -> Lease | None:
    """The lease, None when there is none."""
    row = session.row(_LOCK if lock else _READ, which=which)
    return None if row is None else _lease_of(row)


def put(session: Session, changed: Lease) -> bool:
    """Store how far its reports came; False when there is no such lease."""
    return session.run(_PUT, which=changed.id, to_acked=changed.acked, to_ended=int(changed.ended)) == 1


def history(session: Session, account: AccountId, module: Module) -> Durations:
    """How long scans of the module took."""
    return Durations(tuple((row[0], row[1]) for row in session.rows(_HISTORY, account=account, of_module=module.value)))


def fade(session: Session, account: AccountId, module: Module, scans: int) -> None:
    """Let older scans count for less; no class is forgotten."""
    there = history(session, account, module).scans
    if there > scans:
        session.run(_FADE, account=account, of_module=module.value, wanted=scans, there=there)


def learn(session: Session, account: AccountId, module: Module, took: timedelta) -> None:
    """Count a scan in its class."""
    session.run(
        _LEARN(session.dialect.name), account_id=account, module=module.value, length=class_of(took), scans=1
    )  # fmt: skip


def _lease_of(row: Row) -> Lease:
    which, machine_id, task_id, seq, run, acked, ended, given = row
    return Lease(
        id=LeaseId(which),
        machine=MachineId(machine_id),
        task=TaskId(task_id),
        seq=Seq(seq),
        run=run,
        acked=acked,
        ended=bool(ended),
        given=time_of(given),
    )
