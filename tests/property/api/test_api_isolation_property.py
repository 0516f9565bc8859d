"""Two accounts on one server: whatever one of them asks, of which action, with whose names, nothing is the other's.

The other account has users, keys, machines, tags, tasks with results, schedules, requests and an audit log. Each of its
names holds a word that stands nowhere else; that word must never be in an answer, and nothing it owns may change.
"""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from account_bench import AccountBench, Client
from hostward.api.actions import ACTIONS
from hostward.api.decode import Flag, ListOf, ObjectOf, String, Whole, shape_of
from hostward.domain.account import Role
from hostward.domain.console_session import ConsoleSession
from hostward.domain.credential import Credential
from hostward.domain.host_scan import FailType
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.domain.module import Module
from hostward.domain.note import NOTHING
from hostward.domain.package import Evidence
from hostward.usecases.vul_event_ports import ALL_VULS, VulEvent
from store_samples import match, package

MARK = "zebra"
"""In every name of the other account."""

DRAWN = re.compile(r"AKID\w{32}")


@dataclass
class Town:
    """Both accounts. theirs: every name and number of the other."""

    bench: AccountBench
    mine: AccountId
    other: AccountId
    client: Client
    texts: list[str]
    numbers: list[int]


def town() -> Town:
    """Fill both accounts alike."""
    bench = AccountBench()
    mine, other = bench.account("mine"), bench.account(MARK)
    client, theirs = bench.client(mine), bench.client(other, f"{MARK}-admin")
    tasks: list[TaskId] = []
    for account, name in ((mine, "horse"), (other, MARK)):
        bench.client(account, f"{name}-operator", Role.OPERATOR, (f"env={name}",))
        machines = [bench.machine(account, f"{name}-{number}", f"env={name}") for number in range(2)]
        for module in Module:
            task = bench.task(account, *machines, module=module)
            finish(bench, task, f"CVE-{name}" if module is Module.VUL else "")
            if account == other:
                tasks.append(task)
        inventory(bench, machines[0].id, name)
    gateway = bench.api.gateway
    gateway._new_request_id = lambda: f"{MARK}-request"
    for action, request in (
        ("CreateUser", {"UserName": f"{MARK}-user", "Role": "auditor"}),
        ("CreateTemporaryToken", {}),
        ("ListScanTasks", {}),
    ):
        theirs.ok(action, request)
    for account, name in ((mine, "admin"), (other, f"{MARK}-admin")):
        sign_in(bench, account, name)
    gateway._new_request_id = lambda: "horse-request"
    asyncio.run(gateway.request_log.write())
    texts = sorted(names_of(bench, other))
    events = events_of(bench, other)
    numbers = [*tasks, *(task * 2**21 for task in tasks), other, *range(1, 8)]
    numbers += [*(event.id for event in events), *(event.vul for event in events)]
    texts += [str(event.id) for event in events]
    return Town(bench=bench, mine=mine, other=other, client=client, texts=texts, numbers=numbers)


def finish(bench: AccountBench, task: TaskId, cve: str) -> None:
    """The first machine of a task is done and has a risk, the second one failed."""
    now, timeout = bench.clock.now(), bench.api.settings.default_timeout

    def work(uow) -> None:
        for seq in (0, 1):
            unit = uow.tasks.unit(task, Seq(seq))
            steps = [unit.leased(uow.tasks.next_lease(), now, timeout)]
            if seq == 0:
                steps += [steps[-1].progressed(10, NOTHING)]
                steps += [steps[-1].found(1)]
                steps += [steps[-1].judged(now, NOTHING)]
            else:
                steps += [steps[-1].failed(FailType.FAILED, now, NOTHING)]
            for after in steps:
                uow.tasks.change(unit, after, now)
                unit = after
            if cve:
                uow.tasks.record_vuls(unit, [match(cve)])

    bench.store.write_now(work)


def inventory(bench: AccountBench, machine: MachineId, name: str) -> None:
    """The machine has a package, and its own changelog names a vulnerability in it that no feed speaks of."""
    tool = package(f"{name}-tool", "1.0-1")
    said = Evidence(
        ecosystem=tool.ecosystem, source=tool.source, source_version=tool.source_version, cve=f"CVE-{name}",
        fixed="1.0-2", urgency="high",
    )  # fmt: skip
    lease = LeaseId(10_000 + machine)

    def work(uow) -> None:
        uow.results.add(machine, lease, 0, [tool, said])
        uow.results.make_current(machine, Module.VUL, lease, bench.clock.now(), risks=1)

    bench.store.write_now(work)


def events_of(bench: AccountBench, account: AccountId) -> list[VulEvent]:
    """An account's vulnerabilities on its machines."""

    def look(uow) -> list[VulEvent]:
        page = uow.vul_events.vulnerabilities(account, ALL_VULS, limit=99, offset=0)
        found = (uow.vul_events.machines_of(account, one.known.id, ALL_VULS, limit=99, offset=0) for one in page.rows)
        return [event for each in found for event in each.rows]

    return bench.store.read_now(look)


def sign_in(bench: AccountBench, account: AccountId, name: str) -> None:
    """A browser of this user, and what they sign in with."""
    now = bench.clock.now()

    def work(uow) -> None:
        user = uow.accounts.user(account, name)
        session = ConsoleSession(
            id=f"{name}-session", user=user, csrf="c", created=now, last_used=now, user_agent=f"{name}-browser"
        )
        uow.console_sessions.add(name.encode(), session)
        uow.credentials.put(user, Credential(password="hash", totp=b"secret", totp_on=True))

    bench.store.write_now(work)


def names_of(bench: AccountBench, account: AccountId) -> set[str]:
    """Every name of an account that a request could carry."""

    def look(uow) -> set[str]:
        machines = uow.machines.of_account(account)
        return {
            *(name for each in machines for name in (each.quuid, each.uuid, each.facts.host_name)),
            *(user.name for user in uow.accounts.users(account)),
            *(key.secret_id for key in uow.accounts.keys(account)),
            *(session.id for session in uow.console_sessions.of_account(account)),
            *(tag for tags in uow.machines.tags([each.id for each in machines]).values() for tag in tags),
            *(entry.deed.request_id for entry in uow.audit.entries(account)),
        }

    return bench.store.read_now(look)


def owned(bench: AccountBench, account: AccountId) -> list[Any]:
    """Everything that an account has."""

    def look(uow) -> list[Any]:
        machines = uow.machines.of_account(account)
        total, tasks = uow.tasks.list(account, module=None, states=frozenset(), limit=100, offset=0)
        return [
            list(uow.accounts.users(account)), list(uow.accounts.keys(account)), list(machines),
            dict(uow.machines.tags([each.id for each in machines])), total, list(tasks),
            [list(uow.tasks.units(task.id)) for task in tasks],
            [list(uow.tasks.vuls(task.id, limit=100)) for task in tasks],
            list(uow.audit.entries(account)), list(uow.schedules.of_account(account)),
            list(uow.machines.labels(account, ())), list(uow.console_sessions.of_account(account)),
            [uow.credentials.of(user.id) for user in uow.accounts.users(account)],
        ]  # fmt: skip

    return [*bench.store.read_now(look), events_of(bench, account)]


TOWN = town()
WORDS = ["Vul", "Malware", "Baseline", "ALL", "all-regions", "Other", "ap-others", "operator", "0", "1", "2026-12-01",
         "HostName", "Quuid", "VulName", "Uuid", "AliasName", "TagIds", "3",
         "Status", "Ok", "horse-0", "q-horse-0", "horse-operator", "env=horse",
         "AKID1admin", ""]  # fmt: skip


def values(shape: object, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a member: words of the API, names and numbers of both accounts."""
    match shape:
        case Whole():
            return st.sampled_from(TOWN.numbers) | st.integers(shape.minimum, min(shape.maximum, 2**53))
        case String():
            return st.sampled_from(TOWN.texts) | st.sampled_from(WORDS) | st.text(max_size=5)
        case Flag():
            return st.booleans()
        case ListOf():
            return st.lists(values(shape.item, depth + 1), max_size=3)
        case ObjectOf():
            return objects(shape, depth + 1)
        case _:  # a kind of number that a later action may have
            return st.integers(0, 100)


def objects(shape: ObjectOf, depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """An object with its required members and some of the others."""
    required = {name: values(one.shape, depth) for name, one in shape.members.items() if one.required}
    optional = {name: values(one.shape, depth) for name, one in shape.members.items() if not one.required}
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """Any action with any parameters."""
    action = draw(st.sampled_from(ACTIONS))
    return action.service, action.name, draw(objects(shape_of(action.request)))


def said(value: Any) -> set[str]:
    """Every text in a request."""
    if isinstance(value, dict):
        return {text for each in value.values() for text in said(each)}
    if isinstance(value, list):
        return {text for each in value for text in said(each)}
    return {value} if isinstance(value, str) and value else set()


def unsaid(text: str, request: dict[str, Any]) -> str:
    """An answer without what its own request said, which a refusal may repeat."""
    for each in sorted(said(request), key=len, reverse=True):
        text = text.replace(json.dumps(each)[1:-1], "").replace(each, "")
    return text


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_no_action_tells_or_changes_anything_of_another_account(call: tuple[str, str, dict[str, Any]]) -> None:
    """By an administrator of their own account, who may do everything there."""
    service, name, request = call
    state, before = TOWN.bench.store._state, owned(TOWN.bench, TOWN.other)
    try:
        answer = TOWN.client(name, request, service=service)
        shown = unsaid(json.dumps(answer.response, ensure_ascii=False), request)
        assert MARK not in shown
        assert not set(DRAWN.findall(shown)) & set(TOWN.texts)
        assert owned(TOWN.bench, TOWN.other) == before
        assert answer.code != "InternalError"
    finally:
        TOWN.bench.store._state = state  # each call is made in the same town


def test_the_other_account_is_full() -> None:
    """Else the property would say nothing."""
    counts = [len(part) for part in owned(TOWN.bench, TOWN.other) if not isinstance(part, int)]
    assert [count > 0 for count in counts[:9]] == [True] * 8 + [counts[8] > 0]
    assert MARK in "".join(TOWN.texts)
    assert [len(events_of(TOWN.bench, account)) for account in (TOWN.mine, TOWN.other)] == [1, 1]


def test_every_action_is_among_the_calls() -> None:
    """None is left out by name."""
    assert len({(action.service, action.name) for action in ACTIONS}) == len(ACTIONS)
    assert all(shape_of(action.request) for action in ACTIONS)


def numbers_of_theirs() -> list[int]:
    """Tasks of the other account."""
    _, tasks = TOWN.bench.store.read_now(
        lambda uow: uow.tasks.list(TOWN.other, module=None, states=frozenset(), limit=9, offset=0)
    )
    return [task.id for task in tasks]


def test_a_task_of_another_account_is_no_task_for_any_action() -> None:
    """Every action with a TaskId, named outright with each task of theirs."""
    for action in ACTIONS:
        members = shape_of(action.request).members
        if "TaskId" not in members or not isinstance(members["TaskId"].shape, Whole):
            continue
        for task in numbers_of_theirs():
            for module in Module:
                request = {"TaskId": task, "ModuleType": str(module)}
                asked = {name: value for name, value in request.items() if name in members}
                answer = TOWN.client(action.name, asked, service=action.service)
                assert (action.name, answer.code != "") == (action.name, True)


def outright(shape: object, text: str) -> Any:
    """A value with the same text wherever a text can stand."""
    match shape:
        case String():
            return text
        case ListOf():
            return [outright(shape.item, text)]
        case ObjectOf():
            return {name: outright(one.shape, text) for name, one in shape.members.items() if has_text(one.shape)}
        case _:
            return 1


def has_text(shape: object) -> bool:
    """Whether a text can stand in it."""
    match shape:
        case ListOf():
            return has_text(shape.item)
        case ObjectOf():
            return any(has_text(one.shape) for one in shape.members.values())
        case _:
            return isinstance(shape, String)


def test_no_name_of_another_account_opens_anything() -> None:
    """Each of their names in every action that takes a text: alone, and in all its texts at once."""
    state, before = TOWN.bench.store._state, owned(TOWN.bench, TOWN.other)
    for action in ACTIONS:
        shape = shape_of(action.request)
        for text in TOWN.texts:
            whole = outright(shape, text)
            for request in (whole, *({name: whole[name]} for name in whole)):
                answer = TOWN.client(action.name, request, service=action.service)
                shown = unsaid(json.dumps(answer.response, ensure_ascii=False), request)
                assert (action.name, MARK in shown) == (action.name, False)
        assert (action.name, owned(TOWN.bench, TOWN.other) == before) == (action.name, True)
        TOWN.bench.store._state = state
