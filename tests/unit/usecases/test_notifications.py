"""usecases.notifications: what is told of a scan, once each, in the transaction of what it tells of."""

import json
from dataclasses import replace

import pytest

from hostward.domain.account import Role, User
from hostward.domain.errors import InvalidValue, NotFound
from hostward.domain.ids import RuleId, UserId, WebhookId
from hostward.domain.ignoring import IgnoreRule, Scope
from hostward.domain.module import Module
from hostward.domain.package import Package
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome as Judged
from hostward.domain.verdict import Verdict
from hostward.domain.webhook import MOST_WEBHOOKS, Event
from hostward.protocol.report import End, Report
from hostward.usecases.accounts.limited import store_for
from hostward.usecases.notifications import keep
from hostward.usecases.notifications.found import MOST_TOLD
from hostward.usecases.scans.accept_report import accept
from hostward.usecases.scans.stop import stop
from hostward.usecases.vulnerabilities.import_feed import Parsed, import_feed
from small_fleet import Fleet, finding
from store_samples import advisory, affects
from webhook_samples import webhook


@pytest.fixture(autouse=True)
def hook(fleet: Fleet) -> None:
    """Somebody listens for everything."""
    fleet.store.write_now(lambda uow: uow.webhooks.add(webhook(account=fleet.account)))


def told(fleet: Fleet, event: Event = Event.SCAN_FINISHED) -> list[dict]:
    """The bodies of the messages that are queued, oldest first."""
    _, page = fleet.store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(1), limit=1000, offset=0))
    return [json.loads(each.body) for each in page[::-1] if each.event is event]


def scanned(fleet: Fleet, *items: object, module: Module = Module.MALWARE) -> None:
    """Another whole scan of the first machine, with these results."""
    fleet.start(module)
    fleet.finish(fleet.machines[0], fleet.lease(fleet.machines[0]), *items)
    fleet.later(60)


def test_the_end_of_a_scan_is_told_once(fleet: Fleet) -> None:
    """By the last machine's report, with the counts as they are then; a report that comes twice tells nothing more."""
    one, two = fleet.add("a"), fleet.add("b")
    task = fleet.start()
    fleet.finish(one, fleet.lease(one), finding("/x"))
    assert told(fleet) == []
    lease = fleet.lease(two)
    fleet.later(5)
    for _ in range(2):
        fleet.finish(two, lease)
    (body,) = told(fleet)
    assert len(body.pop("delivery")) == 32
    assert body == {
        "event": "scan.finished", "time": "2026-11-24T12:00:05Z", "task_id": task, "run": 1, "module": "Malware",
        "trigger": "manual", "created_by": "admin", "state": "Done", "begin": "2026-11-24T12:00:00Z",
        "end": "2026-11-24T12:00:05Z", "machines": 2,
        "counts": {"ok": 2, "offline": 0, "timeout": 0, "failed": 0, "too_old": 0, "stopped": 0},
        "risks": {"machines": 1, "events": 1, "vulnerabilities": 0}, "stopped_by": "",
    }  # fmt: skip


def test_a_task_that_ends_as_it_begins_is_told(fleet: Fleet) -> None:
    """All its machines are offline and none may wait."""
    fleet.add("a", online=False)
    fleet.start(queue=0)
    assert [body["counts"]["offline"] for body in told(fleet)] == [1]


def test_a_task_whose_machines_time_out_is_told_by_the_reaper(fleet: Fleet) -> None:
    """Two tasks that are over in one look are two messages."""
    fleet.add("a")
    tasks = [fleet.start(timeout=10, queue=10), fleet.start(Module.VUL, timeout=10, queue=10)]
    fleet.later(300)
    fleet.expire()
    fleet.expire()
    assert [body["task_id"] for body in told(fleet)] == tasks


def test_a_stop_that_ends_a_task_is_told(fleet: Fleet) -> None:
    """Who stopped it is in the message; stopping what is over tells nothing more."""
    fleet.add("a")
    task = fleet.start()
    fleet.stop(task)
    fleet.stop(task)
    assert [(body["state"], body["stopped_by"]) for body in told(fleet)] == [("Stopped", "admin")]


def test_each_run_of_a_task_is_told(fleet: Fleet) -> None:
    """A task that ran again ends again; one whose machines fail at once ends as it is started again."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine), outcome="failed")
    fleet.rerun(task)
    fleet.finish(machine, fleet.lease(machine))
    assert [(body["run"], body["counts"]["failed"]) for body in told(fleet)] == [(1, 1), (2, 0)]


def test_agents_that_are_too_old_end_a_task_when_they_ask(fleet: Fleet) -> None:
    """And when their process is another, whose leases are spent."""
    machine = fleet.add("a")
    fleet.start()
    fleet.session(machine, "second", version="0.0.1")
    fleet.poll(machine)
    assert [body["counts"]["too_old"] for body in told(fleet)] == [1]


def test_a_new_process_of_an_agent_can_end_a_task(fleet: Fleet) -> None:
    """Its second lease in a row is lost."""
    machine = fleet.add("a")
    fleet.start()
    for name in ("second", "third"):
        fleet.lease(machine)
        fleet.later(1)
        fleet.session(machine, name)
    assert [body["counts"]["failed"] for body in told(fleet)] == [1]


def test_a_limited_user_who_stops_their_machines_does_not_end_the_task(fleet: Fleet) -> None:
    """It is over for them, not for the others: the message comes with the last machine, and speaks of all."""
    one, two = fleet.add("a"), fleet.add("b")
    fleet.store.write_now(lambda uow: uow.machines.put_tags(one.id, ("env=prod",)))
    task = fleet.start()
    user = User(id=UserId(9), account=fleet.account, name="op", role=Role.OPERATOR, tags=("env=prod",))
    store_for(fleet.store, user).write_now(
        lambda uow: stop(
            uow, account=fleet.account, module=Module.MALWARE, task=task, quuids=(), by="op", now=fleet.now
        )
    )
    assert told(fleet) == []
    fleet.finish(two, fleet.lease(two))
    assert [(body["machines"], body["counts"]["stopped"]) for body in told(fleet)] == [(2, 1)]


def test_nothing_is_queued_where_nobody_listens(fleet: Fleet) -> None:
    """A webhook that is off, and one of another account."""
    fleet.store.write_now(lambda uow: uow.webhooks.put(webhook(account=fleet.account, enabled=False)))
    fleet.add("a")
    scanned(fleet, finding("/x"))
    assert told(fleet) + told(fleet, Event.FINDING_NEW) == []


def test_a_report_that_is_refused_tells_nothing(fleet: Fleet) -> None:
    """What is told and what is stored are one transaction."""
    machine = fleet.add("a")
    fleet.start()
    lease = fleet.lease(machine)

    def broken(uow):
        end = End(outcome="ok", batches=0, reasons=[], seconds=1.0)
        accept(uow, machine=machine.id, report=Report(lease=lease, batches=[], progress=1.0, doing="", end=end),
               now=fleet.now)  # fmt: skip
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fleet.store.write_now(broken)
    assert told(fleet) == []


def test_malware_is_told_the_first_time_too(fleet: Fleet) -> None:
    """Of the first results everything; then only what those before had not."""
    fleet.add("a")
    scanned(fleet, finding("/x"), finding("/y", Level.CRITICAL))
    scanned(fleet, finding("/x"), finding("/z", Level.LOW))
    scanned(fleet, finding("/x"), finding("/z", Level.LOW))
    first, second = told(fleet, Event.FINDING_NEW)
    assert (first["first_results"], first["count"], first["levels"]) == (True, 2, {"critical": 1, "high": 1})
    assert [each["where"] for each in first["findings"]] == ["/y", "/x"]
    assert (second["first_results"], second["count"]) == (False, 1)
    assert second["findings"] == [{"id": "r", "name": "t", "level": "low", "where": "/z", "fix": ""}]
    assert second["machine"] == {
        "quuid": "q-a", "uuid": "u-a", "host_name": "a", "host_ip": "10.0.0.1", "os_name": "Debian GNU/Linux 12"
    }  # fmt: skip


def test_a_webhook_is_told_from_its_level_on(fleet: Fleet) -> None:
    """What lies below is in neither count nor list; nothing at all is told when all of it does."""
    fleet.store.write_now(lambda uow: uow.webhooks.put(webhook(account=fleet.account, level=Level.HIGH)))
    fleet.add("a")
    scanned(fleet, finding("/x"), finding("/y", Level.MEDIUM))
    scanned(fleet, finding("/x"), finding("/y", Level.MEDIUM), finding("/z", Level.LOW))
    (body,) = told(fleet, Event.FINDING_NEW)
    assert (body["count"], body["at_least"]) == (1, "high")


def test_a_message_lists_the_worst_and_counts_all(fleet: Fleet) -> None:
    """At most 50 findings, however many there are."""
    fleet.add("a")
    scanned(fleet, *(finding(f"/f{number}", Level.LOW) for number in range(80)), finding("/worst", Level.CRITICAL))
    (body,) = told(fleet, Event.FINDING_NEW)
    assert (body["count"], len(body["findings"]), body["truncated"]) == (81, MOST_TOLD, True)
    assert (body["levels"], body["findings"][0]["where"]) == ({"critical": 1, "low": 80}, "/worst")


def item(name: str, outcome: Judged = Judged.FAIL) -> Verdict:
    """A baseline item judged."""
    return Verdict(policy="cis", item=name, title=name, level=Level.HIGH, outcome=outcome, remediation="do it")


def test_failed_items_are_told_once_they_passed_before(fleet: Fleet) -> None:
    """The first results are the inventory, and tell nothing."""
    fleet.add("a")
    scanned(fleet, item("1.1"), item("1.2", Judged.PASS), module=Module.BASELINE)
    scanned(fleet, item("1.1"), item("1.2"), module=Module.BASELINE)
    (body,) = told(fleet, Event.FINDING_NEW)
    assert [(each["id"], each["fix"]) for each in body["findings"]] == [("1.2", "do it")]


def package(name: str, version: str = "1.0-1") -> Package:
    """An installed package."""
    return Package(ecosystem="Debian:12", name=name, version=version, arch="amd64", source=name, source_version=version)


def learn(fleet: Fleet, *names: str, level: Level = Level.HIGH) -> None:
    """Import vulnerability data about these packages, in place of what there was; one about another is always there."""
    known = [
        replace(advisory(f"CVE-2026-{number:04}", affects(name, fixed="2.0-1")), level=level)
        for number, name in enumerate((*names, *["other"] * 9), start=1)
    ]
    parsed = Parsed(feed="debian", digest=repr(names), advisories=known, ecosystems=["Debian:12"])
    import_feed(fleet.store, parsed=parsed, now=fleet.now)
    fleet.later(60)


def rule(fleet: Fleet, **said: object) -> None:
    """Set a vulnerability aside, or change what was said of it."""
    values = {"id": RuleId(1), "account": fleet.account, "created": fleet.now, "changed": fleet.now, **said}
    fleet.store.write_now(lambda uow: uow.ignores.put(IgnoreRule(**values)))
    fleet.later(60)


def test_vulnerabilities_are_told_when_packages_are_new(fleet: Fleet) -> None:
    """Compared with what was known when the results before came."""
    learn(fleet, "bash", "curl")
    fleet.add("a")
    scanned(fleet, package("bash"), module=Module.VUL)
    assert told(fleet, Event.FINDING_NEW) == []
    scanned(fleet, package("bash"), package("curl"), module=Module.VUL)
    scanned(fleet, package("bash"), package("curl"), module=Module.VUL)
    (body,) = told(fleet, Event.FINDING_NEW)
    assert [(each["id"], each["where"], each["fix"]) for each in body["findings"]] == [
        ("CVE-2026-0002", "curl 1.0-1", "2.0-1")
    ]


def found_on(fleet: Fleet, count: int, *names: str) -> None:
    """So many machines that have these packages."""
    for machine in [fleet.add(f"m{number}") for number in range(count)]:
        fleet.start(Module.VUL, quuids=(machine.quuid,))
        fleet.finish(machine, fleet.lease(machine), *map(package, names))
    fleet.later(60)


def test_an_import_is_told_once_for_all_machines(fleet: Fleet) -> None:
    """Each vulnerability with its number of machines; the next scan, and the next import, do not tell it again."""
    learn(fleet, "bash")
    found_on(fleet, 3, "bash", "curl")
    learn(fleet, "bash", "curl")
    learn(fleet, "bash", "curl", "zsh")
    scanned(fleet, package("bash"), package("curl"), module=Module.VUL)
    (body,) = told(fleet, Event.FINDING_NEW)
    assert len(body.pop("delivery")) == 32
    assert body == {
        "event": "finding.new", "time": "2026-11-24T12:02:00Z", "module": "Vul", "trigger": "feed", "feed": "debian",
        "current_at": "2026-11-24T12:02:00Z", "first_import": False, "machines": 3, "at_least": "low", "count": 1,
        "levels": {"high": 1}, "truncated": False,
        "findings": [
            {"id": "CVE-2026-0002", "name": "curl", "level": "high", "where": "curl 1.0-1", "fix": "2.0-1",
             "machines": 3}
        ],
    }  # fmt: skip


def test_an_import_that_brings_nothing_bad_enough_tells_nothing(fleet: Fleet) -> None:
    """Nor one that brings nothing to this account's machines."""
    fleet.store.write_now(lambda uow: uow.webhooks.put(webhook(account=fleet.account, level=Level.CRITICAL)))
    found_on(fleet, 1, "curl")
    learn(fleet, "curl")
    stranger = fleet.store.write_now(lambda uow: uow.accounts.add_account("other"))
    fleet.store.write_now(lambda uow: uow.webhooks.add(webhook(2, account=stranger)))
    learn(fleet, "curl", "bash", level=Level.CRITICAL)
    theirs = fleet.store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(2), limit=9, offset=0))
    assert (told(fleet, Event.FINDING_NEW), theirs[0]) == ([], 0)


def test_what_is_taken_back_and_said_again_is_told_again(fleet: Fleet) -> None:
    """The machines did not have it meanwhile."""
    found_on(fleet, 1, "curl")
    for names in (("curl",), ("bash",), ("curl",)):
        learn(fleet, *names)
    assert [body["first_import"] for body in told(fleet, Event.FINDING_NEW)] == [True, False]


def test_an_import_tells_nothing_of_what_is_set_aside(fleet: Fleet) -> None:
    """On just the machines that a rule reaches; once it has ended their next scan tells it."""
    found_on(fleet, 3, "curl")
    reached = fleet.machines[0]
    rule(fleet, key="CVE-2026-0001", scope=Scope.CHOSEN, machines=(reached.id,))
    rule(fleet, id=RuleId(2), key="CVE-2026-0002")
    learn(fleet, "curl", "curl")
    (body,) = told(fleet, Event.FINDING_NEW)
    assert [(each["id"], each["machines"]) for each in body["findings"]] == [("CVE-2026-0001", 2)]
    assert (body["count"], body["machines"]) == (1, 2)
    rule(fleet, key="CVE-2026-0001", scope=Scope.CHOSEN, machines=(reached.id,), ended=fleet.now)
    scanned(fleet, package("curl"), module=Module.VUL)
    assert [each["id"] for each in told(fleet, Event.FINDING_NEW)[-1]["findings"]] == ["CVE-2026-0001"]


def test_an_import_lists_the_worst_and_counts_all(fleet: Fleet) -> None:
    """At most 50, however many it brings."""
    found_on(fleet, 2, "curl")
    learn(fleet, *["curl"] * 70)
    (body,) = told(fleet, Event.FINDING_NEW)
    assert (body["count"], len(body["findings"]), body["truncated"], body["machines"]) == (70, MOST_TOLD, True, 2)


def test_results_from_before_anybody_listened_are_matched_anew(fleet: Fleet) -> None:
    """So that a new webhook is not flooded with what was always there."""
    learn(fleet, "bash", "curl")
    fleet.store.write_now(lambda uow: uow.webhooks.put(webhook(account=fleet.account, enabled=False)))
    fleet.add("a")
    scanned(fleet, package("bash"), module=Module.VUL)
    fleet.store.write_now(lambda uow: uow.webhooks.put(webhook(account=fleet.account)))
    scanned(fleet, package("bash"), package("curl"), module=Module.VUL)
    (body,) = told(fleet, Event.FINDING_NEW)
    assert [each["id"] for each in body["findings"]] == ["CVE-2026-0002"]


def made(fleet: Fleet, url: str = "https://example.com/") -> keep.Webhook:
    """A webhook made as the API makes it."""
    return fleet.store.write_now(
        lambda uow: keep.create(
            uow, account=fleet.account, name="n", url=url, events=frozenset({Event.SCAN_FINISHED}), level=Level.LOW,
            secret="s", allowed=(), now=fleet.now,
        )
    )  # fmt: skip


def test_an_account_has_only_so_many_webhooks(fleet: Fleet) -> None:
    """Each costs every scan a message; an address that may not be called is refused at once."""
    with pytest.raises(InvalidValue, match=r"127\.0\.0\.1"):
        made(fleet, "http://127.0.0.1/")
    fleet.store.write_now(lambda uow: uow.webhooks.drop(WebhookId(1)))
    for _ in range(MOST_WEBHOOKS):
        made(fleet)
    with pytest.raises(InvalidValue, match="at most 50 webhooks"):
        made(fleet)


def test_another_accounts_webhook_is_as_one_that_does_not_exist(fleet: Fleet) -> None:
    """In the same words."""
    stranger = fleet.store.write_now(lambda uow: uow.accounts.add_account("other"))
    for account, which in ((stranger, 1), (fleet.account, 99)):
        with pytest.raises(NotFound, match=f"WebhookId {which} is not a webhook of this account"):
            fleet.store.write_now(lambda uow, account=account, which=which: keep.delete(
                uow, account=account, webhook=WebhookId(which)))  # fmt: skip
