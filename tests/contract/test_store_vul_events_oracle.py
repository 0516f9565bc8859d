"""Whatever is scanned, imported and removed: events are those of one who matches every machine anew at each step."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.domain.advisory import Advisory
from hostward.domain.ids import AccountId, LeaseId, MachineId
from hostward.domain.module import Module
from hostward.domain.package import Evidence, HostFacts, Package
from hostward.domain.vul_event import Cause
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import Item
from hostward.usecases.vul_event_ports import ALL_VULS
from store_kinds import Fresh
from store_samples import NOW, SECOND, account, advisory, affects, fleet, package

MACHINES = 2
VERSIONS = ("1", "2", "3")
KEYS = ("CVE-1", "CVE-2", "DSA-3")
SOURCES = ("openssl", "zlib", "linux")
IMAGE = "linux-image-6.1-amd64"


def _image(version: str) -> Package:
    return package(IMAGE, version, source="linux", source_version=version)


PACKAGES = st.one_of(
    st.builds(package, st.sampled_from(SOURCES[:2]), st.sampled_from(VERSIONS), path=st.sampled_from((b"", b"/a"))),
    st.builds(_image, st.sampled_from(VERSIONS)),
)
OTHERS = st.one_of(
    st.builds(
        HostFacts,
        os_id=st.just("debian"),
        os_version=st.just("12"),
        os_name=st.just("Debian"),
        running_kernel=st.sampled_from(("6.1-amd64", "6.2-amd64")),
    ),
    st.builds(
        Evidence,
        ecosystem=st.just("Debian:12"),
        source=st.sampled_from(SOURCES),
        source_version=st.sampled_from(VERSIONS),
        cve=st.sampled_from(KEYS[:2]),
        fixed=st.just("4"),
        urgency=st.just("high"),
    ),
)


@dataclass(frozen=True)
class Scan:
    """A whole inventory of one machine."""

    machine: int
    items: Sequence[Item]


@dataclass(frozen=True)
class Import:
    """New data of a feed: vulnerability, source package and the version that fixes it."""

    feed: str
    said: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Remove:
    """A machine leaves for good."""

    machine: int


ITEMS = st.lists(st.one_of(PACKAGES, PACKAGES, OTHERS), max_size=5)
SAID = st.tuples(st.sampled_from(KEYS), st.sampled_from(SOURCES), st.sampled_from(("2", "3", "9")))
SCANS = st.builds(Scan, st.integers(0, MACHINES - 1), ITEMS)
IMPORTS = st.builds(
    Import, st.sampled_from(("debian", "osv")), st.lists(SAID, max_size=4, unique_by=lambda one: one[0])
)
STEPS = st.lists(
    st.one_of(SCANS, SCANS, IMPORTS, IMPORTS, st.builds(Remove, st.integers(0, MACHINES - 1))), min_size=2, max_size=9
)


@dataclass
class Seen:
    """What a naive observer knows of one vulnerability on one machine."""

    oldest: datetime
    first: datetime
    fixed: datetime | None = None
    cause: Cause | None = None
    reopened: bool = False


@dataclass
class Oracle:
    """Matches every machine after each step, and notes what came and went."""

    seen: dict[MachineId, dict[str, Seen]] = field(default_factory=dict)

    def look(self, machine: MachineId, keys: frozenset[str], at: datetime, cause: Cause) -> None:
        """These are what the machine has now."""
        known = self.seen.setdefault(machine, {})
        for key in keys - known.keys():
            known[key] = Seen(at, at)
        for key, one in known.items():
            if key in keys and one.fixed is not None:
                known[key] = Seen(one.oldest, at, reopened=True)
            elif key not in keys and one.fixed is None:
                one.fixed, one.cause = at, cause


def _take(store: Store, owner: AccountId, ids: Sequence[MachineId], number: int, step: Scan | Import | Remove) -> None:
    at = NOW + number * SECOND
    match step:
        case Scan():
            which, machine = LeaseId(number + 1), ids[step.machine]
            if machine not in _left(store, owner):
                return
            store.write_now(lambda uow: uow.results.add(machine, which, 0, step.items))
            store.write_now(lambda uow: _end(uow, machine, which, at))
        case Import():
            said = [_advisory(step.feed, *one) for one in step.said]
            store.write_now(
                lambda uow: uow.advisories.replace(step.feed, said, ecosystems=["Debian:12"], digest="", now=at)
            )
        case Remove():
            if ids[step.machine] in _left(store, owner):
                store.write_now(lambda uow: uow.agents.remove(owner, ids[step.machine]))


def _advisory(feed: str, key: str, source: str, fixed: str) -> Advisory:
    """An advisory of its own name that fixes two CVEs at once, or one about a CVE."""
    aliases = ("CVE-1", "CVE-9") if key == "DSA-3" else ()
    return advisory(key, affects(source, fixed), feed=feed, aliases=aliases)


def _end(uow: UnitOfWork, machine: MachineId, lease: LeaseId, at: datetime) -> None:
    uow.results.make_current(machine, Module.VUL, lease, at, risks=len(_keys(uow, machine, lease)))


def _keys(uow: UnitOfWork, machine: MachineId, lease: LeaseId) -> frozenset[str]:
    return frozenset(match.key for match in uow.results.matches(machine, lease) if not match.hidden)


def _now(uow: UnitOfWork, machine: MachineId) -> frozenset[str]:
    current = uow.results.current(machine, Module.VUL)
    return frozenset() if current is None else _keys(uow, machine, current[0])


def _left(store: Store, owner: AccountId) -> frozenset[MachineId]:
    return frozenset(machine.id for machine in store.read_now(lambda uow: uow.machines.of_account(owner)))


def _events(uow: UnitOfWork, owner: AccountId, machine: MachineId) -> dict[str, Seen]:
    rows = uow.vul_events.of_machine(owner, machine, ALL_VULS, limit=100, offset=0).rows
    keys = {vul.id: vul.key for vul in uow.advisories.vuls([event.vul for event in rows])}
    return {
        keys[event.vul]: Seen(event.oldest, event.first_seen, event.fixed, event.cause, event.reopened)
        for event in rows
    }


def _follow(store: Store, steps: Sequence[Scan | Import | Remove]) -> None:
    owner = account(store)
    ids = [machine.id for machine in fleet(store, owner, MACHINES)]
    oracle = Oracle()
    for number, step in enumerate(steps):
        _take(store, owner, ids, number, step)
        cause = Cause.ADVISORY if isinstance(step, Import) else Cause.PACKAGE
        left = _left(store, owner)
        for machine in ids:
            if machine in left:
                now = store.read_now(partial(_now, machine=machine))
                oracle.look(machine, now, NOW + number * SECOND, cause)
            else:
                oracle.seen[machine] = {}
            found = store.read_now(partial(_events, owner=owner, machine=machine))
            assert found == oracle.seen[machine], (number, step)
        standing = store.read_now(lambda uow: uow.fleet.standing(owner)).modules.get(Module.VUL)
        risks = sum(standing.levels.values()) if standing is not None else 0
        assert risks == sum(one.fixed is None for machine in ids for one in oracle.seen[machine].values())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_events_are_those_of_a_naive_observer(fresh: Fresh, steps: Sequence[Scan | Import | Remove]) -> None:
    """First seen, fixed and why, opened again; and the fleet's number of risks, without any scan after an import."""
    with fresh() as store:
        _follow(store, steps)
