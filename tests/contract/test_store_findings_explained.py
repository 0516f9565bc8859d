"""What is made of several ports for people is the same in every store: lists of the fleet, and why a finding is one."""

from hostward.domain.ids import EventId, LeaseId, VulId
from hostward.domain.module import Module
from hostward.domain.package import HostFacts, Package, Restart
from hostward.domain.severity import Level
from hostward.domain.vul_event import event_id
from hostward.usecases.bill_ports import Bill
from hostward.usecases.ports import Store
from hostward.usecases.vul_event_ports import ALL_VULS
from hostward.usecases.vulnerabilities import fleet_vuls, ignore
from hostward.usecases.vulnerabilities.explain import Explained, explain
from hostward.usecases.vulnerabilities.scan_bill import judged
from store_samples import NOW, SECOND, account, advisory, affects, fleet, package

LIBSSL = package("libssl3", "3.0.11-1", source="openssl")
JAR = package("org.x:y", "1.0", ecosystem="Maven", arch="", path=b"/opt/\xff.jar")
RUNNING = Restart(unit="nginx.service", package="libssl3", path=b"/usr/lib/libssl.so.3", processes=2, reason="old")


def world(store: Store) -> tuple[int, list]:
    """Two machines with openssl, one of them with a library too; three feeds of which one is silent."""
    owner = account(store)
    machines = list(fleet(store, owner, 2))
    said = {
        "debian": (("Debian:12",), advisory("CVE-1", affects(fixed="3.0.15-1"), level=Level.HIGH, aliases=("DSA-1",))),
        "maven": (("Maven",), advisory("CVE-1", affects("org.x:y", "2.0", ecosystem="Maven"), feed="maven")),
        "osv": (("Debian:12",), advisory("CVE-1", affects(fixed="3.0.1-1"), feed="osv")),
    }

    def work(uow) -> None:
        for feed, (ecosystems, one) in said.items():
            uow.advisories.replace(feed, [one], ecosystems=ecosystems, digest="d", now=NOW)
        for number, (machine, items) in enumerate(zip(machines, ([LIBSSL, JAR, RUNNING], [LIBSSL]), strict=True)):
            uow.results.add(machine.id, LeaseId(number + 1), 0, items)
            uow.results.make_current(machine.id, Module.VUL, LeaseId(number + 1), NOW, risks=1)

    store.write_now(work)
    return owner, machines


def why(store: Store, owner, machine) -> Explained | None:
    """The explanation of CVE-1 on a machine."""

    def work(uow) -> Explained | None:
        vul = VulId(uow.advisories.numbers(["CVE-1"])["CVE-1"])
        return explain(uow, account=owner, event=event_id(machine.id, vul), now=NOW + SECOND)

    return store.read_now(work)


def test_a_finding_is_explained_alike(store: Store) -> None:
    """Packages with their advisories, feeds that say nothing, and what runs old files."""
    owner, (first, _) = world(store)
    found = why(store, owner, first)
    assert found is not None
    grounds = {
        (one.bringer.package.name, one.bringer.package.path, one.feed.feed, one.advisory): one.said
        for one in found.grounds
    }
    assert sorted(grounds) == [("libssl3", b"", "debian", "CVE-1"), ("org.x:y", b"/opt/\xff.jar", "maven", "CVE-1")]
    said = grounds["libssl3", b"", "debian", "CVE-1"]
    assert (said.level, said.aliases, said.fixed) == (Level.HIGH, ("DSA-1",), "3.0.15-1")
    silent = {one.feed.feed: one.other_versions for one in found.silent}
    assert silent == {"osv": True, "epss": False, "kev": False}
    assert (found.covered, found.rule, dict(found.restarts)) == (True, None, {"libssl3": "restart nginx.service"})


def test_the_rule_that_sets_it_aside_is_found_alike(store: Store) -> None:
    """By the machine that it names."""
    owner, (first, second) = world(store)
    wanted = ignore.Wanted(key="CVE-1", reach=ignore.Reach(scope=ignore.Scope.CHOSEN, quuids=[first.quuid]))
    (rule,) = store.write_now(lambda uow: ignore.create(uow, account=owner, wanted=[wanted], now=NOW))
    found, other = why(store, owner, first), why(store, owner, second)
    assert (found.rule.id, dict(found.quuids), found.event.ignored) == (rule.id, {first.id: first.quuid}, True)
    assert (other.rule, other.event.ignored) == (None, False)


def test_events_of_nobody_and_of_others_are_not_explained(store: Store) -> None:
    """Nor is anything told of them."""
    _, (first, _) = world(store)
    other = account(store, "second")
    assert why(store, other, first) is None
    assert store.read_now(lambda uow: explain(uow, account=other, event=EventId(7), now=NOW)) is None


def test_lists_of_the_fleet_are_alike(store: Store) -> None:
    """Machines by name, upgrades by source, a vulnerability that nobody names."""
    owner, (first, second) = world(store)

    def work(uow):
        vul = VulId(uow.advisories.numbers(["CVE-1"])["CVE-1"])
        on = fleet_vuls.machines_of(uow, account=owner, vul=vul, wanted=ALL_VULS, text="HOST-1", limit=9, offset=0)
        of = fleet_vuls.of_machine(uow, account=owner, quuid=first.quuid, wanted=ALL_VULS, limit=9, offset=0)
        one = fleet_vuls.listing(
            uow, account=owner, wanted=ALL_VULS, quuids=[second.quuid, "nobody"], limit=9, offset=0
        )
        nobody = fleet_vuls.machines_of(uow, account=owner, vul=VulId(999), wanted=ALL_VULS, text="", limit=9, offset=0)
        upgrades = fleet_vuls.upgrades(uow, account=owner, quuids=[second.quuid], limit=9, offset=0)
        return on, of, one, nobody, upgrades

    on, of, one, nobody, upgrades = store.read_now(work)
    assert [machine.quuid for _, machine in on.rows] == [second.quuid]
    assert [(vul.key, len(event.packages)) for event, vul in of.rows] == [("CVE-1", 2)]
    assert [(row.known.key, row.known.machines) for row in one.rows] == [("CVE-1", 1)]
    assert nobody is None
    assert [(row.component, row.fixed, row.machines) for row in upgrades.rows] == [("openssl", "3.0.15-1", 1)]


def test_a_bill_is_judged_alike(store: Store) -> None:
    """By what is stored; of a vulnerability that no machine ever had too."""
    owner, _ = world(store)
    new = advisory("CVE-2", affects("curl", "9"), feed="more", level=Level.LOW)
    store.write_now(lambda uow: uow.advisories.replace("more", [new], ecosystems=("Debian:12",), digest="d", now=NOW))
    packages: tuple[Package, ...] = (LIBSSL, JAR, package("curl", "8"))
    facts = HostFacts(os_id="debian", os_version="12", os_name="Debian 12", running_kernel="")
    bill = Bill(format="SPDX", subject="x", facts=facts, packages=packages, remarks=("one",))
    found = store.read_now(lambda uow: judged(uow, bill, now=NOW))
    assert [(vul.key, [one.package for one in some]) for vul, some in found.vulnerabilities] == [
        ("CVE-1", [LIBSSL, JAR]),
        ("CVE-2", [package("curl", "8")]),
    ]
    assert list(found.not_judged) == [("", "one")]
    assert owner
