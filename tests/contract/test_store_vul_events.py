"""ports.VulEvents: what machines have between scans, by spans of packages and of what is said of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.ids import AccountId, MachineId
from hostward.domain.ignoring import IgnoreRule
from hostward.domain.module import Module
from hostward.domain.package import Evidence, HostFacts, Package
from hostward.domain.severity import Level
from hostward.domain.vul_event import Cause, EventStatus, event_id
from hostward.usecases.ports import Store
from hostward.usecases.vul_event_ports import ALL_VULS, FleetVul, VulEvent, VulOrder, VulQuery
from store_samples import NOW, SECOND, account, advisory, affects, fleet, package
from vul_samples import scan

PRESENT = VulQuery(status=EventStatus.PRESENT)


def publish(store: Store, at: datetime, *keys: str, feed: str = "debian", fixed: str = "2") -> None:
    """A feed that says of openssl below the fixed version that it has these, and something of others."""
    advisories = [
        advisory(key, affects(fixed=fixed), feed=feed, level=Level.HIGH, title=f"about {key}") for key in keys
    ]
    advisories.append(advisory("CVE-OTHER", affects(name="other"), feed=feed))
    store.write_now(
        lambda uow: uow.advisories.replace(feed, advisories, ecosystems=["Debian:12"], digest=str(at), now=at)
    )


def listed(store: Store, owner: AccountId, wanted: VulQuery = ALL_VULS) -> Sequence[FleetVul]:
    """All vulnerabilities of the account."""
    return store.read_now(lambda uow: uow.vul_events.vulnerabilities(owner, wanted, limit=100, offset=0)).rows


def of(store: Store, owner: AccountId, machine: MachineId, wanted: VulQuery = ALL_VULS) -> dict[str, VulEvent]:
    """A machine's events by key."""
    rows = store.read_now(lambda uow: uow.vul_events.of_machine(owner, machine, wanted, limit=100, offset=0)).rows
    keys = {one.known.id: one.known.key for one in listed(store, owner)}
    return {keys[event.vul]: event for event in rows}


def risks(store: Store, owner: AccountId) -> int:
    """What the fleet's standing says."""
    modules = store.read_now(lambda uow: uow.fleet.standing(owner)).modules
    return sum(modules[Module.VUL].levels.values())


OLD, NEW = package("openssl", "1"), package("openssl", "3")


def test_an_import_is_seen_without_a_scan(store: Store) -> None:
    """New vulnerabilities begin, and what is no longer said ends, with the time of the import; counts follow."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    scan(store, machine.id, 1, NOW, OLD)
    assert (of(store, owner, machine.id), risks(store, owner)) == ({}, 0)
    publish(store, NOW + SECOND, "CVE-1", "CVE-2")
    found = of(store, owner, machine.id, PRESENT)
    assert {key: event.first_seen for key, event in found.items()} == {"CVE-1": NOW + SECOND, "CVE-2": NOW + SECOND}
    assert risks(store, owner) == 2
    publish(store, NOW + 2 * SECOND, "CVE-2")
    gone = of(store, owner, machine.id)["CVE-1"]
    assert (gone.status, gone.fixed, gone.cause) == (EventStatus.FIXED, NOW + 2 * SECOND, Cause.ADVISORY)
    assert (list(of(store, owner, machine.id, PRESENT)), risks(store, owner)) == (["CVE-2"], 1)


def test_an_upgrade_fixes_and_a_downgrade_opens_again(store: Store) -> None:
    """With the package as cause; the first time ever stays known."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    publish(store, NOW, "CVE-1")
    scan(store, machine.id, 1, NOW + SECOND, OLD)
    scan(store, machine.id, 2, NOW + 2 * SECOND, NEW)
    gone = of(store, owner, machine.id)["CVE-1"]
    assert (gone.fixed, gone.cause, gone.packages[0].package.version) == (NOW + 2 * SECOND, Cause.PACKAGE, "1")
    scan(store, machine.id, 3, NOW + 3 * SECOND, OLD)
    again = of(store, owner, machine.id)["CVE-1"]
    assert (again.oldest, again.first_seen) == (NOW + SECOND, NOW + 3 * SECOND)
    assert (again.reopened, again.status, again.cause) == (True, EventStatus.PRESENT, None)


def test_another_vulnerable_version_leaves_no_gap(store: Store) -> None:
    """Nothing is fixed by an upgrade from one affected version to the next."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    publish(store, NOW, "CVE-1")
    scan(store, machine.id, 1, NOW + SECOND, OLD)
    scan(store, machine.id, 2, NOW + 2 * SECOND, package("openssl", "1.5"))
    event = of(store, owner, machine.id)["CVE-1"]
    assert (event.first_seen, event.reopened, event.packages[0].package.version) == (NOW + SECOND, False, "1.5")
    assert (event.packages[0].fixed, event.packages[0].said_by) == ("2", "debian CVE-1")


def test_what_one_feed_takes_back_another_still_says(store: Store) -> None:
    """A vulnerability lasts while any feed speaks of it."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    scan(store, machine.id, 1, NOW, OLD)
    publish(store, NOW + SECOND, "CVE-1")
    publish(store, NOW + 2 * SECOND, "CVE-1", feed="osv")
    publish(store, NOW + 3 * SECOND)
    event = of(store, owner, machine.id)["CVE-1"]
    assert (event.status, event.first_seen, risks(store, owner)) == (EventStatus.PRESENT, NOW + SECOND, 1)
    publish(store, NOW + 4 * SECOND, feed="osv")
    assert (of(store, owner, machine.id)["CVE-1"].fixed, risks(store, owner)) == (NOW + 4 * SECOND, 0)


def test_only_the_running_kernel_counts(store: Store) -> None:
    """Of kernels that came before their advisories too; another one that runs now changes sides."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    image = Package(
        ecosystem="Debian:12", name="linux-image-6.1-amd64", version="1", source="linux", source_version="1"
    )
    said = advisory("CVE-9", affects(name="linux", fixed="2"))
    scan(store, machine.id, 1, NOW, image, _facts("6.0-amd64"))
    store.write_now(
        lambda uow: uow.advisories.replace("debian", [said], ecosystems=["Debian:12"], digest="k", now=NOW + SECOND)
    )
    assert of(store, owner, machine.id) == {}
    scan(store, machine.id, 2, NOW + 2 * SECOND, image, _facts("6.1-amd64"))
    assert of(store, owner, machine.id)["CVE-9"].first_seen == NOW + 2 * SECOND
    scan(store, machine.id, 3, NOW + 3 * SECOND, image, _facts("6.2-amd64"))
    assert of(store, owner, machine.id)["CVE-9"].cause is Cause.PACKAGE


def test_a_machine_s_own_evidence_is_its_alone(store: Store) -> None:
    """And ends with the inventory that no longer has it."""
    owner = account(store)
    first, second = fleet(store, owner, 2)
    evidence = Evidence(
        ecosystem="Debian:12", source="openssl", source_version="1", cve="CVE-7", fixed="2", urgency="high"
    )
    scan(store, first.id, 1, NOW, OLD, evidence)
    scan(store, second.id, 2, NOW, OLD)
    assert (list(of(store, owner, first.id)), of(store, owner, second.id)) == (["CVE-7"], {})
    assert of(store, owner, first.id)["CVE-7"].packages[0].said_by == "changelog of openssl 2"
    scan(store, first.id, 3, NOW + SECOND, OLD)
    assert of(store, owner, first.id)["CVE-7"].fixed == NOW + SECOND


def test_lists_by_vulnerability_machine_and_number(store: Store) -> None:
    """Pages, filters, counts by level, the machines with most."""
    owner = account(store)
    one, two = fleet(store, owner, 2)
    scan(store, one.id, 1, NOW, OLD)
    scan(store, two.id, 2, NOW, OLD)
    publish(store, NOW + SECOND, "CVE-1", "CVE-2")
    scan(store, two.id, 3, NOW + 2 * SECOND, NEW)
    first, second = listed(store, owner, VulQuery(order=VulOrder.MACHINES, descending=False))
    assert (first.known.key, first.known.machines, first.fixed_machines, first.known.component) == (
        *("CVE-1", 1, 1),
        "openssl",
    )
    page = store.read_now(lambda uow: uow.vul_events.machines_of(owner, second.known.id, ALL_VULS, limit=1, offset=1))
    assert (page.total, [event.machine for event in page.rows]) == (2, [two.id])
    assert store.read_now(lambda uow: uow.vul_events.levels(owner)) == {Level.HIGH: 2}
    assert store.read_now(lambda uow: uow.vul_events.machines_by_number(owner, limit=5)) == [(one.id, 2)]
    assert [row.known.key for row in listed(store, owner, VulQuery(text="BOUT cve-2"))] == ["CVE-2"]
    assert listed(store, owner, VulQuery(levels=frozenset({Level.LOW}))) == []
    assert listed(store, owner, VulQuery(machines=frozenset())) == []
    number = event_id(one.id, first.known.id)
    assert store.read_now(lambda uow: uow.vul_events.get(owner, number)) == of(store, owner, one.id)["CVE-1"]
    assert store.read_now(lambda uow: uow.vul_events.get(AccountId(owner + 1), number)) is None


def test_quarantine_hides_and_removal_ends_all(store: Store) -> None:
    """A machine that is let in again has what it had."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    scan(store, machine.id, 1, NOW, OLD)
    publish(store, NOW + SECOND, "CVE-1")
    store.write_now(lambda uow: uow.agents.quarantine(machine.id, NOW))
    assert listed(store, owner) == []
    store.write_now(lambda uow: uow.agents.quarantine(machine.id, None))
    assert [row.known.key for row in listed(store, owner)] == ["CVE-1"]
    store.write_now(lambda uow: uow.agents.remove(owner, machine.id))
    publish(store, NOW + 2 * SECOND, "CVE-1", "CVE-2")
    assert listed(store, owner) == []


def test_what_rules_set_aside_is_listed_as_ignored_and_counted_nowhere(store: Store) -> None:
    """Nor do the machine's risks become fewer when advisories take it back."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    publish(store, NOW, "CVE-1", "CVE-2")
    number = store.write_now(lambda uow: uow.ignores.next_id())
    rule = IgnoreRule(id=number, account=owner, key="CVE-1", created=NOW, changed=NOW)
    store.write_now(lambda uow: uow.ignores.put(rule))
    scan(store, machine.id, 1, NOW + SECOND, OLD)
    assert {key: event.ignored for key, event in of(store, owner, machine.id).items()} == {
        "CVE-1": True,
        "CVE-2": False,
    }
    (ignored,) = listed(store, owner, VulQuery(ignored=True))
    assert (ignored.known.key, ignored.known.machines, ignored.ignored_machines) == ("CVE-1", 0, 1)
    assert store.read_now(lambda uow: uow.vul_events.levels(owner)) == {Level.HIGH: 1}
    assert store.read_now(lambda uow: uow.vul_events.machines_by_number(owner, limit=5)) == [(machine.id, 1)]
    assert risks(store, owner) == 1
    publish(store, NOW + 2 * SECOND, "CVE-2")
    assert risks(store, owner) == 1
    publish(store, NOW + 3 * SECOND)
    assert risks(store, owner) == 0


def test_a_rule_after_an_import_adds_to_what_the_import_changed(store: Store) -> None:
    """What advisories brought stays counted, and what they took back neither comes back nor is taken off twice."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    publish(store, NOW, "CVE-1", "CVE-2")
    scan(store, machine.id, 1, NOW + SECOND, OLD)
    publish(store, NOW + 2 * SECOND, "CVE-2", "CVE-3", "CVE-4")
    assert risks(store, owner) == 3
    rules = [
        IgnoreRule(
            id=store.write_now(lambda uow: uow.ignores.next_id()), account=owner, key=key, created=NOW, changed=NOW
        )
        for key in ("CVE-1", "CVE-2")
    ]
    for rule in rules:
        store.write_now(lambda uow, rule=rule: uow.ignores.put(rule))
    store.write_now(lambda uow: uow.ignores.rejudge_own(machine.id))
    assert risks(store, owner) == 2
    for rule in rules:
        store.write_now(lambda uow, rule=rule: uow.ignores.put(replace(rule, ended=NOW + 3 * SECOND)))
    store.write_now(lambda uow: uow.ignores.rejudge_own(machine.id))
    assert risks(store, owner) == 3


def _facts(kernel: str) -> HostFacts:
    return HostFacts(os_id="debian", os_version="12", os_name="Debian", running_kernel=kernel)


def test_the_order_by_probability_is_exact(store: Store) -> None:
    """As the newest scores have it, which change every day; what nobody scores comes last, equal ones by number."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    keys = [f"CVE-2026-{1000 + number}" for number in range(6)]
    publish(store, NOW, *keys)
    scan(store, machine.id, 1, NOW, OLD)

    def scored(day: int, *scores: float | None) -> None:
        said = [
            advisory(key, feed="epss", epss=score)
            for key, score in zip(keys, scores, strict=True)
            if score is not None
        ]  # fmt: skip
        store.write_now(
            lambda uow: uow.advisories.replace("epss", said, ecosystems=[], digest=str(day), now=NOW + day * SECOND)
        )

    def order(*, descending: bool) -> list[str]:
        query = VulQuery(order=VulOrder.EPSS, descending=descending)
        every = [one.known.key for one in listed(store, owner, query)]
        of_machine = store.read_now(
            lambda uow: uow.vul_events.of_machine(owner, machine.id, query, limit=100, offset=0)
        )  # fmt: skip
        names = {one.known.id: one.known.key for one in listed(store, owner)}
        assert [names[event.vul] for event in of_machine.rows] == every
        return [key[-1] for key in every]

    scored(1, 0.10001, 0.1, None, 0.97, 0.00001, 0.1)
    assert (order(descending=True), order(descending=False)) == (list("301542"), list("241503"))
    scored(2, 0.5, 0.6, 0.7, 0.8, None, 0.9)
    assert (order(descending=True), order(descending=False)) == (list("532104"), list("401235"))
