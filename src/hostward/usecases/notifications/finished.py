"""Tell who listens that a scan has finished, in the transaction in which its last machine became final."""

from collections.abc import Iterable
from datetime import datetime

from hostward.domain.task import Task
from hostward.domain.webhook import Event
from hostward.usecases.notifications.message import task_facts, time_text
from hostward.usecases.notifications.queue import queue
from hostward.usecases.ports import UnitOfWork


def tell_finished(uow: UnitOfWork, tasks: Iterable[Task], now: datetime) -> None:
    """Queue a message for each of these tasks that is over.

    tasks: each has a unit that became final in this transaction, so that a task which is over ended in it (as they
    were read before; their counts are read anew). Nothing is read where nobody listens.
    """
    for task in sorted({task.id: task for task in tasks}.values(), key=lambda one: one.id):
        hooks = uow.whole.webhooks.listening(task.account, Event.SCAN_FINISHED)
        if not hooks:
            continue
        ended = uow.whole.tasks.get(task.id)
        if ended is None or ended.end is None:
            continue
        for hook in hooks:
            queue(
                uow, hook, Event.SCAN_FINISHED, about=f"task {ended.id} run {ended.run}", body=_body(ended), now=now
            )  # fmt: skip


def _body(task: Task) -> dict[str, object]:
    tally = task.tally
    return {
        **task_facts(task),
        "state": task.state.name.capitalize(),
        "begin": time_text(task.run_begin),
        "end": time_text(task.end),
        "machines": tally.machines,
        "counts": {
            "ok": tally.ok,
            "offline": tally.offline,
            "timeout": tally.timeout,
            "failed": tally.failed,
            "too_old": tally.too_old,
            "stopped": tally.stopped,
        },
        "risks": {"machines": tally.risk_machines, "events": tally.risk_events, "vulnerabilities": tally.vuls},
        "stopped_by": task.stop_by,
    }
