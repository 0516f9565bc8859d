"""A fleet whose vulnerability data and results are known, and the requests that look them up."""

from datetime import UTC, datetime

from account_bench import AccountBench
from api_bench import KEY, USER, ApiBench
from api_scenarios import Example
from hostward.domain.account import Role
from hostward.domain.advisory import Advisory
from hostward.domain.ids import AccountId, LeaseId, Seq
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from hostward.domain.note import NOTHING
from hostward.domain.severity import Level
from hostward.usecases.ports import Store
from store_samples import advisory, affects, package

XZ, SSL, LOG4J, QUIET, FAR = "CVE-2024-3094", "CVE-2025-0001", "CVE-2021-44228", "CVE-2026-0002", "CVE-2026-0003"


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def data() -> dict[str, list[Advisory]]:
    """Advisories by feed: five vulnerabilities, three of them known to be exploited."""
    jar = affects("org.apache.logging.log4j:log4j-core", "2.15.0", ecosystem="Maven")
    return {
        "debian": [
            advisory(XZ, affects("xz-utils", "5.6.1+really5.4.5-1"), title="Malicious code in xz", level=Level.CRITICAL,
                     level_source="debian urgency", cvss=10.0, vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
                     published=_day(2024, 3, 29), description="A backdoor in liblzma.",
                     reference="https://security-tracker.debian.org/tracker/CVE-2024-3094"),
            advisory(SSL, affects("openssl", "3.0.2-1"), title="Timing of a comparison", level=Level.LOW,
                     level_source="debian urgency", published=_day(2025, 1, 20)),
            advisory(QUIET, affects("zlib", "")),
            advisory(FAR, affects("nginx", "1.22.1-9+deb12u9"), level=Level.HIGH, level_source="debian urgency",
                     published=_day(2026, 5, 4)),
        ],
        "maven": [
            advisory(LOG4J, jar, feed="maven", title="Remote code in lookups", level=Level.CRITICAL,
                     level_source="cvss of CISA", cvss=10.0, published=_day(2021, 12, 10)),
        ],
        "kev": [advisory(key, feed="kev", kev=True) for key in (XZ, LOG4J, FAR)],
    }  # fmt: skip


def import_data(store: Store, now: datetime) -> None:
    """Import all of it."""
    for feed, told in data().items():
        store.write_now(
            lambda uow, feed=feed, told=told: uow.advisories.replace(
                feed, told, ecosystems=("Debian:12", "Maven"), digest="d", now=now
            )
        )


def scan(bench: AccountBench, account: AccountId, found: dict[str, list], machines: list[Machine]) -> int:
    """A task over these machines in which each reports its packages; returns its number."""
    task = bench.task(account, *machines)
    for seq, machine in enumerate(machines):
        lease = LeaseId(100 * task + seq)

        def work(uow, seq=seq, machine=machine, lease=lease) -> None:
            uow.results.add(machine.id, lease, 0, found[machine.facts.host_name])
            matches = uow.results.matches(machine.id, lease)
            before = uow.tasks.unit(task, Seq(seq), lock=True)
            after = before.leased(lease, bench.clock.now(), bench.api.settings.default_timeout)
            uow.tasks.change(before, after, bench.clock.now())
            number = uow.tasks.record_vuls(after, matches)
            for step in (lambda unit: unit.found(number), lambda unit: unit.judged(bench.clock.now(), NOTHING)):
                before, after = after, step(after)
                uow.tasks.change(before, after, bench.clock.now())
            uow.results.make_current(machine.id, Module.VUL, lease, bench.clock.now(), risks=number)

        bench.store.write_now(work)
    return task


def shop() -> tuple[AccountBench, AccountId]:
    """Two machines, an operator who sees the first of them, data, and no scan yet."""
    bench = AccountBench()
    account = bench.account()
    assert bench.user(account, USER.name) == USER
    bench.store.write_now(lambda uow: uow.accounts.add_key(KEY))
    import_data(bench.store, bench.clock.now())
    bench.machine(account, "web-1", "env=prod")
    bench.machine(account, "web-2")
    return bench, account


PACKAGES = {
    "web-1": [package("xz-utils", "5.6.0-0.2"), package()],
    "web-2": [package("xz-utils", "5.6.0-0.2")],
}


def known() -> ApiBench:
    """Five vulnerabilities are known, three of them exploited; nothing was scanned."""
    return shop()[0].api


def scanned() -> ApiBench:
    """Both machines were scanned an hour ago: xz is on both, openssl on one."""
    bench, account = shop()
    machines = list(bench.store.read_now(lambda uow: uow.machines.of_account(account)))
    scan(bench, account, PACKAGES, machines)
    bench.clock.turn(3600)
    return bench.api


def _example(name: str, state, action: str, request: dict | None = None, *, language: str = "en-US") -> Example:
    return Example(name, state, action, request or {}, "cwp", language)


VUL_EXAMPLES = (
    _example("vul_store", known, "DescribeVulStoreList", {"Limit": 3}),
    _example("vul_store_by_name", known, "DescribeVulStoreList",
             {"Filters": [{"Name": "VulName", "Values": ["XZ"]}], "By": "PublishDate", "Order": "ASC"}),
    _example("vul_store_unknown_filter_zh", known, "DescribeVulStoreList",
             {"Filters": [{"Name": "Colour", "Values": ["red"]}]}, language="zh-CN"),
    _example("vul_cve_ids", known, "DescribeVulCveIdInfo", {"CveIds": [LOG4J, "CVE-1999-0001", XZ]}),
    _example("vul_info_cvss", known, "DescribeVulInfoCvss", {"VulId": 1}),
    _example("vul_info_cvss_unknown_zh", known, "DescribeVulInfoCvss", {"VulId": 99}, language="zh-CN"),
    _example("emergency_vuls", scanned, "DescribeEmergencyVulList", {"By": "HostCount"}),
    _example("emergency_vuls_before_any_scan", known, "DescribeEmergencyVulList",
             {"Filters": [{"Name": "Level", "Values": ["4"]}]}),
)  # fmt: skip


def limited(bench: AccountBench, account: AccountId):
    """A client who sees the machines of env=prod alone."""
    return bench.client(account, "ann", Role.OPERATOR, ("env=prod",))
