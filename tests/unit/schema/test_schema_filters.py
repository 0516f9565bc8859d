"""The filters that the document names are those that the actions take, with the values that they take."""

from datetime import UTC, datetime

import pytest

from hostward.api import filters, machine_filters
from hostward.api.actions import describe_scan_state, describe_tags
from hostward.api.errors import ApiError
from hostward.api.names import NAMES
from hostward.api.schema import FilterName, service_schema
from hostward.api.schema.texts import filter_texts
from hostward.cli.api.telling import found

NOW = datetime(2026, 12, 1, tzinfo=UTC)
WITHOUT_EFFECT = {"AddedOnTheFifteen"}
"""Known and refused with a reason: nobody should be offered it."""


def of_action(action: str) -> tuple[FilterName, ...]:
    """The filters of an action, as the document has them."""
    return next(one.filters for one in found(service_schema("cwp"), action).request if one.name == "Filters")


def task(name: str, value: str) -> object:
    """What DescribeScanTaskDetails and ExportScanTaskDetails make of a filter."""
    return filters.conditions_of([filters.Filters(name=name, values=[value])])


def machine(name: str, value: str) -> object:
    """What DescribeMachines makes of one."""
    return machine_filters.machine_conditions([machine_filters.Filter(name, [value])], NOW)


def tag(name: str, value: str) -> object:
    """What DescribeTags makes of one."""
    return describe_tags._meaning(filters.Filters(name=name, values=[value]), 0, NOW)


TAKES = {
    "DescribeScanTaskDetails": (task, set(filters.NAMES)),
    "ExportScanTaskDetails": (task, set(filters.NAMES)),
    "DescribeMachines": (machine, set(machine_filters.NAMES) - WITHOUT_EFFECT),
    "DescribeTags": (tag, set(describe_tags.NAMES)),
}


@pytest.mark.parametrize("action", TAKES)
def test_names_are_those_that_the_action_takes(action):
    """None is missing, none is made up."""
    assert {one.name for one in of_action(action)} == TAKES[action][1]


@pytest.mark.parametrize("action", TAKES)
def test_every_value_offered_is_taken_and_no_other_is(action):
    """Where values are named they are all there are; elsewhere any text is taken."""
    take = TAKES[action][0]
    for one in of_action(action):
        for choice in one.choices:
            take(one.name, str(choice.value))
        if one.choices:
            with pytest.raises(ApiError, match=r"."):
                take(one.name, "nothing of the sort")
        else:
            take(one.name, "1")


def test_the_strategy_of_a_baseline_is_the_only_filter_of_its_state():
    """And it has no values yet."""
    assert [one.name for one in of_action("DescribeScanState")] == [describe_scan_state.STRATEGY]


def test_every_list_of_filters_is_used():
    """One that no field names is about an action that is gone."""
    used = {one.filters for action in service_schema("cwp").actions for one in action.request if one.filters}
    assert len(used) == len(filter_texts())


def test_an_action_takes_as_many_filters_as_the_document_says():
    """The singular type of the API has narrower limits than the plural one."""
    most = {name: next(one.most_items for one in found(service_schema("cwp"), name).request if one.name == "Filters")
            for name in TAKES}  # fmt: skip
    expected = {name: machine_filters.MAX_FILTERS if take is machine else filters.MAX_FILTERS
                for name, (take, _) in TAKES.items()}  # fmt: skip
    assert most == expected


def test_the_document_tells_which_actions_are_not_served():
    """Every real name is either served or listed as not served; the service of our own has no other."""
    schema = service_schema("cwp")
    assert {one.name for one in schema.actions} | set(schema.unserved) == NAMES
    assert {one.name for one in schema.actions} & set(schema.unserved) == set()
    assert service_schema("hostward").unserved == ()
