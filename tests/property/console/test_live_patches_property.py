"""Patches lead to what is there, whatever happens to a task; parts of a task always add up."""

import base64
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from hostward.api.context import ApiSettings, Context
from hostward.api.topics import LiveTopics
from hostward.api.vul_info import VulInfo
from hostward.console.patches import patch
from hostward.domain.account import Role, User
from hostward.domain.bucket import Bucket, bucket_of, sizes
from hostward.domain.host_scan import FailType, Unit
from hostward.domain.ids import UserId
from hostward.domain.note import NOTHING
from hostward.domain.tally import recount
from hostward.runtime.clock import SystemClock
from hostward.store.memory import MemoryStore
from hostward.usecases.live import State
from store_samples import NOW, SECOND, Scan, failed, found, judged, leased, running, scan, stopped

SIZE = 4
ALL_STEPS = {
    "lease": leased(1),
    "run": running(3000),
    "find": found(2),
    "end": judged(),
    "fail": failed(FailType.FAILED),
    "offline": failed(FailType.OFFLINE),
    "stop": stopped(),
    "confirm": lambda unit: unit.stopped(NOW),
    "silent": lambda unit: unit.lease_lost(NOW, spends_attempt=True),
    "again": lambda unit: unit.again(unit.run + 1, NOW + SECOND, NOTHING),
}
histories = st.lists(st.tuples(st.integers(0, SIZE - 1), st.sampled_from(sorted(ALL_STEPS))), max_size=25)
pages = st.fixed_dictionaries(
    {
        "Offset": st.integers(0, 3),
        "Limit": st.integers(1, 4),
        "Buckets": st.lists(st.sampled_from([bucket.value for bucket in Bucket]), unique=True),
        "Sort": st.sampled_from(["", "HostName", "RiskNum", "BeginTime"]),
        "Descending": st.booleans(),
    }
)


def applied(state: State, change: State) -> State:
    """What a browser makes of a patch."""
    after = {**state, **change}
    return {**after, "Rows": {**state["Rows"], **change.get("Rows", {})}} if "Rows" in after else after


def taken(task: Scan, seq: int, step: str) -> None:
    """A unit takes a step, if it has it."""
    try:
        task.step(seq, ALL_STEPS[step])
    except Exception as error:
        if type(error).__name__ != "IllegalTransition":
            raise


@settings(deadline=None, max_examples=40)
@given(histories, pages)
def test_patches_applied_one_after_the_other_give_what_is_there(history, page) -> None:
    """For a task, a page of it in any order, and all tasks; a patch says nothing that did not change."""
    task = scan(MemoryStore(), SIZE)
    user = User(id=UserId(1), account=task.account, name="ann", role=Role.OPERATOR)
    context = Context(
        account=task.account, user=user, language="en-US", now=NOW, request_id="", store=task.store, hub=None,
        settings=ApiSettings(), clock=SystemClock(), vul_info=VulInfo(),
    )  # fmt: skip
    text = base64.urlsafe_b64encode(json.dumps(page).encode()).decode()
    names = ("tasks", f"task:Vul:{task.id}", f"rows:Vul:{task.id}:{text}")
    topics = [LiveTopics(context).topic(name, user=user, language="en-US") for name in names]

    def looks() -> list[State]:
        return [task.store.read_now(lambda uow, one=one: one.look(uow, NOW)).state for one in topics]

    states = looks()
    known = list(states)
    for seq, step in history:
        taken(task, seq, step)
        after = looks()
        for place, (before, now) in enumerate(zip(states, after, strict=True)):
            change = patch(before, now)
            assert (change == {}) == (before == now)
            known[place] = now if change is None else applied(known[place], change)
        assert known == after
        states = after


@settings(deadline=None, max_examples=60)
@given(histories)
def test_parts_of_a_task_add_up_to_its_machines(history) -> None:
    """The kept counts are those of the units, part by part."""
    task = scan(MemoryStore(), SIZE)
    for seq, step in history:
        taken(task, seq, step)
    units: list[Unit] = task.store.read_now(lambda uow: list(uow.tasks.units(task.id)))
    parts = [bucket_of(unit.state, unit.fail, unit.risk_num) for unit in units]
    assert task.task.tally == recount(units)
    assert sizes(task.task.tally) == {bucket: parts.count(bucket) for bucket in Bucket}
    assert sum(sizes(task.task.tally).values()) == SIZE
