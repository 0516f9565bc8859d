"""Lists of machines, and the figures that scans leave on them."""

from datetime import timedelta

import pytest

from hostward.domain.machine import OFFLINE_AFTER
from hostward.domain.module import Module
from hostward.domain.options import VulOptions
from hostward.domain.package import Evidence, HostFacts, Package
from hostward.domain.severity import Level
from hostward.usecases.machines.listing import Standing, listing, online, standing
from hostward.usecases.records import Listed
from small_fleet import Fleet, finding

DEBIAN = "Debian:12"


def listed(fleet: Fleet, *conditions) -> list[Listed]:
    """The fleet's machines that meet the conditions."""
    page = fleet.store.read_now(
        lambda uow: listing(uow, account=fleet.account, conditions=conditions, limit=100, offset=0)
    )
    return list(page.rows)


def inventory(*cves: str, urgency: str = "low") -> list[object]:
    """A package whose changelog tells of these."""
    package = Package(ecosystem=DEBIAN, name="zlib1g", version="1.0", arch="amd64", source="zlib", source_version="1.0")
    evidence = [
        Evidence(ecosystem=DEBIAN, source="zlib", source_version="1.0", cve=cve, fixed="1.1", urgency=urgency)
        for cve in cves
    ]
    return [package, *evidence, HostFacts(os_id="debian", os_version="12", os_name="Debian", running_kernel="6.1.0")]


@pytest.mark.parametrize("silent", [OFFLINE_AFTER - timedelta(microseconds=1), OFFLINE_AFTER])
def test_online_is_what_the_machine_itself_says(fleet: Fleet, silent: timedelta):
    """At the very border."""
    fleet.add("a")
    fleet.add("never", online=False)
    now = fleet.now + silent
    for wanted in (True, False):
        found = [row.machine.quuid for row in listed(fleet, online(now, wanted=wanted))]
        assert found == [row.machine.quuid for row in listed(fleet) if row.machine.is_online(now) is wanted]


@pytest.mark.parametrize(
    ("risks", "word"),
    [
        ({}, Standing.UNKNOWN),
        ({Module.VUL: 0, Module.MALWARE: 0}, Standing.UNKNOWN),
        (dict.fromkeys(Module, 0), Standing.SAFE),
        (dict.fromkeys(Module, 0) | {Module.BASELINE: 1}, Standing.RISK),
        ({Module.MALWARE: 1}, Standing.RISK),
    ],
)
def test_a_machine_is_safe_only_when_every_module_says_so(fleet: Fleet, risks: dict, word: Standing):
    """What was not looked at is not safe."""
    assert standing(Listed(machine=fleet.add("a"), risks=risks)) is word


def test_a_machine_has_the_findings_of_its_newest_whole_results(fleet: Fleet):
    """A later scan that finds less replaces them; one that fails does not."""
    machine = fleet.add("a")
    figures = []
    for found, outcome in ((2, "ok"), (0, "failed"), (1, "ok")):
        fleet.start(Module.MALWARE)
        fleet.finish(machine, fleet.lease(machine), *(finding(f"/{n}") for n in range(found)), outcome=outcome)
        figures.append(dict(listed(fleet)[0].risks))
    assert figures == [{Module.MALWARE: 2}, {Module.MALWARE: 2}, {Module.MALWARE: 1}]


def test_a_rerun_leaves_the_machines_figure_until_it_ends(fleet: Fleet):
    """The task's own row counts anew at once."""
    machine = fleet.add("a")
    task = fleet.start(Module.MALWARE)
    fleet.finish(machine, fleet.lease(machine), finding("/x"))
    fleet.rerun(task, "q-a")
    assert (fleet.unit(task).risk_num, listed(fleet)[0].risks) == (0, {Module.MALWARE: 1})


def test_a_whole_vulnerability_scan_leaves_its_count_and_kernel(fleet: Fleet):
    """Each vulnerability once."""
    machine = fleet.add("a")
    task = fleet.start(Module.VUL)
    fleet.finish(machine, fleet.lease(machine), *inventory("CVE-2026-1", "CVE-2026-2", "CVE-2026-2"))
    (row,) = listed(fleet)
    assert (fleet.unit(task).risk_num, row.risks, row.kernel) == (2, {Module.VUL: 2}, "6.1.0")


def test_a_narrow_vulnerability_scan_hides_nothing_of_the_machine(fleet: Fleet):
    """The task counts what it was asked for, the machine all that its inventory shows."""
    machine = fleet.add("a")
    task = fleet.start(Module.VUL, options=VulOptions(levels=frozenset({Level.CRITICAL})))
    fleet.finish(machine, fleet.lease(machine), *inventory("CVE-2026-1", "CVE-2026-2"))
    assert (fleet.unit(task).risk_num, listed(fleet)[0].risks) == (0, {Module.VUL: 2})


def test_results_that_come_too_late_for_the_task_count_for_the_machine(fleet: Fleet):
    """They are its newest."""
    machine = fleet.add("a")
    fleet.start(Module.VUL, timeout=60)
    lease = fleet.lease(machine)
    fleet.later(61)
    fleet.expire()
    fleet.finish(machine, lease, *inventory("CVE-2026-1"))
    assert listed(fleet)[0].risks == {Module.VUL: 1}
