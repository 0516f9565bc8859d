"""A request that fails is read as it was pasted, and the mistake in its signature is named."""

import hashlib
import hmac
import json
import shlex
from base64 import b64encode
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console_logic import Refused
from tc3 import sign

NOW = 1_796_083_200
SECRET_ID, SECRET = "AKIDexample", "secretKeyOfTheTests"
HOST, BODY = "127.0.0.1:8420", '{"ModuleType":"Vul","TaskId":81,"Filters":[{"Name":"HostName","Values":["主机"]}]}'
SERVER = {"services": ["cwp", "hostward"], "aliases": ["cwp.tencentcloudapi.com"], "now": NOW}
HEADERS = {"content-type": "application/json", "host": HOST}
DATE = "2026-12-01"


def authorization(**change) -> str:
    """The header for the usual request, with something signed in another way."""
    said = {"secret_id": SECRET_ID, "secret": SECRET, "headers": HEADERS, "body": BODY.encode(), "timestamp": NOW}
    return sign(**said | change)


def request(header: str, *, headers: dict[str, str] | None = None, body: str = BODY, timestamp: int = NOW,
            query: str = "", method: str = "POST") -> dict:  # fmt: skip
    """The request as the Explorer reads it."""
    sent = {
        "Host": HOST, "Content-Type": "application/json", "X-TC-Action": "DescribeScanTaskDetails",
        "X-TC-Version": "2018-02-28", "X-TC-Timestamp": str(timestamp), "Authorization": header,
    } | (headers or {})  # fmt: skip
    return {
        "form": "http", "method": method, "address": HOST, "path": "/", "query": query,
        "headers": [[name, value] for name, value in sent.items()], "body": body, "notes": [],
    }  # fmt: skip


def diagnosed(logic, pasted: dict, secret: str = SECRET) -> dict:
    """The diagnosis with the ids of problems and causes."""
    found = logic("diagnosis.diagnose", pasted, secret, SERVER)
    return found | {
        "problems": [one["id"] for one in found["problems"]],
        "causes": sorted({one["id"] for one in found["causes"]}),
    }


def test_a_right_signature_matches(logic):
    """And nothing is wrong with it."""
    found = diagnosed(logic, request(authorization()))
    assert (found["matches"], found["problems"], found["causes"]) == (True, [], [])
    assert found["right"] == authorization()


@pytest.mark.parametrize("host", ["127.0.0.1", "cwp.tencentcloudapi.com"])
def test_a_host_that_the_server_takes_too_matches(logic, host):
    """Without the port, or by a name of its own."""
    assert diagnosed(logic, request(authorization(headers=HEADERS | {"host": host})))["matches"]


ASCII_BODY = json.dumps(json.loads(BODY))
MISTAKES = {
    "host": authorization(headers=HEADERS | {"host": "cvm.tencentcloudapi.com"}),
    "host-port": authorization(headers=HEADERS | {"host": "127.0.0.1:443"}),
    "content-type": authorization(headers=HEADERS | {"content-type": "application/json; charset=utf-8"}),
    "payload-ascii": authorization(body=ASCII_BODY.encode()),
    "payload-python": authorization(body=json.dumps(json.loads(BODY), ensure_ascii=False).encode()),
    "payload-space": authorization(body=f"{BODY}\n".encode()),
    "payload-empty": authorization(body=b""),
    "payload-unsigned": authorization(body=b"UNSIGNED-PAYLOAD"),
    "secret-space": authorization(secret=f"{SECRET}\n"),
    "secret-quotes": authorization(secret=f'"{SECRET}"'),
    "method": authorization(method="GET"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_usual_mistake_is_named(logic, mistake):
    """The signature is explained by it alone, with what was signed beside what is right."""
    found = diagnosed(logic, request(MISTAKES[mistake]))
    assert (found["matches"], found["causes"]) == (False, [mistake])
    assert found["theirs"] != ""
    assert found["right"] == authorization()


def test_two_mistakes_at_once_are_named(logic):
    """Nobody makes only one."""
    header = authorization(headers=HEADERS | {"content-type": "text/plain"}, body=f"{BODY}\n".encode())
    assert diagnosed(logic, request(header))["causes"] == ["content-type", "payload-space"]


def by_hand(canonical: str, *, key: bytes, timestamp: str = str(NOW), scope: str = f"{DATE}/cwp/tc3_request") -> str:
    """A header whose parts are joined by hand."""
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    made = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"Credential={SECRET_ID}/{DATE}/cwp/tc3_request"
    return f"TC3-HMAC-SHA256 {credential}, SignedHeaders=content-type;host, Signature={made}"


def key(prefix: str = "TC3", *, as_hex: bool = False, service: str = "cwp") -> bytes:
    """The key of the day, or one derived wrongly."""
    made = (prefix + SECRET).encode()
    for part in (DATE, service, "tc3_request"):
        made = hmac.digest(made, part.encode(), "sha256")
        made = made.hex().encode() if as_hex else made
    return made


def canonical(*, uri: str = "/", query: str = "", gap: str = "\n", order: bool = True) -> str:
    """The canonical request, right or with one thing wrong."""
    lines = ["content-type:application/json", f"host:{HOST}"]
    ordered = "\n".join(lines if order else lines[::-1])
    payload = hashlib.sha256(BODY.encode()).hexdigest()
    return f"POST\n{uri}\n{query}\n{ordered}\n{gap}content-type;host\n{payload}"


STRUCTURAL = {
    "no-blank-line": by_hand(canonical(gap=""), key=key()),
    "header-order": by_hand(canonical(order=False), key=key()),
    "uri": by_hand(canonical(uri=""), key=key()),
    "secret-prefix": by_hand(canonical(), key=key(prefix="")),
    "keys-hex": by_hand(canonical(), key=key(as_hex=True)),
    "service": by_hand(canonical(), key=key(service="cvm")),
    "timestamp": by_hand(canonical(), key=key(), timestamp=f"{NOW}000"),
    "scope-date": by_hand(canonical(), key=key(), scope="2026-12-02/cwp/tc3_request"),
}


@pytest.mark.parametrize("mistake", STRUCTURAL)
def test_a_mistake_in_building_the_signature_is_named(logic, mistake):
    """Those of people who write the signature themselves."""
    assert diagnosed(logic, request(STRUCTURAL[mistake]))["causes"] == [mistake]


@pytest.mark.parametrize(
    ("signed", "mistake"),
    [
        ("A=1&B=x+y", "query-order"),
        ("B=x%20y&A=1", "query-encoding"),
        ("B=x y&A=1", "query-encoding"),
        ("", "query-left-out"),
    ],
)
def test_a_query_signed_in_another_way_is_named(logic, signed, mistake):
    """The server takes it as it came."""
    form = {"content-type": "application/x-www-form-urlencoded", "host": HOST}
    header = authorization(headers=form, body=b"", query=signed, method="GET")
    found = diagnosed(
        logic, request(header, headers={"Content-Type": form["content-type"]}, body="", query="B=x+y&A=1", method="GET")
    )
    assert (found["matches"], found["causes"]) == (False, [mistake])


def test_a_signature_that_nothing_explains_says_so(logic):
    """A wrong SecretKey looks so."""
    found = diagnosed(logic, request(authorization(secret="another")))
    assert (found["matches"], found["causes"], found["theirs"]) == (False, [], "")


@pytest.mark.parametrize(
    ("problem", "pasted", "secret"),
    [
        ("skip", request("SKIP"), SECRET),
        ("malformed", request("TC3-HMAC-SHA256 Credential=x"), SECRET),
        ("skew", request(authorization(timestamp=NOW - 301), timestamp=NOW - 301), SECRET),
        ("milliseconds", request(authorization(), timestamp=NOW * 1000), SECRET),
        ("date", request(authorization(date="2026-12-02")), SECRET),
        ("service", request(authorization(service="cvm")), SECRET),
        ("host-unsigned", request(authorization(signed=("content-type",))), SECRET),
        ("type-unsigned", request(authorization(signed=("host",))), SECRET),
        ("unsorted", request(authorization(signed=("host", "content-type"))), SECRET),
        ("secret-space", request(authorization()), f"{SECRET} "),
        ("secret-quotes", request(authorization()), f"'{SECRET}'"),
    ],
    ids=lambda one: one if isinstance(one, str) and one != SECRET else "",
)
def test_a_problem_that_can_be_seen_is_told(logic, problem, pasted, secret):
    """Whether the signature matches or not."""
    assert problem in diagnosed(logic, pasted, secret)["problems"]


def test_a_request_exactly_300_seconds_old_is_not_too_old(logic):
    """As the server counts."""
    assert "skew" not in diagnosed(logic, request(authorization(timestamp=NOW - 300), timestamp=NOW - 300))["problems"]


def signed_v1(method: str, text: str, *, digest: str = "sha256", secret: str = SECRET, quoted: bool = True) -> dict:
    """A request of version 1 whose signature is that of a text; quoted: whether it is escaped as it must be."""
    made = b64encode(hmac.digest(secret.encode(), text.encode(), digest)).decode()
    pairs = urlencode(V1) + "&Signature=" + (quote_plus(made) if quoted else made)
    query, body = (pairs, "") if method == "GET" else ("", pairs)
    sent = [["Host", HOST], ["Content-Type", "application/x-www-form-urlencoded"]]
    base = {"form": "http", "method": method, "address": HOST, "path": "/", "notes": []}
    return base | {"query": query, "headers": sent, "body": body}


V1 = {
    "Action": "DescribeScanState", "ModuleType": "Vul x", "Nonce": "8888", "SecretId": SECRET_ID,
    "SignatureMethod": "HmacSHA256", "Timestamp": str(NOW), "Version": "2018-02-28",
}  # fmt: skip
PLAIN = "&".join(f"{name}={value}" for name, value in sorted(V1.items()))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_version_1_matches_in_a_query_and_in_a_form(logic, method):
    """With the right Signature told."""
    found = diagnosed(logic, signed_v1(method, f"{method}{HOST}/?{PLAIN}"))
    assert (found["version"], found["matches"], found["problems"]) == ("v1", True, [])


@pytest.mark.parametrize(
    ("mistake", "text", "more"),
    [
        ("v1-encoded", f"POST{HOST}/?{urlencode(sorted(V1.items()))}", {}),
        ("v1-digest", f"POST{HOST}/?{PLAIN}", {"digest": "sha1"}),
        ("v1-slash", f"POST{HOST}?{PLAIN}", {}),
        ("method", f"GET{HOST}/?{PLAIN}", {}),
        ("secret-space", f"POST{HOST}/?{PLAIN}", {"secret": f"{SECRET}\n"}),
    ],
)
def test_a_usual_mistake_of_version_1_is_named(logic, mistake, text, more):
    """As with version 3."""
    assert diagnosed(logic, signed_v1("POST", text, **more))["causes"] == [mistake]


def test_a_signature_that_was_not_escaped_is_named(logic):
    """Its "+" arrives as a blank."""
    for nonce in range(200):
        pairs = V1 | {"Nonce": str(nonce)}
        text = f"POST{HOST}/?" + "&".join(f"{name}={value}" for name, value in sorted(pairs.items()))
        made = b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha256")).decode()
        if "+" in made:
            break
    pasted = signed_v1("POST", "") | {"body": f"{urlencode(pairs)}&Signature={made}"}
    found = diagnosed(logic, pasted)
    assert (found["causes"], found["problems"]) == (["v1-url-encoded"], ["plus"])


CURL = f"""curl -sS -X POST 'http://{HOST}/' \\
  -H "Authorization: TC3-HMAC-SHA256 x" -H 'Content-Type: application/json' -HX-TC-Timestamp:\\ 1 \\
  --max-time 5 -d '{BODY}' -o out.json | jq ."""


def test_a_curl_command_is_read_as_the_shell_splits_it(logic):
    """Options with values do not take the address's place."""
    read = logic("pasted.readPasted", CURL)
    assert (read["method"], read["address"], read["path"], read["body"]) == ("POST", HOST, "/", BODY)
    assert read["headers"] == [
        ["Authorization", "TC3-HMAC-SHA256 x"], ["Content-Type", "application/json"], ["X-TC-Timestamp", "1"],
        ["Host", HOST],
    ]  # fmt: skip


def test_http_is_read_as_it_went_over_the_wire(logic):
    """With the marks of curl -v, and the line's end after the body left out by Content-Length."""
    text = f"> POST /?a=1 HTTP/1.1\n> Host: {HOST}\n> Content-Length: {len(BODY.encode())}\n>\n{BODY}\n"
    read = logic("pasted.readPasted", text)
    assert (read["method"], read["path"], read["query"], read["body"]) == ("POST", "/", "a=1", BODY)
    assert read["notes"] == []


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (f"curl http://{HOST} -d @body.json -H 'content-type: x'", "file"),
        (f'curl http://{HOST} -d x -H "content-type: $TYPE"', "variable"),
        (f"curl http://{HOST} -d x", "default-type"),
        (f"POST / HTTP/1.1\nHost: {HOST}\nContent-Length: 9\n\nabc", "length"),
    ],
)
def test_what_is_not_sure_is_noted(logic, text, note):
    """Rather than guessed."""
    assert note in [one["code"] for one in logic("pasted.readPasted", text)["notes"]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("  ", "empty"), ("hello", "form"), ("curl -X POST", "no-address"), ("curl 'http://x", "quote")],
)
def test_what_is_no_request_says_why(logic, text, reason):
    """One reason each."""
    with pytest.raises(Refused) as refused:
        logic("pasted.readPasted", text)
    assert refused.value.said["reason"] == reason


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=WORDS.filter(lambda text: not text.startswith("@")), value=WORDS)
def test_a_command_quoted_for_a_shell_is_read_back(logic, body, value):
    """Whatever it holds."""
    command = f"curl {shlex.quote(f'http://{HOST}/')} -H {shlex.quote(f'X-Any:{value}')} --data-raw {shlex.quote(body)}"
    read = logic("pasted.readPasted", command)
    assert (read["body"], dict(read["headers"])["X-Any"]) == (body, value.strip())
