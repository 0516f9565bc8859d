"""Whatever is sent, the answer is a well-formed envelope, and never an InternalError."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from api_bench import ApiBench
from api_contract import contract
from hostward.api.actions import ACTIONS
from hostward.api.actions.describe_asset_system_package_list import NAMES as PACKAGE_FILTERS
from hostward.api.actions.describe_vul_effect_host_list import NAMES as HOST_FILTERS
from hostward.api.actions.describe_vul_list import NAMES as VUL_FILTERS
from hostward.api.actions.export_vul_list import NAMES as EXPORT_FILTERS
from hostward.api.errors import COMMON
from hostward.api.machine_filters import NAMES as MACHINE_FILTERS

PROFILE = settings(max_examples=150, deadline=None)
SERVED = {action.name: action for action in ACTIONS}

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["0", "1", "Vul", "Malware", "Baseline", "Ok", "1,2", "1;5", "/srv", "q-1", "true", "９", "1.0"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
)


def near_miss(action: str) -> st.SearchStrategy[dict]:
    """Requests made of the action's own members with values that are often of the right kind."""
    kinds = {
        "uint64": st.integers(0, 2**64) | st.integers(0, 3) | st.sampled_from(["0", "1", "99"]),
        "int64": st.integers(-(2**63), 2**63) | st.integers(0, 3),
        "string": st.sampled_from(
            ["Vul", "Malware", "Baseline", "0", "1,2", "4;1", "5", "", "ALL", "Other", "all-regions", "ap-others"]
        )
        | st.text(max_size=20),
        "bool": st.booleans(),
        "date": st.sampled_from(["2026-11-24", "2026-11-24 10:00:00", "", "soon"]),
        "Filters": st.fixed_dictionaries(
            {
                "Name": st.sampled_from(
                    ["HostName", "status", "FailType", "RiskOnly", "StrategyId", "x", *VUL_FILTERS],
                ),
                "Values": st.lists(
                    st.sampled_from(["a", "Ok", "3", "true", "%", "", "1", "9.8", "2026-11-24 10:00:00", "NETWORK"]),
                    max_size=3,
                ),
            },
            optional={"ExactMatch": st.booleans()},
        ),
        "Filter": st.fixed_dictionaries(
            {
                "Name": st.sampled_from([*MACHINE_FILTERS, *HOST_FILTERS, *EXPORT_FILTERS, *PACKAGE_FILTERS, "x"]),
                "Values": st.lists(
                    st.sampled_from(
                        ["10.0", "web", "yes", "ONLINE", "ALL", "PRO_VERSION", "RUNNING", "%", "", "é", "1", "4", "1,2"]
                    ),
                    max_size=3,
                ),
            },
            optional={"ExactMatch": st.booleans()},
        ),
        "BaselineDetectParam": st.fixed_dictionaries(
            {},
            optional={
                "PolicyIds": st.lists(st.integers(-1, 4), max_size=3),
                "ItemIds": st.lists(st.integers(1000, 1004), max_size=3),
                "HostIds": st.lists(st.sampled_from(["q-1", "q-2", "nobody"]), max_size=2),
            },
        ),
        "VulIgnoreRule": st.fixed_dictionaries(
            {"VulID": st.integers(0, 3), "AssetScopeType": st.integers(0, 3)},
            optional={
                "IncludeQuuidList": st.lists(st.sampled_from(["q-1", "nobody"]), max_size=2),
                "ExcludeQuuidList": st.lists(st.sampled_from(["q-1", "nobody"]), max_size=2),
                "Remark": st.text(max_size=20),
            },
        ),
    }
    members = contract()["actions"][action]["input"]
    made = {
        one["name"]: (st.lists(kinds[one["type"]], max_size=3) if one["array"] else kinds[one["type"]]) | values
        for one in members
    }
    required = {one["name"]: made[one["name"]] for one in members if one["required"]}
    return st.fixed_dictionaries(required, optional={name: made[name] for name in made if name not in required})


def check(api: ApiBench, answer, action: str) -> None:
    """Assert that an answer is an envelope with an allowed code."""
    assert answer.status == 200
    assert answer.headers[b"content-type"] == b"application/json"
    assert list(answer.body) == ["Response"]
    assert len(answer.response["RequestId"]) == 36
    own = SERVED[action].errors if action in SERVED else frozenset()
    assert answer.code == "" or answer.code in COMMON | own
    assert answer.code != "InternalError", answer.response


@PROFILE
@given(body=st.binary(max_size=200), action=st.sampled_from(sorted(SERVED)))
def test_any_bytes_get_an_envelope(body: bytes, action: str):
    """Signed garbage is refused, not tripped over."""
    api = ApiBench()
    check(api, api.call(action, body=body, service=SERVED[action].service), action)


@PROFILE
@given(body=values, action=st.sampled_from(sorted(SERVED)))
def test_any_json_gets_an_envelope(body: object, action: str):
    """Whatever its shape."""
    api = ApiBench()
    check(api, api.call(action, body=json.dumps(body).encode(), service=SERVED[action].service), action)


@settings(PROFILE, max_examples=400)
@given(data=st.data(), action=st.sampled_from(sorted(name for name in SERVED if name in contract()["actions"])))
def test_requests_that_are_nearly_right_get_an_envelope(data: st.DataObject, action: str):
    """Members of the contract with right and wrong values; successes are checked against the contract."""
    api = ApiBench()
    request = data.draw(near_miss(action))
    check(api, api.call(action, body=json.dumps(request).encode()), action)


header_values = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=60)


@PROFILE
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "host", "authorization", "content-type", "content-length", "x-tc-action", "x-tc-version",
                "x-tc-timestamp", "x-tc-token", "x-tc-language", "x-tc-traceid", "x-tc-content-sha256",
            ]
        ),
        header_values,
    ),
    method=st.sampled_from(["POST", "GET", "PUT", "HEAD"]),
    query=header_values,
    body=st.binary(max_size=100),
)  # fmt: skip
def test_any_headers_get_an_envelope(headers: dict[str, str], method: str, query: str, body: bytes):
    """Before anybody is known."""
    api = ApiBench()
    answer = api.send(body, headers, method=method, query=query)
    check(api, answer, "")
    assert answer.code


@PROFILE
@given(name=st.sampled_from(["authorization", "x-tc-timestamp", "host", "content-type"]), value=header_values)
def test_a_signed_request_with_one_header_changed_gets_an_envelope(name: str, value: str):
    """Close to right, and still no way in unless nothing was changed."""
    api = ApiBench()
    body = b'{"ModuleType":"Vul"}'
    headers = api.headers("DescribeScanState", body)
    answer = api.send(body, headers | {name: value})
    check(api, answer, "DescribeScanState")
    assert answer.code or headers[name] == value
