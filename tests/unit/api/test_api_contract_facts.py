"""Structs and lists of the gateway beside contract.json."""

from typing import Annotated, get_args, get_origin

import msgspec
import pytest

from api_contract import check_answer, contract
from hostward.api.action import VERSIONS
from hostward.api.actions import ACTIONS
from hostward.api.actions.describe_scan_task_details import PatchInfoDetail
from hostward.api.decode import INT64, UINT64, ListOf, ObjectOf, String, Whole, shape_of
from hostward.api.names import NAMES

CWP = [action for action in ACTIONS if action.service == "cwp"]
SCALARS = {"string": str, "uint64": int, "int64": int, "bool": bool, "float": float}


def request_facts(shape: ObjectOf) -> dict:
    """Members of a request struct in the words of the contract."""
    return {name: (_kind(member.shape), member.required) for name, member in shape.members.items()}


def _kind(shape) -> str:
    match shape:
        case ListOf():
            return f"[{_kind(shape.item)}]"
        case Whole():
            return {UINT64: "uint64", INT64: "int64"}[shape]
        case ObjectOf():
            return shape.struct.__name__
        case String():
            return "string"
        case _:
            return "bool"


def contract_facts(members: list[dict]) -> dict:
    """The same from the contract; its dates travel as texts."""
    kinds = {one["name"]: "string" if one["type"] == "date" else one["type"] for one in members}
    return {
        one["name"]: (f"[{kinds[one['name']]}]" if one["array"] else kinds[one["name"]], one.get("required", False))
        for one in members
    }


@pytest.mark.parametrize("action", CWP, ids=lambda one: one.name)
def test_a_request_has_the_members_of_the_contract(action):
    """Names, types, arrays and what is required."""
    expected = contract_facts(contract()["actions"][action.name]["input"])
    assert request_facts(shape_of(action.request)) == expected


@pytest.mark.parametrize("action", CWP, ids=lambda one: one.name)
def test_structures_inside_a_request_have_the_members_of_the_contract(action):
    """Filters, BaselineDetectParam."""
    for member in shape_of(action.request).members.values():
        inner = member.shape.item if isinstance(member.shape, ListOf) else member.shape
        if isinstance(inner, ObjectOf):
            expected = contract_facts(contract()["structures"][inner.struct.__name__])
            assert request_facts(inner) == expected


def response_facts(struct: type[msgspec.Struct]) -> dict:
    """Members of a response struct: Python type, list or not."""
    facts = {}
    for one in msgspec.structs.fields(struct):
        kind = one.type
        if get_origin(kind) is Annotated:
            inner, mark = get_args(kind)
            kind = mark if inner is msgspec.Raw else inner  # JSON made beforehand: the mark says of what
        is_list = get_origin(kind) is list
        kind = get_args(kind)[0] if is_list else kind
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        facts[one.encode_name] = (kind, is_list)
    return facts


def check_response(struct: type[msgspec.Struct], members: list[dict], skip: str = "") -> None:
    """Assert that a response struct is that of the contract, and the structs inside it."""
    facts = response_facts(struct)
    wanted = {one["name"]: one for one in members if one["name"] != skip}
    assert facts.keys() == wanted.keys()
    for name, (kind, is_list) in facts.items():
        assert is_list == wanted[name]["array"], name
        if wanted[name]["type"] in SCALARS:
            assert kind is SCALARS[wanted[name]["type"]], name
        elif kind is not PatchInfoDetail:  # never sent
            assert kind.__name__ == wanted[name]["type"]
            check_response(kind, contract()["structures"][wanted[name]["type"]])


@pytest.mark.parametrize("action", CWP, ids=lambda one: one.name)
def test_a_response_has_the_members_of_the_contract(action):
    """None more, none less; the envelope adds the RequestId."""
    check_response(action.response, contract()["actions"][action.name]["output"], skip="RequestId")


def test_the_names_are_those_of_the_contract():
    """All 534: change names.py when contract.json changes (the names sorted, parted by blanks)."""
    assert frozenset(contract()["all_action_names"]) == NAMES
    assert len(NAMES) == 534


def test_served_actions_of_cwp_are_real_ones():
    """`cwp` has nothing that Tencent's has not."""
    assert {action.name for action in CWP} <= NAMES


def test_the_version_is_that_of_the_contract():
    """2018-02-28."""
    assert VERSIONS[contract()["service"]] == contract()["version"]


def test_the_table_names_every_action_once():
    """By service and name."""
    keys = [(action.service, action.name) for action in ACTIONS]
    assert len(set(keys)) == len(keys)


def good() -> dict:
    """An answer of ScanVul as it should be."""
    return {"TaskId": 1, "BasicVersionCount": 0, "SuccessCount": 1, "RequestId": "x"}


@pytest.mark.parametrize(
    "change", [{"TaskId": None}, {"TaskId": "1"}, {"TaskId": -1}, {"TaskId": True}, {"Odd": 1}, {"TaskId": 2**53}]
)
def test_the_check_of_answers_finds_what_clients_would_trip_over(change: dict):
    """The check itself can fail: null, text, negative, Boolean, unknown, too large."""
    check_answer("ScanVul", good())
    with pytest.raises(AssertionError):
        check_answer("ScanVul", good() | change)


def test_the_check_of_answers_misses_members():
    """A member that is always there must be there."""
    with pytest.raises(AssertionError):
        check_answer("ScanVul", {"RequestId": "x"})
