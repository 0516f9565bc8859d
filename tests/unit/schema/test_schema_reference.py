"""What is generated from the document is what it would be now."""

import api_reference
import pytest

from hostward.api.schema import service_schema


@pytest.mark.parametrize("path", api_reference.pages(), ids=lambda path: path.name)
def test_the_page_is_current(path):
    """`make docs` writes it."""
    assert path.read_text(encoding="utf-8") == api_reference.pages()[path], "run make docs"


@pytest.mark.parametrize("path", api_reference.examples_files(), ids=lambda path: path.name)
def test_the_examples_are_the_golden_files(path):
    """`make docs` copies them, so that an example can't rot."""
    assert path.read_text(encoding="utf-8") == api_reference.examples_files()[path], "run make docs"


def test_every_golden_file_is_an_example():
    """None is lost on the way, but that of an action which is not served."""
    shown = {one.name for service in ("cwp", "hostward") for a in service_schema(service).actions for one in a.examples}
    assert shown == {file.stem for file in api_reference.GOLDEN.glob("*.json")} - {"not_served"}


@pytest.mark.parametrize("service", ["cwp", "hostward"])
def test_every_action_has_its_heading_and_its_line(service):
    """The contents link to each."""
    text = api_reference.pages()[api_reference.PAGES / f"{service}.md"]
    lines = text.splitlines()
    for action in service_schema(service).actions:
        assert f"## {action.name}" in lines
        assert f"| [{action.name}](#{action.name.lower()}) |" in text


@pytest.mark.parametrize("service", ["cwp", "hostward"])
def test_tables_have_the_same_number_of_cells_in_every_row(service):
    """A bar in a text would move the cells after it."""
    bars = {}
    for line in api_reference.pages()[api_reference.PAGES / f"{service}.md"].splitlines():
        if not line.startswith("|"):
            bars = {}
            continue
        count = line.replace("\\|", "").count("|")
        assert bars.setdefault("row", count) == count, line
