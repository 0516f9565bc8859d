"""GET requests with signature version 3."""

import pytest

from api_bench import ApiBench
from api_flat import FORM, call_get
from hostward.api.http import MAX_GET
from hostward.domain.machine_filter import Text, TextIs

STATE = "DescribeScanState"
ASK = {"ModuleType": "Vul"}
DETAILS = "DescribeScanTaskDetails"


def test_a_signed_get_is_answered(api: ApiBench):
    """Its parameters are in the query."""
    assert call_get(api, STATE, ASK).response["ScanState"] == 0


def test_a_get_starts_a_scan(api: ApiBench):
    """Every action takes either method."""
    request = {"VulLevels": "0", "HostType": 2, "QuuidList": ["q-1", "q-2"]}
    assert call_get(api, "ScanVul", request).response["SuccessCount"] == 2


@pytest.mark.parametrize("flag", [str, lambda value: str(value).lower()])
def test_filters_are_flat(api: ApiBench, flag):
    """Arrays by indices, Booleans in either spelling."""
    task = call_get(api, "ScanVul", {"VulLevels": "0", "HostType": 1}).response["TaskId"]
    filters = [{"Name": "HostName", "Values": ["host-2"], "ExactMatch": True}]
    ask = {"ModuleType": "Vul", "TaskId": task, "Limit": 100, "Offset": 0, "Filters": filters}
    assert call_get(api, DETAILS, ask, flag=flag).response["ScanMachineCount"] == 2
    asked = api.store.tasks.asked[-1]
    assert asked["conditions"] == (TextIs(text=Text.HOST_NAME, values=("host-2",), exact=True),)
    assert (asked["limit"], asked["offset"]) == (100, 0)


@pytest.mark.parametrize("query", ["ModuleType=Vul&", "&ModuleType=Vul", "ModuleType=V%75l", "%4DoduleType=Vul"])
def test_the_query_is_signed_as_it_comes(api: ApiBench, query: str):
    """Never encoded anew or sorted."""
    assert call_get(api, STATE, query=query).code == ""


@pytest.mark.parametrize("sent", ["ModuleType=V%75l", "ModuleType=Malware", "ModuleType=Vul&", ""])
def test_another_query_breaks_the_signature(api: ApiBench, sent: str):
    """Even one that means the same."""
    assert call_get(api, STATE, ASK, sent=sent).code == "AuthFailure.SignatureFailure"


def test_a_signature_of_a_get_is_none_of_a_post(api: ApiBench):
    """The method is signed."""
    headers = api.headers(STATE, b"", query="ModuleType=Vul", method="GET")
    assert api.send(b"", headers, query="ModuleType=Vul").code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("content_type", [FORM, "application/json", "", "text/plain; charset=x"])
def test_the_content_type_of_a_get_is_signed_and_else_ignored(api: ApiBench, content_type: str):
    """There is no body that it could be of."""
    assert call_get(api, STATE, ASK, content_type=content_type).code == ""


def test_unsigned_payload_goes_with_a_get_too(api: ApiBench):
    """The Python SDK sends it when told to."""
    extra = {"x-tc-content-sha256": "UNSIGNED-PAYLOAD"}
    assert call_get(api, STATE, ASK, payload=b"UNSIGNED-PAYLOAD", extra=extra).code == ""


def test_the_body_of_a_get_is_signed_and_no_parameter(api: ApiBench):
    """Parameters come from the query alone."""
    assert call_get(api, STATE, ASK, body=b'{"ModuleType":"nothing"}').code == ""


def test_the_query_of_a_post_is_no_parameter(api: ApiBench):
    """Parameters come from the body alone."""
    assert api.call(STATE, ASK, query="ModuleType=nothing&Odd=1").code == ""


def test_a_body_that_is_signed_with_version_3_is_json_whatever_its_type(api: ApiBench):
    """Forms are for version 1."""
    assert api.call(STATE, ASK, content_type=FORM).code == ""
    assert api.call(STATE, body=b"ModuleType=Vul", content_type=FORM).code == "InvalidParameter.IllegalRequest"


STEPS = [
    ("RequestSizeLimitExceeded", {"query": "a" * (MAX_GET + 1)}),
    ("MissingParameter", {"drop": ("x-tc-action",), "query": f"Action={STATE}&Version=1&Timestamp=1"}),
    ("AuthFailure.InvalidAuthorization", {"extra": {"authorization": "SKIP"}}),
    ("AuthFailure.SecretIdNotFound", {"secret_id": "AKIDnobody"}),
    ("AuthFailure.SignatureExpire", {"timestamp": 1}),
    ("AuthFailure.TokenFailure", {"extra": {"x-tc-token": "t"}}),
    ("AuthFailure.SignatureFailure", {"secret": "wrong"}),
    ("NoSuchVersion", {"version": "2020-01-01"}),
    ("InvalidAction", {"action": "MadeUp"}),
    ("InvalidParameter.IllegalRequest", {"query": "Odd=1&Odd=2"}),
    ("UnknownParameter", {"query": "Odd=1&ModuleType.0=x"}),
    ("MissingParameter", {"query": ""}),
]


@pytest.mark.parametrize("first", range(len(STEPS)))
def test_the_earliest_mistake_decides(api: ApiBench, first: int):
    """A request with this mistake and every later one is refused for this one."""
    options: dict = {}
    for _, step in reversed(STEPS[first:]):
        for name, value in step.items():
            options[name] = {**options.get(name, {}), **value} if isinstance(value, dict) else value
    assert call_get(api, options.pop("action", STATE), **options).code == STEPS[first][0]


def test_common_parameters_in_the_query_are_unknown_to_version_3(api: ApiBench):
    """They belong into headers there."""
    answer = call_get(api, STATE, ASK | {"Nonce": "1"})
    assert (answer.code, "`Nonce`" in answer.message) == ("UnknownParameter", True)


def test_the_largest_query_is_answered(api: ApiBench):
    """32 KB, to the byte."""
    query = "ModuleType=Vul&Odd="
    answer = call_get(api, STATE, query=query + "a" * (MAX_GET - len(query)))
    assert answer.code == "UnknownParameter"
    answer = call_get(api, STATE, query=query + "a" * (MAX_GET + 1 - len(query)))
    assert answer.code == "RequestSizeLimitExceeded"
