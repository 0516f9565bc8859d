"""Signature version 1 as the official clients make it and as this server takes it."""

from dataclasses import replace

import pytest

from api_bench import HOST, SECRET, SECRET_ID, USER, ApiBench
from api_flat import call_v1, common_v1, encoded, send_flat, sign_v1
from hostward.api.signature_v1 import signature_v1, texts_to_sign

STATE = "DescribeScanState"
ASK = {"ModuleType": "Vul"}
PUBLISHED = {
    "Action": "DescribeInstances", "InstanceIds.0": "ins-09dx96dg", "Limit": "20", "Nonce": "11886", "Offset": "0",
    "Region": "ap-guangzhou", "SecretId": "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Timestamp": "1465185768",
    "Version": "2017-03-12",
}  # fmt: skip
PUBLISHED_SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
PUBLISHED_SIGNATURE = "EliP9YW3pW28FpsEdkXt/+WcGeI="

WAYS = [(method, digest) for method in ("GET", "POST") for digest in ("sha1", "sha256")]
NAMES = {"sha1": "HmacSHA1", "sha256": "HmacSHA256"}


def test_the_published_vector_has_the_published_signature():
    """The worked example of the signature documentation comes out as printed there."""
    (text,) = texts_to_sign("GET", ["cvm.tencentcloudapi.com"], PUBLISHED)
    assert signature_v1(PUBLISHED_SECRET, text, "sha1") == PUBLISHED_SIGNATURE.encode()


def test_the_client_of_these_tests_makes_the_published_signature():
    """The tests' own signer, written apart, agrees with the documentation too."""
    made = sign_v1("GET", "cvm.tencentcloudapi.com", PUBLISHED, PUBLISHED_SECRET, "sha1")
    assert made == PUBLISHED_SIGNATURE


@pytest.mark.parametrize(("method", "digest"), WAYS)
def test_a_signed_request_is_let_in(api: ApiBench, method: str, digest: str):
    """By query and by form, with either digest."""
    answer = call_v1(api, STATE, ASK, method=method, digest=digest, common={"SignatureMethod": NAMES[digest]})
    assert answer.response["ScanState"] == 0


def test_the_digest_is_sha1_when_no_method_is_named(api: ApiBench):
    """As the documentation has it."""
    assert call_v1(api, STATE, ASK, common={"SignatureMethod": None}).code == ""
    answer = call_v1(api, STATE, ASK, digest="sha256", common={"SignatureMethod": None})
    assert answer.code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_the_digest_must_be_the_one_that_is_named(api: ApiBench, digest: str):
    """Neither stands for the other."""
    other = {"sha1": "HmacSHA256", "sha256": "HmacSHA1"}[digest]
    answer = call_v1(api, STATE, ASK, digest=digest, common={"SignatureMethod": other})
    assert answer.code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("name", ["HmacMD5", "TC3-HMAC-SHA256", "hmacsha1", "SKIP"])
def test_an_unknown_signature_method_is_unreadable(api: ApiBench, name: str):
    """The message names the two there are."""
    answer = call_v1(api, STATE, ASK, common={"SignatureMethod": name})
    assert (answer.code, "HmacSHA256" in answer.message) == ("AuthFailure.InvalidAuthorization", True)


@pytest.mark.parametrize("secret_id", [None, "", "a b", "x" * 129, "ключ", "A\n"])
def test_a_secret_id_that_none_has_is_unreadable(api: ApiBench, secret_id: str | None):
    """It is never looked up, so that odd ids of any length can't fill memory."""
    answer = call_v1(api, STATE, ASK, common={"SecretId": secret_id})
    assert (answer.code, api.keys.remembered) == ("AuthFailure.InvalidAuthorization", 0)


@pytest.mark.parametrize(
    ("host", "signed"),
    [
        (HOST, HOST),
        (HOST, "127.0.0.1"),
        (f"http://{HOST}", f"http://{HOST}"),
        (f"http://{HOST}", HOST),
        (HOST, "cwp.tencentcloudapi.com"),
        (HOST, "cwp.intl.tencentcloudapi.com"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_host_that_a_client_may_have_signed_is_taken(api: ApiBench, method: str, host: str, signed: str):
    """The same candidates as for version 3."""
    assert call_v1(api, STATE, ASK, method=method, host=host, signed_host=signed).code == ""


@pytest.mark.parametrize("signed", ["127.0.0.2", "evil.example", "127.0.0.1:8421"])
def test_a_signature_for_another_host_is_refused(api: ApiBench, signed: str):
    """It is worth nothing here."""
    assert call_v1(api, STATE, ASK, signed_host=signed).code == "AuthFailure.SignatureFailure"


def test_a_signature_of_a_get_is_none_of_a_post(api: ApiBench):
    """The method is signed."""
    parameters = ASK | common_v1(api, STATE)
    parameters["Signature"] = sign_v1("GET", HOST, parameters, SECRET, "sha1")
    assert send_flat(api, encoded(parameters)).code == ""
    assert send_flat(api, encoded(parameters), method="POST").code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "after",
    [{"ModuleType": "Malware"}, {"Action": "DeleteScanTask"}, {"Nonce": "1"}, {"Extra": "1"}, {"Language": "zh-CN"}],
    ids=str,
)
def test_a_changed_parameter_breaks_the_signature(api: ApiBench, method: str, after: dict):
    """Changed or added after signing."""
    assert call_v1(api, STATE, ASK, method=method, after=after).code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("given", ["", "x", "AAAA", "\u00e9", "0" * 64])
def test_any_other_signature_is_refused(api: ApiBench, given: str):
    """Whatever it looks like."""
    assert call_v1(api, STATE, ASK, after={"Signature": given}).code == "AuthFailure.SignatureFailure"


def test_a_wrong_secret_is_a_wrong_signature(api: ApiBench):
    """And neither secret is told."""
    answer = call_v1(api, STATE, ASK, secret="wrong")
    assert (answer.code, SECRET.encode() in answer.raw) == ("AuthFailure.SignatureFailure", False)


def test_a_header_can_not_overrule_what_is_signed(api: ApiBench):
    """Headers are not signed in version 1: one added on the way must not turn a question into a deed."""
    headers = {"x-tc-action": "ScanVul", "x-tc-version": "2020-01-01", "x-tc-timestamp": "1"}
    assert call_v1(api, STATE, ASK, headers=headers).response["ScanState"] == 0


def test_a_name_with_an_underscore_is_signed_either_way(api: ApiBench):
    """Python signs a dot in its place, Node the underscore; then the parameter is unknown all the same."""
    for spelled in (str, lambda name: name.replace("_", ".")):
        answer = call_v1(api, STATE, ASK | {"Odd_Name": "1"}, spelled=spelled)
        assert (answer.code, "Odd_Name" in answer.message) == ("UnknownParameter", True)


def test_values_are_signed_as_they_are_meant(api: ApiBench):
    """Not as they are escaped on the way."""
    name = "a b+c%&=~'\u672a\u547d\U0001f642"
    filters = [{"Name": "HostName", "Values": [name]}]
    for method in ("GET", "POST"):
        task = {"ModuleType": "Vul", "TaskId": 9, "Filters": filters}
        assert call_v1(api, "DescribeScanTaskDetails", task, method=method).code == "InvalidParameterValue"


def test_the_same_nonce_may_come_again(api: ApiBench):
    """Node draws only 65,536 of them, so refusing one that was seen would refuse honest requests."""
    assert [call_v1(api, STATE, ASK, common={"Nonce": "7"}).code for _ in range(3)] == ["", "", ""]


@pytest.mark.parametrize("region", ["ap-guangzhou", "", "null", "nowhere"])
def test_the_region_changes_nothing(api: ApiBench, region: str):
    """There is one region here, whatever it is called."""
    assert call_v1(api, STATE, ASK, common={"Region": region, "RequestClient": "SDK_NODEJS_x"}).code == ""


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "缺少"), ("en-US", "missing"), ("fr-FR", "missing")])
def test_the_language_is_a_parameter(api: ApiBench, language: str, word: str):
    """Version 1 has no headers for it."""
    assert word in call_v1(api, STATE, {}, common={"Language": language}).message


def test_the_trace_id_is_echoed(api: ApiBench):
    """Node sends it as a header in version 1 too."""
    answer = call_v1(api, STATE, ASK, headers={"x-tc-traceid": "trace-1"})
    assert answer.headers[b"x-tc-traceid"] == b"trace-1"


def test_the_version_says_which_service_is_meant(api: ApiBench):
    """Version 1 signs for no service."""
    assert call_v1(api, "ListScanTasks", {}, common={"Version": "2026-12-01"}).response["TotalCount"] == 0
    assert call_v1(api, STATE, ASK, common={"Version": "2020-01-01"}).code == "NoSuchVersion"


def test_an_empty_token_is_none(api: ApiBench):
    """Some clients send the parameter whatever they have."""
    assert call_v1(api, STATE, ASK, common={"Token": ""}).code == ""


STEPS: list[tuple[str, dict]] = [
    ("UnsupportedProtocol", {"method": "PUT"}),
    ("MissingParameter", {"common": {"Timestamp": None}}),
    ("AuthFailure.InvalidAuthorization", {"common": {"SignatureMethod": "none"}}),
    ("AuthFailure.SecretIdNotFound", {"common": {"SecretId": "AKIDnobody"}}),
    ("AuthFailure.SignatureExpire", {"common": {"Timestamp": "1"}}),
    ("AuthFailure.TokenFailure", {"common": {"Token": "t"}}),
    ("AuthFailure.SignatureFailure", {"secret": "wrong"}),
    ("NoSuchVersion", {"common": {"Version": "2020-01-01"}}),
    ("InvalidAction", {"action": "MadeUp"}),
    ("UnknownParameter", {"request": {"Odd": "1"}}),
    ("MissingParameter", {"request": {}}),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("first", range(len(STEPS)))
def test_the_earliest_mistake_decides(api: ApiBench, first: int, method: str):
    """A request with this mistake and every later one is refused for this one."""
    options: dict = {"method": method, "action": STATE, "request": {}}
    common: dict = {}
    for _, step in reversed(STEPS[first:]):
        common |= step.get("common", {})
        options |= {name: value for name, value in step.items() if name != "common"}
    answer = call_v1(api, options.pop("action"), options.pop("request"), common=common, **options)
    assert answer.code == STEPS[first][0]


@pytest.mark.parametrize("name", ["Action", "Version", "Timestamp"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_missing_common_parameter_is_named(api: ApiBench, method: str, name: str):
    """Even when a header has it, for that is not signed."""
    header = {f"x-tc-{name.lower()}": "1"}
    answer = call_v1(api, STATE, ASK, method=method, common={name: None}, headers=header)
    assert (answer.code, f"`{name}`" in answer.message) == ("MissingParameter", True)


def test_a_disabled_key_and_a_disabled_user_are_out(api: ApiBench):
    """In this order, and before the time is looked at."""
    api.set_key(user=replace(USER, enabled=False))
    assert call_v1(api, STATE, ASK, common={"Timestamp": "1"}).code == "AuthFailure"
    api.set_key(enabled=False, user=replace(USER, enabled=False))
    api.clock.turn(3)
    assert call_v1(api, STATE, ASK, common={"Timestamp": "1"}).code == "AuthFailure.InvalidSecretId"


@pytest.mark.parametrize(("seconds", "code"), [(300, ""), (-300, ""), (301, "AuthFailure.SignatureExpire")])
def test_the_timestamp_may_be_five_minutes_off(api: ApiBench, seconds: int, code: str):
    """Either way."""
    stamp = str(int(api.clock.wall.timestamp()) + seconds)
    assert call_v1(api, STATE, ASK, common={"Timestamp": stamp}).code == code


@pytest.mark.parametrize("tail", ["&ModuleType=Vul", "&Action=DeleteScanTask", "&%41ction=DeleteScanTask"])
def test_a_parameter_given_twice_is_refused(api: ApiBench, tail: str):
    """Two parsers could take either of them, whatever was signed."""
    answer = call_v1(api, STATE, ASK, tail=tail)
    assert (answer.code, "twice" in answer.message) == ("InvalidParameter.IllegalRequest", True)


@pytest.mark.parametrize("tail", ["&a=%", "&a=%4", "&a=%zz", "&a=%ff", "&a", "&%=1", "&a=%C3%28"])
def test_what_can_not_be_decoded_is_refused(api: ApiBench, tail: str):
    """Broken escapes, text that is no UTF-8, names without values."""
    assert call_v1(api, STATE, ASK, tail=tail).code == "InvalidParameter.IllegalRequest"


def test_a_common_parameter_that_can_not_be_decoded_is_missing(api: ApiBench):
    """Nothing is guessed."""
    assert send_flat(api, "Action=%zz&Version=1&Timestamp=1&Signature=x").code == "MissingParameter"


def test_empty_parts_are_nothing(api: ApiBench):
    """A trailing & says nothing that could be taken two ways."""
    assert call_v1(api, STATE, ASK, tail="&&").code == ""


def test_other_authorization_headers_are_not_version_1(api: ApiBench):
    """SKIP, and passwords for a proxy that lets them through."""
    for header in ("SKIP", "Basic dTpw"):
        answer = call_v1(api, STATE, ASK, headers={"authorization": header})
        assert answer.code in {"AuthFailure.InvalidAuthorization", "MissingParameter"}


def test_a_form_of_another_content_type_is_no_form(api: ApiBench):
    """What it holds is not looked at."""
    answer = call_v1(api, STATE, ASK, method="POST", headers={"content-type": "text/plain"})
    assert answer.code == "MissingParameter"


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-Urlencoded"]
)
def test_a_form_may_say_its_charset(api: ApiBench, content_type: str):
    """Case does not matter either."""
    assert call_v1(api, STATE, ASK, method="POST", headers={"content-type": content_type}).code == ""


def test_the_query_of_a_form_post_is_no_parameter(api: ApiBench):
    """It is not signed, so nothing of it is believed."""
    parameters = ASK | common_v1(api, STATE)
    parameters["Signature"] = sign_v1("POST", HOST, parameters, SECRET, "sha1")
    headers = {"host": HOST, "content-type": "application/x-www-form-urlencoded"}
    answer = api.send(encoded(parameters).encode(), headers, query="ModuleType=Malware&Odd=1")
    assert answer.code == ""


def test_an_unsigned_request_is_told_how_to_sign(api: ApiBench):
    """Both ways are named."""
    answer = send_flat(api, f"Action={STATE}&Version=2018-02-28&Timestamp=1&SecretId={SECRET_ID}&ModuleType=Vul")
    assert (answer.code, "Signature" in answer.message, "Authorization" in answer.message) == (
        "AuthFailure.InvalidAuthorization", True, True,
    )  # fmt: skip
