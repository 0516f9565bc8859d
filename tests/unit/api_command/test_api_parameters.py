"""`--Name VALUE` as the JSON that the action takes."""

import json

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.api.actions import ACTIONS
from hostward.cli.api.parameters import MAX_INDEX, parameters_of

REQUESTS = {action.name: action.request for action in ACTIONS}


def read(action: str, *arguments: str) -> dict:
    """The parameters of an action that is known."""
    return parameters_of(arguments, REQUESTS[action])


@pytest.mark.parametrize(
    ("action", "arguments", "expected"),
    [
        ("DescribeScanState", ["--ModuleType", "Vul"], {"ModuleType": "Vul"}),
        ("DescribeScanState", ["--ModuleType=Vul"], {"ModuleType": "Vul"}),
        ("DescribeScanState", ["--ModuleType", "7"], {"ModuleType": "7"}),
        ("DescribeScanState", ["--ModuleType="], {"ModuleType": ""}),
        ("DescribeScanState", ["--ModuleType", "a=b"], {"ModuleType": "a=b"}),
        ("DescribeScanState", ["--ModuleType", "--list"], {"ModuleType": "--list"}),
        ("DescribeScanTaskDetails", ["--TaskId", "7", "--Limit=5"], {"TaskId": 7, "Limit": 5}),
        ("DescribeScanTaskDetails", ["--Offset", "-1"], {"Offset": -1}),
        ("DescribeScanTaskDetails", ["--TaskId", "18446744073709551615"], {"TaskId": 18446744073709551615}),
        ("EnableSchedule", ["--Enabled", "true"], {"Enabled": True}),
        ("EnableSchedule", ["--Enabled", "False"], {"Enabled": False}),
        ("ScanVul", ["--QuuidList", '["a", "b"]'], {"QuuidList": ["a", "b"]}),
        ("ScanVul", ["--QuuidList.0", "a", "--QuuidList.1", "b"], {"QuuidList": ["a", "b"]}),
        ("ScanVul", ["--QuuidList.1", "b", "--QuuidList.0", "a"], {"QuuidList": ["a", "b"]}),
        ("ScanVul", ["--VulIds.0", "7"], {"VulIds": [7]}),
        ("StartBaselineDetect", ["--Param", '{"HostIds": ["q"]}'], {"Param": {"HostIds": ["q"]}}),
        ("StartBaselineDetect", ["--Param", '{"0": 1}'], {"Param": {"0": 1}}),
        ("StartBaselineDetect", ["--Param.HostIds.0", "q", "--Param.RuleIds", "[1]"],
         {"Param": {"HostIds": ["q"], "RuleIds": [1]}}),
        ("DescribeScanTaskDetails",
         ["--Filters.0.Name", "HostName", "--Filters.0.Values.0", "1", "--Filters.0.ExactMatch", "true"],
         {"Filters": [{"Name": "HostName", "Values": ["1"], "ExactMatch": True}]}),
        ("DeleteMalwareScanTask", [], {}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)  # fmt: skip
def test_a_value_has_the_type_of_its_parameter(action, arguments, expected):
    """Texts stay texts, whatever they look like."""
    assert json.dumps(read(action, *arguments)) == json.dumps(expected)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Vul"], "expected --Parameter VALUE, found 'Vul'"),
        (["--"], "found '--'"),
        (["-x", "1"], "found '-x'"),
        (["--ModuleType"], "--ModuleType needs a value"),
        (["--Odd", "1"], "there is no parameter --Odd; known are ModuleType, TaskId, Filters, Limit, Offset"),
        (["--moduleType", "Vul"], "no parameter --moduleType"),
        (["--TaskId", "seven"], "--TaskId: expected a whole number, found 'seven'"),
        (["--TaskId", "7.0"], "expected a whole number"),
        (["--TaskId", "９"], "expected a whole number"),
        (["--TaskId", "9" * 5000], "expected a whole number"),
        (["--TaskId", "1", "--TaskId", "2"], "--TaskId was given twice"),
        (["--Filters", "HostName"], "expected a JSON array"),
        (["--Filters", "{}"], "expected a JSON array"),
        (["--Filters", "[" * 100_000], "expected a JSON array"),
        (["--Filters.Name", "x"], "expected a number in the place of 'Name'"),
        (["--Filters.0.Odd", "x"], "no parameter --Filters.0.Odd; known are Name, Values, ExactMatch"),
        (["--Filters.1.Name", "x"], "the numbers must be 0, 1, 2"),
        (["--Filters.00.Name", "x", "--Filters.0.Name", "y"], "the numbers must be 0, 1, 2"),
        (["--Filters.²", "{}"], "expected a number"),
        (["--Filters.99999", "{}"], "expected a number"),
        (["--Filters.0", "x"], "expected a JSON object"),
        (["--Filters", "[]", "--Filters.0.Name", "x"], "Filters was given as a whole before"),
        (["--Filters.0.Name", "x", "--Filters", "[]"], "--Filters was given twice"),
        (["--Filters.0", "{}", "--Filters.0.Name", "x"], "0 was given as a whole before"),
        (["--Filters.0.ExactMatch", "yes"], "expected true or false"),
        (["--TaskId.0", "1"], "names something inside a plain value"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_what_can_not_be_read_is_told_in_words(arguments, words):
    """Wrong usage, before anything is sent."""
    with pytest.raises(click.UsageError) as caught:
        read("DescribeScanTaskDetails", *arguments)
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        ("true", True),
        ('["a"]', ["a"]),
        ("null", None),
        ("web-1", "web-1"),
        ("", ""),
        ("[" * 9999, "[" * 9999),
    ],
    ids=lambda value: str(value)[:9],
)
def test_values_of_an_unknown_action_are_json_where_they_can_be(text, expected):
    """A newer server may have it."""
    assert parameters_of(["--Anything", text], None) == {"Anything": expected}


def test_named_parts_of_an_unknown_action_become_arrays_and_objects():
    """By whether their names are numbers."""
    arguments = ["--A.0.B", "1", "--A.1.B", "2", "--C.D", "x"]
    assert parameters_of(arguments, None) == {"A": [{"B": 1}, {"B": 2}], "C": {"D": "x"}}


def test_as_many_elements_as_four_digits_can_name():
    """The last of them."""
    arguments = [word for index in range(MAX_INDEX + 1) for word in (f"--VulIds.{index}", "1")]
    assert read("ScanVul", *arguments) == {"VulIds": [1] * (MAX_INDEX + 1)}


@given(st.text())
def test_every_text_is_taken_as_it_is(text):
    """Nothing of it is looked at."""
    assert read("DescribeScanState", f"--ModuleType={text}") == {"ModuleType": text}


@given(st.lists(st.fixed_dictionaries({"Name": st.text(), "Values": st.lists(st.text(), min_size=1)}), min_size=1))
def test_piece_by_piece_is_the_same_as_json(filters):
    """Both spellings of the same."""
    pieces = []
    for number, one in enumerate(filters):
        pieces.append(f"--Filters.{number}.Name={one['Name']}")
        pieces += [f"--Filters.{number}.Values.{at}={text}" for at, text in enumerate(one["Values"])]
    action = "DescribeScanTaskDetails"
    assert read(action, *pieces) == read(action, "--Filters", json.dumps(filters)) == {"Filters": filters}


@given(st.lists(st.text(max_size=12), max_size=6))
def test_no_arguments_make_anything_else_than_json_or_wrong_usage(arguments):
    """Whatever a shell hands over."""
    try:
        result = parameters_of(arguments, None)
    except click.UsageError:
        return
    assert json.loads(json.dumps(result)) == result
