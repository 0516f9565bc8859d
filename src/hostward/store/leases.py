"""Leases, and how long scans usually take."""

from datetime import timedelta

from sqlalchemy import bindparam, insert, select, update

from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.domain.module import Module
from hostward.store.averages import WEIGHT
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import lease, machine, usual_time
from hostward.store.times import micros, span, span_of, time_of
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
_U = usual_time.c
_USUAL = Prepared(select(_U.average).where(_U.account_id == bindparam("account"), _U.module == bindparam("of_module")))
_LEARN = upserting(
    usual_time,
    key=("account_id", "module"),
    change=lambda new: {"average": (_U.average * (WEIGHT - 1) + new.average) // WEIGHT},
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


def usual(session: Session, account: AccountId, module: Module) -> timedelta | None:
    """How long a scan usually takes a machine."""
    row = session.row(_USUAL, account=account, of_module=module.value)
    return None if row is None else span_of(row[0])


def learn(session: Session, account: AccountId, module: Module, took: timedelta) -> None:
    """Move the average towards what a scan took."""
    session.run(_LEARN(session.dialect.name), account_id=account, module=module.value, average=span(took))


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
