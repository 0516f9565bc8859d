"""ListUpgrades: what closes most comes first; who sees what; what no single upgrade closes."""

import pytest

from fleet_vul_scenarios import changed, machines
from hostward.domain.account import Role
from hostward.domain.ids import LeaseId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from store_samples import advisory, affects, package
from vul_scenarios import limited

UPGRADES = "ListUpgrades"


class World:
    """Two machines and their feeds, to be changed."""

    def __init__(self) -> None:
        self.bench, self.account = changed()
        self.admin = self.bench.client(self.account, "eve", Role.AUDITOR)
        self.lease = 9000

    def told(self, *advisories, feed: str = "debian") -> None:
        """What a feed says now."""
        self.bench.store.write_now(
            lambda uow: uow.advisories.replace(
                feed, advisories, ecosystems=("Debian:12",), digest=str(advisories), now=self.bench.clock.now()
            )
        )

    def has(self, number: int, *items) -> None:
        """What a machine has now."""
        self.lease += 1
        which = machines(self.bench, self.account)[number].id

        def work(uow) -> None:
            uow.results.add(which, LeaseId(self.lease), 0, items)
            uow.results.make_current(which, Module.VUL, LeaseId(self.lease), self.bench.clock.now(), risks=0)

        self.bench.store.write_now(work)

    def found(self, request: dict | None = None, client=None) -> dict[str, dict]:
        """Upgrades by component."""
        return {one["Component"]: one for one in (client or self.admin).ok(UPGRADES, request)["Upgrades"]}


@pytest.fixture
def world() -> World:
    """As fleet_vul_scenarios has it."""
    return World()


LIBSSL = package("libssl3", "3.0.11-1", source="openssl")


def test_one_upgrade_closes_several_vulnerabilities_on_several_machines(world: World) -> None:
    """To the highest of their versions, as the ecosystem orders them; the worst level is told."""
    world.told(
        advisory("CVE-1", affects(fixed="3.0.15-1"), level=Level.LOW),
        advisory("CVE-2", affects(fixed="3.0.15-1+deb12u1"), level=Level.CRITICAL),
        advisory("CVE-3", affects(fixed="3.0.9-1"), level=Level.LOW),
    )
    world.has(0, LIBSSL, package("openssl", "3.0.11-1"))
    world.has(1, LIBSSL)
    (one,) = world.admin.ok(UPGRADES)["Upgrades"]
    assert one | {"Command": ""} == {
        "Ecosystem": "Debian:12", "Component": "openssl", "Fixed": "3.0.15-1+deb12u1", "Machines": 2,
        "Vulnerabilities": 2, "Risks": 4, "Level": 4, "Kev": False, "Command": "",
    }  # fmt: skip
    assert one["Command"].endswith("'?and(?installed,?source-package(^openssl$))'")


def test_what_one_upgrade_does_not_close_is_not_counted(world: World) -> None:
    """Brought by two sources, without a fix, or set aside."""
    world.told(
        advisory("CVE-1", affects(fixed="9"), affects("curl", "9")),
        advisory("CVE-2", affects("zlib", "")),
        advisory("CVE-2025-0001", affects("nginx", "9")),
    )
    world.has(0, package(), package("curl", "1"), package("zlib", "1"), package("nginx", "1"))
    world.has(1)
    assert world.found() == {}
    world.has(0, package())
    assert list(world.found()) == ["openssl"]


def test_machines_and_pages_narrow_the_list(world: World) -> None:
    """A page at a time, most first, equal ones by name."""
    world.told(
        *(advisory(f"CVE-{number}", affects(name, "9")) for number, name in enumerate(["b", "c", "d"])),
        advisory("CVE-9", affects("c", "9")),
    )
    world.has(0, *(package(name, "1") for name in "bcd"))
    world.has(1, package("d", "1"))
    assert list(world.found()) == ["c", "d", "b"]
    assert [world.admin.ok(UPGRADES, {"Limit": 1, "Offset": n})["Upgrades"][0]["Component"] for n in range(3)] == [
        "c",
        "d",
        "b",
    ]
    assert world.admin.ok(UPGRADES, {"Limit": 1})["TotalCount"] == 3
    assert list(world.found({"Quuids": ["q-web-2"]})) == ["d"]
    assert world.found({"Quuids": ["nobody"]}) == {}
    for wrong in ({"Limit": 0}, {"Quuids": ["q"] * 101}):
        assert world.admin(UPGRADES, wrong).code == "InvalidParameterValue"


def test_users_see_what_their_machines_need(world: World) -> None:
    """A limited one, and one of another account."""
    world.told(advisory("CVE-1", affects(fixed="9")))
    for number in (0, 1):
        world.has(number, package())
    assert world.found()["openssl"]["Machines"] == 2
    ann = limited(world.bench, world.account)
    assert world.found(client=ann)["openssl"]["Machines"] == 1
    assert world.found({"Quuids": ["q-web-2"]}, client=ann) == {}
    other = world.bench.client(world.bench.account("other"), "bob", Role.ADMINISTRATOR)
    assert world.found(client=other) == {}
