"""What `up` reads of its scans."""

import pytest

from hostward.cli.overview import ended, line
from hostward.domain.host_scan import Status
from hostward.domain.module import Module
from hostward.domain.package import Evidence, HostFacts, Package
from hostward.domain.severity import Level
from small_fleet import Fleet, finding, new_fleet


@pytest.fixture
def fleet() -> Fleet:
    """One machine."""
    made = new_fleet()
    made.add("a")
    return made


def test_a_scan_under_way_has_percent_and_the_agents_words(fleet: Fleet):
    """Without the percentage inside the words."""
    task = fleet.start()
    fleet.report(fleet.machines[0], fleet.lease(fleet.machines[0]), progress=0.3)
    shown = fleet.store.read_now(lambda uow: line(uow, task, fleet.now))
    assert (shown.percent, shown.doing, shown.done, shown.left is not None) == (30, "working", False, True)


def test_a_scan_that_waits_says_for_what(fleet: Fleet):
    """And its time left is not known."""
    task = fleet.start()
    shown = fleet.store.read_now(lambda uow: line(uow, task, fleet.now))
    assert (shown.doing, shown.left) == ("waiting for the agent to take the scan", None)


def test_malware_is_counted_by_level(fleet: Fleet):
    """As it was found."""
    task = fleet.start()
    machine = fleet.machines[0]
    fleet.finish(machine, fleet.lease(machine), finding("/a", Level.HIGH), finding("/b", Level.LOW))
    result = fleet.store.read_now(lambda uow: ended(uow, task))
    assert (result.status, dict(result.counts)) == (Status.OK, {Level.HIGH: 1, Level.LOW: 1})


def test_vulnerabilities_are_counted_once_each(fleet: Fleet):
    """Two packages of one source, one CVE."""
    task = fleet.start(Module.VUL)
    machine = fleet.machines[0]
    facts = HostFacts(os_id="debian", os_version="12", os_name="Debian", running_kernel="")
    packages = [
        Package(ecosystem="Debian:12", name=name, version="1.0-1", source="openssl", source_version="1.0-1")
        for name in ("openssl", "libssl3")
    ]
    proof = Evidence(
        ecosystem="Debian:12", source="openssl", source_version="1.0-1", cve="CVE-2026-1", fixed="1.0-2", urgency="high"
    )
    fleet.finish(machine, fleet.lease(machine), facts, *packages, proof)
    result = fleet.store.read_now(lambda uow: ended(uow, task))
    assert dict(result.counts) == {Level.HIGH: 1}


def test_a_failed_scan_has_its_reason(fleet: Fleet):
    """And counts nothing."""
    task = fleet.start()
    machine = fleet.machines[0]
    fleet.finish(machine, fleet.lease(machine), outcome="failed", reasons=("it crashed",))
    result = fleet.store.read_now(lambda uow: ended(uow, task))
    assert (result.status, result.not_judged, result.is_whole) == (Status.FAIL, "it crashed", False)
