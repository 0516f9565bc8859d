"""How a page shows an action: parameters, limits, choices, examples."""

import json

import api_reference
import pytest

from hostward.api.schema import service_schema

CWP = api_reference.pages()[api_reference.PAGES / "cwp.md"]
OWN = api_reference.pages()[api_reference.PAGES / "hostward.md"]


def section(page: str, name: str) -> str:
    """The part of a page under a heading."""
    _, _, rest = page.partition(f"\n## {name}\n")
    return rest.partition("\n## ")[0]


def row(text: str, name: str) -> list[str]:
    """The cells of the first row that begins with a name."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_required_parameter_says_so():
    """In the place of a default."""
    assert row(section(CWP, "ScanVul"), "VulLevels")[1:3] == ["string", "yes"]


@pytest.mark.parametrize(
    ("name", "kind", "default"),
    [("VulCategories", "string", '`"0"`'), ("TimeoutPeriod", "integer", "`0`"), ("VulIds", "array of integer", "`[]`")],
)
def test_a_default_is_shown_as_json(name, kind, default):
    """As one would send it."""
    assert row(section(CWP, "ScanVul"), name)[1:3] == [kind, default]


@pytest.mark.parametrize(
    ("action", "name", "words"),
    [
        ("ScanVul", "TimeoutPeriod", "In seconds. 0 to 86,400."),
        ("ScanVul", "HostType", "`1` all machines; `2` those in QuuidList."),
        ("StopBaselineDetect", "TaskIds", "1 to 100 of them."),
        ("ScanVulSetting", "TimerTime", "As HH:MM or HH:MM:SS."),
        ("DescribeScanTaskDetails", "Limit", "1 to 100."),
    ],
)
def test_units_limits_and_choices_are_shown(action, name, words):
    """After what the parameter is."""
    assert row(section(CWP, action), name)[-1].endswith(words)


def test_a_range_that_only_the_type_has_is_not_shown():
    """It would say nothing."""
    assert "18,446" not in CWP + OWN


def test_a_structure_is_a_link_to_its_fields():
    """Which the page has."""
    assert row(section(CWP, "DescribeScanTaskDetails"), "Filters")[1] == "array of [Filters](#filters)"
    assert "\n### Filters\n" in CWP


def test_an_action_without_parameters_says_so():
    """Rather than show an empty table."""
    assert "Request:\n\nno parameters." in section(CWP, "DeleteMalwareScanTask")


@pytest.mark.parametrize(("action", "audited"), [("ScanVul", True), ("DescribeScanState", False)])
def test_what_is_audited_says_so(action, audited):
    """Calls that change something are in the log."""
    assert ("audit log" in section(CWP, action)) == audited


def test_permission_and_roles_are_shown():
    """Who can call it."""
    assert "`user:write` (administrator)" in section(OWN, "CreateUser")


@pytest.mark.parametrize("name", ["ScanVul", "DescribeMachines", "DescribeScanTaskDetails"])
def test_the_example_is_a_golden_pair_that_was_answered(name):
    """To the letter."""
    blocks = section(CWP, name).split("```json\n")[1:]
    request, answer = (json.loads(block.partition("```")[0]) for block in blocks)
    action = next(one for one in service_schema("cwp").actions if one.name == name)
    assert (request, answer) in [(one.request, one.answer) for one in action.examples]
    assert "Error" not in answer["Response"]


def test_error_codes_that_are_never_sent_are_left_out():
    """A reader has no use for them."""
    codes = section(CWP, "Error codes")
    assert ("`RequestLimitExceeded`" in codes, "DryRunOperation" in codes) == (True, False)


def test_links_within_a_page_lead_to_a_heading():
    """Markdown's anchors are headings in small letters."""
    for page in (CWP, OWN):
        anchors = {line.lstrip("# ").lower().replace(" ", "-") for line in page.splitlines() if line.startswith("#")}
        targets = {part.partition(")")[0] for part in page.split("](#")[1:]}
        assert targets - anchors == set()
