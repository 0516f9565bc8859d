"""Requests as /metrics counts them: by action and code, and never by what a client makes up."""

import asyncio

import pytest

from api_bench import REQUEST_ID, ApiBench
from hostward.api.actions import ACTIONS
from hostward.api.call_counts import CallCounts
from hostward.api.context import ApiSettings
from hostward.api.errors import COMMON, Code
from hostward.api.trace import Trace
from hostward.runtime.metrics import Metrics

REQUESTS = "hostward_api_requests_total"


@pytest.fixture
def metrics() -> Metrics:
    """The metrics that the gateway counts into."""
    return Metrics()


@pytest.fixture
def api(metrics: Metrics) -> ApiBench:
    """A gateway with two machines."""
    return ApiBench(metrics=metrics, settings=ApiSettings(rate=2))


def counted(metrics: Metrics) -> dict[str, str]:
    """The series of answered requests that are not 0."""
    lines = (line.partition(" ") for line in metrics.text().splitlines() if line.startswith(REQUESTS))
    return {name.removeprefix(REQUESTS): number for name, _, number in lines}


def test_an_answer_is_counted_by_its_action(api: ApiBench, metrics: Metrics) -> None:
    """The code of a success is OK."""
    api.call("DescribeMachineRegions")
    api.call("DescribeMachineRegions")
    assert counted(metrics) == {'{service="cwp",action="DescribeMachineRegions",code="OK"}': "2"}


def test_a_refusal_is_counted_by_its_code(api: ApiBench, metrics: Metrics) -> None:
    """With the action that refused."""
    assert api.call("DescribeScanState", {"ModuleType": "Trojan"}).code == "InvalidParameterValue"
    assert counted(metrics) == {'{service="cwp",action="DescribeScanState",code="InvalidParameterValue"}': "1"}


@pytest.mark.parametrize(
    ("action", "options", "code"),
    [
        ("NobodysAction", {}, "InvalidAction"),
        ("DescribeScanState", {"secret": "wrong"}, "AuthFailure.SignatureFailure"),
        ("DescribeScanState", {"secret_id": "AKIDnobody"}, "AuthFailure.SecretIdNotFound"),
        ("DescribeScanState", {"drop": ("authorization",)}, "AuthFailure.InvalidAuthorization"),
        ("DescribeScanState", {"drop": ("x-tc-action",)}, "MissingParameter"),
    ],
)
def test_what_nobody_proved_names_no_action(api: ApiBench, metrics: Metrics, action: str, options: dict, code: str):
    """A flood of invented names makes one series."""
    assert api.call(action, {"ModuleType": "Vul"}, **options).code == code
    assert counted(metrics) == {f'{{service="none",action="none",code="{code}"}}': "1"}


def test_a_call_beyond_the_rate_is_counted_as_such(api: ApiBench, metrics: Metrics) -> None:
    """By itself, and by its code."""
    codes = [api.call("DescribeMachineRegions").code for _ in range(3)]
    assert codes == ["", "", "RequestLimitExceeded"]
    assert "\nhostward_rate_limited_total 1\n" in metrics.text()
    assert '{service="cwp",action="DescribeMachineRegions",code="RequestLimitExceeded"}' in counted(metrics)


def test_time_is_summed_by_action(metrics: Metrics) -> None:
    """A clock that was set back counts nothing."""
    action = next(one for one in ACTIONS if one.name == "ScanVul")
    counts = CallCounts(metrics, ACTIONS)
    for started, ended in ((10.0, 10.5), (20.0, 20.25), (30.0, 29.0)):
        counts.note(Trace(id=REQUEST_ID, started=started, source="", action=action), ended)
    assert 'hostward_api_request_seconds_total{service="cwp",action="ScanVul"} 0.75\n' in metrics.text()


def test_there_is_room_for_every_code_of_every_action(metrics: Metrics) -> None:
    """Whatever clients do, counting never fails."""
    counts = CallCounts(metrics, ACTIONS)
    combined = [(action, code) for action in ACTIONS for code in ("", *(action.errors | COMMON))]
    for action, code in [*combined, *((None, code) for code in ("", *Code))]:
        counts.note(Trace(id=REQUEST_ID, started=0.0, source="", action=action, code=code), 1.0)
    assert len(counted(metrics)) == len(combined) + len(Code) + 1


def test_a_client_that_hung_up_is_not_counted(api: ApiBench, metrics: Metrics) -> None:
    """Nobody was answered."""

    async def receive() -> dict:
        return {"type": "http.disconnect"}

    async def send(_message: dict) -> None:
        raise AssertionError("nobody is there")

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(api.gateway(scope, receive, send))
    assert counted(metrics) == {}
