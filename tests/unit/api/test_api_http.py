"""Requests are read with caps, and whatever comes gets the envelope."""

import asyncio
import gzip

import pytest

from api_bench import REQUEST_ID, ApiBench
from hostward.api.envelope import WORTH_PACKING, respond
from hostward.api.http import MAX_FORM_POST, MAX_GET, MAX_POST, ClientGone, Head, head_of, largest, read_request

STATE = "DescribeScanState"
FORM = "application/x-www-form-urlencoded"


def test_every_answer_is_200_with_a_bare_content_type(api: ApiBench):
    """A charset or another status makes the official clients lose the error."""
    for answer in (api.call(STATE, {"ModuleType": "Vul"}), api.call(STATE, {}), api.send(b"", {})):
        assert answer.status == 200
        assert answer.headers[b"content-type"] == b"application/json"
        assert answer.headers[b"content-length"] == str(len(answer.raw)).encode()


def sent(body: bytes, **named: str) -> tuple[dict[bytes, bytes], bytes]:
    """Headers and body of an answer to a request with these headers (_ for -)."""
    messages: list[dict] = []

    async def send(message: dict) -> None:
        messages.append(message)

    headers = {name.replace("_", "-").encode(): value.encode() for name, value in named.items()}
    asyncio.run(respond(send, Head(method="POST", query=b"", headers=headers), body))
    return dict(messages[0]["headers"]), messages[1]["body"]


def test_only_the_console_gets_long_answers_packed():
    """Whoever signs requests gets the bytes as they are, whatever its library says that it takes."""
    long, packs = b"[%s]" % (b"1," * WORTH_PACKING), {"accept_encoding": "gzip, br"}
    headers, body = sent(long, x_hostward_csrf="t", **packs)
    assert (headers[b"content-encoding"], gzip.decompress(body)) == (b"gzip", long)
    assert headers[b"content-length"] == str(len(body)).encode()
    for body, named in ((long, packs), (long, {"x_hostward_csrf": "t"}), (b"{}", {"x_hostward_csrf": "t", **packs})):
        headers, same = sent(body, **named)
        assert (same, b"content-encoding" in headers) == (body, False)


def test_an_answer_has_one_member_and_a_request_id(api: ApiBench):
    """Clients index both without looking."""
    for answer in (api.call(STATE, {"ModuleType": "Vul"}), api.call(STATE, {})):
        assert list(answer.body) == ["Response"]
        assert answer.response["RequestId"] == REQUEST_ID


def test_an_error_has_a_code_and_a_message(api: ApiBench):
    """And nothing else."""
    assert list(api.call(STATE, {}).response) == ["Error", "RequestId"]
    assert list(api.call(STATE, {}).response["Error"]) == ["Code", "Message"]


def test_an_action_without_members_answers_its_request_id_alone(api: ApiBench):
    """No stray comma."""
    api.call("ScanVul", {"VulLevels": "0", "HostType": 1})
    answer = api.call("DeleteScanTask", {"ModuleType": "Vul", "TaskId": 1})
    assert answer.raw == b'{"Response":{"RequestId":"%b"}}' % REQUEST_ID.encode()


def test_the_trace_id_is_echoed(api: ApiBench):
    """Node reads it from the answer."""
    answer = api.call(STATE, {}, extra={"x-tc-traceid": "trace-1"})
    assert answer.headers[b"x-tc-traceid"] == b"trace-1"


@pytest.mark.parametrize("trace", ["", "x" * 129, "\xe9"])
def test_an_odd_trace_id_is_not_echoed(api: ApiBench, trace: str):
    """Nothing that is too long or no ASCII goes into a header."""
    assert b"x-tc-traceid" not in api.call(STATE, {}, extra={"x-tc-traceid": trace}).headers


def test_unknown_headers_of_the_family_change_nothing(api: ApiBench):
    """Regions may be anything, even the word null; clients send their names."""
    extra = {"x-tc-region": "null", "x-tc-requestclient": "SDK", "x-tc-whatever": "1"}
    assert api.call(STATE, {"ModuleType": "Vul"}, extra=extra).code == ""


def test_a_body_may_come_in_pieces(api: ApiBench):
    """It is put together before it is hashed."""
    body = b'{"ModuleType":"Vul"}'
    pieces = [body[:5], b"", body[5:]]
    assert api.send(body, api.headers(STATE, body), chunks=pieces).code == ""


@pytest.mark.parametrize(
    ("method", "headers", "cap"),
    [
        ("POST", {b"authorization": b"x"}, MAX_POST),
        ("POST", {b"authorization": b"x", b"content-type": FORM.encode()}, MAX_POST),
        ("POST", {b"content-type": FORM.encode() + b"; charset=utf-8"}, MAX_FORM_POST),
        ("GET", {}, MAX_GET),
        ("PUT", {}, MAX_POST),
    ],
)
def test_the_cap_is_that_of_the_kind_of_request(method: str, headers: dict[bytes, bytes], cap: int):
    """10 MB, 1 MB and 32 KB."""
    scope = {"method": method, "query_string": b"", "headers": list(headers.items())}
    assert largest(head_of(scope)) == cap


def test_a_body_of_exactly_the_cap_is_read(api: ApiBench):
    """The cap itself is allowed; what is in this body is another matter."""
    body = b" " * MAX_FORM_POST
    answer = api.send(body, {"content-type": FORM})
    assert answer.code == "MissingParameter"


def test_one_byte_more_is_too_large(api: ApiBench):
    """The message says how much is allowed."""
    answer = api.send(b" " * (MAX_FORM_POST + 1), {"content-type": FORM})
    assert (answer.code, str(MAX_FORM_POST) in answer.message) == ("RequestSizeLimitExceeded", True)


def test_a_query_counts_for_a_get(api: ApiBench):
    """32 KB of query and body together."""
    answer = api.send(b"", {}, method="GET", query="a" * (MAX_GET + 1))
    assert answer.code == "RequestSizeLimitExceeded"
    answer = api.send(b"aa", {}, method="GET", query="a" * (MAX_GET - 1))
    assert answer.code == "RequestSizeLimitExceeded"


@pytest.mark.parametrize("length", ["0", "5", "", "-1", "abc", "١"])
def test_a_content_length_that_lies_does_not_raise_the_cap(api: ApiBench, length: str):
    """What comes is counted, whatever was announced."""
    body = b"x" * (MAX_FORM_POST + 1)
    headers = {"content-type": FORM, "content-length": length.encode().decode("latin-1")}
    assert api.send(body, headers).code == "RequestSizeLimitExceeded"


def test_an_announced_giant_is_refused_before_a_byte_is_read(api: ApiBench):
    """With a number of any length."""
    answer = api.send(b"", {"content-length": "9" * 5000})
    assert answer.code == "RequestSizeLimitExceeded"


def test_reading_stops_at_the_cap():
    """A client that sends for ever is not read for ever."""
    reads = 0

    async def receive() -> dict:
        nonlocal reads
        reads += 1
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    head = head_of({"method": "POST", "query_string": b"", "headers": [(b"content-type", FORM.encode())]})
    with pytest.raises(Exception, match="larger"):
        asyncio.run(read_request(head, receive))
    assert reads == MAX_FORM_POST // 65536 + 1


def test_a_client_that_hung_up_gets_no_answer(api: ApiBench):
    """There is nobody to answer, and nothing is logged as a defect."""
    sent = asyncio.run(api._exchange([], {"host": "h"}, "POST", ""))
    assert sent == []


def test_hanging_up_is_no_refusal():
    """It has an exception of its own."""

    async def receive() -> dict:
        return {"type": "http.disconnect"}

    head = head_of({"method": "POST", "query_string": b"", "headers": []})
    with pytest.raises(ClientGone):
        asyncio.run(read_request(head, receive))
