"""An account with users, keys, tagged machines and a log of what was done, and the requests that show and change it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from account_bench import AccountBench
from api_bench import KEY, REQUEST_ID, USER, ApiBench
from api_scenarios import Example
from hostward.domain.account import Role
from hostward.runtime import ids

SERVICE = "hostward"
NEW_ID = "ExampleExampleExampleExample"
NEW_SECRET = "made-up-secret-key-of-an-example"
NEW_TOKEN = "made-up-token-of-an-example"
OPERATOR_KEY = "AKID1operator"
QUUIDS = ("6f1c2b00-0000-4000-8000-000000000000", "6f1c2b00-0000-4000-8000-000000000001")


@contextmanager
def steady_secrets() -> Iterator[None]:
    """Within it, every key that is made has the same made-up SecretId, SecretKey and token."""

    def name(_length: int, prefix: str = "") -> str:
        return prefix + NEW_ID if prefix else NEW_SECRET

    with patch.object(ids, "name", name), patch.object(ids, "token", lambda: NEW_TOKEN):
        yield


def staffed() -> ApiBench:
    """An administrator, an operator who sees the production machines alone, an auditor; two machines."""
    bench = AccountBench()
    account = bench.account()
    admin = bench.user(account, USER.name)
    assert admin == USER
    bench.store.write_now(lambda uow: uow.accounts.add_key(KEY))
    bench.client(account, "operator", Role.OPERATOR, ("env=prod",))
    bench.user(account, "auditor", Role.AUDITOR)
    for quuid, name, tags in zip(QUUIDS, ("web-1", "web-2"), (("env=prod", "team=web"), ()), strict=True):
        bench.machine(account, name, *tags, quuid=quuid)
    return bench.api


def spared() -> ApiBench:
    """All machines use a quarter of their processors, those in production scan by night, and one has little memory."""
    api = staffed()
    for request in (
        {"CpuPercent": 25},
        {"Tag": "env=prod", "CpuPercent": 50, "Window": "22:00-06:00"},
        {"Quuid": QUUIDS[0], "MemoryMib": 256},
    ):
        assert not api.call("SetScanLimits", request, service=SERVICE).code
    return api


def locked_out() -> ApiBench:
    """The operator was disabled and locked, and the operator's key was disabled."""
    api = staffed()
    for action, request in (
        ("DisableApiKey", {"AccessKeyId": OPERATOR_KEY}),
        ("DisableUser", {"UserName": "operator"}),
        ("LockUser", {"UserName": "operator"}),
    ):
        assert not api.call(action, request, service=SERVICE).code
    return api


def changed() -> ApiBench:
    """An hour ago a user was made and another's role was refused; both are in the logs."""
    api = staffed()
    api.call("CreateUser", {"UserName": "night-shift", "Role": "operator"}, service=SERVICE)
    api.gateway._new_request_id = lambda: REQUEST_ID.replace("4000", "4001")
    api.call("SetUserRole", {"UserName": "nobody", "Role": "auditor"}, service=SERVICE)
    asyncio.run(api.gateway.request_log.write())
    api.clock.turn(3600)
    return api


def _example(name: str, state, action: str, request: dict | None = None, *, language: str = "en-US") -> Example:
    return Example(name, state, action, request or {}, SERVICE, language)


OPERATOR = {"UserName": "operator"}
OPERATORS_KEY = {"AccessKeyId": OPERATOR_KEY}
ACCOUNT_EXAMPLES = (
    _example("create_user", staffed, "CreateUser", {"UserName": "ci", "Role": "operator", "Tags": ["env=prod"]}),
    _example("create_user_taken", staffed, "CreateUser", OPERATOR | {"Role": "auditor"}),
    _example("create_user_unknown_role_zh", staffed, "CreateUser",
             {"UserName": "ci", "Role": "root"}, language="zh-CN"),
    _example("list_users", staffed, "ListUsers"),
    _example("set_user_role", staffed, "SetUserRole", OPERATOR | {"Role": "auditor"}),
    _example("set_user_role_of_last_administrator", staffed, "SetUserRole", {"UserName": "admin", "Role": "auditor"}),
    _example("set_user_tags", staffed, "SetUserTags", OPERATOR | {"Tags": ["env=test", "team=web"]}),
    _example("disable_user", staffed, "DisableUser", OPERATOR),
    _example("disable_unknown_user_zh", staffed, "DisableUser", {"UserName": "nobody"}, language="zh-CN"),
    _example("enable_user", locked_out, "EnableUser", OPERATOR),
    _example("lock_user", staffed, "LockUser", OPERATOR),
    _example("unlock_user", locked_out, "UnlockUser", OPERATOR),
    _example("create_api_key", staffed, "CreateApiKey", OPERATOR),
    _example("list_api_keys", locked_out, "ListApiKeys"),
    _example("list_api_keys_of_user", locked_out, "ListApiKeys", OPERATOR),
    _example("disable_api_key", staffed, "DisableApiKey", OPERATORS_KEY),
    _example("disable_last_api_key", staffed, "DisableApiKey", {"AccessKeyId": KEY.secret_id}),
    _example("enable_api_key", locked_out, "EnableApiKey", OPERATORS_KEY),
    _example("rotate_api_key", staffed, "RotateApiKey", OPERATORS_KEY | {"OverlapSeconds": 3600}),
    _example("rotate_api_key_too_long", staffed, "RotateApiKey", OPERATORS_KEY | {"OverlapSeconds": 604_801}),
    _example("delete_api_key", staffed, "DeleteApiKey", OPERATORS_KEY),
    _example("delete_unknown_api_key", staffed, "DeleteApiKey", {"AccessKeyId": "AKIDnobody"}),
    _example("create_temporary_token", staffed, "CreateTemporaryToken", {"DurationSeconds": 900, "Role": "auditor"}),
    _example("create_temporary_token_too_long", staffed, "CreateTemporaryToken", {"DurationSeconds": 86_400}),
    _example("set_machine_tags", staffed, "SetMachineTags",
             {"QuuidList": list(QUUIDS), "AddTags": ["env=test"], "RemoveTags": ["env=prod"]}),
    _example("set_machine_tags_unknown_machine", staffed, "SetMachineTags",
             {"QuuidList": ["nobody"], "AddTags": ["env=test"]}),
    _example("set_scan_limits", staffed, "SetScanLimits",
             {"Quuid": QUUIDS[0], "CpuPercent": 25, "MemoryMib": 256, "IoMib": 20, "Window": "22:00-06:00"}),
    _example("set_scan_limits_too_low_zh", staffed, "SetScanLimits", {"MemoryMib": 1}, language="zh-CN"),
    _example("set_scan_limits_unknown_tag", staffed, "SetScanLimits", {"Tag": "env=none", "CpuPercent": 25}),
    _example("list_scan_limits", spared, "ListScanLimits"),
    _example("list_scan_limits_of_machine", spared, "ListScanLimits", {"Quuid": QUUIDS[0]}),
    _example("list_machine_tags", staffed, "ListMachineTags", {"Limit": 10}),
    _example("list_audit_entries", changed, "ListAuditEntries", {"Limit": 10}),
    _example("describe_request", changed, "DescribeRequest", {"RequestId": REQUEST_ID}),
    _example("describe_request_unknown_zh", changed, "DescribeRequest", {"RequestId": "1"}, language="zh-CN"),
)  # fmt: skip
