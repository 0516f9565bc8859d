"""Queries and forms: whatever is sent gets an envelope, and what is flat means what its JSON means."""

import json
from urllib.parse import quote, quote_plus, unquote_plus

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from api_bench import ApiBench
from api_flat import FORM, call_get, call_v1, common_v1, encoded, flat, send_flat
from hostward.api.actions import ACTIONS
from hostward.api.decode import decode, decode_flat
from hostward.api.errors import COMMON, ApiError
from hostward.api.flat_body import MAX_PARAMETERS, common_of, nested, parse_flat
from hostward.api.http import MAX_FORM_POST, MAX_GET
from hostward.api.json_body import MAX_DEPTH

PROFILE = settings(max_examples=300, deadline=None)
SERVED = sorted(action.name for action in ACTIONS if action.service == "cwp")
OF_NAME = {action.name: action for action in ACTIONS}

segment = st.sampled_from(
    ["Filters", "Name", "Values", "0", "1", "2", "00", "-1", "999999999", "", "Odd", "९", "Param"]
)
path = st.lists(segment, min_size=1, max_size=5).map(".".join) | st.text(max_size=12) | st.just("." * 200)
value = st.sampled_from(
    ["", "0", "1", "Vul", "true", "True", "None", "1e9", "9" * 60, "１", "\0", "%", "&=+ #"]
) | st.text(max_size=20)
parameters = st.dictionaries(path, value, max_size=8)
PIECES = ["&", "=", "%", "%2", "%zz", "%ff", "%26", ".", "+", "a", "Action", "Signature"]
raw = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=80) | st.lists(
    st.sampled_from(PIECES), max_size=20
).map("".join)


def check(answer, action: str = "") -> None:
    """Assert that an answer is an envelope with an allowed code, and none of a defect."""
    assert answer.status == 200
    assert answer.headers[b"content-type"] == b"application/json"
    assert list(answer.body) == ["Response"]
    assert len(answer.response["RequestId"]) == 36
    own = OF_NAME[action].errors if action else frozenset()
    assert answer.code == "" or answer.code in COMMON | own
    assert answer.code != "InternalError", answer.response


def outcome(work) -> object:
    """What is decoded, or the code of the refusal."""
    try:
        return work()
    except ApiError as refusal:
        return refusal.code


@PROFILE
@given(asked=parameters, action=st.sampled_from(SERVED))
def test_any_parameters_of_a_signed_get_get_an_envelope(asked: dict[str, str], action: str):
    """Signature version 3."""
    api = ApiBench()
    check(call_get(api, action, query=encoded(asked)), action)


@PROFILE
@given(query=raw, action=st.sampled_from(SERVED))
def test_any_signed_query_gets_an_envelope(query: str, action: str):
    """However broken its escapes are."""
    api = ApiBench()
    check(call_get(api, action, query=query), action)


@PROFILE
@given(asked=parameters, action=st.sampled_from(SERVED), method=st.sampled_from(["GET", "POST"]))
def test_any_parameters_signed_with_version_1_get_an_envelope(asked: dict[str, str], action: str, method: str):
    """They are authentic, whatever characters they are made of, unless they contradict a common one."""
    assume("Signature" not in asked)  # the one that is made takes its place after it was signed
    api = ApiBench()
    answer = call_v1(api, action, asked, method=method)
    check(answer, action)
    assert not answer.code.startswith("AuthFailure")


@PROFILE
@given(source=raw, method=st.sampled_from(["GET", "POST"]), tail=st.booleans())
def test_any_unsigned_source_gets_an_envelope(source: str, method: str, tail: bool):
    """Alone, or after common parameters that are right."""
    api = ApiBench()
    common = encoded(common_v1(api, "DescribeScanState"))
    answer = send_flat(api, f"{common}&{source}" if tail else source, method=method)
    check(answer, "DescribeScanState")
    assert answer.code


@PROFILE
@given(source=st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(source: bytes):
    """Nothing else is raised, and the quick look agrees with the whole reading."""
    quick = common_of(source)
    whole = outcome(lambda: parse_flat(source))
    if isinstance(whole, dict):
        assert {name: whole.get(name) for name in quick} == quick
    else:
        assert whole == "InvalidParameter.IllegalRequest"


@PROFILE
@given(asked=st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=6), plus=st.booleans())
def test_what_a_client_encodes_is_what_is_read(asked: dict[str, str], plus: bool):
    """With + or %20 for a blank."""
    source = encoded(asked, quote_plus if plus else lambda text: quote(text, safe=""))
    assert parse_flat(source.encode()) == asked
    assert {unquote_plus(name) for name in asked if name} <= {
        unquote_plus(name) for name in parse_flat(source.encode())
    }


@PROFILE
@given(asked=parameters)
def test_nesting_is_bounded_by_the_names(asked: dict[str, str]):
    """Never deeper than the cap, never more leaves than parameters."""
    root = outcome(lambda: nested(asked))
    if not isinstance(root, dict):
        assert root in {"InvalidParameter", "InvalidParameter.IllegalRequest"}
        return
    leaves, level = 0, [root]
    for _ in range(MAX_DEPTH):
        inside = [one for outer in level for one in outer.values()]
        leaves += sum(isinstance(one, str) for one in inside)
        level = [one for one in inside if isinstance(one, dict)]
    assert (leaves, level) == (len(asked), [])


filters = st.lists(
    st.fixed_dictionaries(
        {"Name": st.text(min_size=1, max_size=6), "Values": st.lists(st.text(max_size=6), min_size=1, max_size=12)},
        optional={"ExactMatch": st.booleans()},
    ),
    min_size=1,
    max_size=11,
)
details = st.fixed_dictionaries(
    {"ModuleType": st.text(max_size=6), "TaskId": st.integers(-5, 2**65)},
    optional={
        "Filters": filters, "Limit": st.integers(0, 200), "Offset": st.integers(0, 2**64), "Odd": st.text(max_size=3),
    },
)  # fmt: skip


@PROFILE
@given(asked=details, spelled=st.sampled_from([str, lambda flag: str(flag).lower()]))
def test_flat_means_what_json_means(asked: dict, spelled):
    """The same struct or the same code, for whatever can be said in both."""
    request = OF_NAME["DescribeScanTaskDetails"].request
    source = encoded(flat(asked, flag=spelled)).encode()
    by_flat = outcome(lambda: decode_flat(request, parse_flat(source)))
    by_json = outcome(lambda: decode(request, json.dumps(asked).encode()))
    assert by_flat == by_json


@settings(PROFILE, max_examples=100)
@given(
    asked=st.dictionaries(st.from_regex(r"[A-Z][a-z]{0,5}(\.[0-9])?", fullmatch=True), st.text(max_size=8), max_size=4),
    place=st.integers(0, 10_000), bit=st.integers(0, 6), method=st.sampled_from(["GET", "POST"]),
)  # fmt: skip
def test_one_changed_bit_is_never_another_meaning(asked: dict[str, str], place: int, bit: int, method: str):
    """A changed query or form is refused, unless it still says the same."""
    api = ApiBench()
    sent = parameters_of_call(api, asked, method)
    changed = bytearray(sent.encode())
    changed[place % len(changed)] ^= 1 << bit
    answer = send_flat(api, changed.decode("latin-1"), method=method)
    before, after = parse_flat(sent.encode()), outcome(lambda: parse_flat(bytes(changed)))
    check(answer, "DescribeScanState")
    assert after == before or answer.code.startswith(("AuthFailure.", "MissingParameter", "InvalidParameter.Ill"))


def parameters_of_call(api: ApiBench, asked: dict[str, str], method: str) -> str:
    """The query or form of a signed request."""
    caught: list[str] = []

    class Caught(ApiBench):
        def send(self, body, headers, *, method="POST", query="", chunks=None):
            caught.append(query if method == "GET" else body.decode("latin-1"))
            return super().send(body, headers, method=method, query=query)

    twin = Caught()
    twin.clock = api.clock
    call_v1(twin, "DescribeScanState", {"ModuleType": "Vul"} | asked, method=method)
    return caught[0]


def test_the_largest_forms_and_queries_are_refused_fast_enough_to_be_no_weapon():
    """Caps in bytes and in parameters: nothing of this size reaches a decoder that nobody signed for."""
    api = ApiBench()
    for source in ("&" * (MAX_FORM_POST - 1), "a=1&" * (MAX_FORM_POST // 4), "a." * (MAX_FORM_POST // 2), "%" * 10**6):
        check(send_flat(api, source, method="POST", headers={"content-type": FORM}))
    for source in ("&" * MAX_GET, "a=1&" * (MAX_GET // 4), ("a." * (MAX_GET // 2))[:-2] + "=1"):
        check(call_get(api, "DescribeScanState", query=source), "DescribeScanState")
    many = "&".join(f"QuuidList.{number}=q" for number in range(MAX_PARAMETERS))
    assert len(parse_flat(many.encode())) == MAX_PARAMETERS
