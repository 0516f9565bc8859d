"""ports.VulEvents' lists: whatever happened before, they are those of one who looks at every event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.domain.ids import AccountId, LeaseId, MachineId, VulId
from hostward.domain.ignoring import IgnoreRule, Product, Scope
from hostward.domain.module import Module
from hostward.domain.package import Evidence
from hostward.domain.severity import Level
from hostward.domain.vul_event import EventStatus, event_id
from hostward.store.upgrades import closed_by, ranked
from hostward.store.vul_spans import chosen, in_order, level_of, over_machines
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import Item
from hostward.usecases.vul_event_ports import VulEvent, VulOrder, VulQuery
from store_kinds import Fresh
from store_samples import NOW, SECOND, account, advisory, affects, fleet, package

KEYS = ("CVE-1", "CVE-2", "DSA-3")
SOURCES = ("openssl", "zlib")
MACHINES = 3
FIXES = ("9", "2", "")
TAG = "env=prod"


@dataclass(frozen=True)
class Scan:
    """A whole inventory of one machine."""

    machine: int
    items: Sequence[Item]


@dataclass(frozen=True)
class Import:
    """New data of a feed: vulnerability, source package, the version that fixes it, level."""

    feed: str
    said: Sequence[tuple[str, str, str, Level | None]]


@dataclass(frozen=True)
class Rule:
    """A vulnerability is set aside somewhere."""

    key: str
    scope: Scope
    machine: int
    product: str


@dataclass(frozen=True)
class Quarantine:
    """A machine's agent is kept out, or let in again."""

    machine: int
    out: bool


Step = Scan | Import | Rule | Quarantine
VERSIONS = st.sampled_from(("1", "1", "2"))
DEBIAN = st.builds(package, st.sampled_from(SOURCES), VERSIONS, path=st.sampled_from((b"", b"/a")))
PYTHON = st.builds(package, st.just("flask"), VERSIONS, ecosystem=st.just("PyPI"), path=st.just(b"/venv"))
LIBRARY = st.builds(
    package, st.just("libssl3"), VERSIONS, source=st.just("openssl"), source_version=st.sampled_from(("1", "2"))
)
SAYING = st.builds(
    Evidence,
    ecosystem=st.just("Debian:12"),
    source=st.sampled_from(SOURCES),
    source_version=st.sampled_from(("1", "2")),
    cve=st.sampled_from(KEYS[:2]),
    fixed=st.just("4"),
    urgency=st.just("high"),
)
SAID = st.tuples(
    st.sampled_from(KEYS),
    st.sampled_from(("openssl", "flask", "openssl", "zlib")),
    st.sampled_from(FIXES),
    st.sampled_from((None, Level.LOW, Level.CRITICAL)),
)
ITEMS = st.lists(st.one_of(DEBIAN, LIBRARY, PYTHON, SAYING), min_size=2, max_size=6)
SCANS = st.builds(Scan, st.integers(0, MACHINES - 1), ITEMS)
IMPORTS = st.builds(
    Import,
    st.sampled_from(("debian", "osv")),
    st.lists(SAID, min_size=2, max_size=4, unique_by=lambda one: one[0]),
)
RULES = st.builds(
    Rule,
    st.sampled_from(KEYS),
    st.sampled_from(Scope),
    st.integers(0, MACHINES - 1),
    st.sampled_from(("", "openssl", "flask")),
)
QUARANTINES = st.builds(Quarantine, st.integers(0, MACHINES - 1), st.booleans())
ANY = st.one_of(SCANS, SCANS, IMPORTS, IMPORTS, RULES, QUARANTINES)
STEPS = st.tuples(
    *(st.tuples(st.builds(Scan, st.just(number), ITEMS), st.booleans()) for number in range(MACHINES)),
    st.tuples(IMPORTS, st.booleans()),
    *(st.tuples(ANY, st.booleans()) for _ in range(6)),
)
"""Each step, and whether somebody reads after it: what is kept for the next reader must not become false."""
QUERIES = st.builds(
    VulQuery,
    status=st.sampled_from((None, EventStatus.PRESENT, EventStatus.FIXED)),
    levels=st.sampled_from((frozenset(), frozenset({Level.CRITICAL, Level.MEDIUM}))),
    categories=st.sampled_from((frozenset(), frozenset({2}), frozenset({4}))),
    text=st.sampled_from(("", "", "SSL", "cve-1")),
    ignored=st.sampled_from((None, None, True, False)),
    fixable=st.sampled_from((None, None, True, False)),
    machines=st.sampled_from((None, None, frozenset({0, 2}))),
    order=st.sampled_from(VulOrder),
    descending=st.booleans(),
)
PAGES = st.sampled_from(((100, 0), (2, 0), (2, 1), (1, 3)))


def _take(store: Store, owner: AccountId, ids: Sequence[MachineId], number: int, step: Step) -> None:
    at = NOW + number * SECOND
    match step:
        case Scan():
            which, lease = ids[step.machine], LeaseId(number + 1)
            store.write_now(lambda uow: uow.results.add(which, lease, 0, step.items))
            store.write_now(lambda uow: _end(uow, which, lease, at))
        case Import():
            said = [
                advisory(
                    key,
                    affects(source, fixed, **({"ecosystem": "PyPI"} if source == "flask" else {})),
                    feed=step.feed,
                    level=level,
                )
                for key, source, fixed, level in step.said
            ]
            ecosystems = ["Debian:12", "PyPI"]
            store.write_now(
                lambda uow: uow.advisories.replace(step.feed, said, ecosystems=ecosystems, digest="", now=at)
            )
        case Rule():
            of = step.scope in (Scope.CHOSEN, Scope.EXCEPT)
            rule = IgnoreRule(
                id=store.write_now(lambda uow: uow.ignores.next_id()),
                account=owner,
                key=step.key,
                scope=step.scope,
                machines=(ids[step.machine],) if of else (),
                tags=(TAG,) if step.scope is Scope.TAGGED else (),
                product=Product(name=step.product) if step.product else None,
                created=at,
                changed=at,
            )
            store.write_now(lambda uow: uow.ignores.put(rule))
        case Quarantine():
            store.write_now(lambda uow: uow.agents.quarantine(ids[step.machine], at if step.out else None))


def _end(uow: UnitOfWork, machine: MachineId, lease: LeaseId, at: datetime) -> None:
    matches = [match for match in uow.results.matches(machine, lease) if not match.hidden]
    risks = uow.ignores.record_own(machine, matches)
    uow.results.make_current(machine, Module.VUL, lease, at, risks=risks)


def _events(uow: UnitOfWork, owner: AccountId, ids: Sequence[MachineId]) -> Iterator[VulEvent]:
    """Every event, each read by its number."""
    for machine, vul in product(ids, range(10)):
        found = uow.vul_events.get(owner, event_id(machine, VulId(vul)))
        if found is not None:
            yield found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, queries=st.lists(QUERIES, min_size=3, max_size=5), page=PAGES)
def test_lists_are_made_of_the_events(
    fresh: Fresh, steps: Sequence[tuple[Step, bool]], queries: Sequence[VulQuery], page: tuple[int, int]
) -> None:
    """Vulnerabilities, machines of one, those of a machine, levels, machines with most, and upgrades."""
    with fresh() as store:
        owner = account(store)
        ids = [machine.id for machine in fleet(store, owner, MACHINES)]
        store.write_now(lambda uow: uow.machines.put_tags(ids[0], (TAG,)))
        for number, (step, looked) in enumerate(steps):
            _take(store, owner, ids, number, step)
            if looked:
                store.read_now(lambda uow: uow.vul_events.levels(owner))
        store.read_now(lambda uow: _compare(uow, owner, ids, queries, page))


def _compare(
    uow: UnitOfWork, owner: AccountId, ids: Sequence[MachineId], queries: Sequence[VulQuery], page: tuple[int, int]
) -> None:
    limit, offset = page
    every = sorted(_events(uow, owner, ids), key=lambda event: (event.machine, event.vul))
    known = {vul.id: vul for vul in uow.advisories.vuls(sorted({event.vul for event in every}))}
    for asked in queries:
        reach = None if asked.machines is None else frozenset(ids[place] for place in asked.machines)
        wanted = replace(asked, machines=reach)
        found = chosen(every, known, wanted)
        rows = in_order(over_machines(found, known), wanted)
        listed = uow.vul_events.vulnerabilities(owner, wanted, limit=limit, offset=offset)
        assert (listed.total, list(listed.rows)) == (len(rows), rows[offset : offset + limit]), wanted
        for vul in known:
            of_vul = [event for event in found if event.vul == vul]
            machines = uow.vul_events.machines_of(owner, vul, wanted, limit=limit, offset=offset)
            assert (machines.total, list(machines.rows)) == (len(of_vul), of_vul[offset : offset + limit]), wanted
        for machine in ids:
            own = {event.vul: event for event in found if event.machine == machine}
            ordered = [own[one.known.id] for one in in_order(over_machines(own.values(), known), wanted)]
            vuls = uow.vul_events.of_machine(owner, machine, wanted, limit=limit, offset=offset)
            assert (vuls.total, list(vuls.rows)) == (len(ordered), ordered[offset : offset + limit]), wanted
        _compare_sums(uow, owner, every, reach, page)


def _compare_sums(
    uow: UnitOfWork,
    owner: AccountId,
    every: Sequence[VulEvent],
    reach: frozenset[MachineId] | None,
    page: tuple[int, int],
) -> None:
    known = {vul.id: vul for vul in uow.advisories.vuls(sorted({event.vul for event in every}))}
    counting = chosen(every, known, VulQuery(status=EventStatus.PRESENT, ignored=False, machines=reach))
    by_level: dict[Level, int] = {}
    for vul in {event.vul for event in counting}:
        by_level[level_of(known[vul])] = by_level.get(level_of(known[vul]), 0) + 1
    assert uow.vul_events.levels(owner, reach) == by_level
    by_machine = {
        machine: sum(event.machine == machine for event in counting) for machine in {e.machine for e in counting}
    }
    most = sorted(by_machine.items(), key=lambda pair: (-pair[1], pair[0]))
    assert list(uow.vul_events.machines_by_number(owner, reach, limit=2)) == most[:2]
    limit, offset = page
    upgrades = ranked(closed_by(counting), known)
    found = uow.vul_events.upgrades(owner, reach, limit=limit, offset=offset)
    assert (found.total, list(found.rows)) == (len(upgrades), upgrades[offset : offset + limit])
