"""Signing a call, and showing how."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tc3
from hostward.api.programs.call import Call, Endpoint
from hostward.cli.api.key import Key
from hostward.cli.api.signing import shown, sign

KEY = Key(secret_id="AKIDx", secret="a-secret", token="")
STAMP = 1_551_113_065
"""2019-02-25 16:44:25 UTC, the time of the published example."""


def call(**parameters: object) -> Call:
    """A call of a server on loopback."""
    return Call(
        service="cwp", version="2018-02-28", action="DescribeScanState", parameters=parameters,
        endpoint=Endpoint(tls=False, host="127.0.0.1:8420"),
    )  # fmt: skip


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3), st.integers(0, 4_102_444_800))
def test_the_signature_is_that_of_an_independent_client(parameters, stamp):
    """One written from the documentation alone."""
    signed = sign(call(**parameters), KEY, stamp)
    headers = {"content-type": "application/json", "host": "127.0.0.1:8420", "x-tc-action": "describescanstate"}
    expected = tc3.sign(
        secret_id="AKIDx", secret="a-secret", headers=headers, body=signed.body, timestamp=stamp,
        signed=("content-type", "host", "x-tc-action"),
    )  # fmt: skip
    assert signed.headers["Authorization"] == expected


def test_the_body_is_the_parameters():
    """In their order, in UTF-8."""
    signed = sign(call(B="数", A=[1, {"c": True}]), KEY, STAMP)
    assert signed.body.decode() == '{"B":"数","A":[1,{"c":true}]}'


def test_the_string_to_sign_holds_the_digest_of_the_canonical_request():
    """So that both can be compared with one's own, step by step."""
    signed = sign(call(), KEY, STAMP)
    assert signed.to_sign.splitlines() == [
        "TC3-HMAC-SHA256", str(STAMP), "2019-02-25/cwp/tc3_request",
        hashlib.sha256(signed.canonical.encode()).hexdigest(),
    ]  # fmt: skip


def test_the_derived_keys_are_those_of_each_step():
    """Date, service, and the constant that ends it."""
    keys = sign(call(), KEY, STAMP).keys
    assert list(keys) == ["2019-02-25", "cwp", "tc3_request"]
    assert {len(key) for key in keys.values()} == {64}


def test_everything_is_shown_but_the_secret_itself():
    """A person compares it with what his own client makes."""
    signed = sign(call(ModuleType="Vul"), KEY, STAMP)
    text = shown(signed)
    parts = [signed.canonical, signed.to_sign, *signed.keys.values(), signed.headers["Authorization"], '"Vul"']
    assert [part for part in parts if part not in text] == []
    assert KEY.secret not in text


def test_a_token_is_sent_with_a_temporary_key_alone():
    """Another key with one is refused."""
    assert "X-TC-Token" not in sign(call(), KEY, STAMP).headers
    token = Key(secret_id="AKIDx", secret="a-secret", token="t")
    assert sign(call(), token, STAMP).headers["X-TC-Token"] == "t"


def test_neither_keys_nor_headers_are_in_a_repr():
    """A derived key signs for a day."""
    signed = sign(call(), KEY, STAMP)
    assert [key for key in signed.keys.values() if key in repr(signed)] == []


@pytest.mark.parametrize("name", ["X-TC-Action", "X-TC-Version", "X-TC-Timestamp", "X-TC-Language", "Host"])
def test_the_common_parameters_are_headers(name):
    """As the signature version 3 has them."""
    assert name in sign(call(), KEY, STAMP).headers


def test_numbers_keep_every_digit():
    """Ids are up to 2^64 - 1."""
    assert json.loads(sign(call(TaskId=2**64 - 1), KEY, STAMP).body) == {"TaskId": 2**64 - 1}
