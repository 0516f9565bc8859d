"""Flat parameters: how they are read, and which mistake deserves which code."""

import tracemalloc

import msgspec
import pytest

from hostward.api.decode import Int64, Uint64, decode_flat
from hostward.api.errors import ApiError
from hostward.api.flat_body import COMMON, MAX_COMMON, MAX_PARAMETERS, common_of, nested, parse_flat
from hostward.api.json_body import MAX_DEPTH


class Filter(msgspec.Struct, rename="pascal", kw_only=True):
    """An object in an array."""

    name: str
    values: list[str] = []
    exact_match: bool = False


class Inner(msgspec.Struct, rename="pascal", kw_only=True):
    """An object."""

    ids: list[Int64] = []


class Simple(msgspec.Struct, rename="pascal", kw_only=True):
    """A request with every kind of member."""

    task_id: Uint64
    name: str = ""
    flag: bool = False
    filters: list[Filter] = []
    param: Inner = msgspec.field(default_factory=Inner)


def read(source: str) -> Simple:
    """A request of this query."""
    return decode_flat(Simple, parse_flat(source.encode()))


def refusal(source: str | bytes) -> tuple[str, str]:
    """Code and English words of the refusal."""
    with pytest.raises(ApiError) as refused:
        decode_flat(Simple, parse_flat(source if isinstance(source, bytes) else source.encode()))
    return refused.value.code, refused.value.message("en-US")


def test_every_kind_of_member_is_read():
    """Numbers, text, Booleans, arrays of objects, arrays in arrays, objects."""
    request = read(
        "TaskId=7&Name=a&Flag=true&Filters.0.Name=x&Filters.0.Values.0=1&Filters.0.Values.1=2"
        "&Filters.1.Name=y&Filters.1.ExactMatch=True&Param.Ids.0=-3"
    )
    assert request == Simple(
        task_id=7, name="a", flag=True,
        filters=[Filter(name="x", values=["1", "2"]), Filter(name="y", exact_match=True)], param=Inner(ids=[-3]),
    )  # fmt: skip


def test_indices_are_numbers_not_words():
    """10 comes after 9, in whatever order they are sent."""
    source = "&".join(f"Param.Ids.{index}={index}" for index in (10, 2, 0, 1, 9, 3, 8, 4, 7, 5, 6))
    assert read(f"TaskId=1&{source}").param.ids == list(range(11))


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("false", False), ("False", False)])
def test_booleans_are_spelled_in_two_ways(text: str, value: bool):
    """Python's and everybody else's."""
    assert read(f"TaskId=1&Flag={text}").flag is value


@pytest.mark.parametrize("text", ["", "1", "0", "TRUE", "yes", "tru", "true "])
def test_anything_else_is_no_boolean(text: str):
    """Nothing is guessed."""
    code, words = refusal(f"TaskId=1&Flag={text}")
    assert (code, "`Flag`" in words) == ("InvalidParameter", True)


@pytest.mark.parametrize("text", ["", "1.0", "1e3", "+1", " 1", "01", "０", "0x1", "None", "null"])
def test_anything_but_a_plain_number_is_no_integer(text: str):
    """As in JSON."""
    assert refusal(f"TaskId={text.replace('+', '%2B')}")[0] == "InvalidParameter"


@pytest.mark.parametrize("text", ["-1", str(2**64), "9" * 40])
def test_an_integer_out_of_range_is_a_wrong_value(text: str):
    """The type is right."""
    assert refusal(f"TaskId={text}")[0] == "InvalidParameterValue"


def test_the_largest_integer_is_whole():
    """No float comes between."""
    assert read(f"TaskId={2**64 - 1}").task_id == 2**64 - 1


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("Param.Ids.1=1", ("`Param.Ids`", "0 is missing", "Param.Ids.1")),
        ("Param.Ids.0=1&Param.Ids.2=1", ("`Param.Ids`", "1 is missing", "Param.Ids.2")),
        ("Param.Ids.999999999=1", ("0 is missing", "Param.Ids.999999999")),
        ("Param.Ids.0=1&Param.Ids.x=1", ("1 is missing", "Param.Ids.x")),
        ("Param.Ids.0=1&Param.Ids.00=1", ("1 is missing", "Param.Ids.00")),
        ("Param.Ids.-1=1", ("0 is missing", "Param.Ids.-1")),
        ("Param.Ids.%D9%A0=1", ("0 is missing",)),
        ("Param.Ids.=1", ("0 is missing", "Param.Ids.")),
        ("Filters.999999999.Name=a", ("`Filters`", "0 is missing", "Filters.999999999")),
        ("Filters.Name=a", ("`Filters`", "0 is missing", "Filters.Name")),
        ("Filters.0.Name=a&Filters.0.Values.1=b", ("`Filters.0.Values`", "0 is missing")),
    ],
)
def test_indices_with_a_gap_or_among_names_are_refused(source: str, named: tuple[str, ...]):
    """The message says what is missing and what is there instead."""
    code, words = refusal(f"TaskId=1&{source}")
    assert (code, [name for name in named if name not in words]) == ("InvalidParameter", [])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Filters=x&Filters.0.Name=y", "Filters.0.Name"),
        ("Filters.0.Name=y&Filters=x", "Filters"),
        ("Filters.0=x&Filters.0.Name=y", "Filters.0.Name"),
        ("TaskId.0=1", "TaskId.0"),
    ],
)
def test_a_name_is_a_value_or_holds_values(source: str, name: str):
    """Not both at once."""
    code, words = refusal(f"TaskId=1&{source}")
    assert (code, f"`{name}`" in words) == ("InvalidParameter", True)


@pytest.mark.parametrize(
    ("source", "code", "name"),
    [
        ("Filters=x", "InvalidParameter", "`Filters`"),
        ("Param=x", "InvalidParameter", "`Param`"),
        ("Filters.0=x", "InvalidParameter", "`Filters.0`"),
        ("Name.0=x", "InvalidParameter", "`Name`"),
        ("Param.0=x", "UnknownParameter", "`Param.0`"),
        ("Odd=1", "UnknownParameter", "`Odd`"),
        ("0=1", "UnknownParameter", "`0`"),
        ("Filters.0.Odd=1&Filters.0.Name=a", "UnknownParameter", "`Filters.0.Odd`"),
        ("Filters.0.Values.0=a", "MissingParameter", "`Filters.0.Name`"),
        ("=1", "UnknownParameter", "``"),
        ("Name=%00", "InvalidParameterValue", "`Name`"),
    ],
)
def test_mistakes_have_the_codes_and_names_that_json_has(source: str, code: str, name: str):
    """One decoder for both."""
    said, words = refusal(f"TaskId=1&{source}")
    assert (said, name in words) == (code, True)


def test_the_lowest_rank_decides():
    """Whatever comes first in the query."""
    assert refusal("Param.Ids.5=1&TaskId=x&Odd=1")[0] == "UnknownParameter"
    assert refusal("Param.Ids.5=1&Filters.0.Name=a")[0] == "MissingParameter"
    assert refusal("TaskId=-1&Param.Ids.5=1")[0] == "InvalidParameter"


def test_a_giant_index_costs_no_more_than_its_name():
    """Nothing is made as long as an index says."""
    tracemalloc.start()
    refusal("TaskId=1&Filters.999999999.Name=a&Param.Ids.18446744073709551615=1")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize(
    ("source", "parameters"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=", {"a": ""}),
        ("a=b=c", {"a": "b=c"}),
        ("&a=1&", {"a": "1"}),
        ("a=1+2%2B3%204", {"a": "1 2+3 4"}),
        ("%61=%E6%9C%AA", {"a": "未"}),
        ("a=\u672a", {"a": "未"}),
        ("a=1;b=2", {"a": "1;b=2"}),
        ("a=%25%32%35", {"a": "%25"}),
    ],
)
def test_pairs_are_decoded_once(source: str, parameters: dict[str, str]):
    """Plus is a blank, an escape is a byte, a semicolon is itself."""
    assert parse_flat(source.encode()) == parameters


@pytest.mark.parametrize(
    "source", [b"a", b"a=1&b", b"a=%", b"a=%1", b"a=%g1", b"a=%1g", b"%=1", b"a=\xff", b"a=%ff", b"a=%ED%A0%80"]
)
def test_what_can_not_be_decoded_is_refused(source: bytes):
    """Half a surrogate pair is no UTF-8 either."""
    assert refusal(source)[0] == "InvalidParameter.IllegalRequest"


@pytest.mark.parametrize("source", ["a=1&a=1", "a=1&%61=2", "a+=1&a%20=2"])
def test_a_name_given_twice_is_refused(source: str):
    """However it is spelled, and even with the same value."""
    code, words = refusal(source)
    assert (code, "twice" in words) == ("InvalidParameter.IllegalRequest", True)


def test_there_is_a_cap_on_parameters():
    """The cap itself is allowed."""
    pairs = [f"a{number}=" for number in range(MAX_PARAMETERS)]
    assert len(parse_flat("&".join(pairs).encode())) == MAX_PARAMETERS
    assert refusal("&".join([*pairs, "b="]))[0] == "InvalidParameter.IllegalRequest"


def test_there_is_a_cap_on_levels():
    """A name of dots alone costs no more than the cap."""
    deepest = ".".join(["a"] * MAX_DEPTH)
    level: object = nested({deepest: "x"})
    for _ in range(MAX_DEPTH):
        level = level["a"]
    assert level == "x"
    for path in (f"{deepest}.a", "." * 100_000):
        code, _ = refusal(f"{path}=1")
        assert code == "InvalidParameter.IllegalRequest"


def test_common_parameters_are_found_without_reading_the_rest():
    """The first of a name counts, what can't be decoded is left out, and nothing else is looked at."""
    source = b"%zz&Action=A&xAction=B&Action=C&Version=%zz&Token=a%20b&Region&Timestamp=&a.Signature=1"
    assert common_of(source) == {"Action": "A", "Token": "a b", "Timestamp": ""}


def test_a_common_parameter_that_is_far_too_long_is_left_out():
    """Its value would be looked at before anybody is known."""
    assert common_of(b"Action=%b&Version=1" % (b"a" * MAX_COMMON)) == {"Action": "a" * MAX_COMMON, "Version": "1"}
    assert common_of(b"Action=%b&Version=1" % (b"a" * (MAX_COMMON + 1))) == {"Version": "1"}


def test_no_served_action_has_a_member_named_as_a_common_parameter():
    """It could not be told from the common one in version 1."""
    from hostward.api.actions import ACTIONS  # noqa: PLC0415  # the table loads every action

    members = {name for action in ACTIONS for name in action.request.__struct_encode_fields__}
    assert members & COMMON == set()
