"""Answers checked against contract.json: names, types, arrays, what must be there, and never null."""

import json
from functools import cache
from importlib.resources import files

MAX_NUMBER = 2**53 - 1
_SCALARS = {"string": str, "bool": bool, "uint64": int, "int64": int, "float": (int, float)}


@cache
def contract() -> dict:
    """The facts the repository ships."""
    return json.loads(files("hostward.api").joinpath("contract.json").read_text(encoding="utf-8"))


def check_answer(action: str, response: dict) -> None:
    """Assert that a Response (not an Error) is one that the official clients know."""
    _check_object(contract()["actions"][action]["output"], response, action)
    assert isinstance(response["RequestId"], str)


def _check_object(members: list[dict], value: object, path: str) -> None:
    assert isinstance(value, dict), f"{path} is no object"
    known = {member["name"]: member for member in members}
    assert not value.keys() - known.keys(), f"{path} has members nobody knows: {value.keys() - known.keys()}"
    for name, member in known.items():
        if name not in value:
            assert not member.get("output_required"), f"{path}.{name} is missing"
            continue
        items = value[name] if member["array"] else [value[name]]
        assert isinstance(items, list), f"{path}.{name} is no array"
        for item in items:
            _check_value(member["type"], item, f"{path}.{name}")


def _check_value(kind: str, value: object, path: str) -> None:
    if kind not in _SCALARS:
        _check_object(contract()["structures"][kind], value, path)
        return
    assert isinstance(value, _SCALARS[kind]), f"{path} is {value!r}, not {kind}"
    assert kind == "bool" or not isinstance(value, bool), f"{path} is a Boolean, not {kind}"
    if kind == "uint64":
        assert 0 <= value <= MAX_NUMBER, f"{path} is out of range: {value}"
