"""Tasks that were started in a window."""

from datetime import timedelta

import pytest

from hostward.domain.durations import UNKNOWN
from hostward.domain.host_scan import FailType, Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, TaskId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.module import Module
from hostward.domain.note import Code
from hostward.domain.options import VulOptions
from hostward.domain.task import HEARTBEAT, Task, Trigger, enter, overdue
from schedule_samples import HOUR, at

BEGIN = at("2026-11-24 02:00")
FACTS = MachineFacts(host_name="a", addresses=("10.0.0.1",), wan_ip="", os_name="Debian", agent_version="0.1.0")
MACHINE = Machine(id=MachineId(1), account=AccountId(1), quuid="q", uuid="u", facts=FACTS, last_seen=BEGIN)


def task(**said) -> Task:
    """A scheduled task that may queue and scan for two hours each."""
    plain = {
        "id": TaskId(1), "account": AccountId(1), "module": Module.VUL, "trigger": Trigger.SCHEDULED,
        "options": VulOptions(), "content": (), "created_by": "schedule", "begin": BEGIN, "run_begin": BEGIN,
        "timeout": 2 * HOUR, "queue": 2 * HOUR,
    }  # fmt: skip
    return Task(**plain | said)


def unit_of(made: Task) -> Unit:
    """Its one unit."""
    (unit,) = enter(made, [MACHINE], BEGIN)
    return unit


@pytest.mark.parametrize(
    ("closes", "deadline"),
    [
        (None, BEGIN + 4 * HOUR + 2 * HEARTBEAT),
        (BEGIN + 3 * HOUR, BEGIN + 3 * HOUR),
        (BEGIN + 9 * HOUR, BEGIN + 4 * HOUR + 2 * HEARTBEAT),
    ],
)
def test_the_deadline_is_the_windows_end_where_that_is_earlier(closes, deadline):
    """No unit lives longer."""
    assert task(not_after=closes).deadline == deadline


@pytest.mark.parametrize(("hours", "timeout"), [(0, 2), (1, 2), (1.5, 1.5), (2.5, 0.5)])
def test_the_later_a_lease_the_shorter_its_timeout(hours: float, timeout: float):
    """It ends with the window."""
    assert task(not_after=BEGIN + 3 * HOUR).timeout_from(BEGIN + hours * HOUR) == timeout * HOUR


def test_without_a_window_the_timeout_is_the_tasks():
    """However late the lease."""
    assert task().timeout_from(BEGIN + 9 * HOUR) == 2 * HOUR


@pytest.mark.parametrize(
    ("closes", "code"), [(BEGIN + 2 * HOUR, Code.WINDOW_CLOSED), (BEGIN + 9 * HOUR, Code.TIMED_OUT)]
)
def test_the_reason_of_a_timeout_is_the_window_or_the_timeout(closes, code: Code):
    """The remedies are different ones."""
    made = task(not_after=closes)
    leased = unit_of(made).leased(LeaseId(1), BEGIN, made.timeout_from(BEGIN))
    ended = overdue(leased, made, MACHINE, BEGIN + 2 * HOUR)
    assert (ended.fail, ended.note.code) == (FailType.TIMEOUT, code)


def test_another_run_is_not_bound_to_the_window():
    """It was asked for by a person."""
    again = task(not_after=BEGIN + HOUR).again(BEGIN + 9 * HOUR, timeout=None, history=UNKNOWN, settled=0)
    assert (again.not_after, again.deadline) == (None, BEGIN + 13 * HOUR + timedelta(seconds=40))
