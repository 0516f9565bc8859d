"""Codes: every one of the page can be reached, and an action sends none but its own and the common ones."""

import json
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from api_bench import USER, ApiBench
from api_contract import contract
from hostward.api.actions import ACTIONS
from hostward.api.errors import COMMON, INSTEAD, OF_DOMAIN, Code, allowed, refusal_of
from hostward.api.texts import INTERNAL
from hostward.domain import errors as domain

DETAILS = "DescribeScanTaskDetails"
PAGE = contract()["actions"][DETAILS]["errors"]


def broken(api: ApiBench) -> ApiBench:
    """A bench whose store fails with a secret in its words."""
    api.store.broken = RuntimeError("disk /secret/path is gone")
    return api


def reached(api: ApiBench, code: str) -> str:
    """What a request that deserves this code is answered with."""
    good = {"ModuleType": "Vul", "TaskId": 1}
    if code == "AuthFailure":
        api.set_key(user=replace(USER, enabled=False))
    if code == "InternalError":
        broken(api)
    body = {
        "InvalidParameter": json.dumps(good | {"TaskId": 1.5}),
        "InvalidParameter.IllegalRequest": "[",
        "InvalidParameterValue": json.dumps(good | {"Limit": 101}),
        "MissingParameter": "{}",
    }.get(code, json.dumps(good))
    return api.call(DETAILS, body=body.encode()).code


@pytest.mark.parametrize("code", PAGE)
def test_every_code_of_the_page_can_be_reached(api: ApiBench, code: str):
    """The six of DescribeScanTaskDetails."""
    assert reached(api, code) == code


def test_the_common_codes_are_those_of_the_contract():
    """All 38 of them."""
    assert frozenset(contract()["error_codes"]["common"]) == COMMON
    assert len(COMMON) == 38


@pytest.mark.parametrize("action", [action for action in ACTIONS if action.service == "cwp"], ids=lambda one: one.name)
def test_an_actions_own_codes_are_those_of_the_contract(action):
    """As its page lists them."""
    assert action.errors == frozenset(contract()["actions"][action.name]["errors"])


@pytest.mark.parametrize("action", ACTIONS, ids=lambda one: one.name)
@pytest.mark.parametrize("code", list(Code))
def test_no_action_sends_a_code_that_is_not_its_own(action, code: Code):
    """Whatever the refusal was, what is sent is on one of the two lists."""
    assert allowed(code, action.errors) in action.errors | COMMON


def test_codes_on_neither_list_have_a_stand_in_that_is_common():
    """So that no mapping can fail."""
    assert {code for code in Code if code not in COMMON} == set(INSTEAD)
    assert set(INSTEAD.values()) <= COMMON


@pytest.mark.parametrize(
    ("action", "code"),
    [(DETAILS, "InvalidParameter.IllegalRequest"), ("StartBaselineDetect", "InvalidParameter")],
)
def test_an_illegal_body_has_the_code_that_the_action_lists(api: ApiBench, action: str, code: str):
    """StartBaselineDetect does not list IllegalRequest."""
    assert api.call(action, body=b"[").code == code


@pytest.mark.parametrize(
    ("action", "request_body", "code"),
    [
        ("ScanVul", {"VulLevels": "0", "HostType": 1}, "FailedOperation.NoProfessionHost"),
        ("CreateScanMalwareSetting", {"ScanPattern": 1, "HostType": 1}, "FailedOperation.NoProfessionHost"),
        ("StartBaselineDetect", {"Param": {}}, "FailedOperation"),
    ],
)
def test_no_machine_to_scan_has_the_code_that_the_action_lists(action: str, request_body: dict, code: str):
    """A task of 0 machines is refused when it is created."""
    assert ApiBench(machines=0).call(action, request_body).code == code


@pytest.mark.parametrize(
    ("action", "code"), [(DETAILS, "AuthFailure"), ("ScanVul", "AuthFailure.UnauthorizedOperation")]
)
def test_a_disabled_user_has_the_code_that_the_action_lists(api: ApiBench, action: str, code: str):
    """ScanVul does not list AuthFailure."""
    api.set_key(user=replace(USER, enabled=False))
    assert api.call(action, {}).code == code


def test_an_unserved_action_sends_common_codes_alone(api: ApiBench):
    """Its own list is not known here."""
    api.set_key(user=replace(USER, enabled=False))
    assert api.call("DescribeAssetInfo", {}).code in COMMON


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (domain.InvalidValue("x"), Code.INVALID_VALUE),
        (domain.UnsupportedValue("x"), Code.INVALID_VALUE),
        (domain.NotFound("x"), Code.INVALID_VALUE),
        (domain.NoMachines("x"), Code.NO_HOST),
        (domain.Conflict("x"), Code.FAILED),
    ],
)
def test_domain_errors_have_their_codes(error: domain.HostwardError, code: Code):
    """From the one table, with their own words."""
    refusal = refusal_of(error)
    assert (refusal.code, refusal.message("en-US")) == (code, "x")


@pytest.mark.parametrize(
    "error", [domain.IllegalTransition("x"), domain.StaleLease("x"), domain.FeedError("x"), domain.HostwardError("x")]
)
def test_domain_errors_that_are_no_fault_of_the_caller_have_none(error: domain.HostwardError):
    """They are defects here."""
    assert refusal_of(error) is None


def test_every_domain_error_of_a_caller_is_in_the_table_once():
    """No child is shadowed by an earlier parent with another code."""
    kinds = [kind for kind, _ in OF_DOMAIN]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize("error", [RuntimeError("secret"), domain.IllegalTransition("secret"), KeyError("secret")])
def test_a_defect_tells_the_caller_nothing_and_the_log_everything(api: ApiBench, error: Exception):
    """The answer has the RequestId alone; the log has it with the cause."""
    api.store.broken = error
    with capture_logs() as events:
        answer = api.call(DETAILS, {"ModuleType": "Vul", "TaskId": 1})
    assert answer.response["Error"] == {"Code": "InternalError", "Message": INTERNAL.english}
    assert [(event["event"], event["exc_info"]) for event in events if event["log_level"] == "error"] == [
        ("request failed", error)
    ]


def test_the_request_id_is_on_the_event_of_a_defect(api: ApiBench, capsys: pytest.CaptureFixture[str]):
    """Bound for everything that is logged while the request runs."""
    api.call(DETAILS, {"ModuleType": "Vul", "TaskId": 1})
    broken(api).call(DETAILS, {"ModuleType": "Vul", "TaskId": 1})
    logged = capsys.readouterr()
    assert "00000000-0000-4000-8000-000000000000" in logged.out + logged.err


def test_long_words_of_the_domain_are_cut(api: ApiBench):
    """A caller can't make the server write megabytes back."""
    body = {"Param": {"ItemIds": list(range(10_000, 11_000))}}
    answer = api.call("StartBaselineDetect", body)
    assert (answer.code, len(answer.message)) == ("InvalidParameterValue", 1000)
