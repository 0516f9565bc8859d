"""ports.Ignores: rules, and counts that follow them."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from hostward.domain.advisory import Match
from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, LeaseId, MachineId, RuleId, Seq
from hostward.domain.ignoring import IgnoreRule, Product, Scope, Source, VexDocument
from hostward.domain.module import Module
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.vulnerabilities.recount import Place, end_overdue, recount
from store_samples import NOW, SECOND, Scan, account, match, scan


def rule(store: Store, whose: AccountId, key: str = "CVE-1", **said: object) -> IgnoreRule:
    """A stored rule of the account."""
    number = store.write_now(lambda uow: uow.ignores.next_id())
    made = replace(IgnoreRule(id=number, account=whose, key=key, created=NOW, changed=NOW), **said)
    store.write_now(lambda uow: uow.ignores.put(made))
    return made


def record(task: Scan, seq: int, *found: Match) -> int:
    """The unit found these, and counts what is left."""
    unit = task.unit(seq)

    def work(uow: UnitOfWork) -> int:
        number = uow.tasks.record_vuls(unit, found)
        uow.tasks.change(unit, unit.found(number), NOW)
        return number

    return task.store.write_now(work)


def own(task: Scan, seq: int, *found: Match) -> None:
    """These are the machine's own results."""
    machine = task.machines[seq].id

    def work(uow: UnitOfWork) -> None:
        risks = uow.ignores.record_own(machine, found)
        uow.results.make_current(machine, Module.VUL, LeaseId(seq + 1), NOW, risks=risks)

    task.store.write_now(work)


def follow(store: Store) -> int:
    """Let all figures follow the rules; how many accounts there were to do."""
    waiting = store.read_now(lambda uow: uow.ignores.unsettled())
    for owner, revision in waiting:
        place = Place(account=owner, revision=revision)
        while not place.is_done:
            place = store.write_now(partial(recount, place=place, now=NOW))
    return len(waiting)


def counts(task: Scan) -> dict[str, int]:
    """Machines by vulnerability."""
    found = task.store.read_now(lambda uow: uow.tasks.vuls(task.id, limit=100))
    return {vul.key: vul.machines for vul in found}


def figures(task: Scan) -> tuple[int, int, int]:
    """VulCount, RiskEventCount, RiskMachineCount; they must be what a recount gives."""
    tally = task.task.tally
    assert task.store.read_now(lambda uow: uow.tasks.recount(task.id)) == tally
    return tally.vuls, tally.risk_events, tally.risk_machines


def fleet_risks(task: Scan) -> tuple[int, int]:
    """Machines at risk and risks of the account's current results."""
    standing = task.store.read_now(lambda uow: uow.fleet.standing(task.account)).modules[Module.VUL]
    return standing.at_risk, sum(standing.levels.values())


def test_a_rule_is_given_back_as_it_was_stored(store: Store) -> None:
    """Every part of it, tags by the name they have now."""
    task = scan(store)
    store.write_now(lambda uow: uow.machines.put_tags(task.machines[0].id, ["env=test"]))
    made = rule(
        store, task.account, scope=Scope.TAGGED, tags=("env=test",), machines=(MachineId(7),), reason="r\0",
        product=Product(name="openssl", ecosystem="Debian", version="1"), owner="ann", source=Source.OPENVEX,
        expires=NOW + SECOND, document="d", status="not_affected", justification="j",
    )  # fmt: skip
    shown = replace(made, reason="r\N{REPLACEMENT CHARACTER}")
    assert store.read_now(lambda uow: uow.ignores.get(task.account, made.id)) == shown
    assert store.read_now(lambda uow: uow.ignores.of_account(task.account)) == [shown]
    store.write_now(lambda uow: uow.machines.rename_label(task.account, "env=test", "env=new"))
    renamed = replace(shown, tags=("env=new",))
    assert store.read_now(lambda uow: uow.ignores.get(task.account, made.id)) == renamed
    store.write_now(lambda uow: uow.machines.drop_labels(task.account, ["env=new"]))
    assert store.read_now(lambda uow: uow.ignores.get(task.account, made.id)) == replace(shown, tags=())


def test_rules_are_of_their_account_and_those_that_ended_are_listed_on_request(store: Store) -> None:
    """Newest first; another account sees none of them."""
    mine, other = account(store), account(store, "second")
    first, second = rule(store, mine), rule(store, mine, "CVE-2", ended=NOW)
    assert store.read_now(lambda uow: uow.ignores.of_account(mine)) == [first]
    assert store.read_now(lambda uow: uow.ignores.of_account(mine, ended=True)) == [second, first]
    assert store.read_now(lambda uow: uow.ignores.of_account(other, ended=True)) == []
    assert store.read_now(lambda uow: uow.ignores.get(other, first.id)) is None
    assert store.read_now(lambda uow: uow.ignores.get(mine, RuleId(99))) is None


def test_a_tag_that_the_account_lacks_is_refused(store: Store) -> None:
    """Nothing of the rule stays."""
    owner = account(store)
    with pytest.raises(NotFound):
        rule(store, owner, scope=Scope.TAGGED, tags=("env=test",))
    assert store.read_now(lambda uow: uow.ignores.of_account(owner, ended=True)) == []


def test_reports_are_judged_by_the_rules_that_hold(store: Store) -> None:
    """What is set aside is in no count; other machines count it."""
    task = scan(store)
    rule(store, task.account, scope=Scope.CHOSEN, machines=(task.machines[0].id,))
    assert [record(task, seq, match("CVE-1"), match("CVE-2")) for seq in (0, 1)] == [1, 2]
    assert (counts(task), figures(task)) == ({"CVE-1": 1, "CVE-2": 2}, (2, 3, 2))


def test_counts_follow_a_rule_and_come_back_when_it_ends(store: Store) -> None:
    """In the newest task, on each machine and over the fleet."""
    task = scan(store)
    for seq in (0, 1):
        record(task, seq, match("CVE-1"))
        own(task, seq, match("CVE-1"))
    assert (figures(task), fleet_risks(task)) == ((1, 2, 2), (2, 2))
    made = rule(store, task.account)
    assert (follow(store), follow(store)) == (1, 0)
    assert (counts(task), figures(task), fleet_risks(task)) == ({}, (0, 0, 0), (0, 0))
    store.write_now(lambda uow: uow.ignores.put(replace(made, ended=NOW)))
    follow(store)
    assert (counts(task), figures(task), fleet_risks(task)) == ({"CVE-1": 2}, (1, 2, 2), (2, 2))


def test_level_and_component_come_back_as_they_were(store: Store) -> None:
    """What is said of a vulnerability is kept while it is set aside everywhere."""
    task = scan(store)
    record(task, 0, match("CVE-1", cvss=7.0, name="libssl3"))
    before = store.read_now(lambda uow: uow.tasks.vuls(task.id, limit=1))
    made = rule(store, task.account)
    follow(store)
    assert store.read_now(lambda uow: uow.fleet.vul_levels(task.id)) == {}
    store.write_now(lambda uow: uow.ignores.put(replace(made, ended=NOW)))
    follow(store)
    assert store.read_now(lambda uow: uow.tasks.vuls(task.id, limit=1)) == before


def test_a_rule_about_a_package_leaves_what_another_brings(store: Store) -> None:
    """After the scan as well as before it: the packages are kept with what was found."""
    task = scan(store)
    record(task, 0, match("CVE-1", name="libssl3"), match("CVE-1"))
    record(task, 1, match("CVE-1", name="libssl3"))
    rule(store, task.account, product=Product(name="libssl3"))
    follow(store)
    assert (counts(task), figures(task)) == ({"CVE-1": 1}, (1, 1, 1))
    assert record(task, 1, match("CVE-1", name="libssl3")) == 0
    assert record(task, 2, match("CVE-1", name="libssl3"), match("CVE-1")) == 1


def test_a_changed_tag_is_followed(store: Store) -> None:
    """Machines that get the tag lose the finding, and have it again without the tag."""
    task = scan(store)
    record(task, 0, match("CVE-1"))
    store.write_now(lambda uow: uow.machines.put_tags(task.machines[1].id, ["env=test"]))
    rule(store, task.account, scope=Scope.TAGGED, tags=("env=test",))
    seen = []
    for tags in (["env=prod"], ["env=prod", "env=test"], []):
        store.write_now(lambda uow, to=tags: uow.machines.put_tags(task.machines[0].id, to))
        seen.append((follow(store), figures(task)[0]))
    store.write_now(lambda uow: uow.machines.put_tags(task.machines[0].id, ["env=test"]))
    follow(store)
    store.write_now(lambda uow: uow.machines.drop_labels(task.account, ["env=test"]))
    assert (seen, follow(store), figures(task)[0]) == ([(1, 1), (1, 0), (1, 1)], 1, 1)


def test_tags_without_rules_leave_nothing_to_do(store: Store) -> None:
    """Rules that speak of no tag are not applied anew either."""
    task = scan(store)
    rule(store, task.account)
    follow(store)
    store.write_now(lambda uow: uow.machines.put_tags(task.machines[0].id, ["env=test"]))
    assert follow(store) == 0


def test_rules_end_when_their_time_is_over(store: Store) -> None:
    """At that time and not before; they are then followed like any change."""
    task = scan(store)
    record(task, 0, match("CVE-1"))
    made = rule(store, task.account, expires=NOW + SECOND)
    rule(store, task.account, "CVE-2")
    follow(store)
    early = store.write_now(lambda uow: end_overdue(uow, now=NOW + SECOND - timedelta(microseconds=1)))
    assert (early, figures(task)) == (0, (0, 0, 0))
    assert store.write_now(lambda uow: end_overdue(uow, now=NOW + SECOND)) == 1
    follow(store)
    ended = store.read_now(lambda uow: uow.ignores.get(task.account, made.id))
    assert (ended, figures(task)) == (replace(made, ended=NOW + SECOND), (1, 1, 1))


def test_older_tasks_keep_the_figures_of_their_time(store: Store) -> None:
    """Only the newest one follows."""
    old = scan(store)
    record(old, 0, match("CVE-1"))
    new = scan(store, owner=old.account, size=0)
    rule(store, old.account)
    follow(store)
    assert (figures(old), figures(new)) == ((1, 1, 1), (0, 0, 0))


def test_a_report_that_ends_takes_the_rules_of_today(store: Store) -> None:
    """Results that become current are judged by what holds then, whatever held when the unit reported."""
    task = scan(store)
    record(task, 0, match("CVE-1"), match("CVE-2"))
    rule(store, task.account)
    unit = task.unit(0)
    assert store.write_now(lambda uow: uow.ignores.copy_own(unit)) == 1
    assert store.write_now(lambda uow: uow.ignores.copy_own(replace(unit, seq=Seq(1)))) == 0


def test_the_revision_rises_only_when_something_can_be_seen_to_differ(store: Store) -> None:
    """A rule about what nobody has changes nothing."""
    task = scan(store)
    record(task, 0, match("CVE-1"))
    before = task.task.vul_rev
    rule(store, task.account, "CVE-9")
    follow(store)
    same = task.task.vul_rev
    rule(store, task.account)
    follow(store)
    assert (same, task.task.vul_rev) == (before, before + 1)


def test_a_machine_that_is_removed_takes_its_findings_along(store: Store) -> None:
    """They are not recounted any more."""
    task = scan(store)
    own(task, 0, match("CVE-1"))
    store.write_now(lambda uow: uow.agents.remove(task.account, task.machines[0].id))
    made = rule(store, task.account)
    follow(store)
    left = store.read_now(lambda uow: uow.ignores.own_after(task.account, after=MachineId(0), limit=9))
    assert (made.key, left) == ("CVE-1", [])


def test_what_counts_on_a_machine(store: Store) -> None:
    """Matches that are set aside are left out, in the order they had."""
    task = scan(store)
    rule(store, task.account, product=Product(name="libssl3"))
    found = [match("CVE-2"), match("CVE-1", name="libssl3"), match("CVE-3")]
    left = store.write_now(lambda uow: uow.ignores.counts_on(task.machines[0].id, found))
    with pytest.raises(NotFound):
        store.write_now(lambda uow: uow.ignores.counts_on(MachineId(99), found))
    assert [each.key for each in left] == ["CVE-2", "CVE-3"]


def test_documents_are_remembered_replaced_and_forgotten(store: Store) -> None:
    """Newest first, each by its id, of its account alone."""
    mine, other = account(store), account(store, "second")
    plain = VexDocument(
        account=mine, id="a", author="ann", version=1, issued=NOW, imported=NOW, owner="bob", rules=2, statements=3
    )  # fmt: skip
    later = replace(plain, id="b", imported=NOW + SECOND)
    for one in (plain, later, replace(plain, account=other, id="c"), replace(plain, version=2)):
        store.write_now(lambda uow, put=one: uow.ignores.put_document(put))
    assert store.read_now(lambda uow: uow.ignores.documents(mine)) == [later, replace(plain, version=2)]
    store.write_now(lambda uow: uow.ignores.drop_document(mine, "b"))
    assert [one.id for one in store.read_now(lambda uow: uow.ignores.documents(mine))] == ["a"]
