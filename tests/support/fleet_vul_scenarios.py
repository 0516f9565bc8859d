"""Machines whose vulnerabilities came, went and were set aside, and the requests that look at them."""

import json

from account_bench import AccountBench
from api_bench import ApiBench
from api_scenarios import Example
from hostward.domain.advisory import FixStatus
from hostward.domain.ids import AccountId
from hostward.domain.machine import Machine
from hostward.domain.severity import Level
from hostward.usecases.vulnerabilities import ignore
from store_samples import advisory, affects, package
from vul_scenarios import LOG4J, SSL, XZ, data, scan, shop

SERVICE = "hostward"
ABANDONED = "CVE-2026-0005"
PHP = "php8.2"
ECOSYSTEMS = {"debian": ("Debian:12",), "maven": ("Maven",)}
JAR = package(
    "org.apache.logging.log4j:log4j-core",
    "2.14.0",
    ecosystem="Maven",
    arch="",
    path=b"/srv/shop/log4j-core-2.14.0.jar",
)
BEFORE = {
    "web-1": [package("xz-utils", "5.6.0-0.2"), package(), package(PHP, "8.2.7-1")],
    "web-2": [package("xz-utils", "5.6.0-0.2"), JAR],
}
AFTER = {"web-1": BEFORE["web-1"], "web-2": [package("xz-utils", "5.6.1+really5.4.5-1"), JAR]}


def told() -> dict[str, list]:
    """What feeds say: the data of vul_scenarios, what nobody will fix, and how likely exploits are."""
    said = data()
    php = affects(PHP, "", status=FixStatus.WONT_FIX)
    said["debian"].append(
        advisory(ABANDONED, php, title="Old parser", level=Level.MEDIUM, level_source="debian urgency")
    )
    said["epss"] = [advisory(XZ, feed="epss", epss=0.85), advisory(LOG4J, feed="epss", epss=0.97565)]
    return said


def import_all(bench: AccountBench) -> None:
    """Import it."""
    for feed, some in told().items():
        bench.store.write_now(
            lambda uow, feed=feed, some=some: uow.advisories.replace(
                feed, some, ecosystems=ECOSYSTEMS.get(feed, ()), digest="d", now=bench.clock.now()
            )
        )


def machines(bench: AccountBench, account: AccountId) -> list[Machine]:
    """The account's machines."""
    return list(bench.store.read_now(lambda uow: uow.machines.of_account(account)))


def changed() -> tuple[AccountBench, AccountId]:
    """web-1 has xz, openssl and php; web-2 upgraded xz an hour after it was first seen and has log4j.

    On web-1 openssl is set aside.
    """
    bench, account = shop()
    import_all(bench)
    both = machines(bench, account)
    scan(bench, account, BEFORE, both)
    bench.clock.turn(3600)
    scan(bench, account, AFTER, both)
    aside = ignore.Wanted(key=SSL, reason="no TLS server there", owner="ann")
    bench.store.write_now(lambda uow: ignore.create(uow, account=account, wanted=[aside], now=bench.clock.now()))
    bench.clock.turn(60)
    return bench, account


def now_known() -> ApiBench:
    """One machine has xz, openssl (set aside) and php; the other upgraded xz an hour later, and has log4j."""
    return changed()[0].api


def _example(name: str, action: str, request: dict | None = None, *, language: str = "en-US") -> Example:
    return Example(name, now_known, action, request or {}, SERVICE, language)


EVENT = 2**29 + 1
BILL = json.dumps(
    {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "metadata": {"component": {"type": "container", "name": "shop:1.2"}},
        "components": [
            {"type": "operating-system", "name": "debian", "version": "12"},
            {"type": "library", "name": "xz-utils", "purl": "pkg:deb/debian/xz-utils@5.6.0-0.2?arch=amd64"},
            {"type": "library", "name": "left-pad", "purl": "pkg:npm/left-pad@1.3.0"},
            {"type": "library", "name": "nameless"},
        ],
    }
)
FLEET_VUL_EXAMPLES = (
    _example("list_vulnerabilities", "ListVulnerabilities", {"Limit": 2}),
    _example("list_vulnerabilities_that_count", "ListVulnerabilities",
             {"Status": "present", "Levels": [2, 3, 4], "Ignored": False, "SortBy": "Epss"}),
    _example("list_vulnerabilities_unknown_level_zh", "ListVulnerabilities", {"Levels": [9]}, language="zh-CN"),
    _example("list_vulnerable_machines", "ListVulnerableMachines", {"VulId": 1}),
    _example("list_vulnerable_machines_of_nothing_zh", "ListVulnerableMachines", {"VulId": 99}, language="zh-CN"),
    _example("list_machine_vulnerabilities", "ListMachineVulnerabilities", {"Quuid": "q-web-2", "Status": "present"}),
    _example("list_machine_vulnerabilities_of_nobody", "ListMachineVulnerabilities", {"Quuid": "q-9"}),
    _example("explain_finding", "ExplainFinding", {"EventId": EVENT}),
    _example("explain_finding_set_aside_zh", "ExplainFinding", {"EventId": EVENT + 1}, language="zh-CN"),
    _example("explain_finding_of_a_library", "ExplainFinding", {"EventId": 2 * 2**29 + 5}),
    _example("list_upgrades", "ListUpgrades"),
    _example("list_upgrades_of_too_many_zh", "ListUpgrades", {"Quuids": ["q"] * 101}, language="zh-CN"),
    _example("scan_sbom", "ScanSbom", {"Document": BILL}),
    _example("scan_sbom_that_is_none_zh", "ScanSbom", {"Document": "{}"}, language="zh-CN"),
    _example("explain_finding_of_nobody", "ExplainFinding", {"EventId": 7}),
)  # fmt: skip
