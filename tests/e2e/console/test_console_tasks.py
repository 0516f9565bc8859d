"""Lists of scans and of their machines: filters and order live in the address, exports have what is shown."""

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from console_browser import Tabs, rows, total
from console_server import ConsoleServer
from console_world import build
from hostward.domain.module import Module

pytestmark = pytest.mark.needs("browser", "console")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """One malware scan with failures, a second one that is clean, two baseline scans that are stopped."""
    server = empty_console
    server.world = build(server)
    server.until_ended(server.world.done)
    second = server.fleet.start(quuids=tuple(one.quuid for one in server.world.machines))
    for machine in server.world.machines:
        server.fleet.scan(machine)
    server.until_ended(second)
    for _ in range(2):
        server.fleet.stop(server.fleet.start(Module.BASELINE), Module.BASELINE)
    return server


def test_filters_of_the_list_live_in_the_address(mine: Tabs):
    """Chosen by hand, kept by a reload, undone by going back, and the same for whoever is sent the link."""
    page = mine.open("/tasks")
    expect(rows(page, "Scan tasks")).to_have_count(4)
    page.get_by_role("combobox", name="Module").select_option("Baseline")
    expect(rows(page, "Scan tasks")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/tasks\?module=Baseline$"))
    page.reload()
    expect(rows(page, "Scan tasks")).to_have_count(2)
    rows(page, "Scan tasks").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Baseline task"))).to_be_visible()
    page.go_back()
    expect(rows(page, "Scan tasks")).to_have_count(2)
    expect(page.get_by_role("combobox", name="Module")).to_have_value("Baseline")
    other = mine.open(page.url.removeprefix(mine.server.url))
    expect(rows(other, "Scan tasks")).to_have_count(2)
    other.get_by_role("button", name="Clear filters").click()
    expect(rows(other, "Scan tasks")).to_have_count(4)


def test_states_and_text_narrow_the_list(mine: Tabs):
    """Several states at once; a number; nothing left has a way out."""
    page = mine.open("/tasks?state=Stopped")
    expect(rows(page, "Scan tasks")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^State")).click()
    page.get_by_role("dialog", name="State").get_by_label(re.compile("^Done")).check()
    expect(rows(page, "Scan tasks")).to_have_count(4)
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Search tasks").fill("nobody-began-this")
    expect(page.get_by_text("No task matches these filters")).to_be_visible()
    page.get_by_role("button", name="Clear filters").first.click()
    expect(rows(page, "Scan tasks")).to_have_count(4)


def test_two_scans_are_compared(mine: Tabs):
    """What the later one does not have any more is fixed."""
    page = mine.open("/tasks?module=Malware")
    expect(rows(page, "Scan tasks")).to_have_count(2)
    for row in rows(page, "Scan tasks").all():
        row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("/srv/critical-0").first).to_be_visible()
    expect(drawer.get_by_text("Nothing new")).to_be_visible()


@pytest.mark.parametrize(("search", "names"), [
    ("?status=Failed", {"web-02.prod"}),
    ("?status=OkWithRisks", {"web-00.prod", "web-01.prod"}),
    ("?status=Offline&status=TooOld", {"quiet-01.prod", "old-01.prod"}),
    ("?q=web-1", {"web-10.prod", "web-11.prod"}),
])  # fmt: skip
def test_an_export_has_exactly_what_is_shown(mine: Tabs, search: str, names: set[str]):
    """The file that is downloaded has the machines of the filter, and no other."""
    page = mine.open(f"/tasks/Malware/1{search}")
    expect(rows(page, "Machines")).to_have_count(len(names))
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="These machines as CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    with download.value.path().open(newline="", encoding="utf-8-sig") as file:
        table = list(csv.reader(file))
    assert {name for line in table[1:] for name in line if re.match(r"(web|old|quiet)-\d\d.prod$", name)} == names
    assert len(table) == len(names) + 1


def test_an_export_of_everything_is_a_workbook(mine: Tabs):
    """XLSX begins like a zip file."""
    page = mine.open("/tasks/Malware/1")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="All machines as XLSX").click()
    assert download.value.path().read_bytes()[:2] == b"PK"


def test_rows_are_sorted_by_what_is_pressed(mine: Tabs):
    """The most risks first, then the least; the address says so."""
    page = mine.open("/tasks/Malware/1")
    page.get_by_role("columnheader", name="Risks").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"sort=-RiskNum$"))
    expect(rows(page, "Machines").first).to_contain_text("web-00.prod")
    expect(page.get_by_role("columnheader", name="Risks")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("columnheader", name="Risks").get_by_role("button").click()
    expect(page.get_by_role("columnheader", name="Risks")).to_have_attribute("aria-sort", "ascending")
    expect(rows(page, "Machines").first).not_to_contain_text("web-00.prod")


def test_failures_are_grouped_with_their_remedy(mine: Tabs):
    """Each reason with its machines and what to do."""
    page = mine.open("/tasks/Malware/1?tab=failures")
    for reason in ("Offline", "Failed", "Agent too old"):
        expect(page.get_by_role("heading", name=re.compile(rf"^{reason}\s*1 machine$"))).to_be_visible()
    expect(page.get_by_text("Upgrade it, then rerun.")).to_be_visible()
    expect(page.get_by_role("button", name="Copy upgrade command")).to_be_visible()


def test_a_risk_opens_with_what_is_known_of_it(mine: Tabs):
    """Path, level and how many machines have it."""
    page = mine.open("/tasks/Malware/1?tab=risks")
    assert total(page, "Findings") == 4
    rows(page, "Findings").filter(has_text="/srv/critical-0").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("/srv/critical-0")).to_be_visible()
    expect(drawer.get_by_text("Critical", exact=True)).to_be_visible()


def test_a_task_that_is_not_there_leads_back_to_the_list(mine: Tabs):
    """The number of another kind of scan, and one that nobody has."""
    for path in ("/tasks/Vul/1", "/tasks/Malware/99999", "/tasks/Nothing/1"):
        page = mine.open(path)
        expect(page.get_by_role("heading", name=re.compile("^There is no"))).to_be_visible()
        page.get_by_role("link", name="All scan tasks").click()
        expect(page.get_by_role("heading", name="Scan tasks", exact=True)).to_be_visible()
        page.close()


def test_the_palette_goes_anywhere(mine: Tabs):
    """Pages, machines, tasks and actions of the API by a few letters."""
    page: Page = mine.open("/tasks")
    expect(rows(page, "Scan tasks")).to_have_count(4)
    for typed, option, heading in (
        ("sched", "Schedules", "Schedules"),
        ("web-07", "web-07.prod", "web-07.prod"),
        ("1", "Malware 1", "Malware task 1"),
        ("ExportTasks", "ExportTasks", "ExportTasks"),
    ):
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Search or go to ...").fill(typed)
        page.get_by_role("option", name=re.compile(f"^{option}")).first.wait_for()
        while option not in page.locator('[role="option"][aria-selected="true"]').inner_text():
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        if heading == "web-07.prod":
            page.keyboard.press("Escape")
