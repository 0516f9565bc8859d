"""Temporary keys (CreateTemporaryToken) and X-TC-Token."""

import pytest

from account_bench import AccountBench, Client
from hostward.domain.account import MAX_TOKEN_LIFE, Role

DENIED = "AuthFailure.UnauthorizedOperation"
WRONG = "AuthFailure.TokenFailure"
LONGEST = int(MAX_TOKEN_LIFE.total_seconds())


@pytest.fixture
def bench() -> AccountBench:
    """A gateway without accounts."""
    return AccountBench()


@pytest.fixture
def admin(bench: AccountBench) -> Client:
    """The administrator of account 1."""
    return bench.client(bench.account())


def temporary(maker: Client, **request) -> Client:
    """A client with a temporary key."""
    made = maker.ok("CreateTemporaryToken", request)
    return Client(maker.bench, made["TmpSecretId"], made["TmpSecretKey"], made["Token"])


def test_a_temporary_key_works_with_its_token(admin: Client) -> None:
    """As its maker's own."""
    client = temporary(admin)
    assert (client("ListScanTasks").code, client("ListUsers").code) == ("", "")


def test_the_answer_says_when_it_ends(admin: Client) -> None:
    """Twice: as a number and as a text."""
    made = admin.ok("CreateTemporaryToken", {"DurationSeconds": 600})
    ends = int(admin.bench.clock.now().timestamp()) + 600
    assert (made["ExpiredTime"], made["Expiration"]) == (ends, "2026-11-24T12:10:03Z")


@pytest.mark.parametrize("token", ["", "wrong", "ümlaut"])
def test_a_missing_or_wrong_token_is_refused(admin: Client, token: str) -> None:
    """The key alone is of no use."""
    client = temporary(admin)
    assert Client(admin.bench, client.secret_id, client.secret, token)("ListScanTasks").code == WRONG


def test_the_token_of_another_key_is_refused(admin: Client) -> None:
    """Each has its own."""
    first, second = temporary(admin), temporary(admin)
    assert Client(admin.bench, first.secret_id, first.secret, second.token)("ListScanTasks").code == WRONG


def test_a_token_with_a_lasting_key_is_refused(admin: Client) -> None:
    """A client that sends one believes something that is not so."""
    client = temporary(admin)
    assert Client(admin.bench, admin.secret_id, admin.secret, client.token)("ListScanTasks").code == WRONG


def test_a_temporary_key_ends(admin: Client) -> None:
    """To the second, for its token; by the next one made it is gone."""
    client = temporary(admin, DurationSeconds=60)
    admin.bench.clock.turn(56)
    assert client("ListScanTasks").code == ""
    assert client("ListScanTasks").code == WRONG
    temporary(admin)
    assert client("ListScanTasks").code == "AuthFailure.SecretIdNotFound"


@pytest.mark.parametrize(("seconds", "code"), [(0, "InvalidParameterValue"), (1, ""), (LONGEST, ""),
                                               (LONGEST + 1, "InvalidParameterValue")])  # fmt: skip
def test_a_temporary_key_lives_twelve_hours_at_most(admin: Client, seconds: int, code: str) -> None:
    """And at least a second."""
    assert admin("CreateTemporaryToken", {"DurationSeconds": seconds}).code == code


def test_a_temporary_key_may_have_fewer_rights(admin: Client) -> None:
    """Those of the role that it was made for."""
    client = temporary(admin, Role="auditor")
    assert (client("ListUsers").code, client("RunScheduleNow", {}).code) == ("", DENIED)


def test_a_temporary_key_never_has_more_rights(bench: AccountBench) -> None:
    """Whatever role is asked for."""
    operator = bench.client(bench.account(), "ann", Role.OPERATOR)
    client = temporary(operator, Role="administrator")
    assert (client("ListScanTasks").code, client("ListUsers").code) == ("", DENIED)


@pytest.mark.parametrize(
    ("action", "request_"),
    [
        ("CreateUser", {"UserName": "eve", "Role": "administrator"}),
        ("CreateApiKey", {"UserName": "admin"}),
        ("CreateTemporaryToken", {}),
        ("RotateApiKey", {"AccessKeyId": "AKID1admin"}),
        ("SetMachineTags", {"QuuidList": ["q"]}),
    ],
)
def test_a_temporary_key_makes_nothing_that_lasts(admin: Client, action: str, request_: dict) -> None:
    """An hour of rights is an hour."""
    assert temporary(admin)(action, request_).code == DENIED


@pytest.mark.parametrize("action", ["DisableApiKey", "DeleteApiKey"])
def test_a_temporary_key_ends_with_its_maker(bench: AccountBench, admin: Client, action: str) -> None:
    """Who takes a key away takes all that was made with it."""
    maker = bench.client(bench.store.read_now(lambda uow: uow.accounts.first()), "ann", Role.OPERATOR)
    client = temporary(maker)
    admin.ok(action, {"AccessKeyId": maker.secret_id})
    assert client("ListScanTasks").code == "AuthFailure.SecretIdNotFound"


@pytest.mark.parametrize("action", ["DisableUser", "LockUser"])
def test_a_temporary_key_stands_still_with_its_user(bench: AccountBench, admin: Client, action: str) -> None:
    """Disabled or locked."""
    maker = bench.client(bench.store.read_now(lambda uow: uow.accounts.first()), "ann", Role.OPERATOR)
    client = temporary(maker)
    admin.ok(action, {"UserName": "ann"})
    assert client("ListScanTasks").code == "AuthFailure"


def test_a_user_who_loses_a_role_loses_it_for_temporary_keys_too(bench: AccountBench, admin: Client) -> None:
    """They were made for the role that was."""
    maker = bench.client(bench.store.read_now(lambda uow: uow.accounts.first()), "ann", Role.AUDITOR)
    client = temporary(maker)
    assert client("ListUsers").code == ""
    admin.ok("SetUserRole", {"UserName": "ann", "Role": "operator"})
    assert client("ListUsers").code == DENIED


def test_a_temporary_key_of_a_replaced_key_ends_with_it(admin: Client) -> None:
    """Not later than the key that made it."""
    admin.ok("RotateApiKey", {"AccessKeyId": admin.secret_id, "OverlapSeconds": 60})
    made = admin.ok("CreateTemporaryToken", {"DurationSeconds": 3600})
    assert made["ExpiredTime"] - int(admin.bench.clock.now().timestamp()) == 57


def test_temporary_keys_are_not_listed_or_changed(admin: Client) -> None:
    """To the actions for keys they are unknown."""
    client = temporary(admin)
    assert [one["SecretId"] for one in admin.ok("ListApiKeys")["Keys"]] == [admin.secret_id]
    for action in ("DisableApiKey", "EnableApiKey", "DeleteApiKey", "RotateApiKey"):
        assert admin(action, {"AccessKeyId": client.secret_id}).code == "InvalidParameterValue"


def test_the_parts_of_a_temporary_key_are_in_one_answer_only(admin: Client) -> None:
    """The audit log has the name of the key, and neither secret nor token."""
    client = temporary(admin)
    raw = admin("ListAuditEntries", {}).raw
    kept = [part.encode() in raw for part in (client.secret_id, client.secret, client.token)]
    assert kept == [True, False, False]
