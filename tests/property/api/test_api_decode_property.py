"""The decoder beside a model of it that is written from the specification alone."""

import json
import re

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hostward.api.decode import Uint64, decode
from hostward.api.errors import ApiError

PROFILE = settings(max_examples=500, deadline=None)


class Leaf(msgspec.Struct, rename="pascal", kw_only=True):
    """An object inside."""

    name: str
    count: Uint64 = 0


class Tree(msgspec.Struct, rename="pascal", kw_only=True):
    """A request."""

    id: Uint64
    flag: bool = False
    leaves: list[Leaf] = []
    only: Leaf


LEAF = {"Name": ("text", True), "Count": ("whole", False)}
TREE = {"Id": ("whole", True), "Flag": ("flag", False), "Leaves": ([LEAF], False), "Only": (LEAF, True)}

odd = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2**65)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["0", "12", "-3", "01", "1.0", "x", "", "１", str(2**64)])
    | st.just([])
    | st.just({})
)
leaf = st.dictionaries(st.sampled_from(["Name", "Count", "Odd"]), odd, max_size=3)
good_leaf = st.fixed_dictionaries({"Name": st.text("abc", max_size=3)}, optional={"Count": st.integers(0, 2**64 - 1)})
tree = st.dictionaries(
    st.sampled_from(["Id", "Flag", "Leaves", "Only", "Other"]),
    odd | st.lists(leaf | good_leaf | odd, max_size=3) | leaf | good_leaf,
    max_size=5,
)
good_tree = st.fixed_dictionaries(
    {"Id": st.integers(0, 2**64 - 1) | st.sampled_from(["0", "7"]), "Only": good_leaf},
    optional={"Flag": st.booleans(), "Leaves": st.lists(good_leaf, max_size=3)},
)


def ranks(shape, value) -> set[int]:
    """Every mistake as its rank: 0 unknown, 1 missing, 2 type, 3 value."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return {2}
        found = {0} if value.keys() - shape.keys() else set()
        for name, (inner, required) in shape.items():
            if name in value:
                found |= ranks(inner, value[name])
            elif required:
                found.add(1)
        return found
    if isinstance(shape, list):
        return set().union(*(ranks(shape[0], one) for one in value)) if isinstance(value, list) else {2}
    if shape == "flag":
        return set() if isinstance(value, bool) else {2}
    if shape == "text":
        return set() if isinstance(value, str) else {2}
    if isinstance(value, str) and re.fullmatch("0|-?[1-9][0-9]*", value):
        value = int(value)
    if type(value) is not int:
        return {2}
    return set() if 0 <= value < 2**64 else {3}


CODES = ["UnknownParameter", "MissingParameter", "InvalidParameter", "InvalidParameterValue"]


def outcome(value: dict) -> str:
    """The code of a refusal, "" for none."""
    try:
        decode(Tree, json.dumps(value).encode())
    except ApiError as refusal:
        return str(refusal.code)
    return ""


@PROFILE
@given(value=tree | good_tree)
def test_the_code_is_that_of_the_lowest_rank(value: dict):
    """Over the whole body at once."""
    found = ranks(TREE, value)
    assert outcome(value) == (CODES[min(found)] if found else "")


@PROFILE
@given(value=good_tree)
def test_a_right_request_is_read_whole(value: dict):
    """Nothing is lost: written again it is the same, but for numbers in text."""
    request = decode(Tree, json.dumps(value).encode())
    written = msgspec.to_builtins(request)
    expected = {"Flag": False, "Leaves": []} | value | {"Id": int(value["Id"])}
    expected["Only"] = {"Count": 0} | expected["Only"]
    expected["Leaves"] = [{"Count": 0} | one for one in expected["Leaves"]]
    assert written == expected


@PROFILE
@given(value=tree, order=st.randoms())
def test_the_order_of_members_changes_nothing(value: dict, order):
    """JSON objects have none."""
    names = list(value)
    order.shuffle(names)
    assert outcome({name: value[name] for name in names}) == outcome(value)
