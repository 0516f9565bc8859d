"""Identifiers, one type each, so that a machine can't be passed where a task is meant."""

from typing import NewType

AccountId = NewType("AccountId", int)
UserId = NewType("UserId", int)
TaskId = NewType("TaskId", int)
MachineId = NewType("MachineId", int)
Seq = NewType("Seq", int)
"""Place of a machine in its task: dense from 0, frozen when the task is created."""
LeaseId = NewType("LeaseId", int)
"""Fencing id: rises with every lease ever given, so that a stale holder can be told from the current one."""
ScheduleId = NewType("ScheduleId", int)
WebhookId = NewType("WebhookId", int)
DeliveryId = NewType("DeliveryId", int)
"""Rises with every message ever queued: a webhook's messages are sent in this order."""
TagId = NewType("TagId", int)
EditionId = NewType("EditionId", int)
"""One import of a feed: rises, so that what a crashed import left behind can be told from what counts."""
RuleId = NewType("RuleId", int)
"""One decision to set a vulnerability aside."""
VulId = NewType("VulId", int)
"""Permanent number of a vulnerability (the API's VulId)."""
EventId = NewType("EventId", int)
"""A vulnerability on a machine (the API's EventId; domain.vul_event.event_id)."""

ROWS_PER_TASK = 1 << 21
"""Machines one task can hold: row ids are task * 2**21 + seq and must stay below 2**53 (JSON numbers are doubles)."""


def row_id(task: TaskId, seq: Seq) -> int:
    """Id of a machine's row in a task, unique over all tasks (the API's ScanTaskDetails.Id)."""
    return task * ROWS_PER_TASK + seq
