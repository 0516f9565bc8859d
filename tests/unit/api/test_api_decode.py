"""Bodies become structs, or the code that their first mistake deserves."""

import json

import msgspec
import pytest

from api_bench import ApiBench
from hostward.api.decode import Int64, Uint64, decode
from hostward.api.errors import ApiError
from hostward.api.json_body import MAX_DEPTH, MAX_MEMBERS, parse_object


class Inner(msgspec.Struct, rename="pascal"):
    """An object inside a request."""

    name: str
    count: Uint64 = 0


class Outer(msgspec.Struct, rename="pascal", kw_only=True):
    """A request with a member of every kind."""

    number: Uint64
    text: str = "x"
    signed: Int64 = 0
    flag: bool = False
    inner: Inner | None = None
    many: list[Inner] = []
    texts: list[str] = []


class Ask(msgspec.Struct, rename="pascal", kw_only=True):
    """A request with members that are required inside of others."""

    number: Uint64
    many: list[Inner] = []
    flag: bool = False
    texts: list[str] = []
    signed: Int64 = 0


def refused(body: bytes | dict, kind: type = Ask) -> tuple[str, str]:
    """Code and message of a refusal."""
    with pytest.raises(ApiError) as caught:
        decode(kind, body if isinstance(body, bytes) else json.dumps(body).encode())
    return str(caught.value.code), caught.value.message("en-US")


def test_a_whole_request_is_decoded():
    """Members become attributes, objects become structs."""
    body = {"Number": 1, "Many": [{"Name": "a", "Count": "7"}], "Flag": True, "Texts": ["ä"], "Signed": -5}
    expected = Ask(number=1, many=[Inner("a", 7)], flag=True, texts=["ä"], signed=-5)
    assert decode(Ask, json.dumps(body).encode()) == expected


def test_left_out_members_have_their_defaults():
    """Clients leave out what is empty."""
    assert decode(Ask, b'{"Number":0}') == Ask(number=0)


@pytest.mark.parametrize(("sent", "number"), [("0", 0), ('"0"', 0), ('"12"', 12), ("12", 12), ("-0", 0)])
def test_integers_may_be_decimal_text(sent: str, number: int):
    """The API's own examples send them so."""
    assert decode(Ask, b'{"Number":%b}' % sent.encode()).number == number


@pytest.mark.parametrize(
    "sent",
    [
        "1.0", "1e3", "true", "false", "null", "[]", "{}", '""', '" 1"', '"1 "', '"1.0"', '"1e3"', '"+1"', '"0x1"',
        '"١"', '"１"', '"1_000"', '"00"', '"012"', '"-0"', '"true"', '"1\\n"', "0.0", "-1.5",
    ],
)  # fmt: skip
def test_nothing_else_is_an_integer(sent: str):
    """Floats, Booleans, exponents, blanks, other scripts' digits, leading zeros."""
    assert refused(b'{"Number":%b}' % sent.encode())[0] == "InvalidParameter"


@pytest.mark.parametrize("sent", ["-1", '"-1"', str(2**64), f'"{2**64}"', "9" * 50, "-" + "9" * 5000])
def test_integers_have_the_range_of_their_type(sent: str):
    """0 to 2^64-1; absurd numbers are refused, not computed."""
    code, message = refused(b'{"Number":%b}' % sent.encode())
    assert (code, "18446744073709551615" in message) == ("InvalidParameterValue", True)


@pytest.mark.parametrize("number", [0, 2**53, 2**63, 2**64 - 1])
def test_the_whole_range_of_uint64_is_read(number: int):
    """Beyond what a double holds."""
    assert decode(Ask, json.dumps({"Number": str(number)}).encode()).number == number


@pytest.mark.parametrize("number", [-(2**63), 2**63 - 1])
def test_int64_has_both_signs(number: int):
    """And its own ends."""
    assert decode(Ask, json.dumps({"Number": 1, "Signed": number}).encode()).signed == number
    assert refused({"Number": 1, "Signed": number * 2 + 1})[0] == "InvalidParameterValue"


@pytest.mark.parametrize("value", [1, 0, "true", "True", None, []])
def test_a_boolean_is_true_or_false(value: object):
    """In JSON there is no other spelling."""
    code, message = refused({"Number": 1, "Flag": value})
    assert (code, "Boolean" in message) == ("InvalidParameter", True)


@pytest.mark.parametrize("value", [1, None, True, [], {}])
def test_a_string_is_a_string(value: object):
    """Numbers are not turned into text."""
    code, message = refused({"Number": 1, "Texts": [value]})
    assert (code, "Texts.0" in message) == ("InvalidParameter", True)


def test_half_a_surrogate_pair_is_no_string():
    """JSON can spell it; no database takes it."""
    assert refused(rb'{"Number":1,"Texts":["\ud800"]}')[0] == "InvalidParameter"
    assert decode(Ask, rb'{"Number":1,"Texts":["\ud83d\ude00"]}').texts == ["\U0001f600"]


def test_nul_is_no_value():
    """PostgreSQL refuses it, and no name has it."""
    assert refused(rb'{"Number":1,"Texts":["a\u0000b"]}')[0] == "InvalidParameterValue"


@pytest.mark.parametrize("value", ["a", 1, {}, None, {"0": "a"}])
def test_an_array_is_an_array(value: object):
    """One value is not a list of one."""
    assert refused({"Number": 1, "Texts": value})[0] == "InvalidParameter"


@pytest.mark.parametrize("value", ["a", 1, [], None])
def test_an_object_is_an_object(value: object):
    """Inside a list too, with its place named."""
    code, message = refused({"Number": 1, "Many": [{"Name": "a"}, value]})
    assert (code, "Many.1" in message) == ("InvalidParameter", True)


def test_an_unknown_member_is_named_with_the_known_ones():
    """A typing mistake is never passed over."""
    code, message = refused({"Number": 1, "Numbr": 1})
    assert code == "UnknownParameter"
    assert ("`Numbr`" in message, "Number, Many, Flag" in message) == (True, True)


def test_member_names_have_one_spelling():
    """Case counts."""
    assert refused({"number": 1})[0] == "UnknownParameter"


def test_an_unknown_member_inside_an_object_is_named_by_its_path():
    """Filters.0.Nam, not just Nam."""
    code, message = refused({"Number": 1, "Many": [{"Name": "a", "Nam": 1}]})
    assert (code, "`Many.0.Nam`" in message) == ("UnknownParameter", True)


def test_a_missing_member_is_named_by_its_path():
    """In objects of lists too."""
    code, message = refused({"Number": 1, "Many": [{"Name": "a"}, {"Count": 1}]})
    assert (code, "`Many.1.Name`" in message) == ("MissingParameter", True)


UNKNOWN, MISSING, TYPE, VALUE = {"Nam": 1}, {"Count": 1}, {"Name": 1}, {"Name": "a", "Count": -1}


@pytest.mark.parametrize(
    ("many", "number", "code"),
    [
        ([VALUE, TYPE, MISSING, UNKNOWN], None, "UnknownParameter"),
        ([UNKNOWN, VALUE, TYPE], "x", "UnknownParameter"),
        ([VALUE, TYPE, MISSING], "x", "MissingParameter"),
        ([MISSING, TYPE, VALUE], 1, "MissingParameter"),
        ([VALUE, TYPE], 1, "InvalidParameter"),
        ([VALUE], "x", "InvalidParameter"),
        ([VALUE], 1, "InvalidParameterValue"),
    ],
)
def test_mistakes_are_reported_by_rank_wherever_they_stand(many: list, number: object, code: str):
    """Unknown, missing, type, value: over the whole body, nested members included."""
    assert refused({"Many": many, "Number": number})[0] == code


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"nul", b"{}{}", b"{'a':1}", b'{"a":1,}', b'{"Number":NaN}', b'{"Number":Infinity}',
        b'{"Number":-Infinity}', b'{"Number":01}', b'{"Number":1}\x00', b"\xff\xfe{\x00}\x00", b'{"Number":"\xff"}',
        b"\xef\xbb\xbf{}", b'{"a":"\n"}', b"Number=1",
    ],
)  # fmt: skip
def test_what_is_not_json_is_illegal(body: bytes):
    """No other encoding, no comments, no constants of JavaScript."""
    assert refused(body)[0] == "InvalidParameter.IllegalRequest"


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"a"', b"true", b'[{"Number":1}]'])
def test_what_is_no_object_is_illegal(body: bytes):
    """A request is an object."""
    code, message = refused(body)
    assert (code, "object" in message) == ("InvalidParameter.IllegalRequest", True)


@pytest.mark.parametrize(
    "body", [b'{"Number":1,"Number":1}', b'{"Number":1,"Many":[{"Name":"a","Name":"b"}]}', b'{"A":1,"\\u0041":2}']
)
def test_a_member_given_twice_is_illegal(body: bytes):
    """Two readers would take different ones; however it is spelled."""
    code, message = refused(body)
    assert (code, "twice" in message) == ("InvalidParameter.IllegalRequest", True)


def nested(depth: int) -> bytes:
    """An object with arrays in it, depth levels in all."""
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_depth_has_a_cap():
    """32 levels are read, 33 are not; a hundred thousand harm nobody."""
    assert list(parse_object(nested(MAX_DEPTH))) == ["a"]
    assert refused(nested(MAX_DEPTH + 1))[0] == "InvalidParameter.IllegalRequest"
    assert refused(nested(100_000))[0] == "InvalidParameter.IllegalRequest"


def test_brackets_in_text_and_side_by_side_are_no_depth():
    """Only nesting counts."""
    body = {"a": "[" * 100, "b": [[1]] * 50}
    assert parse_object(json.dumps(body).encode()) == body


def test_members_have_a_cap():
    """Counted before anything is parsed."""
    body = b'{"a":[' + b"0," * MAX_MEMBERS + b"0]}"
    code, message = refused(body)
    assert (code, str(MAX_MEMBERS) in message) == ("InvalidParameter.IllegalRequest", True)


def test_a_long_list_of_machines_fits_the_caps(api: ApiBench):
    """The largest honest request: a list of machines that fills megabytes."""
    quuids = [f"{number:036}" for number in range(100_000)]
    answer = api.call("ScanVul", {"VulLevels": "0", "HostType": 2, "QuuidList": quuids})
    assert (answer.code, "and 99995 more" in answer.message) == ("InvalidParameterValue", True)


def test_hostile_names_are_shown_short_and_plain():
    """A message repeats no control characters and no megabytes."""
    _, message = refused({"Number": 1, "\x1b[31m" + "x" * 10_000: 1})
    assert ("\x1b" in message, len(message) < 300, r"\x1b[31m" in message) == (False, True, True)


def test_a_member_name_with_half_a_surrogate_pair_can_be_answered(api: ApiBench):
    """The answer must be JSON whatever the request was."""
    assert api.call("DescribeScanState", body=rb'{"\ud800":1}').code == "UnknownParameter"


def test_only_shapes_of_the_api_are_accepted_in_structs():
    """A struct with a member of another kind is a programming mistake, found when it is first used."""
    with pytest.raises(KeyError):
        decode(Outer, b'{"Number":1}')
