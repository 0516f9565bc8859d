"""Limits of scans by API: what is set and shown, what limited users reach."""

import pytest

from account_bench import AccountBench
from hostward.domain.account import Role

PROD = ("env=prod",)


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


@pytest.fixture
def limited(bench: AccountBench, account):
    """An operator who sees production alone."""
    return bench.client(account, "ann", Role.OPERATOR, PROD)


def limits(caller, **said: object) -> list[tuple]:
    """Whom limits are for, and their percent of the processors."""
    found = caller.ok("ListScanLimits", said)["Limits"]
    return [(one["Scope"], one["Tag"] or one["Quuid"], one["CpuPercent"]) for one in found]


def test_limits_are_set_shown_and_removed(admin) -> None:
    """What holds for a machine is told with the limits that concern it; the call is in the audit log."""
    admin.ok("SetScanLimits", {"CpuPercent": 40, "Window": "22:00-06:00"})
    admin.ok("SetScanLimits", {"Tag": "env=prod", "CpuPercent": 20, "IoMib": 10})
    admin.ok("SetScanLimits", {"Quuid": "q-prod", "MemoryMib": 256})
    every = [("account", "", 40), ("tag", "env=prod", 20), ("machine", "q-prod", 0)]
    assert limits(admin) == limits(admin, Quuid="q-prod") == every
    assert limits(admin, Quuid="q-test") == every[:1]
    (holds,) = admin.ok("ListScanLimits", {"Quuid": "q-prod"})["Effective"]
    assert holds == {"CpuPercent": 20, "MemoryMib": 256, "IoMib": 10, "Window": "22:00-06:00"}
    admin.ok("SetScanLimits", {"Tag": "env=prod"})
    assert limits(admin) == [every[0], every[2]]
    entries = admin.ok("ListAuditEntries", {"Limit": 9})["Entries"]
    told = [one["Target"] for one in entries if one["Action"] == "SetScanLimits"]
    assert [told[0], told[1], told[2]] == ["Tag env=prod", "Quuid q-prod", "Tag env=prod"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Quuid": "nobody", "CpuPercent": 5}, "no such machine"),
        ({"Tag": "env=none", "CpuPercent": 5}, "env=none"),
        ({"Tag": "env=prod", "Quuid": "q-prod"}, "Tag"),
        ({"CpuPercent": 101}, "CpuPercent"),
        ({"MemoryMib": 1}, "MemoryMib"),
        ({"IoMib": 2**40}, "IoMib"),
        ({"Window": "by night"}, "22:00-06:00"),
    ],
)
def test_what_can_not_be_kept_is_refused(admin, said: dict, words: str) -> None:
    """By its name, and nothing is stored."""
    refused = admin("SetScanLimits", said)
    assert refused.code != ""
    assert words in refused.message
    assert limits(admin) == []


def test_a_limited_user_sets_limits_within_the_users_tags(admin, limited) -> None:
    """Of machines and tags in reach; the account's are shown but not changed, others' not even shown."""
    admin.ok("SetScanLimits", {"CpuPercent": 50})
    admin.ok("SetScanLimits", {"Quuid": "q-test", "CpuPercent": 5})
    admin.ok("SetScanLimits", {"Tag": "env=test", "CpuPercent": 5})
    limited.ok("SetScanLimits", {"Tag": "env=prod", "CpuPercent": 30})
    limited.ok("SetScanLimits", {"Quuid": "q-prod", "CpuPercent": 20})
    assert limits(limited) == [("account", "", 50), ("tag", "env=prod", 30), ("machine", "q-prod", 20)]
    assert limited("SetScanLimits", {"CpuPercent": 10}).code == "AuthFailure.UnauthorizedOperation"
    assert limited("SetScanLimits", {}).code == "AuthFailure.UnauthorizedOperation"
    for beyond in ({"Tag": "env=test"}, {"Quuid": "q-test"}):
        assert limited("SetScanLimits", {**beyond, "CpuPercent": 1}).code != ""
    assert limited("ListScanLimits", {"Quuid": "q-test"}).code == "InvalidParameterValue"
    assert len(limits(admin)) == 5


def test_a_limited_user_can_not_loosen_what_others_decided(admin, limited) -> None:
    """Stricter than the tag, the tag stricter than the account; hours that are set stay."""
    admin.ok("SetScanLimits", {"CpuPercent": 50, "Window": "22:00-06:00"})
    assert "stricter" in limited("SetScanLimits", {"Tag": "env=prod", "CpuPercent": 60}).message
    limited.ok("SetScanLimits", {"Tag": "env=prod", "CpuPercent": 40})
    assert "stricter" in limited("SetScanLimits", {"Quuid": "q-prod", "CpuPercent": 45}).message
    assert "stricter" in limited("SetScanLimits", {"Quuid": "q-prod", "Window": "00:00-23:59"}).message
    admin.ok("SetScanLimits", {"Quuid": "q-prod", "CpuPercent": 90})
    assert limits(admin)[-1] == ("machine", "q-prod", 90)


def test_an_auditor_reads_limits_and_sets_none(bench: AccountBench, account) -> None:
    """As with everything about machines."""
    auditor = bench.client(account, "eve", Role.AUDITOR)
    assert limits(auditor) == []
    assert auditor("SetScanLimits", {"CpuPercent": 10}).code == "AuthFailure.UnauthorizedOperation"
