"""Tasks as rows, their tally among the columns."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, cast, func, insert, or_, select, update

from hostward.domain.ids import AccountId, TaskId
from hostward.domain.module import Module
from hostward.domain.tally import Tally
from hostward.domain.task import ScanState, Task, Trigger
from hostward.store import machine_tags
from hostward.store.codec import history_of, history_text, options_of, options_text, words_of, words_text
from hostward.store.session import Prepared, Row, Session, Value
from hostward.store.tables import TALLY_COLUMNS, task
from hostward.store.texts import ascii_lower, clean
from hostward.store.times import micros, micros_or_none, span, span_of, time_of, time_or_none
from hostward.usecases.records import ALL_TASKS, TaskFilter

_C = task.c
_OWN = ("task_id", "account_id", "module", "started_by", "options", "content", "created_by", "timeout", "queue")
_RUN = (
    *("run", "begin_at", "run_begin", "end_at", "stop_at", "stop_by"),
    *("history", "settled", "not_before", "ramp", "not_after", "late", "at_once", "vul_rev"),
)
COLUMNS = tuple(_C[name] for name in (*_OWN, *_RUN, *TALLY_COLUMNS))
_PUT = tuple(name for name in (*_OWN[1:], *_RUN) if name not in ("end_at", "vul_rev"))
_TALLY_FIELDS = tuple(field.name for field in fields(Tally))
_TRIGGERS = {trigger.value: trigger for trigger in Trigger}
_MODULES = {module.value: module for module in Module}

_GET = select(*COLUMNS).where(_C.task_id == bindparam("which"))
_ADD = Prepared(insert(task))
_READ = Prepared(_GET)
_LOCK = Prepared(_GET.with_for_update())
_STORE = Prepared(
    update(task).where(_C.task_id == bindparam("which")).values({name: bindparam(f"to_{name}") for name in _PUT})
)
_NEWEST = Prepared(
    select(*COLUMNS)
    .where(_C.account_id == bindparam("account"), _C.module == bindparam("module"))
    .order_by(_C.task_id.desc())
    .limit(1)
)
_DONE: ColumnElement[bool] = (_C.pending + _C.leased + _C.running + _C.stopping) == 0
STATES: dict[ScanState, ColumnElement[bool]] = {
    ScanState.SCANNING: and_(~_DONE, _C.stop_at.is_(None)),
    ScanState.DONE: and_(_DONE, _C.stop_at.is_(None)),
    ScanState.STOPPING: and_(~_DONE, _C.stop_at.is_not(None)),
    ScanState.STOPPED: and_(_DONE, _C.stop_at.is_not(None)),
}


def add(session: Session, new: Task) -> None:
    """Store a new task, tally and all."""
    session.run(_ADD, task_id=new.id, **_put(new), **_kept(new))


def read(session: Session, which: TaskId, *, lock: bool) -> Task | None:
    """The task, None when there is none."""
    row = session.row(_LOCK if lock else _READ, which=which)
    return None if row is None else _task_of(row)


def put(session: Session, changed: Task) -> bool:
    """Store all but what is kept by counting; False when there is no such task."""
    values = {f"to_{name}": value for name, value in _put(changed).items()}
    return session.run(_STORE, which=changed.id, **values) == 1


def newest(session: Session, account: AccountId, module: Module) -> Task | None:
    """The account's newest task of the module."""
    row = session.row(_NEWEST, account=account, module=module.value)
    return None if row is None else _task_of(row)


def page(
    session: Session,
    account: AccountId,
    module: Module | None,
    states: frozenset[ScanState],
    *,
    limit: int,
    offset: int,
    tags: Sequence[str] = (),
    narrowed: TaskFilter = ALL_TASKS,
) -> tuple[int, Sequence[Task]]:
    """How many tasks there are in these states, and a page of them, newest first; tags: see ports.Tasks.list."""
    meant = list(_meant(narrowed))
    counting = select(func.count()).select_from(task).where(*meant)
    counted = session.select(_narrowed(counting, account, module, states, tags))
    query = _narrowed(select(*COLUMNS).where(*meant), account, module, states, tags).order_by(_C.task_id.desc())
    rows = session.select(query.limit(limit).offset(offset))
    return int(counted[0][0]), [_task_of(row) for row in rows]


def _narrowed(
    query: Select[Any], account: AccountId, module: Module | None, states: frozenset[ScanState], tags: Sequence[str]
) -> Select[Any]:
    query = query.where(_C.account_id == account)
    if module is not None:
        query = query.where(_C.module == module.value)
    if tags:
        query = query.where(machine_tags.sees(tags))
    if states:
        known = sorted(states.intersection(STATES))
        meant = (machine_tags.state_of(tags, state) if tags else STATES[state] for state in known)
        query = query.where(or_(False, *meant))
    return query


def _meant(wanted: TaskFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.triggers:
        yield _C.started_by.in_(sorted(trigger.value for trigger in wanted.triggers))
    if query := ascii_lower(clean(wanted.query)):
        by = func.lower(_C.created_by).contains(query, autoescape=True)
        yield or_(by, cast(_C.task_id, Text) == query)
    if wanted.after is not None:
        yield _C.begin_at >= micros(wanted.after)
    if wanted.before is not None:
        yield _C.begin_at <= micros(wanted.before)
    if wanted.below is not None:
        yield _C.task_id < wanted.below


def _task_of(row: Row) -> Task:
    which, account, module, trigger, options, content, created_by, timeout, queue = row[:9]
    run, begin, run_begin, end, stop_at, stop_by, history, settled, not_before, ramp = row[9:19]
    not_after, late, at_once, vul_rev = row[19:23]
    return Task(
        id=TaskId(which),
        account=AccountId(account),
        module=_MODULES[module],
        trigger=_TRIGGERS[trigger],
        options=options_of(_MODULES[module], options),
        content=words_of(content),
        created_by=created_by,
        timeout=span_of(timeout),
        queue=span_of(queue),
        run=run,
        begin=time_of(begin),
        run_begin=time_of(run_begin),
        end=time_or_none(end),
        stop_at=time_or_none(stop_at),
        stop_by=stop_by,
        history=history_of(history),
        settled=settled,
        not_before=time_or_none(not_before),
        ramp=span_of(ramp),
        not_after=time_or_none(not_after),
        late=span_of(late),
        at_once=at_once,
        vul_rev=vul_rev,
        tally=Tally(**dict(zip(_TALLY_FIELDS, row[23:], strict=True))),
    )


def _put(new: Task) -> dict[str, Value]:
    return {
        "account_id": new.account,
        "module": new.module.value,
        "started_by": new.trigger.value,
        "options": options_text(new.options),
        "content": words_text(new.content),
        "created_by": clean(new.created_by),
        "timeout": span(new.timeout),
        "queue": span(new.queue),
        "run": new.run,
        "begin_at": micros(new.begin),
        "run_begin": micros(new.run_begin),
        "stop_at": micros_or_none(new.stop_at),
        "stop_by": clean(new.stop_by),
        "history": history_text(new.history),
        "settled": new.settled,
        "not_before": micros_or_none(new.not_before),
        "ramp": span(new.ramp),
        "not_after": micros_or_none(new.not_after),
        "late": span(new.late),
        "at_once": new.at_once,
    }


def _kept(new: Task) -> dict[str, Value]:
    counts = {name: getattr(new.tally, field) for name, field in zip(TALLY_COLUMNS, _TALLY_FIELDS, strict=True)}
    return {"end_at": micros_or_none(new.end), "vul_rev": new.vul_rev, **counts}
