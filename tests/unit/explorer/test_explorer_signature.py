"""The signatures that the API Explorer shows are those of the documentation and of the official SDK, byte for byte."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console_logic import exact
from tc3 import sign

SECRET_ID, SECRET_KEY = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
DOCUMENTED = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
TYPE = "application/json; charset=utf-8"

NAMES = st.from_regex(r"[A-Z][A-Za-z]{0,11}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
SCALARS = st.one_of(TEXTS, st.integers(0, 2**64 - 1))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
HOSTS = st.sampled_from(["127.0.0.1:8420", "cwp.tencentcloudapi.com", "scan.example", "localhost", "[::1]:9000"])
REQUESTS = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["DescribeScanTaskDetails", "ScanVul"]),
        "version": st.just("2018-02-28"),
        "service": st.sampled_from(["cwp", "hostward"]),
        "parameters": st.dictionaries(NAMES, VALUES, max_size=5),
        "host": HOSTS,
        "secret_id": st.from_regex(r"AKID[A-Za-z0-9]{8,32}", fullmatch=True),
        "secret_key": st.from_regex(r"[A-Za-z0-9]{8,64}", fullmatch=True),
        "token": st.sampled_from(["", "a token/+="]),
        "region": st.sampled_from(["", "ap-guangzhou"]),
        "timestamp": st.integers(0, 4_000_000_000),
        "nonce": st.integers(1, 2**63 - 1),
        "unsigned": st.just(value=False),
    }
)
ENOUGH = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def steps(logic, asked: dict, *, method: str, content_type: str, query: str, payload: str):
    """Every step as the Explorer shows it."""
    return logic(
        "signature.tc3",
        {
            "method": method,
            "uri": "/",
            "query": query,
            "headers": [["content-type", content_type], ["host", asked["host"]]],
            "payloadHash": logic("signature.sha256", payload),
            "secretId": asked["secret_id"],
            "secretKey": asked["secret_key"],
            "service": asked["service"],
            "timestamp": asked["timestamp"],
        },
    )


def documented(logic):
    """The example of the page "Signature v3"."""
    asked = {"host": "cvm.tencentcloudapi.com", "secret_id": SECRET_ID, "secret_key": SECRET_KEY, "service": "cvm"}
    return steps(
        logic, asked | {"timestamp": 1551113065}, method="POST", content_type=TYPE, query="", payload=DOCUMENTED
    )


def test_the_example_of_the_documentation_comes_out(logic):
    """With its known signature."""
    made = documented(logic)
    assert made["signature"] == "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    assert made["scope"] == "2019-02-25/cvm/tc3_request"
    assert [one["step"] for one in made["keys"]] == ["2019-02-25", "cvm", "tc3_request"]


def test_the_steps_are_those_of_a_signer_written_apart(logic):
    """Every step leads to the header that the reference in the tests makes."""
    headers = {"content-type": TYPE, "host": "cvm.tencentcloudapi.com"}
    expected = sign(
        secret_id=SECRET_ID, secret=SECRET_KEY, headers=headers, body=DOCUMENTED.encode(), timestamp=1551113065,
        service="cvm",
    )  # fmt: skip
    assert documented(logic)["authorization"] == expected


def test_the_example_of_version_1_comes_out(logic):
    """That of the page "Signature"."""
    pairs = [
        ["Action", "DescribeInstances"], ["InstanceIds.0", "ins-09dx96dg"], ["Region", "ap-guangzhou"],
        ["Version", "2017-03-12"], ["Limit", "20"], ["Offset", "0"], ["Timestamp", "1465185768"], ["Nonce", "11886"],
        ["SecretId", SECRET_ID],
    ]  # fmt: skip
    text = logic("signature.v1Text", "GET", "cvm.tencentcloudapi.com", pairs)
    assert logic("signature.v1", SECRET_KEY, text, "HmacSHA1") == "EliP9YW3pW28FpsEdkXt/+WcGeI="


@pytest.mark.parametrize("secret", ["", "x", "k" * 64, "k" * 65, "秘密"])
def test_a_key_of_any_length_is_taken(logic, secret):
    """An empty one too, which the browser's own HMAC refuses."""
    headers = {"content-type": "application/json", "host": "h"}
    asked = {"host": "h", "secret_id": "AKID", "secret_key": secret, "service": "cwp", "timestamp": 1}
    made = steps(logic, asked, method="POST", content_type="application/json", query="", payload="{}")
    assert made["authorization"] == sign(secret_id="AKID", secret=secret, headers=headers, body=b"{}", timestamp=1)


@ENOUGH
@given(asked=REQUESTS)
def test_a_post_is_signed_as_the_sdk_signs_it(logic, sdk, asked):
    """The same Authorization header for the body that the SDK sends."""
    sent = sdk(asked | {"method": "POST", "algorithm": "TC3-HMAC-SHA256"})
    made = steps(logic, asked, method="POST", content_type="application/json", query="", payload=sent["data"])
    assert made["authorization"] == sent["headers"]["Authorization"]


@ENOUGH
@given(asked=REQUESTS)
def test_a_get_has_the_query_and_the_signature_of_the_sdk(logic, sdk, asked):
    """Arrays and objects are spelled by their paths, and escaped in the same way."""
    sent = sdk(asked | {"method": "GET", "algorithm": "TC3-HMAC-SHA256"})
    query = logic("flat.encodePairs", logic("flat.flatten", exact(asked["parameters"])))
    form = "application/x-www-form-urlencoded"
    made = steps(logic, asked, method="GET", content_type=form, query=query, payload="")
    assert (query, made["authorization"]) == (sent["data"], sent["headers"]["Authorization"])


@ENOUGH
@given(asked=REQUESTS, method=st.sampled_from(["GET", "POST"]), algorithm=st.sampled_from(["HmacSHA1", "HmacSHA256"]))
def test_version_1_is_signed_as_the_sdk_signs_it(logic, sdk, asked, method, algorithm):
    """From the pairs that the SDK sends."""
    sent = sdk(asked | {"method": method, "algorithm": algorithm})
    pairs = logic("flat.decodePairs", sent["data"])
    text = logic("signature.v1Text", method, asked["host"], [pair for pair in pairs if pair[0] != "Signature"])
    assert logic("signature.v1", asked["secret_key"], text, algorithm) == dict(pairs)["Signature"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"A": [1, [2]], "B": {"C": "x"}}, [["A.0", "1"], ["A.1.0", "2"], ["B.C", "x"]]),
        ({"A": [], "B": None, "C": {}}, []),
        ({"A": True, "B": ""}, [["A", "true"], ["B", ""]]),
        ('{"A": 18446744073709551615}', [["A", "18446744073709551615"]]),
    ],
)
def test_parameters_are_flat_pairs(logic, value, expected):
    """What is empty is not sent; 64 bits stay 64 bits."""
    assert logic("flat.flatten", exact(value)) == expected


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@ENOUGH
def test_pairs_come_back_from_their_escapes(logic, text):
    """Whatever a value holds."""
    pairs = [["A", text], ["B.0", json.dumps(text)]]
    assert logic("flat.decodePairs", logic("flat.encodePairs", pairs)) == pairs
