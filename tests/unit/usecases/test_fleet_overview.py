"""The fleet at a glance: what its figures are taken from."""

from datetime import timedelta

from hostward.domain.ids import RuleId
from hostward.domain.ignoring import IgnoreRule
from hostward.domain.module import Module
from hostward.domain.score import Ground
from hostward.domain.severity import Level
from hostward.usecases.overview.look import STALE_AFTER, View, look
from schedule_samples import schedule
from small_fleet import Fleet, finding
from store_samples import advisory, affects, package


def view(fleet: Fleet, *, plans: bool = True) -> View:
    """The fleet now."""
    return fleet.store.read_now(lambda uow: look(uow, account=fleet.account, plans=plans, now=fleet.now))


def grounds(found: View) -> set[Ground]:
    """Why points are taken."""
    return {one.ground for one in found.taken}


def scanned(fleet: Fleet, module: Module, *items: object) -> int:
    """A scan of the first machine that ended well."""
    task = fleet.start(module, quuids=(fleet.machines[0].quuid,))
    fleet.finish(fleet.machines[0], fleet.lease(fleet.machines[0]), *items)
    return task


def test_an_empty_fleet_is_not_a_safe_one(fleet: Fleet):
    """No machine, no feed: nothing is known."""
    found = view(fleet)
    assert (found.health.total, grounds(found), found.score) == (0, {Ground.NO_MACHINES, Ground.NO_FEED}, 70)


def test_machines_are_counted_by_what_their_agents_are(fleet: Fleet):
    """Online, silent, too old; none of them was scanned."""
    fleet.add("a")
    fleet.add("b", online=False)
    fleet.add("old", version="0.0.9")
    health = view(fleet).health
    assert (health.total, health.online, health.offline, health.too_old, health.never_scanned) == (3, 2, 1, 1, 3)


def test_no_risk_and_never_judged_are_told_apart(fleet: Fleet):
    """A clean scan is a result; a scan of another kind is none."""
    fleet.add("a")
    before = view(fleet)
    scanned(fleet, Module.MALWARE)
    after = view(fleet)
    malware, baseline = after.modules[Module.MALWARE], after.modules[Module.BASELINE]
    assert (malware.standing.judged, malware.standing.at_risk, baseline.standing.judged) == (1, 0, 0)
    assert (before.health.never_scanned, after.health.never_scanned) == (1, 0)
    assert after.score > before.score


def test_malware_is_counted_by_machine_and_level(fleet: Fleet):
    """Of the newest results, which a clean scan replaces."""
    fleet.add("a")
    scanned(fleet, Module.MALWARE, finding("x", Level.CRITICAL), finding("y", Level.LOW))
    found = view(fleet)
    assert found.modules[Module.MALWARE].levels == {Level.CRITICAL: 1, Level.LOW: 1}
    assert (found.facts.malware, Ground.MALWARE in grounds(found)) == (1, True)
    scanned(fleet, Module.MALWARE)
    assert Ground.MALWARE not in grounds(view(fleet))


def learn(fleet: Fleet, **fixed: str) -> None:
    """Critical vulnerabilities of curl, each fixed in a version, or in none."""
    known = [
        advisory(key.replace("_", "-"), affects("curl", fixed=version), level=Level.CRITICAL)
        for key, version in fixed.items()
    ]
    fleet.store.write_now(
        lambda uow: uow.advisories.replace(
            "debian", known, ecosystems=["Debian:12"], digest=repr(fixed), now=fleet.now
        )
    )  # fmt: skip
    fleet.later(1)


def test_vulnerabilities_are_those_of_now(fleet: Fleet):
    """An import moves them without a scan, and rules set them aside; a scan that has just begun hides nothing."""
    fleet.add("a")
    first = scanned(fleet, Module.VUL, package("curl", "1"))
    fleet.later(1)
    assert view(fleet).modules[Module.VUL].levels == {}
    learn(fleet, CVE_2026_1="2", CVE_2026_2="")
    second = fleet.start(Module.VUL)
    found = view(fleet)
    vul = found.modules[Module.VUL]
    assert (vul.last.id, vul.source.id, vul.levels) == (second, first, {Level.CRITICAL: 2})
    assert found.facts.critical == 1  # the other one has no fix yet
    rule = IgnoreRule(
        id=RuleId(1), account=fleet.account, key="CVE-2026-1", created=fleet.now, changed=fleet.now
    )  # fmt: skip
    fleet.store.write_now(lambda uow: uow.ignores.put(rule))
    found = view(fleet)
    assert (found.modules[Module.VUL].levels, found.facts.critical) == ({Level.CRITICAL: 1}, 0)
    learn(fleet)
    assert view(fleet).modules[Module.VUL].levels == {}


def test_machines_that_failed_are_those_of_the_newest_tasks(fleet: Fleet):
    """Of each module its last one alone."""
    fleet.add("a")
    fleet.add("b")
    task = fleet.start(Module.BASELINE)
    fleet.finish(fleet.machines[0], fleet.lease(fleet.machines[0]), outcome="failed", reasons=("broken",))
    found = view(fleet)
    assert (found.facts.failed, found.facts.scanned, found.modules[Module.BASELINE].last.id) == (1, 2, task)


def test_a_feed_is_stale_after_three_days(fleet: Fleet):
    """Not a moment earlier."""
    fleet.store.write_now(
        lambda uow: uow.advisories.replace("debian", [], ecosystems=["Debian:12"], digest="d", now=fleet.now)
    )
    assert Ground.NO_FEED not in grounds(view(fleet))
    fleet.now += STALE_AFTER
    assert Ground.STALE_FEED not in grounds(view(fleet))
    fleet.now += timedelta(seconds=1)
    assert Ground.STALE_FEED in grounds(view(fleet))


def test_the_next_scan_is_the_first_of_a_module_s_schedules(fleet: Fleet):
    """Nobody who may not see schedules is told."""
    fleet.store.write_now(lambda uow: uow.schedules.add(schedule(fleet.now, account=fleet.account)))
    due = schedule(fleet.now).next_fire
    assert [view(fleet).modules[module].next for module in (Module.VUL, Module.MALWARE)] == [due, None]
    assert view(fleet, plans=False).modules[Module.VUL].next is None


def test_other_accounts_count_for_nothing(fleet: Fleet):
    """Their machines and results are theirs."""
    fleet.add("a")
    scanned(fleet, Module.MALWARE, finding("x"))
    other = fleet.store.write_now(lambda uow: uow.accounts.add_account("other"))
    found = fleet.store.read_now(lambda uow: look(uow, account=other, plans=True, now=fleet.now))
    assert (found.health.total, found.facts.malware, found.modules[Module.MALWARE].last) == (0, 0, None)
