"""Several machines in network namespaces, each with an address of its own, against a server over TLS."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fault_fleet import Fleet, Program
from fault_proxy import proxy_to
from hostward.domain.machine import Machine
from link_lab import until
from own_network import Place, own_network
from running import hostward

pytestmark = pytest.mark.needs("netns")
FOUND = (*range(700), *range(20))
MACHINES = 3


class Machines(Fleet):
    """A fleet whose agents live in namespaces, and reach the server by its own address."""

    def __init__(self, folder: Path, proxy: object, address: str, places: list[Place]) -> None:
        super().__init__(
            folder, proxy, seed=1, agents=MACHINES, speed=10.0, database="", settings={}, agents_in=folder,
        )  # type: ignore[arg-type]  # the proxy lends its port only  # fmt: skip
        self.places = places
        made = hostward("tls", "init", "--data", str(self.data), "--name", address)
        assert made.returncode == 0, made.stderr
        self.ca_file = next((self.data / "tls").glob("ca*.pem"))
        self.url = f"https://{address}:{self.proxy.target}"
        self.server.order["settings"]["listen"] = f"{address}:{self.proxy.target}"  # type: ignore[index]  # a mapping
        for agent, place in zip(self.agents, places, strict=False):
            agent.order |= {"url": self.url, "ca_file": str(self.ca_file)}
            agent.prefix = place.inside

    def start_server(self) -> None:
        """Start it; it is asked over TLS."""
        super().start_server()
        self.up.ca_file = self.ca_file

    def known(self) -> list[Machine]:
        """All machines."""

        def work(uow) -> list[Machine]:
            return list(uow.machines.of_account(uow.accounts.first()))

        return self.read(work)


@pytest.fixture
def machines(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Machines]:
    """Three that run, and a place for a fourth."""
    with own_network(MACHINES + 1) as (address, places), proxy_to(_port(), 1) as proxy:
        made = Machines(tmp_path, proxy, address, places)
        try:
            made.start()
            yield made
        finally:
            made.close()


@pytest.mark.allow_hosts(["127.0.0.1", *(f"10.231.{number}.1" for number in range(250))])
def test_machines_with_addresses_of_their_own_one_cut_off_and_one_cloned(machines: Machines) -> None:
    """Each is known by its address; one that is cut off brings its results when it is back; a clone doubles nothing."""
    addresses = {machine.facts.addresses[0] for machine in machines.known()}
    assert addresses == {place.address for place in machines.places[:MACHINES]}

    task = machines.scan("/find/700", "/slowly/20")
    until(lambda: machines.task(task).tally.running == MACHINES)
    machines.places[0].unplug()
    until(lambda: machines.task(task).tally.ok == MACHINES - 1)
    time.sleep(0.5)
    assert not machines.task(task).tally.is_done
    machines.places[0].plug()
    machines.finished(task)
    machines.check(task, FOUND, must="OK")

    clone = machines.folder / "clone"
    (data,) = machines.agents[1].order["data"]  # type: ignore[misc]  # a list of one
    shutil.copytree(str(data), clone, ignore=shutil.ignore_patterns("spool", "work"))
    order = {**machines.agents[1].order, "data": [str(clone)]}
    program = Program("fault_agent", order, machines.folder / "clone.log", prefix=machines.places[MACHINES].inside)
    program.start()
    try:
        second = machines.scan("/find/700", "/slowly/20", timeout=600)
        time.sleep(2.0)
    finally:
        program.kill()
    machines.finished(second, seconds=200)
    machines.check(second, FOUND)
    assert len(machines.known()) == MACHINES


def _port() -> int:
    import socket  # noqa: PLC0415  # only here

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
