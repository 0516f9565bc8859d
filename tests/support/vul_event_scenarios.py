"""Vulnerabilities of machines in every state, made by scans, a rule and a newer edition of a feed."""

from dataclasses import replace

from account_bench import AccountBench
from api_bench import ApiBench
from api_scenarios import EXPORT, Example
from hostward.domain.ids import AccountId, RuleId
from hostward.domain.ignoring import IgnoreRule
from hostward.domain.machine import Machine
from store_samples import package
from vul_scenarios import FAR, SSL, data, import_data, scan, shop

HOUR = 3600.0
HAVE = {
    "web-1": [
        package("xz-utils", "5.6.0-0.2"),
        package(),
        package("nginx", "1.22.1-9"),
        package("bash", "5.2.15-2"),
    ],
    "web-2": [package("xz-utils", "5.6.0-0.2"), package("org.example:jar", "1.0", ecosystem="Maven")],
}


def machines(bench: AccountBench, account: AccountId) -> list[Machine]:
    """The account's machines."""
    return list(bench.store.read_now(lambda uow: uow.machines.of_account(account)))


def lived() -> tuple[AccountBench, AccountId]:
    """Both machines have xz; on web-1 a rule ignores nginx's, and openssl's is said by no feed any more.

    An hour lies between the scan, the rule and the newer edition, each.
    """
    bench, account = shop()
    scan(bench, account, HAVE, machines(bench, account))
    bench.clock.turn(HOUR)
    now = bench.clock.now()
    rule = IgnoreRule(id=RuleId(1), account=account, key=FAR, created=now, changed=now, owner="admin")
    bench.store.write_now(lambda uow: uow.ignores.put(rule))
    bench.clock.turn(HOUR)
    newer = [one for one in data()["debian"] if one.id != SSL]
    bench.store.write_now(
        lambda uow: uow.advisories.replace(
            "debian", newer, ecosystems=("Debian:12", "Maven"), digest="newer", now=bench.clock.now()
        )
    )
    bench.clock.turn(HOUR)
    return bench, account


def opened(bench: AccountBench, account: AccountId) -> None:
    """The rule ends, and the feed speaks of everything again."""
    rule = bench.store.read_now(lambda uow: uow.ignores.get(account, RuleId(1)))
    assert rule is not None
    bench.store.write_now(lambda uow: uow.ignores.put(replace(rule, ended=bench.clock.now())))
    import_data(bench.store, bench.clock.now())


def standing() -> ApiBench:
    """Both machines have xz; on web-1 a rule ignores nginx's, and openssl's is said by no feed any more."""
    return lived()[0].api


def exporting() -> ApiBench:
    """Both machines have xz; on web-1 nginx is ignored and openssl fixed; nothing was exported yet."""
    api = standing()
    api.exports.new_id = lambda: EXPORT
    return api


def number(bench: ApiBench, key: str) -> int:
    """A vulnerability's number."""
    return bench.store.read_now(lambda uow: uow.advisories.numbers([key]))[key]


def _example(name: str, action: str, request: dict | None = None, *, language: str = "en-US") -> Example:
    return Example(name, standing, action, request or {}, "cwp", language)


def _filter(name: str, *values: str) -> dict:
    return {"Name": name, "Values": list(values)}


XZ_ID, SSL_ID = 1, 2
PAGE = {"Limit": 10, "Offset": 0}
VUL_EVENT_EXAMPLES = (
    _example("vul_list", "DescribeVulList", {"Limit": 10}),
    _example("vul_list_fixed", "DescribeVulList", {"Filters": [_filter("Status", "3")], "By": "LastTime"}),
    _example("vul_list_attack_level_zh", "DescribeVulList", {"Filters": [_filter("AttackLevel", "1")]},
             language="zh-CN"),
    _example("vul_hosts", "DescribeVulEffectHostList", {**PAGE, "VulId": XZ_ID}),
    _example("vul_hosts_fixed_zh", "DescribeVulEffectHostList", {**PAGE, "VulId": SSL_ID}, language="zh-CN"),
    _example("vul_again_by_event", "ScanVulAgain", {"EventIds": f"{2**29 + XZ_ID},{2**29 + SSL_ID}"}),
    _example("vul_again_unknown_event_zh", "ScanVulAgain", {"EventIds": "1,2"}, language="zh-CN"),
    Example("export_vul_list", exporting, "ExportVulList", {"Filters": [_filter("Status", "0")], "IfDetail": 1}, "cwp"),
    _example("export_vul_list_detail", "ExportVulList", {"IfDetail": 2}),
    Example("export_vul_hosts", exporting, "ExportVulEffectHostList", {"VulId": XZ_ID}, "cwp"),
    _example("export_vul_hosts_unknown_zh", "ExportVulEffectHostList", {"VulId": 99}, language="zh-CN"),
    _example("asset_packages", "DescribeAssetSystemPackageList", {"Quuid": "q-web-2"}),
    _example("asset_packages_by_time_zh", "DescribeAssetSystemPackageList",
             {"Quuid": "q-web-2", "By": "InstallTime"}, language="zh-CN"),
    _example("asset_packages_of_nobody", "DescribeAssetSystemPackageList", {"Quuid": "nobody"}),
    _example("vul_level_count", "DescribeVulLevelCount", {"VulCategory": 4}),
    _example("vul_level_count_baseline", "DescribeVulLevelCount", {"VulCategory": 3}),
    _example("vul_top", "DescribeVulTop", {"Top": 5}),
    _example("vul_host_count_scan_time", "DescribeVulHostCountScanTime"),
    _example("vul_hosts_unknown", "DescribeVulEffectHostList", {**PAGE, "VulId": 99}),
)  # fmt: skip
