"""The account actions of the service hostward."""

import asyncio

import pytest

from account_bench import AccountBench, Client
from hostward.domain.account import Role

DENIED = "AuthFailure.UnauthorizedOperation"


@pytest.fixture
def bench() -> AccountBench:
    """A gateway without accounts."""
    return AccountBench()


@pytest.fixture
def admin(bench: AccountBench) -> Client:
    """The administrator of account 1."""
    return bench.client(bench.account())


def new_client(admin: Client, name: str, role: str = "operator", **others) -> Client:
    """A user made by the actions themselves, with a key."""
    admin.ok("CreateUser", {"UserName": name, "Role": role, **others})
    key = admin.ok("CreateApiKey", {"UserName": name})
    return Client(admin.bench, key["SecretId"], key["SecretKey"])


def user_of(admin: Client, name: str) -> dict:
    """A user as ListUsers has them."""
    return next(one for one in admin.ok("ListUsers")["Users"] if one["UserName"] == name)


def keys_of(admin: Client, name: str) -> list[dict]:
    """A user's keys as ListApiKeys has them."""
    return admin.ok("ListApiKeys", {"UserName": name})["Keys"]


def test_a_user_is_made_with_role_and_limit(admin: Client) -> None:
    """And is listed after those before."""
    made = admin.ok("CreateUser", {"UserName": "ann", "Role": "operator", "Tags": ["team=a", "env=prod"]})["User"]
    expected = {
        "UserName": "ann", "Role": "operator", "Enabled": True, "Locked": False, "Tags": ["env=prod", "team=a"],
    }  # fmt: skip
    assert (made, admin.ok("ListUsers")["Users"][1], admin.ok("ListUsers")["TotalCount"]) == (expected, expected, 2)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"UserName": "a b", "Role": "operator"}, "InvalidParameterValue"),
        ({"UserName": "ann", "Role": "root"}, "InvalidParameterValue"),
        ({"UserName": "ann", "Role": "operator", "Tags": ["prod"]}, "InvalidParameterValue"),
        ({"UserName": "admin", "Role": "operator"}, "FailedOperation"),
        ({"Role": "operator"}, "MissingParameter"),
    ],
)
def test_a_user_that_can_not_be_is_refused(admin: Client, request_: dict, code: str) -> None:
    """And none is made."""
    assert (admin("CreateUser", request_).code, admin.ok("ListUsers")["TotalCount"]) == (code, 1)


@pytest.mark.parametrize(
    ("action", "undo", "field", "value"),
    [("DisableUser", "EnableUser", "Enabled", False), ("LockUser", "UnlockUser", "Locked", True)],
)
def test_a_user_is_kept_out_and_let_in_again(admin: Client, action: str, undo: str, field: str, value: bool) -> None:
    """With the code for users who are disabled or locked, as far as an action may send it."""
    ann = new_client(admin, "ann")
    assert admin.ok(action, {"UserName": "ann"})["User"][field] is value
    assert ann("ListScanTasks").code == "AuthFailure"
    assert ann("DescribeMachines", {}, service="cwp").code == "AuthFailure.UnauthorizedOperation"
    admin.ok(undo, {"UserName": "ann"})
    assert (user_of(admin, "ann")[field], ann("ListScanTasks").code) == (not value, "")


def test_a_lock_outlasts_enabling(admin: Client) -> None:
    """The two are different."""
    ann = new_client(admin, "ann")
    admin.ok("LockUser", {"UserName": "ann"})
    admin.ok("EnableUser", {"UserName": "ann"})
    assert ann("ListScanTasks").code != ""


def test_a_new_role_counts_at_once(admin: Client) -> None:
    """For the next request of the same key."""
    ann = new_client(admin, "ann")
    assert ann("ListUsers").code == DENIED
    admin.ok("SetUserRole", {"UserName": "ann", "Role": "auditor"})
    assert ann("ListUsers").code == ""


def test_a_limit_takes_the_place_of_the_one_before(admin: Client) -> None:
    """An empty one ends it."""
    new_client(admin, "ann", Tags=["env=prod"])
    assert admin.ok("SetUserTags", {"UserName": "ann", "Tags": ["env=test"]})["User"]["Tags"] == ["env=test"]
    assert admin.ok("SetUserTags", {"UserName": "ann", "Tags": []})["User"]["Tags"] == []


@pytest.mark.parametrize(
    ("action", "others"),
    [
        ("DisableUser", {}),
        ("LockUser", {}),
        ("SetUserRole", {"Role": "operator"}),
        ("SetUserTags", {"Tags": ["env=prod"]}),
    ],
)
def test_the_last_administrator_stays_one(admin: Client, action: str, others: dict) -> None:
    """Another administrator without a key does not count."""
    admin.ok("CreateUser", {"UserName": "second", "Role": "administrator"})
    before = user_of(admin, "admin")
    assert admin(action, {"UserName": "admin", **others}).code == "FailedOperation"
    assert user_of(admin, "admin") == before
    admin.ok("CreateApiKey", {"UserName": "second"})
    assert admin(action, {"UserName": "admin", **others}).code == ""


@pytest.mark.parametrize("action", ["DisableApiKey", "DeleteApiKey"])
def test_the_last_key_of_the_last_administrator_stays(admin: Client, action: str) -> None:
    """Nobody could make another one."""
    assert admin(action, {"AccessKeyId": admin.secret_id}).code == "FailedOperation"
    assert admin("ListUsers").code == ""


@pytest.mark.parametrize("action", ["DisableUser", "EnableUser", "LockUser", "UnlockUser", "CreateApiKey"])
def test_an_unknown_user_is_refused(admin: Client, action: str) -> None:
    """One of another account in the same words."""
    other = admin.bench.account("other")
    admin.bench.user(other, "bob")
    said = [admin(action, {"UserName": name}).message.replace(name, "X") for name in ("bob", "tom")]
    assert said[0] == said[1] == "there is no user X in this account: hostward user ls shows them"


def test_a_secret_is_in_one_answer_only(admin: Client) -> None:
    """Neither lists nor the audit log have it."""
    admin.ok("CreateUser", {"UserName": "ann", "Role": "operator"})
    key = admin.ok("CreateApiKey", {"UserName": "ann"})
    later = [admin(name, {}).raw for name in ("ListApiKeys", "ListUsers", "ListAuditEntries")]
    assert [key["SecretKey"].encode() in raw for raw in later] == [False, False, False]
    assert [one["SecretId"] for one in keys_of(admin, "ann")] == [key["SecretId"]]


def test_a_user_has_at_most_two_keys(admin: Client) -> None:
    """One in use, one to change over to."""
    new_client(admin, "ann")
    admin.ok("CreateApiKey", {"UserName": "ann"})
    assert admin("CreateApiKey", {"UserName": "ann"}).code == "FailedOperation"


def test_a_disabled_key_signs_no_more(admin: Client) -> None:
    """Until it is enabled again."""
    ann = new_client(admin, "ann")
    admin.ok("DisableApiKey", {"AccessKeyId": ann.secret_id})
    assert ann("ListScanTasks").code == "AuthFailure.InvalidSecretId"
    admin.ok("EnableApiKey", {"AccessKeyId": ann.secret_id})
    assert ann("ListScanTasks").code == ""


def test_a_deleted_key_is_unknown(admin: Client) -> None:
    """As if it had never been."""
    ann = new_client(admin, "ann")
    admin.ok("DeleteApiKey", {"AccessKeyId": ann.secret_id})
    assert (ann("ListScanTasks").code, keys_of(admin, "ann")) == ("AuthFailure.SecretIdNotFound", [])


def test_both_keys_work_during_the_overlap(admin: Client) -> None:
    """Then the new one alone, and there is room for another."""
    ann = new_client(admin, "ann")
    new = admin.ok("RotateApiKey", {"AccessKeyId": ann.secret_id, "OverlapSeconds": 600})
    later = Client(admin.bench, new["SecretId"], new["SecretKey"])
    assert [client("ListScanTasks").code for client in (ann, later)] == ["", ""]
    admin.bench.clock.turn(600)
    assert [client("ListScanTasks").code for client in (ann, later)] == ["AuthFailure.InvalidSecretId", ""]
    assert (new["OldSecretId"], new["OldExpiredTime"]) == (ann.secret_id, keys_of(admin, "ann")[0]["ExpiredTime"])
    admin.ok("RotateApiKey", {"AccessKeyId": later.secret_id})
    assert keys_of(admin, "ann")[0]["SecretId"] == later.secret_id


def test_an_overlap_of_nothing_ends_the_old_key_at_once(admin: Client) -> None:
    """For a key that is in wrong hands."""
    ann = new_client(admin, "ann")
    admin.ok("RotateApiKey", {"AccessKeyId": ann.secret_id, "OverlapSeconds": 0})
    assert ann("ListScanTasks").code == "AuthFailure.InvalidSecretId"


@pytest.mark.parametrize("seconds", [604_801, 2**64 - 1])
def test_an_overlap_of_more_than_a_week_is_refused(admin: Client, seconds: int) -> None:
    """It would be a second key for good."""
    request = {"AccessKeyId": admin.secret_id, "OverlapSeconds": seconds}
    assert admin("RotateApiKey", request).code == "InvalidParameterValue"


@pytest.mark.parametrize("state", ["disabled", "replaced"])
def test_a_key_that_is_on_its_way_out_is_not_replaced(admin: Client, state: str) -> None:
    """There would be a key more each time."""
    ann = new_client(admin, "ann")
    if state == "disabled":
        admin.ok("DisableApiKey", {"AccessKeyId": ann.secret_id})
    else:
        admin.ok("RotateApiKey", {"AccessKeyId": ann.secret_id})
    answer = admin("RotateApiKey", {"AccessKeyId": ann.secret_id})
    assert (answer.code, state in answer.message) == ("FailedOperation", True)


@pytest.mark.parametrize("role", ["operator", "auditor"])
def test_everybody_may_change_their_own_key_over(admin: Client, role: str) -> None:
    """But nobody else's."""
    ann = new_client(admin, "ann", role)
    assert ann("RotateApiKey", {"AccessKeyId": admin.secret_id}).code == "InvalidParameterValue"
    assert ann.ok("RotateApiKey", {"AccessKeyId": ann.secret_id})["UserName"] == "ann"


def test_the_last_use_of_a_key_is_shown_to_the_minute(admin: Client) -> None:
    """Written by the log, not by each request."""
    ann = new_client(admin, "ann")
    assert keys_of(admin, "ann")[0]["LastUsedTime"] == ""
    ann.ok("ListScanTasks")
    run(admin.bench.api.gateway.request_log.write())
    first = keys_of(admin, "ann")[0]["LastUsedTime"]
    ann.ok("ListScanTasks")
    run(admin.bench.api.gateway.request_log.write())
    again = keys_of(admin, "ann")[0]["LastUsedTime"]
    admin.bench.clock.turn(60)
    ann.ok("ListScanTasks")
    run(admin.bench.api.gateway.request_log.write())
    assert (first != "", first == again, keys_of(admin, "ann")[0]["LastUsedTime"] > again) == (True, True, True)


def test_tags_are_given_and_taken(bench: AccountBench, admin: Client) -> None:
    """All tags of each machine come back."""
    account = bench.store.read_now(lambda uow: uow.accounts.first())
    for name in ("web", "db"):
        bench.machine(account, name)
    request = {"QuuidList": ["q-web", "q-db"], "AddTags": ["env=prod", "x=1"]}
    admin.ok("SetMachineTags", request)
    after = admin.ok("SetMachineTags", {"QuuidList": ["q-db"], "AddTags": ["x=2"], "RemoveTags": ["x=1", "no=1"]})
    assert after["Machines"] == [{"Quuid": "q-db", "Tags": ["env=prod", "x=2"]}]
    listed = admin.ok("ListMachineTags")
    assert [(one["HostName"], one["Tags"]) for one in listed["Machines"]] == [
        ("web", ["env=prod", "x=1"]), ("db", ["env=prod", "x=2"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "request_",
    [
        {"QuuidList": ["q-none"], "AddTags": ["a=1"]},
        {"QuuidList": []},
        {"QuuidList": ["q-web"], "AddTags": ["no tag"]},
        {"QuuidList": ["q-web"], "AddTags": [f"n={number}" for number in range(51)]},
    ],
    ids=["unknown", "none", "no tag", "too many"],
)
def test_tags_that_can_not_be_are_refused(bench: AccountBench, admin: Client, request_: dict) -> None:
    """And none is given."""
    bench.machine(bench.store.read_now(lambda uow: uow.accounts.first()), "web")
    assert admin("SetMachineTags", request_).code == "InvalidParameterValue"
    assert admin.ok("ListMachineTags")["Machines"][0]["Tags"] == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_accounts_are_an_administrators_business(bench: AccountBench, role: Role) -> None:
    """Every action that changes users, keys of others or tags."""
    client = bench.client(bench.account(), "ann", role)
    for action in (
        "CreateUser", "SetUserRole", "SetUserTags", "DisableUser", "EnableUser", "LockUser", "UnlockUser",
        "CreateApiKey", "DisableApiKey", "EnableApiKey", "DeleteApiKey", "SetMachineTags",
    ):  # fmt: skip
        assert (action, client(action, {}).code) == (action, DENIED)


def run(coroutine) -> None:
    """Wait for it."""
    asyncio.run(coroutine)
