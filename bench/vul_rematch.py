"""What a fleet's vulnerabilities between scans cost: size, an import that changes all, and one that changes one.

    python bench/vul_rematch.py [--machines 10000] [--packages 700] [--advised 150] [--vulnerabilities 28]

Machines are of 40 images; each has ten packages of versions of its own choice. Figures are seconds of CPU time of this
process, and of the store alone: no agent, no HTTP.
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
from hostward.store.open import open_sqlite
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import FeedStatus
from hostward.usecases.vul_event_ports import ALL_VULS

T = TypeVar("T")
IMAGES, OWN, VERSIONS = 40, 10, 8
BEGIN = datetime(2026, 12, 1, tzinfo=UTC)
AT_ONCE = 20
"""Machines in a transaction."""


def main() -> None:
    """Build the fleet and print what each step costs."""
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


def _measure(store: Store, folder: Path, wanted: argparse.Namespace) -> None:
    owner = store.write_now(lambda uow: uow.accounts.add_account("bench"))
    machines = _cpu("machines and inventories stored", lambda: _fleet(store, owner, wanted))
    every = list(_advisories(wanted.advised, wanted.vulnerabilities))
    _import(store, "first import, all machines matched", every, 1)
    print(f"{'database':50} {sum(each.stat().st_size for each in folder.iterdir()) / 1e6:8.1f} MB")
    one = Advisory(feed="bench", id="CVE-NEW", key="CVE-NEW", level=Level.HIGH, affected=(_affected(0),))
    _import(store, "one new advisory, on nearly all machines", [*every, one], 2)
    number = store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-NEW"]))["CVE-NEW"]
    page = _cpu(
        "page of the machines that have it",
        lambda: store.read_now(lambda uow: uow.vul_events.machines_of(owner, number, ALL_VULS, limit=100, offset=0)),
    )
    print(f"{'machines that have it':50} {page.total:8}")
    of = _cpu(
        "vulnerabilities of one machine",
        lambda: store.read_now(
            lambda uow: uow.vul_events.of_machine(owner, machines[0], ALL_VULS, limit=100, offset=0)
        ),
    )
    print(f"{'vulnerabilities of one machine':50} {of.total:8}")
    _import(store, "all vulnerabilities taken back", [_other()], 3)
    risks = store.read_now(lambda uow: uow.fleet.standing(owner)).modules[Module.VUL].levels
    print(f"{'risks left':50} {sum(risks.values()):8}")


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


def _import(store: Store, what: str, advisories: Sequence[Advisory], day: int) -> None:
    """Write an edition, then publish it: only the second is what matching anew costs beyond the import."""
    edition = store.write_now(lambda uow: uow.advisories.begin("bench"))
    store.write_now(lambda uow: uow.advisories.add(edition, advisories))
    at = BEGIN + timedelta(days=day)
    status = FeedStatus(
        feed="bench", advisories=len(advisories), ecosystems=("Debian:12",), imported=at, digest=str(day)
    )  # fmt: skip
    _cpu(what, lambda: store.write_now(lambda uow: uow.advisories.publish(edition, status, now=at)))


def _cpu(what: str, work: Callable[[], T]) -> T:
    begin = time.process_time()
    result = work()
    print(f"{what:50} {time.process_time() - begin:8.3f} s", flush=True)
    return result


if __name__ == "__main__":
    main()
