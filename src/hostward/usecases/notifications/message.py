"""Parts that the bodies of messages have in common."""

from datetime import UTC, datetime

from hostward.domain.machine import Machine
from hostward.domain.task import Task, Trigger

_TRIGGERS = {Trigger.ONE_CLICK: "manual", Trigger.SCHEDULED: "schedule"}


def time_text(moment: datetime | None) -> str:
    """A time as messages have it: ISO 8601 in UTC with whole seconds, "" for none."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def task_facts(task: Task) -> dict[str, object]:
    """Which task a message is about, and who began it."""
    return {
        "task_id": task.id,
        "run": task.run,
        "module": task.module.value,
        "trigger": _TRIGGERS[task.trigger],
        "created_by": task.created_by,
    }


def machine_facts(machine: Machine) -> dict[str, object]:
    """Which machine a message is about."""
    return {
        "quuid": machine.quuid,
        "uuid": machine.uuid,
        "host_name": machine.facts.host_name,
        "host_ip": machine.facts.addresses[0] if machine.facts.addresses else "",
        "os_name": machine.facts.os_name,
    }
