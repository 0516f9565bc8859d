"""TC3-HMAC-SHA256 as the official clients make it and as this server takes it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api_bench import HOST, KEY, SECRET, ApiBench
from hostward.api.context import ApiSettings
from hostward.api.errors import ApiError
from hostward.api.hosts import host_candidates
from hostward.api.signature import canonical_request, derived_key, parse_authorization, signature
from tc3 import sign

PUBLISHED_BODY = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
PUBLISHED_ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"
PUBLISHED_SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
PUBLISHED_SIGNATURE = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
ASK = {"ModuleType": "Vul"}
STATE = "DescribeScanState"


def test_the_published_vector_has_the_published_signature():
    """The worked example of the signature documentation comes out as printed there."""
    headers = "content-type:application/json; charset=utf-8\nhost:cvm.tencentcloudapi.com\n"
    hashed = "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    canonical = canonical_request("POST", b"", headers, ("content-type", "host"), hashed)
    key = derived_key(PUBLISHED_SECRET, "2019-02-25", "cvm")
    assert signature(key, "1551113065", "2019-02-25/cvm/tc3_request", canonical) == PUBLISHED_SIGNATURE


def test_the_published_request_is_authentic_here():
    """The whole example, sent to a server that knows its key and its host: only its version is none of ours."""
    api = ApiBench(settings=ApiSettings(host_aliases=("cvm.tencentcloudapi.com",)))
    api.clock.wall = datetime.fromtimestamp(1551113065, UTC)
    api.store.accounts.stored[PUBLISHED_ID] = replace(KEY, secret_id=PUBLISHED_ID, secret=PUBLISHED_SECRET)
    headers = {
        "host": HOST, "content-type": "application/json; charset=utf-8", "x-tc-action": "DescribeInstances",
        "x-tc-version": "2017-03-12", "x-tc-timestamp": "1551113065",
        "authorization": f"TC3-HMAC-SHA256 Credential={PUBLISHED_ID}/2019-02-25/cvm/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={PUBLISHED_SIGNATURE}",
    }  # fmt: skip
    assert api.send(PUBLISHED_BODY, headers).code == "NoSuchVersion"
    assert api.send(PUBLISHED_BODY + b" ", headers).code == "AuthFailure.SignatureFailure"


def test_the_client_of_these_tests_makes_the_published_signature():
    """The tests' own signer, written apart, agrees with the documentation too."""
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    made = sign(
        secret_id=PUBLISHED_ID, secret=PUBLISHED_SECRET, headers=headers,
        body=PUBLISHED_BODY, timestamp=1551113065, service="cvm",
    )  # fmt: skip
    assert made.endswith(f"Signature={PUBLISHED_SIGNATURE}")


def test_a_signed_request_is_let_in(api: ApiBench):
    """The plain case."""
    assert api.call(STATE, ASK).code == ""


@pytest.mark.parametrize(
    ("host", "signed"),
    [
        (HOST, HOST),
        (HOST, "127.0.0.1"),
        (f"http://{HOST}", f"http://{HOST}"),
        (f"http://{HOST}", HOST),
        (f"http://{HOST}", "127.0.0.1"),
        (HOST, "cwp.tencentcloudapi.com"),
        (HOST, "cwp.intl.tencentcloudapi.com"),
        ("[::1]:8420", "[::1]"),
        ("scan.example.org", "scan.example.org"),
    ],
)
def test_every_host_that_a_client_may_have_signed_is_taken(api: ApiBench, host: str, signed: str):
    """Python signs host and port, Node the bare host, tccli a URL, gateway users the public name."""
    assert api.call(STATE, ASK, host=host, signed_host=signed).code == ""


@pytest.mark.parametrize("signed", ["127.0.0.2", "127.0.0.1:9", "tencentcloudapi.com", "evil.example"])
def test_a_signature_for_another_host_is_refused(api: ApiBench, signed: str):
    """A signature made for somebody else's server is worth nothing here."""
    assert api.call(STATE, ASK, signed_host=signed).code == "AuthFailure.SignatureFailure"


def test_host_candidates_have_no_doubles():
    """Each candidate costs a hash, so none is tried twice."""
    assert host_candidates("h", ("h", "public")) == ("h", "public")
    assert host_candidates("http://h:1", ()) == ("http://h:1", "h:1", "h")


@pytest.mark.parametrize("scope", ["cwp", "127"])
def test_the_scope_may_name_the_service_or_the_first_label_of_the_host(api: ApiBench, scope: str):
    """Node takes the first label of its endpoint for the service."""
    assert api.call(STATE, ASK, scope=scope).code == ""


def test_a_scope_of_another_product_is_no_product_here(api: ApiBench):
    """A right signature for a service that is not here."""
    answer = api.call(STATE, ASK, scope="cvm")
    assert (answer.code, "cwp 2018-02-28" in answer.message) == ("NoSuchProduct", True)


def test_first_label_with_the_version_of_hostward_reaches_hostward(api: ApiBench):
    """Where the scope says nothing, the version says which service is meant."""
    assert api.call("ListScanTasks", {}, service="hostward", scope="127").response["TotalCount"] == 0


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;Charset=UTF-8", ""]
)
def test_the_content_type_is_signed_as_it_was_sent(api: ApiBench, content_type: str):
    """Case and charset are the client's."""
    assert api.call(STATE, ASK, content_type=content_type).code == ""


def test_a_content_type_signed_in_lower_case_is_taken(api: ApiBench):
    """The documentation asks for lower-case values, and some clients follow it."""
    body = b'{"ModuleType":"Vul"}'
    headers = api.headers(STATE, body, content_type="application/json; charset=utf-8")
    headers["content-type"] = "application/json; charset=UTF-8"
    assert api.send(body, headers).code == ""


def test_more_signed_headers_are_honoured(api: ApiBench):
    """The documentation's example signs x-tc-action in lower case."""
    signed = ("content-type", "host", "x-tc-action")
    assert api.call(STATE, ASK, signed=signed).code == ""


def test_a_changed_signed_header_breaks_the_signature(api: ApiBench):
    """What is signed can't be changed on the way."""
    signed = ("content-type", "host", "x-tc-action")
    answer = api.call(STATE, ASK, signed=signed, extra={"x-tc-action": "DeleteScanTask"})
    assert answer.code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("signed", [("host",), ("content-type",), ("x-tc-action", "host")])
def test_host_and_content_type_must_be_signed(api: ApiBench, signed: tuple[str, ...]):
    """Without them a signature would fit other servers and other readings of the body."""
    assert api.call(STATE, ASK, signed=signed).code == "AuthFailure.InvalidAuthorization"


def test_the_query_counts_as_it_came(api: ApiBench):
    """Neither sorted nor encoded anew: + stays + and %20 stays %20."""
    assert api.call(STATE, ASK, query="b=2+2&a=%20").code == ""


def test_a_changed_body_breaks_the_signature(api: ApiBench):
    """One byte is enough."""
    headers = api.headers(STATE, b'{"ModuleType":"Vul"}')
    assert api.send(b'{"ModuleType":"Vul" }', headers).code == "AuthFailure.SignatureFailure"


def test_unsigned_payload_leaves_the_body_out(api: ApiBench):
    """X-TC-Content-SHA256: UNSIGNED-PAYLOAD is signed in the body's place."""
    extra = {"x-tc-content-sha256": "UNSIGNED-PAYLOAD"}
    assert api.call(STATE, ASK, payload=b"UNSIGNED-PAYLOAD", extra=extra).code == ""


def test_unsigned_payload_must_be_declared(api: ApiBench):
    """The literal in place of the body is no signature of the body."""
    assert api.call(STATE, ASK, payload=b"UNSIGNED-PAYLOAD").code == "AuthFailure.SignatureFailure"


def test_another_content_hash_header_changes_nothing(api: ApiBench):
    """Only the one literal has a meaning; the body itself is hashed otherwise."""
    assert api.call(STATE, ASK, extra={"x-tc-content-sha256": "0" * 64}).code == ""


@pytest.mark.parametrize(
    "header",
    [
        "SKIP",
        "",
        "TC3-HMAC-SHA256",
        "TC3-HMAC-SHA256 Credential=AKID/2026-11-24/cwp/tc3_request, SignedHeaders=content-type;host, Signature=00",
        "TC3-HMAC-SHA256 Credential=/2026-11-24/cwp/tc3_request, SignedHeaders=content-type;host, Signature="
        + "0" * 64,
        "TC3-HMAC-SHA1 Credential=A/2026-11-24/cwp/tc3_request, SignedHeaders=content-type;host, Signature=" + "0" * 64,
        "TC3-HMAC-SHA256 Credential=A/2026-11-24/cwp/tc3_request, SignedHeaders=content-type;host, Signature="
        + "A" * 64,
        "Bearer token",
        "x" * 5000,
    ],
)
def test_an_unreadable_authorization_is_refused(api: ApiBench, header: str):
    """SKIP (an option of the SDKs) above all."""
    answer = api.call(STATE, ASK, extra={"authorization": header})
    assert answer.code == "AuthFailure.InvalidAuthorization"


def test_authorization_parts_may_stand_close_together():
    """Blanks after the commas are not everybody's habit."""
    said = parse_authorization(
        "TC3-HMAC-SHA256 Credential=A/2026-11-24/cwp/tc3_request,SignedHeaders=content-type;host,Signature=" + "0" * 64
    )
    assert (said.secret_id, said.date, said.service) == ("A", "2026-11-24", "cwp")


def test_authorization_with_a_line_end_is_unreadable():
    """A pattern that forgives a trailing line end would let two spellings of one header in."""
    with pytest.raises(ApiError):
        parse_authorization(
            "TC3-HMAC-SHA256 Credential=A/2026-11-24/cwp/tc3_request,SignedHeaders=content-type;host,Signature="
            + "0" * 64
            + "\n"
        )


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_timestamp_within_five_minutes_is_taken(api: ApiBench, seconds: int):
    """300 s either way, both ends included."""
    assert api.call(STATE, ASK, timestamp=int(api.clock.wall.timestamp()) + seconds).code == ""


@pytest.mark.parametrize("seconds", [-301, 301, -(10**9)])
def test_a_timestamp_further_away_is_refused_with_the_servers_time(api: ApiBench, seconds: int):
    """The message has the server's time, so that the caller sees which clock is wrong."""
    answer = api.call(STATE, ASK, timestamp=int(api.clock.wall.timestamp()) + seconds)
    assert (answer.code, "2026-11-24 12:00:00 UTC" in answer.message) == ("AuthFailure.SignatureExpire", True)


@pytest.mark.parametrize("timestamp", ["soon", "-1", "1e9", "1" * 13, "١٢٣", "1.5"])
def test_a_timestamp_that_is_no_number_of_seconds_is_refused(api: ApiBench, timestamp: str):
    """Neither words nor signs, fractions, exponents or digits of other scripts."""
    answer = api.call(STATE, ASK, extra={"x-tc-timestamp": timestamp.encode().decode("latin-1")})
    assert answer.code == "AuthFailure.SignatureExpire"


def test_the_date_of_the_scope_must_be_that_of_the_timestamp(api: ApiBench):
    """In UTC."""
    assert api.call(STATE, ASK, date="2026-11-23").code == "AuthFailure.SignatureFailure"


def test_a_wrong_secret_is_a_wrong_signature(api: ApiBench):
    """In the documentation's own words."""
    answer = api.call(STATE, ASK, secret=SECRET + "x")
    assert answer.code == "AuthFailure.SignatureFailure"
    assert "check your signature" in answer.message


def test_a_key_whose_secret_was_changed_no_longer_lets_the_old_one_in(api: ApiBench):
    """Derived keys are remembered by secret, never by SecretId."""
    assert api.call(STATE, ASK).code == ""
    api.set_key(secret="another")
    api.clock.turn(3)
    assert api.call(STATE, ASK).code == "AuthFailure.SignatureFailure"
    assert api.call(STATE, ASK, secret="another").code == ""


def test_secrets_are_in_no_message(api: ApiBench):
    """Neither the secret nor the expected signature leaves the server."""
    answer = api.call(STATE, ASK, secret="wrong")
    assert KEY.secret.encode() not in answer.raw
