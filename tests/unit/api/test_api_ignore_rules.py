"""The actions of ignore rules: what they check, who may call them, what limited users reach."""

import pytest

from account_bench import AccountBench
from hostward.domain.account import Role
from ignore_scenarios import DOCUMENT, KEY, document


@pytest.fixture
def bench() -> AccountBench:
    """A gateway."""
    return AccountBench()


@pytest.fixture
def account(bench: AccountBench):
    """An account with a machine for tests and one in production."""
    made = bench.account()
    for name in ("test", "prod"):
        bench.machine(made, f"{name}-1", f"env={name}", quuid=f"q-{name}")
    return made


@pytest.fixture
def admin(bench: AccountBench, account):
    """An administrator."""
    return bench.client(account)


def rules(caller, **said: object) -> list[dict]:
    """The rules that the caller sees."""
    return caller.ok("ListIgnoreRules", said)["Rules"]


def test_a_rule_is_made_changed_and_ended(admin) -> None:
    """What is left out of a change stays; an ended rule is listed on request and can't be changed."""
    admin.ok("CreateIgnoreRule", {"Key": "cve-2026-1 ", "PackageName": "curl", "Remark": "r"})
    admin.ok("UpdateIgnoreRule", {"RuleId": 1, "Scope": "except", "QuuidList": ["q-prod"], "Owner": "ann"})
    admin.ok("UpdateIgnoreRule", {"RuleId": 1, "ExpireTime": "2030-01-01 00:00:00"})
    (one,) = rules(admin)
    shown = [one[name] for name in ("Key", "Scope", "Quuids", "PackageName", "Remark", "Owner", "ExpireTime", "State")]
    expected = ["CVE-2026-1", "except", ["q-prod"], "curl", "r", "ann", "2030-01-01 00:00:00", "in force"]
    assert shown == expected
    admin.ok("UpdateIgnoreRule", {"RuleId": 1, "ExpireTime": ""})
    assert rules(admin)[0]["ExpireTime"] == ""
    admin.ok("EndIgnoreRule", {"RuleId": 1})
    admin.ok("EndIgnoreRule", {"RuleId": 1})
    assert (rules(admin), [one["State"] for one in rules(admin, Ended=True)]) == ([], ["ended"])
    assert "make a new one" in admin("UpdateIgnoreRule", {"RuleId": 1, "Owner": "x"}).message


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Key": " "}, "CVE"),
        ({"Scope": "some"}, "all, chosen, except, tagged"),
        ({"Scope": "chosen"}, "chosen"),
        ({"Scope": "chosen", "QuuidList": ["nobody"]}, "nobody"),
        ({"Scope": "tagged"}, "tag"),
        ({"Scope": "tagged", "Tags": ["env=none"]}, "env=none"),
        ({"PackageVersion": "1"}, "PackageName"),
        ({"ExpireTime": "tomorrow"}, "YYYY-MM-DD HH:MM:SS"),
        ({"ExpireTime": "2020-01-01 00:00:00"}, "later"),
        ({"Remark": "x" * 1001}, "1000"),
    ],
)
def test_a_rule_that_says_nothing_clear_is_refused(admin, said: dict, words: str) -> None:
    """In words that say what to do; nothing is stored."""
    refused = admin("CreateIgnoreRule", {"Key": KEY} | said)
    assert (refused.code, words in refused.message, rules(admin)) == ("InvalidParameterValue", True, [])


def test_rules_are_found_by_their_words(admin) -> None:
    """In any case."""
    for key, package in (("CVE-1", "curl"), ("CVE-2", "bash")):
        admin.ok("CreateIgnoreRule", {"Key": key, "PackageName": package})
    assert [one["Key"] for one in rules(admin, Query="CURL")] == ["CVE-1"]
    assert admin.ok("ListIgnoreRules", {"Limit": 1, "Offset": 1})["TotalCount"] == 2


def test_limited_users_see_and_make_only_rules_within_their_machines(bench: AccountBench, account, admin) -> None:
    """By machines or by their own tags; what reaches further does not exist for them."""
    limited = bench.client(account, "operator", Role.OPERATOR, ("env=test",))
    for said in ({}, {"Scope": "chosen", "QuuidList": ["q-prod"]}, {"Scope": "tagged", "Tags": ["env=prod"]}):
        admin.ok("CreateIgnoreRule", {"Key": KEY} | said)
        assert limited("CreateIgnoreRule", {"Key": KEY} | said).code == "InvalidParameterValue"
    assert rules(limited) == []
    assert limited("EndIgnoreRule", {"RuleId": 1}).message == limited("EndIgnoreRule", {"RuleId": 99}).message.replace(
        "99", "1"
    )
    limited.ok("CreateIgnoreRule", {"Key": KEY, "Scope": "chosen", "QuuidList": ["q-test"]})
    limited.ok("CreateIgnoreRule", {"Key": KEY, "Scope": "tagged", "Tags": ["env=test"]})
    mine = [one["RuleId"] for one in rules(limited)]
    assert [one["RuleId"] for one in rules(admin)][:2] == mine
    assert limited("UpdateIgnoreRule", {"RuleId": mine[0], "Scope": "all"}).code == "InvalidParameterValue"
    limited.ok("EndIgnoreRule", {"RuleId": mine[0]})
    assert limited("ImportVex", {"Content": document()}).code == "AuthFailure.UnauthorizedOperation"


def test_auditors_only_look(bench: AccountBench, account) -> None:
    """Default deny."""
    auditor = bench.client(account, "auditor", Role.AUDITOR)
    assert rules(auditor) == []
    for action, said in (("CreateIgnoreRule", {"Key": KEY}), ("ImportVex", {"Content": document()})):
        assert auditor(action, said).code == "AuthFailure.UnauthorizedOperation"


def test_a_document_is_imported_replaced_and_removed(admin) -> None:
    """The same content again changes nothing; what it says no more ends."""
    first = admin.ok("ImportVex", {"Content": document(1)})
    again = admin.ok("ImportVex", {"Content": document(1)})
    assert [(one["Made"], one["Kept"], one["Ended"]) for one in (first, again)] == [(1, 0, 0), (0, 1, 0)]
    (one,) = rules(admin)
    assert (one["Source"], one["VexStatus"], one["Document"]) == ("openvex", "not_affected", DOCUMENT)
    assert admin.ok("ImportVex", {"Content": document(2, "affected")})["Ended"] == 1
    assert admin("ImportVex", {"Content": document(1)}).code == "InvalidParameterValue"
    admin.ok("ImportVex", {"Content": document(3)})
    assert [one["Version"] for one in admin.ok("ListVexDocuments")["Documents"]] == [3]
    assert admin.ok("RemoveVex", {"Document": DOCUMENT})["Ended"] == 1
    assert (rules(admin), admin.ok("ListVexDocuments")["Documents"]) == ([], [])
    assert admin("RemoveVex", {"Document": DOCUMENT}).code == "InvalidParameterValue"


def test_every_change_is_in_the_audit_log(admin) -> None:
    """With the rule it is about."""
    admin.ok("CreateIgnoreRule", {"Key": KEY})
    admin.ok("EndIgnoreRule", {"RuleId": 1})
    entries = admin.ok("ListAuditEntries", {})["Entries"]
    assert [(one["Action"], one["Target"]) for one in entries[:2]] == [
        ("EndIgnoreRule", "RuleId 1"),
        ("CreateIgnoreRule", f"Key {KEY}"),
    ]
