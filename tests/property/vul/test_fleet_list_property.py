"""The list of vulnerabilities against its events: whatever is installed, ignored or looked for anew."""

from collections.abc import Mapping
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from account_bench import AccountBench
from hostward.domain.ids import AccountId, LeaseId, MachineId, RuleId, VulId
from hostward.domain.ignoring import IgnoreRule, Scope
from hostward.domain.module import Module
from hostward.domain.options import VulOptions
from hostward.domain.task import Trigger
from hostward.usecases.records import ScanRequest
from hostward.usecases.records import Scope as Machines
from hostward.usecases.scans.start import start
from hostward.usecases.vul_event_ports import ALL_VULS, VulEvent, VulOrder, VulQuery
from hostward.usecases.vulnerabilities.fleet_list import Row, State, Wanted, every, fleet_list, machines, state_of
from hostward.usecases.vulnerabilities.looked_for import Rechecks, rechecks
from store_samples import advisory, affects, package

KEYS = ("CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003")
MACHINES = 3
SIZES = (1, 2, 100)

places = st.sets(st.tuples(st.integers(0, MACHINES - 1), st.sampled_from(KEYS)))
states = st.sampled_from([set(some) for size in range(5) for some in combinations(State, size)])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[AccountBench, AccountId]:
    """Three machines, each with some of three packages that are flawed; some gone, some ignored, some looked for."""
    there, gone, ignored, again = draw(places), draw(places), draw(places), draw(places)
    bench = AccountBench()
    account = bench.account()
    known = [bench.machine(account, f"m-{number}") for number in range(MACHINES)]
    told = [advisory(key, affects(f"tool-{key}", "2")) for key in KEYS]
    bench.store.write_now(
        lambda uow: uow.advisories.replace("debian", told, ecosystems=(), digest="1", now=bench.clock.now())
    )
    for turn, has in enumerate((there | gone, there)):
        bench.clock.turn(60)

        def scan(uow, turn=turn, has=has) -> None:
            for number, machine in enumerate(known):
                lease = LeaseId(10 * turn + number + 1)
                some = [package(f"tool-{key}", "1") for key in KEYS if (number, key) in has]
                uow.results.add(machine.id, lease, 0, some)
                uow.results.make_current(machine.id, Module.VUL, lease, bench.clock.now(), risks=len(some))

        bench.store.write_now(scan)
    now = bench.clock.now()

    def more(uow) -> None:
        numbers = uow.advisories.vul_ids(KEYS)
        for place, (number, key) in enumerate(sorted(ignored)):
            reach = {"scope": Scope.CHOSEN, "machines": (known[number].id,)}
            rule = IgnoreRule(id=RuleId(place + 1), account=account, key=key, created=now, changed=now, **reach)
            uow.ignores.put(rule)
        for number, key in sorted(again):
            request = ScanRequest(
                options=VulOptions(vul_ids=(numbers[key],)), content=("4",),
                scope=Machines(everything=False, quuids=(known[number].quuid,)),
                timeout=bench.api.settings.default_timeout,
            )  # fmt: skip
            start(uow, request=request, account=account, by="test", trigger=Trigger.ONE_CLICK, now=now)

    bench.store.write_now(more)
    return bench, account


def events(bench: AccountBench, account: AccountId) -> tuple[Mapping[VulId, list[VulEvent]], Rechecks]:
    """Every event of the account, by vulnerability."""

    def look(uow) -> tuple[Mapping[VulId, list[VulEvent]], Rechecks]:
        page = uow.vul_events.vulnerabilities(account, ALL_VULS, limit=99, offset=0)
        of = {one.known.id: uow.vul_events.machines_of(account, one.known.id, ALL_VULS, limit=99, offset=0) for one in
              page.rows}  # fmt: skip
        return {vul: list(found.rows) for vul, found in of.items()}, rechecks(uow, account)

    return bench.store.read_now(look)


def expected(found: list[VulEvent], again: Rechecks, wanted: set[State]) -> tuple[set[State], int, list[int]]:
    """The states of a row, its machines, and its events."""
    meant = [event for event in found if state_of(event, again) in wanted]
    has = {state_of(event, again) for event in meant}
    order = (State.DETECTING, State.PENDING, State.IGNORED, State.FIXED)
    own = next((state for state in order if state in has), None)
    alike = {State.DETECTING, State.PENDING} if own in {State.DETECTING, State.PENDING} else {own}
    return has, sum(state_of(event, again) in alike for event in meant), [event.id for event in meant]


def seen(row: Row) -> tuple[set[State], int]:
    """The same of a row."""
    return set(row.states), row.hosts


@settings(max_examples=60, deadline=None)
@given(world=worlds(), wanted=states, order=st.sampled_from(VulOrder), descending=st.booleans(), plain=st.booleans())
def test_rows_are_what_their_events_make_of_them(world, wanted, order, descending, plain) -> None:
    """By the store's own page or by hand; pages are disjoint and whole, and sorted by what they show."""
    bench, account = world
    found, again = events(bench, account)
    meant = wanted or set(State)
    known = {vul: expected(some, again, meant) for vul, some in found.items()}
    right = {vul: one for vul, one in known.items() if one[0]}
    query = VulQuery(order=order, descending=descending)
    choice = Wanted(query=query, states=frozenset(wanted), also=None if plain else (lambda _: True))
    for size in SIZES:
        pages = [
            bench.store.read_now(
                lambda uow, offset=offset, size=size: fleet_list(uow, account, choice, limit=size, offset=offset)
            )
            for offset in range(0, len(KEYS), size)
        ]
        assert {page.total for page in pages} == {len(right)}
        rows = list(chain.from_iterable(page.rows for page in pages))
        shown = {one.row.vul.known.id: (*seen(one.row), list(one.events)) for one in rows}
        assert shown == right
        assert len(rows) == len(right)
        if order is VulOrder.MACHINES:
            hosts = [one.row.hosts for one in rows]
            assert hosts == sorted(hosts, reverse=descending)
    whole = bench.store.read_now(lambda uow: every(uow, account, choice))
    assert {row.vul.known.id: seen(row) for row in whole} == {vul: one[:2] for vul, one in right.items()}


@settings(max_examples=40, deadline=None)
@given(world=worlds(), wanted=states, only=st.sets(st.integers(1, MACHINES)))
def test_machines_are_those_of_the_events(world, wanted, only) -> None:
    """In their states, page by page, and of chosen machines alone."""
    bench, account = world
    found, again = events(bench, account)
    some = frozenset(map(MachineId, only)) or None
    choice = Wanted(query=VulQuery(machines=some), states=frozenset(wanted))
    for vul, listed in found.items():
        right = [
            (event.id, state_of(event, again))
            for event in listed
            if state_of(event, again) in (wanted or set(State)) and (some is None or event.machine in some)
        ]
        for size in SIZES:
            pages = [
                bench.store.read_now(
                    lambda uow, offset=offset, size=size, vul=vul: machines(
                        uow, account, vul, choice, limit=size, offset=offset
                    )
                )
                for offset in range(0, MACHINES, size)
            ]
            assert {page.total for page in pages} == {len(right)}
            assert [(event.id, state) for page in pages for event, state in page.rows] == right
