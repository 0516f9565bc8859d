"""What a fleet's vulnerabilities between scans cost: size, an import that changes all, and one that changes one.

    python bench/vul_rematch.py [--machines 10000] [--packages 700] [--advised 150] [--vulnerabilities 28]

Machines are of 40 images; each has ten packages of versions of its own choice. Figures are seconds of CPU time of this
process, and of the store alone: no agent, no HTTP. A list is read for the first time (its sets of machines are made
then) and once more. Bars are those for 10,000 machines; exits with 1 on a miss.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.ids import AccountId, LeaseId, MachineId
from hostward.domain.machine import MachineFacts
from hostward.domain.module import Module
from hostward.domain.package import Package
from hostward.domain.severity import Level
from hostward.domain.vul_event import EventStatus
from hostward.store.open import open_sqlite
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import FeedStatus
from hostward.usecases.vul_event_ports import ALL_VULS, VulQuery

T = TypeVar("T")
IMAGES, OWN, VERSIONS = 40, 10, 8
BEGIN = datetime(2026, 12, 1, tzinfo=UTC)
PRESENT = VulQuery(status=EventStatus.PRESENT)
AT_ONCE = 20
"""Machines in a transaction."""


missed: list[str] = []


def main() -> int:
    """Build the fleet and print what each step costs; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("machines", 10_000), ("packages", 700), ("advised", 150), ("vulnerabilities", 28)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_sqlite(Path(folder))
        try:
            _measure(store, Path(folder), wanted)
        finally:
            store.close()
    return 1 if missed else 0


def _measure(store: Store, folder: Path, wanted: argparse.Namespace) -> None:
    owner = store.write_now(lambda uow: uow.accounts.add_account("bench"))
    machines = _cpu("machines and inventories stored", lambda: _fleet(store, owner, wanted))
    every = list(_advisories(wanted.advised, wanted.vulnerabilities))
    _import(store, "first import, all machines matched", every, 1, most=1.0)
    _bar("database", sum(each.stat().st_size for each in folder.iterdir()) / 1e6, 300, "MB")
    _lists(store, owner, "after an import")
    one = Advisory(feed="bench", id="CVE-NEW", key="CVE-NEW", level=Level.HIGH, affected=(_affected(0),))
    _import(store, "one new advisory, on nearly all machines", [*every, one], 2, most=1.0)
    number = store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-NEW"]))["CVE-NEW"]
    page = _cpu(
        "page of the machines that have it",
        lambda: store.read_now(lambda uow: uow.vul_events.machines_of(owner, number, ALL_VULS, limit=100, offset=0)),
        most=0.1,
    )
    print(f"{'machines that have it':50} {page.total:8}")
    _lists(store, owner, "again")
    of = _cpu(
        "vulnerabilities of one machine",
        lambda: store.read_now(lambda uow: uow.vul_events.of_machine(owner, machines[0], PRESENT, limit=100, offset=0)),
        most=0.01,
    )
    print(f"{'vulnerabilities of one machine':50} {of.total:8}")
    _import(store, "all vulnerabilities taken back", [_other()], 3)
    risks = store.read_now(lambda uow: uow.fleet.standing(owner)).modules[Module.VUL].levels
    print(f"{'risks left':50} {sum(risks.values()):8}")


def _lists(store: Store, owner: AccountId, when: str) -> None:
    most = None if when == "after an import" else 0.1
    _cpu(
        f"page of the fleet's vulnerabilities, {when}",
        lambda: store.read_now(lambda uow: uow.vul_events.vulnerabilities(owner, PRESENT, limit=100, offset=0)),
        most=most,
    )
    _cpu(f"levels, {when}", lambda: store.read_now(lambda uow: uow.vul_events.levels(owner)), most=most)
    _cpu(
        f"machines with most, {when}",
        lambda: store.read_now(lambda uow: uow.vul_events.machines_by_number(owner, limit=10)),
        most=most,
    )
    _cpu(
        f"upgrades, {when}",
        lambda: store.read_now(lambda uow: uow.vul_events.upgrades(owner, limit=100, offset=0)),
        most=most,
    )


def _fleet(store: Store, owner: AccountId, wanted: argparse.Namespace) -> list[MachineId]:
    chance = random.Random(1)
    images = [[chance.randrange(VERSIONS) for _ in range(wanted.packages)] for _ in range(IMAGES)]
    machines: list[MachineId] = []
    for first in range(0, wanted.machines, AT_ONCE):
        some = range(first, min(first + AT_ONCE, wanted.machines))

        def work(uow: UnitOfWork, some: Sequence[int] = some) -> None:
            for number in some:
                versions = list(images[number % IMAGES])
                for place in chance.sample(range(wanted.packages), OWN):
                    versions[place] = chance.randrange(VERSIONS)
                machines.append(_machine(uow, owner, number, versions))

        store.write_now(work)
    return machines


def _machine(uow: UnitOfWork, owner: AccountId, number: int, versions: Sequence[int]) -> MachineId:
    facts = MachineFacts(host_name=f"m{number}", addresses=(), wan_ip="", os_name="Debian", agent_version="0.1.0")
    names = {"quuid": f"q{number}", "uuid": f"u{number}"}
    machine = uow.machines.enrol(owner, b"key %d" % number, facts, **names).id
    packages = [_package(place, version) for place, version in enumerate(versions)]
    uow.results.add(machine, LeaseId(number + 1), 0, packages)
    uow.results.make_current(machine, Module.VUL, LeaseId(number + 1), BEGIN, risks=0)
    return machine


def _package(place: int, version: int) -> Package:
    name, words = f"package-{place}", f"1.{version}-1"
    return Package(
        ecosystem="Debian:12", name=name, version=words, arch="amd64", source=name, source_version=words
    )  # fmt: skip


def _affected(place: int) -> Affected:
    return Affected(ecosystem="Debian:12", name=f"package-{place}", fixed="2.0-1")


def _advisories(advised: int, each: int) -> Iterator[Advisory]:
    for place in range(advised):
        for number in range(each):
            key = f"CVE-{place}-{number}"
            yield Advisory(feed="bench", id=key, key=key, level=Level.HIGH, affected=(_affected(place),))


def _other() -> Advisory:
    affected = (Affected(ecosystem="Debian:12", name="nothing", fixed="1"),)
    return Advisory(feed="bench", id="CVE-X", key="CVE-X", affected=affected)


def _import(store: Store, what: str, advisories: Sequence[Advisory], day: int, *, most: float | None = None) -> None:
    """Write an edition, then publish it: only the second is what matching anew costs beyond the import."""
    edition = store.write_now(lambda uow: uow.advisories.begin("bench"))
    store.write_now(lambda uow: uow.advisories.add(edition, advisories))
    at = BEGIN + timedelta(days=day)
    status = FeedStatus(
        feed="bench", advisories=len(advisories), ecosystems=("Debian:12",), imported=at, digest=str(day)
    )  # fmt: skip
    _cpu(what, lambda: store.write_now(lambda uow: uow.advisories.publish(edition, status, now=at)), most=most)


def _cpu(what: str, work: Callable[[], T], *, most: float | None = None) -> T:
    begin = time.process_time()
    result = work()
    _bar(what, time.process_time() - begin, most, "s")
    return result


def _bar(what: str, value: float, most: float | None, unit: str) -> None:
    against = "" if most is None else f" <= {most:g} {unit} {'MET' if value <= most else 'MISSED'}"
    if most is not None and value > most:
        missed.append(what)
    print(f"{what:50} {value:8.3f} {unit}{against}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
