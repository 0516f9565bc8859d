"""Vulnerabilities that are set aside, and the requests that show and change that."""

import json

from account_scenarios import QUUIDS, staffed
from api_bench import BEGIN, ApiBench
from api_scenarios import Example
from hostward.domain.ids import AccountId
from hostward.domain.ignoring import Product, Scope
from hostward.protocol import openvex
from hostward.usecases.vulnerabilities import ignore

SERVICE = "hostward"
KEY = "CVE-2024-3094"
DOCUMENT = "https://example.com/vex/2026-7"


def document(version: int = 1, status: str = "not_affected") -> str:
    """An OpenVEX document about curl of Debian 12, and about a container."""
    curl, image = {"@id": "pkg:deb/debian/curl?distro=debian-12"}, {"@id": "pkg:oci/app"}
    said = {"status": status, "justification": "vulnerable_code_not_present"}
    return json.dumps(
        {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": DOCUMENT,
            "author": "security@example.com",
            "timestamp": "2026-11-01T00:00:00Z",
            "version": version,
            "statements": [{"vulnerability": {"name": "CVE-2026-0001"}, "products": [curl, image], **said}],
        }
    )


def set_aside() -> ApiBench:
    """One vulnerability is set aside on a machine, one in a package, and one since a vendor says so."""
    api = staffed()
    account = AccountId(1)
    wanted = [
        ignore.Wanted(
            key=KEY, reach=ignore.Reach(scope=Scope.CHOSEN, quuids=QUUIDS[:1]), reason="no sshd", owner="ann"
        ),
        ignore.Wanted(key="CVE-2026-0002", product=Product(name="openssl", ecosystem="Debian"), owner="bob"),
    ]

    def work(uow) -> None:
        uow.advisories.vul_ids([KEY])
        ignore.create(uow, account=account, wanted=wanted, now=BEGIN)
        vex = openvex.read(document(2).encode())
        ignore.bring(uow, account=account, vex=vex, reach=ignore.Reach(), owner="ann", now=BEGIN)

    api.store.write_now(work)
    return api


def _example(
    name: str, action: str, request: dict | None = None, *, language: str = "en-US", service: str = SERVICE
) -> Example:
    return Example(name, set_aside, action, request or {}, service, language)


NEW = {
    "Key": KEY,
    "Scope": "tagged",
    "Tags": ["env=prod"],
    "Remark": "no sshd there",
    "ExpireTime": "2027-01-31 00:00:00",
}
ADDED = {"RuleDetailList": [{"VulID": 1, "AssetScopeType": 0, "ExcludeQuuidList": [QUUIDS[1]], "Remark": "no sshd"}]}
UNKNOWN = {"RuleDetailList": [{"VulID": 99, "AssetScopeType": 0}]}
IGNORE_EXAMPLES = (
    _example("list_ignore_rules", "ListIgnoreRules", {"Query": "cve-2026"}),
    _example("create_ignore_rule", "CreateIgnoreRule", NEW),
    _example("create_ignore_rule_nowhere_zh", "CreateIgnoreRule", {"Key": KEY, "Scope": "chosen"}, language="zh-CN"),
    _example("update_ignore_rule", "UpdateIgnoreRule", {"RuleId": 1, "Scope": "all", "Owner": "carol"}),
    _example("update_unknown_ignore_rule", "UpdateIgnoreRule", {"RuleId": 9, "Owner": "carol"}),
    _example("end_ignore_rule", "EndIgnoreRule", {"RuleId": 2}),
    _example("end_unknown_ignore_rule_zh", "EndIgnoreRule", {"RuleId": 9}, language="zh-CN"),
    _example("import_vex", "ImportVex", {"Content": document(3, "affected")}),
    _example("import_vex_older", "ImportVex", {"Content": document(1)}),
    _example("import_vex_that_is_none", "ImportVex", {"Content": "{}"}),
    _example("list_vex_documents", "ListVexDocuments"),
    _example("remove_vex", "RemoveVex", {"Document": DOCUMENT}),
    _example("add_vul_ignore_rule", "AddVulIgnoreRule", ADDED, service="cwp"),
    _example("add_vul_ignore_rule_of_nobody", "AddVulIgnoreRule", UNKNOWN, service="cwp"),
)  # fmt: skip
