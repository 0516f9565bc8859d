"""Whatever is scanned, imported and ruled: risks of machines are the events that count on them, without a scan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.domain.ids import AccountId, LeaseId, MachineId, RuleId
from hostward.domain.ignoring import IgnoreRule, Product, Scope
from hostward.domain.module import Module
from hostward.domain.package import Package
from hostward.domain.vul_event import EventStatus
from hostward.usecases.ports import Store
from hostward.usecases.vul_event_ports import VulQuery
from hostward.usecases.vulnerabilities import import_feed as module
from hostward.usecases.vulnerabilities.import_feed import Parsed, import_feed
from store_kinds import Fresh
from store_samples import NOW, SECOND, account, advisory, affects, fleet, package
from vul_samples import scan

MACHINES = 2
KEYS = ("CVE-1", "CVE-2")
SOURCES = ("openssl", "zlib")
VERSIONS = ("1", "2")


@dataclass(frozen=True)
class Scan:
    """A whole inventory of one machine."""

    machine: int
    items: Sequence[Package]


@dataclass(frozen=True)
class Import:
    """New data of a feed: vulnerability, source package and the version that fixes it."""

    feed: str
    said: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Rule:
    """A rule is made, changed or ended, and everything is judged anew. product "": whatever package."""

    number: int
    key: str
    machine: int | None
    product: str
    ended: bool


STEPS = st.lists(
    st.one_of(
        st.builds(
            Scan,
            st.integers(0, MACHINES - 1),
            st.lists(st.builds(package, st.sampled_from(SOURCES), st.sampled_from(VERSIONS)), min_size=1, max_size=3),
        ),
        st.builds(
            Import,
            st.sampled_from(("debian", "osv")),
            st.lists(
                st.tuples(st.sampled_from(KEYS), st.sampled_from(SOURCES), st.sampled_from(("2", "3"))),
                min_size=1,
                max_size=3,
                unique_by=lambda one: one[0],
            ),
        ),
        st.builds(
            Rule,
            st.integers(1, 2),
            st.sampled_from(KEYS),
            st.sampled_from((None, None, 0)),
            st.sampled_from(("", "", *SOURCES)),
            st.sampled_from((False, False, True)),
        ),
    ),
    min_size=5,
    max_size=10,
)


def _take(store: Store, owner: AccountId, ids: Sequence[MachineId], number: int, step: Scan | Import | Rule) -> None:
    at = NOW + number * SECOND
    match step:
        case Scan():
            scan(store, ids[step.machine], LeaseId(number + 1), at, *step.items)
        case Import():
            said = [advisory(key, affects(source, fixed), feed=step.feed) for key, source, fixed in step.said]
            said.append(advisory("CVE-OTHER", affects(name="other"), feed=step.feed))
            import_feed(
                store,
                parsed=Parsed(feed=step.feed, digest=str(number), advisories=said, ecosystems=["Debian:12"]),
                now=at,
            )
        case Rule():
            rule = IgnoreRule(
                id=RuleId(step.number), account=owner, key=step.key, created=NOW, changed=at,
                scope=Scope.ALL if step.machine is None else Scope.CHOSEN,
                machines=() if step.machine is None else (ids[step.machine],),
                product=Product(name=step.product) if step.product else None,
            )  # fmt: skip
            store.write_now(lambda uow: uow.ignores.put(replace(rule, ended=at) if step.ended else rule))
            for machine in ids:
                store.write_now(lambda uow, machine=machine: uow.ignores.rejudge_own(machine))


def _follow(store: Store, steps: Sequence[Scan | Import | Rule]) -> None:
    owner = account(store)
    ids = [machine.id for machine in fleet(store, owner, MACHINES)]
    counting = VulQuery(status=EventStatus.PRESENT, ignored=False)
    for number, step in enumerate(steps):
        _take(store, owner, ids, number, step)
        for listed in store.read_now(lambda uow: uow.machines.page(owner, (), limit=9, offset=0)).rows:
            machine = listed.machine.id
            found = store.read_now(
                lambda uow, machine=machine: uow.vul_events.of_machine(owner, machine, counting, limit=99, offset=0)
            )
            assert listed.risks.get(Module.VUL, 0) == found.total, (number, step, machine)
        standing = store.read_now(lambda uow: uow.fleet.standing(owner)).modules.get(Module.VUL)
        numbers = store.read_now(lambda uow: uow.vul_events.machines_by_number(owner, limit=9))
        assert sum(standing.levels.values() if standing else ()) == sum(count for _, count in numbers)
        assert (standing.at_risk if standing else 0) == len(numbers)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_risks_are_the_events_that_count(fresh: Fresh, steps: Sequence[Scan | Import | Rule]) -> None:
    """After every step, of every machine and of the fleet."""
    module.SHRUNK, before = 0.0, module.SHRUNK
    try:
        with fresh() as store:
            _follow(store, steps)
    finally:
        module.SHRUNK = before
