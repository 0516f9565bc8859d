"""Which code when: requests with many mistakes at once are refused for the first one in the specification's order."""

from dataclasses import replace

import pytest

from api_bench import USER, ApiBench
from hostward.api.http import MAX_POST
from hostward.domain.account import Role

STATE = "DescribeScanState"


STEPS = [
    ("RequestSizeLimitExceeded", {"extra": {"content-length": str(MAX_POST + 1)}}),
    ("UnsupportedProtocol", {"method": "PUT"}),
    ("InvalidRequest", {"extra": {"content-type": "multipart/form-data; boundary=x"}}),
    ("MissingParameter", {"drop": ("x-tc-version",)}),
    ("AuthFailure.InvalidAuthorization", {"extra": {"authorization": "SKIP"}}),
    ("AuthFailure.SecretIdNotFound", {"secret_id": "AKIDnobody"}),
    ("AuthFailure.SignatureExpire", {"timestamp": 1}),
    ("AuthFailure.TokenFailure", {"extra": {"x-tc-token": "t"}}),
    ("AuthFailure.SignatureFailure", {"secret": "wrong"}),
    ("NoSuchVersion", {"version": "2020-01-01"}),
    ("InvalidAction", {"action": "MadeUp"}),
    ("InvalidParameter.IllegalRequest", {"body": b"["}),
]


def merged(steps: list[dict]) -> dict:
    """All the options together; the earliest step wins where two set the same."""
    options: dict = {}
    for step in reversed(steps):
        for name, value in step.items():
            options[name] = {**options.get(name, {}), **value} if isinstance(value, dict) else value
    return options


@pytest.mark.parametrize("first", range(len(STEPS)))
def test_the_earliest_mistake_decides(api: ApiBench, first: int):
    """A request with this mistake and every later one is refused for this one."""
    options = merged([step for _, step in STEPS[first:]])
    action = options.pop("action", STATE)
    assert api.call(action, {"ModuleType": "Vul"}, **options).code == STEPS[first][0]


def test_a_disabled_key_comes_before_its_disabled_user(api: ApiBench):
    """And both before the time."""
    api.set_key(enabled=False)
    assert api.call(STATE, {}, timestamp=1).code == "AuthFailure.InvalidSecretId"


def test_a_disabled_user_comes_before_the_time(api: ApiBench):
    """The user is known by then, and out."""
    api.set_key(user=replace(USER, enabled=False))
    answer = api.call(STATE, {}, timestamp=1)
    assert (answer.code, USER.name in answer.message) == ("AuthFailure", True)


@pytest.mark.parametrize("name", ["x-tc-action", "x-tc-version", "x-tc-timestamp"])
def test_a_missing_common_parameter_is_named(api: ApiBench, name: str):
    """Action, Version and Timestamp."""
    answer = api.call(STATE, {}, drop=(name,))
    assert (answer.code, name.removeprefix("x-tc-").capitalize() in answer.message) == ("MissingParameter", True)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_no_protocol_of_this_api(api: ApiBench, method: str):
    """Only POST and GET are."""
    assert api.call(STATE, {}, method=method).code == "UnsupportedProtocol"


def test_role_comes_before_rate_and_body(api: ApiBench):
    """Who may not scan learns nothing about the request's body."""
    api.set_key(user=replace(USER, role=Role.AUDITOR))
    answer = api.call("ScanVul", body=b"[")
    assert (answer.code, "auditor" in answer.message) == ("AuthFailure.UnauthorizedOperation", True)


@pytest.mark.parametrize("action", ["ScanVul", "CreateScanMalwareSetting", "StartBaselineDetect", "DeleteScanTask"])
def test_an_auditor_starts_and_stops_nothing(api: ApiBench, action: str):
    """Auditors read."""
    api.set_key(user=replace(USER, role=Role.AUDITOR))
    assert api.call(action, {}).code == "AuthFailure.UnauthorizedOperation"
    assert api.call(STATE, {"ModuleType": "Vul"}).code == ""


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR])
def test_administrators_and_operators_scan(api: ApiBench, role: Role):
    """Both may start a scan."""
    api.set_key(user=replace(USER, role=role))
    assert api.call("ScanVul", {"VulLevels": "0", "HostType": 1}).code == ""


def test_a_known_action_that_is_not_served_is_told_from_a_made_up_one(api: ApiBench):
    """A client learns whether to wait for it or to look for its typing mistake."""
    assert api.call("DescribeAssetInfo", {}).code == "UnsupportedOperation"
    assert api.call("DescribeMachinez", {}).code == "InvalidAction"


def test_actions_of_one_service_are_unknown_to_the_other(api: ApiBench):
    """`cwp` stays pure."""
    assert api.call("ListScanTasks", {}).code == "InvalidAction"
    assert api.call("ScanVul", {}, service="hostward").code == "InvalidAction"
    assert api.call("DescribeMachines", {}, service="hostward").code == "InvalidAction"


def test_a_version_of_the_other_service_is_none(api: ApiBench):
    """The message says which version to use."""
    answer = api.call(STATE, {}, version="2026-12-01")
    assert (answer.code, "2018-02-28" in answer.message) == ("NoSuchVersion", True)


def test_a_first_label_scope_with_an_unknown_version_is_no_version(api: ApiBench):
    """Neither scope nor version says which service is meant."""
    assert api.call(STATE, {}, scope="127", version="2020-01-01").code == "NoSuchVersion"


def test_a_request_without_authorization_is_told_so(api: ApiBench):
    """The header is missing, not unreadable."""
    answer = api.call(STATE, {}, drop=("authorization",))
    assert (answer.code, "missing" in answer.message) == ("AuthFailure.InvalidAuthorization", True)


def test_a_form_that_can_not_be_read_has_no_action(api: ApiBench):
    """Too many fields are not looked at."""
    body = b"&".join(b"a=%d" % number for number in range(10_001))
    answer = api.send(body, {"host": "h", "content-type": "application/x-www-form-urlencoded"})
    assert answer.code == "MissingParameter"
