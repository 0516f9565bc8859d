"""Filters as callers write them, and what the domain is asked for."""

import pytest

from hostward.api.errors import ApiError
from hostward.api.filters import MAX_FILTERS, MAX_VALUES, NAMES, Filters, conditions_of
from hostward.domain.host_scan import FailType, Status
from hostward.domain.machine_filter import AtRisk, FailTypeIs, StatusIs, Text, TextIs


def condition(name: str, *values: str, exact: bool = False):
    """The condition of one filter."""
    (one,) = conditions_of([Filters(name, list(values), exact)])
    return one


def refusal(*filters: Filters) -> str:
    """The message of a refusal, which must be of a value."""
    with pytest.raises(ApiError) as caught:
        conditions_of(filters)
    assert caught.value.code == "InvalidParameterValue"
    return caught.value.message("en-US")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ipOrAlias", Text.ANY),
        ("Keywords", Text.ANY),
        ("Keyworkd", Text.ANY),
        ("HostIp", Text.ADDRESS),
        ("IP", Text.ADDRESS),
        ("HostName", Text.HOST_NAME),
        ("MachineName", Text.HOST_NAME),
        ("InstanceID", Text.INSTANCE),
        ("OsName", Text.OS_NAME),
    ],
)
def test_texts_are_looked_for_inside_unless_exact(name: str, text: Text):
    """ExactMatch is the caller's choice."""
    assert condition(name, "a", "b") == TextIs(text=text, values=("a", "b"))
    assert condition(name, "a", exact=True) == TextIs(text=text, values=("a",), exact=True)


@pytest.mark.parametrize(("name", "text"), [("Uuid", Text.UUID), ("Quuid", Text.QUUID)])
def test_identities_are_always_exact(name: str, text: Text):
    """Half a machine id is none."""
    assert condition(name, "a") == TextIs(text=text, values=("a",), exact=True)


@pytest.mark.parametrize("name", ["IPORALIAS", "iporalias", "IpOrAlias"])
def test_names_have_no_case(name: str):
    """They are compared in lower case."""
    assert condition(name, "x") == TextIs(text=Text.ANY, values=("x",))


def test_statuses_are_the_four_words():
    """As the answers spell them."""
    assert condition("Status", "Ok", "Stop") == StatusIs(values=frozenset({Status.OK, Status.STOP}))
    assert "Scanning, Ok, Fail, Stop" in refusal(Filters("Status", ["ok"]))


def test_fail_types_are_the_four_numbers():
    """3, 4, 5 and 8; 0 is no failure."""
    assert condition("FailType", "3", "8") == FailTypeIs(values=frozenset({FailType.OFFLINE, FailType.TOO_OLD}))
    assert "3, 4, 5, 8" in refusal(Filters("FailType", ["0"]))


def test_risk_only_is_true():
    """There is no other value."""
    assert condition("RiskOnly", "true") == AtRisk()
    assert "true" in refusal(Filters("RiskOnly", ["false"]))


def test_filters_are_all_kept_in_order():
    """AND between them."""
    conditions = conditions_of([Filters("RiskOnly", ["true"]), Filters("IP", ["1"]), Filters("IP", ["2"])])
    assert [type(one) for one in conditions] == [AtRisk, TextIs, TextIs]


def test_no_filters_are_no_conditions():
    """An empty list lets every machine through."""
    assert conditions_of([]) == ()


def test_an_unknown_name_is_refused_with_the_known_ones():
    """And with its place."""
    message = refusal(Filters("IP", ["1"]), Filters("Color", ["red"]))
    assert all(name in message for name in ("Filters.1.Name", "Color", *NAMES))


def test_at_most_ten_filters():
    """Ten are taken."""
    ten = [Filters("IP", ["1"])] * MAX_FILTERS
    assert len(conditions_of(ten)) == 10
    assert "11 values" in refusal(*ten, ten[0])


@pytest.mark.parametrize("count", [0, MAX_VALUES + 1])
def test_one_to_a_hundred_values(count: int):
    """A filter without values asks nothing."""
    assert "1 - 100" in refusal(Filters("IP", ["1"] * count))
    assert condition("IP", *["1"] * MAX_VALUES).values == ("1",) * 100


def test_a_value_longer_than_any_name_is_refused():
    """Databases refuse patterns of that size, in their own words."""
    assert condition("IP", "x" * 1000).values == ("x" * 1000,)
    assert "1000" in refusal(Filters("IP", ["x" * 1001]))


@pytest.mark.parametrize("value", ["%", "_", "\\", "'", '"; drop table', "🙂", ""])
def test_signs_of_databases_are_passed_on_as_they_are(value: str):
    """% and _ mean themselves; the store must escape them."""
    assert condition("HostName", value).values == (value,)
