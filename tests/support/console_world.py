"""A small fleet as it is after some weeks: scans with every outcome, risks of each level, offline and old agents."""

from dataclasses import dataclass

from console_server import ConsoleServer
from console_vuls import build_vuls
from hostward.domain.account import Role
from hostward.domain.ids import TaskId
from hostward.domain.machine import Machine
from hostward.domain.severity import Level
from small_fleet import finding

SIZE = 12
RISKS = ((Level.CRITICAL, 1), (Level.HIGH, 2), (Level.MEDIUM, 1))
"""On the machine that has most: how many of which level."""


@dataclass(frozen=True)
class World:
    """done: a malware scan with risks and failures; machines: those that are online, in the order of their names."""

    done: TaskId
    machines: tuple[Machine, ...]
    offline: Machine
    old: Machine


def build(server: ConsoleServer) -> World:
    """Twelve machines online with tags, one that is silent, one with an old agent; one scan of all that is over."""
    fleet = server.fleet
    online = tuple(fleet.add(f"web-{number:02}.prod") for number in range(SIZE))
    old = fleet.add("old-01.prod", version="0.0.1")
    offline = fleet.add("quiet-01.prod", online=False)
    fleet.awake(*online, old)

    def tag(uow) -> None:
        for number, machine in enumerate(online):
            uow.machines.put_tags(machine.id, ("env=prod", "tier=web") if number % 2 else ("env=test",))

    fleet.store.write_now(tag)
    task = fleet.start(queue=1)
    many = [finding(f"/srv/{level.name.lower()}-{n}", level) for level, count in RISKS for n in range(count)]
    fleet.scan(online[0], *many)
    fleet.scan(online[1], finding("/srv/critical-0", Level.CRITICAL))
    fleet.scan(online[2], outcome="failed", reasons=("worker killed",))
    for machine in online[3:]:
        fleet.scan(machine)
    return World(done=task, machines=online, offline=offline, old=old)


def build_everything(server: ConsoleServer) -> None:
    """The fleet, and one of all else to show: a plan, a webhook, an auditor, a running scan, vulnerabilities."""
    server.world = build(server)
    server.until_ended(server.world.done)
    server.user("looks", Role.AUDITOR)
    server.call(
        "ScanVulSetting", cwp=True, TimerInterval=1, TimerTime="03:30:00", EnableScan=1, VulCategories=[1, 2, 4],
        VulLevels=[1, 2, 3, 4], Uuids=[],
    )  # fmt: skip
    server.call("CreateWebhook", Name="on call", Url="https://hooks.example.com/in", Events=["finding.new"], Level=3)
    server.fleet.start()
    build_vuls(server, *server.world.machines[:2])
