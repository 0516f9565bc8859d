"""ExplainFinding: who says what of which version, who says nothing, what to do, and who may read it."""

from datetime import timedelta

import pytest

from fleet_vul_scenarios import changed, machines
from hostward.domain.account import Role
from hostward.domain.advisory import FixStatus
from hostward.domain.ids import LeaseId, VulId
from hostward.domain.module import Module
from hostward.domain.package import Evidence, Restart
from hostward.domain.vul_event import event_id
from hostward.usecases.records import FeedHealth
from hostward.usecases.vulnerabilities import ignore
from store_samples import advisory, affects, package
from vul_scenarios import SSL, XZ, limited, scan

WHY = "ExplainFinding"


class World:
    """The bench of two machines, and who sees all of it."""

    def __init__(self) -> None:
        self.bench, self.account = changed()
        self.admin = self.bench.client(self.account, "eve", Role.AUDITOR)
        self.lease = 9000

    def import_(self, feed: str, *told, ecosystems=("Debian:12",)) -> None:
        """What a feed says now."""
        self.bench.store.write_now(
            lambda uow: uow.advisories.replace(
                feed, told, ecosystems=ecosystems, digest=str(told), now=self.bench.clock.now()
            )
        )

    def inventory(self, *items, machine: int = 0) -> None:
        """What a machine has now."""
        self.lease += 1
        which = machines(self.bench, self.account)[machine].id

        def work(uow) -> None:
            uow.results.add(which, LeaseId(self.lease), 0, items)
            uow.results.make_current(which, Module.VUL, LeaseId(self.lease), self.bench.clock.now(), risks=0)

        self.bench.store.write_now(work)

    def why(self, key: str, machine: int = 0, client=None) -> dict:
        """The explanation of a vulnerability on a machine."""
        return (client or self.admin).ok(WHY, {"EventId": self.event(key, machine)})

    def event(self, key: str, machine: int = 0) -> int:
        """The number of a vulnerability on a machine."""
        vul = self.bench.store.read_now(lambda uow: uow.advisories.numbers([key]))[key]
        return event_id(machines(self.bench, self.account)[machine].id, VulId(vul))


@pytest.fixture
def world() -> World:
    """As fleet_vul_scenarios has it."""
    return World()


LIBSSL = package("libssl3", "3.0.11-1+b2", source="openssl", source_version="3.0.11-1")


def test_it_says_what_was_compared_with_what(world):
    """The source's version, when the package is built from another name; and what the release rule is."""
    world.import_("debian", advisory("CVE-9", affects(fixed="3.0.15-1"), aliases=("DSA-1-1",)))
    world.inventory(LIBSSL, package("openssl", "3.0.11-1"))
    reasons = {one["Package"]: one for one in world.why("CVE-9")["Reasons"]}
    assert reasons["openssl"]["Comparison"] == (
        "openssl 3.0.11-1 is below 3.0.15-1, the first version without it in Debian 12"
    )
    assert reasons["libssl3"]["Comparison"].endswith("(libssl3 3.0.11-1+b2 is built from it)")
    assert (reasons["libssl3"]["Compared"], reasons["libssl3"]["Aliases"]) == ("3.0.11-1", ["DSA-1-1"])
    assert "Debian 12 alone" in reasons["libssl3"]["Rule"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("unfixed", "no version there is fixed yet"),
        ("wont_fix", "will not fix it"),
        ("end_of_life", "not maintained any more"),
        ("under_investigation", "does not know yet"),
        ("fixed", "no version without it is named"),
    ],
)
def test_without_a_fix_it_says_why_there_is_none(world, status, said):
    """And there is nothing to run."""
    world.import_("debian", advisory("CVE-9", affects(fixed="", status=FixStatus(status))))
    world.inventory(package())
    found = world.why("CVE-9")
    assert said in found["Reasons"][0]["Comparison"]
    assert (found["Command"], found["Fix"], found["Restart"]) == ("", "", "")


def test_a_host_s_own_changelog_is_named_as_such(world):
    """And that no feed has data for the release."""
    old = {"ecosystem": "Debian:10"}
    evidence = Evidence(
        ecosystem="Debian:10", source="bash", source_version="5.0-4", cve="CVE-7", fixed="5.0-5", urgency="high"
    )
    world.inventory(package("bash", "5.0-4", **old), evidence)
    found = world.why("CVE-7")
    (reason,) = found["Reasons"]
    assert (reason["Feed"], reason["FeedState"], reason["Advisory"]) == ("", "", "changelog of bash 5.0-5")
    assert "the changelog of 5.0-5" in reason["Comparison"]
    assert found["NotCovered"].startswith("No feed has data for Debian 10")


def silent(found: dict) -> dict[str, str]:
    """Feeds that say nothing, and why."""
    return {one["Feed"]: one["Reason"] for one in found["SilentFeeds"]}


def test_it_says_which_feeds_say_nothing(world):
    """Of these packages; one that knows the vulnerability and other versions is told apart."""
    world.import_("osv", advisory(XZ, affects("xz-utils", "5.0-1"), feed="osv"))
    world.import_("csaf", advisory("CVE-OTHER", affects("xz-utils", "5.0-1"), feed="csaf"))
    found = silent(world.why(XZ))
    assert sorted(found) == ["csaf", "osv"]  # maven speaks of other packages
    assert "does not count the installed version as affected" in found["osv"]
    assert "no advisory about this package and vulnerability" in found["csaf"]


def test_it_says_which_feeds_are_old_or_missing(world):
    """Of those that enrich too."""
    world.bench.store.write_now(
        lambda uow: uow.advisories.put_health(FeedHealth(feed="ubuntu", failed=world.bench.clock.now(), failures=1))
    )
    world.bench.clock.turn(timedelta(days=5).total_seconds())
    world.import_("osv", advisory("CVE-OTHER", affects("xz-utils", "5.0-1"), feed="osv"))
    found = world.why(XZ)
    assert found["Reasons"][0]["FeedState"] == "stale"
    said = silent(found)
    assert sorted(said) == ["epss", "kev", "osv", "ubuntu"]
    assert "never imported" in said["ubuntu"]
    assert "exploitation may be missing" in said["kev"]
    assert "and old" in said["kev"]
    states = {one["Feed"]: (one["State"], bool(one["Time"])) for one in found["SilentFeeds"]}
    assert (states["ubuntu"], states["kev"], states["osv"]) == (("failing", False), ("stale", True), ("current", True))


def test_one_command_upgrades_all_packages_of_the_distribution(world):
    """Others have their own, and what lies in an image has none."""
    world.import_("debian", advisory("CVE-9", affects(fixed="3.0.15-1")))
    world.import_(
        "pypi", advisory("CVE-9", affects("openssl", "4.0", ecosystem="PyPI"), feed="pypi"), ecosystems=("PyPI",)
    )
    inside = package(path=b"docker://web")
    venv = package(
        "openssl", "3.1", ecosystem="PyPI", arch="",
        path=b"/srv/app/lib/python3.11/site-packages/openssl-3.1.dist-info/METADATA",
    )  # fmt: skip
    world.inventory(LIBSSL, package(), inside, venv)
    found = world.why("CVE-9")
    assert found["Command"].splitlines() == [
        "apt-get update && apt-get install --only-upgrade libssl3 openssl",
        "/srv/app/bin/python3 -m pip install openssl==4.0",
    ]
    assert "rebuild the image of docker://web" in found["Fix"]
    assert "in /srv/app/lib/python3.11/site-packages" in found["Fix"]


def test_it_says_what_must_start_again(world):
    """By the package alone, by what the machine runs, and still after the upgrade."""
    world.import_("debian", advisory("CVE-8", affects("libc6", "2.36-9")), advisory("CVE-9", affects(fixed="3.0.15-1")))
    running = Restart(unit="nginx.service", package="libssl3", path=b"/usr/lib/libssl.so.3", processes=2, reason="old")
    world.inventory(package("libc6", "2.36-1"), LIBSSL, running)
    assert world.why("CVE-8")["Restart"] == "reboot, or restart all services: every program uses it"
    assert world.why("CVE-9")["Restart"] == "restart nginx.service"
    world.bench.clock.turn(60)
    world.inventory(package("libssl3", "3.0.15-1", source="openssl"), running)
    gone = world.why("CVE-9")
    assert (gone["Finding"]["Status"], gone["Command"], gone["Restart"]) == ("fixed", "", "restart nginx.service")


def test_what_a_feed_took_back_is_said_so(world):
    """The event stays, fixed by the advisory."""
    world.import_("debian", advisory("CVE-9", affects(fixed="3.0.15-1")))
    world.inventory(package())
    world.bench.clock.turn(60)
    world.import_("debian", advisory("CVE-10", affects(fixed="3.0.15-1")))
    found = world.why("CVE-9")
    assert (found["Finding"]["Status"], found["Finding"]["Cause"]) == ("fixed", "advisory")
    assert found["Reasons"][0]["Comparison"].endswith("the feed does not say so any more")


def test_the_rule_that_sets_it_aside_is_named_to_who_may_read_it(world):
    """A limited user is told that it is set aside, and only rules of their own."""
    (rule,) = world.why(SSL)["IgnoredBy"]
    assert (rule["RuleId"], rule["Owner"]) == (1, "ann")
    ann = limited(world.bench, world.account)
    found = world.why(SSL, client=ann)
    assert (found["Finding"]["Ignored"], found["IgnoredBy"]) == (True, [])
    mine = ignore.Wanted(key=XZ, reach=ignore.Reach(scope=ignore.Scope.CHOSEN, quuids=["q-web-1"]))
    world.bench.store.write_now(
        lambda uow: ignore.create(uow, account=world.account, wanted=[mine], now=world.bench.clock.now())
    )
    assert world.why(XZ, client=ann)["IgnoredBy"][0]["Quuids"] == ["q-web-1"]


def test_nobody_reads_of_machines_out_of_reach(world):
    """Neither a limited user, nor another account; wrong numbers are refused."""
    ann = limited(world.bench, world.account)
    other = world.bench.account("other")
    world.bench.machine(other, "db-1")
    scan(world.bench, other, {"db-1": [package("xz-utils", "5.6.0-0.2")]}, machines(world.bench, other))
    eve = world.bench.client(other, "eve", Role.ADMINISTRATOR)
    hidden = world.event(XZ, machine=1)
    assert {client(WHY, {"EventId": hidden}).code for client in (ann, eve)} == {"ResourceNotFound"}
    assert world.admin(WHY, {"EventId": 5}).code == "ResourceNotFound"
    assert world.admin(WHY, {"EventId": 2**53 - 1}).code == "ResourceNotFound"
    assert world.admin(WHY, {"EventId": 2**53}).code == "InvalidParameterValue"
    assert world.admin(WHY, {}).code == "MissingParameter"
