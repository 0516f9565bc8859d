"""Vulnerabilities on the machines of a console's fleet: found, gone since, and set aside."""

import time

from console_server import PATIENCE, ConsoleServer
from fleet_vul_scenarios import AFTER, BEFORE, ECOSYSTEMS, told
from hostward.domain.ids import TaskId
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from vul_scenarios import SSL

FIRST, SECOND = "web-1", "web-2"
"""Machines of the scenario, whose packages the first two of the fleet have."""


def build_vuls(server: ConsoleServer, first: Machine, second: Machine) -> TaskId:
    """What fleet_vul_scenarios.changed() makes, on these machines; the number of the second scan."""
    fleet = server.fleet
    for feed, some in told().items():
        fleet.store.write_now(
            lambda uow, feed=feed, some=some: uow.advisories.replace(
                feed, some, ecosystems=ECOSYSTEMS.get(feed, ()), digest="d", now=fleet.now
            )
        )
    task = 0
    for packages in (BEFORE, AFTER):
        task = fleet.start(Module.VUL, quuids=(first.quuid, second.quuid))
        for machine, name in ((first, FIRST), (second, SECOND)):
            (job,) = fleet.poll(machine, modules=(Module.VUL,)).jobs
            fleet.finish(machine, job.lease, *packages[name])
    server.call("CreateIgnoreRule", Key=SSL, Remark="no TLS server there")
    _await_the_rule(server)
    return task


def vul_id(server: ConsoleServer, key: str) -> int:
    """The number of a vulnerability that a machine has or had."""
    (found,) = server.call("ListVulnerabilities", Query=key)["Vulnerabilities"]
    return found["VulId"]


def _await_the_rule(server: ConsoleServer) -> None:
    until = time.monotonic() + PATIENCE
    while server.call("ListVulnerabilities", Ignored=True)["TotalCount"] != 1:
        assert time.monotonic() < until, "the rule sets nothing aside"
        time.sleep(0.05)
