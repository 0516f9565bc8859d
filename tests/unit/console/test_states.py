"""The samples behind /__states/ are answers that the server could give; and lists of any length can be scrolled."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from console_logic import Logic, running_logic
from hostward.api.schema.document import service_schema

KINDS = {"string": str, "integer": int, "boolean": bool, "number": (int, float), "object": dict}
ACTIONS = [
    "DescribeOverview", "ListScanTasks", "DescribeScanTask", "ListScanTaskMachines", "ListScanTaskRisks",
    "CompareScanTasks", "EstimateScan", "ListMachines", "ListSchedules", "ListUsers", "ListApiKeys", "ListSessions",
    "ListAuditEntries", "ListMachineRestarts", "ListWebhooks", "ListWebhookDeliveries", "ListFeeds", "ListIgnoreRules",
    "ListVexDocuments", "ListVulnerabilities", "ListMachineVulnerabilities", "ListVulnerableMachines", "ListUpgrades",
    "ExplainFinding",
]  # fmt: skip
OF_CWP = ["DescribeMachineOsList", "DescribeTags", "DescribeVulInfoCvss"]
TASK = {"Module": "Vul", "TaskId": 81}
ROW = 32
VIEW = 700
MILLION = 1_000_000 * ROW


@pytest.fixture(scope="module")
def logic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logic]:
    """Samples and windowing, outside of a browser."""
    with running_logic(tmp_path_factory.mktemp("states"), "src/states/logic.ts") as running:
        yield running


@pytest.fixture(scope="module")
def services() -> list[dict[str, Any]]:
    """What the server says of its actions."""
    return [msgspec.to_builtins(service_schema(name)) for name in ("hostward", "cwp")]


def check(fields: list[dict[str, Any]], value: dict[str, Any], structures: dict[str, Any], path: str) -> None:
    """Every member is there, of its type, and no other."""
    known = {field["name"]: field for field in fields if path.count(".") or field["name"] != "RequestId"}
    assert value.keys() == known.keys(), path
    for name, field in known.items():
        of_array = field["type"] == "array"
        for item in value[name] if of_array else [value[name]]:
            kind = field["item"] if of_array else field["type"]
            assert isinstance(item, KINDS[kind]), f"{path}.{name}"
            if kind == "object":
                structure = structures[field["structure"]]
                check(
                    structure["members"] if isinstance(structure, dict) else structure,
                    item,
                    structures,
                    f"{path}.{name}",
                )


@pytest.mark.parametrize("state", ["loaded", "empty", "huge"])
@pytest.mark.parametrize("action", [*ACTIONS, *OF_CWP])
def test_samples_have_the_shape_of_answers(
    logic: Logic, services: list[dict[str, Any]], action: str, state: str
) -> None:
    """As the schema has it: what a screen shows of a sample it can show of an answer."""
    schema = services[action in OF_CWP]
    (described,) = [one for one in schema["actions"] if one["name"] == action]
    sample = logic("samples.answer", action, state, TASK)
    check(described["response"], sample, schema["structures"], action)


def test_every_sample_is_checked(logic: Logic) -> None:
    """None is forgotten above."""
    assert sorted(logic("samples.known")) == sorted([*ACTIONS, *OF_CWP])


@pytest.mark.parametrize("state", ["loaded", "empty", "huge"])
def test_parts_of_a_sample_task_add_up(logic: Logic, state: str) -> None:
    """To its machines, in the answer and in what the stream says."""
    answer = logic("samples.answer", "DescribeScanTask", state, TASK)
    live = logic("samples.topic", "task:Vul:81", state)
    assert sum(one["Machines"] for one in answer["Buckets"]) == answer["Task"]["Machines"] == live["Machines"]
    assert sum(one["Machines"] for one in live["Buckets"]) == sum(live["Counts"].values())


def test_a_short_list_is_as_high_as_its_rows(logic: Logic) -> None:
    """Nothing is moved."""
    assert logic("scale.height", 10_000 * ROW) == 10_000 * ROW
    assert logic("scale.offsetAt", 10_000 * ROW, 5_000 * ROW) == 0


def test_a_long_list_can_be_scrolled_to_both_ends(logic: Logic) -> None:
    """In a box that every browser can scroll over."""
    height = logic("scale.height", MILLION)
    assert height == 8_000_000
    assert logic("scale.offsetOfJump", MILLION, 0, VIEW) == 0
    end = height - VIEW + logic("scale.offsetOfJump", MILLION, height - VIEW, VIEW)
    assert end == MILLION - VIEW


def test_the_place_of_a_row_grows_with_its_index(logic: Logic) -> None:
    """And every row has a place inside the box."""
    places = [(y, y - logic("scale.offsetAt", MILLION, y)) for y in range(0, MILLION - VIEW, 997 * ROW)]
    assert all(0 <= place <= 8_000_000 for _, place in places)
