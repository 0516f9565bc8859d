"""The overview says what is stored, and each number leads to what it counts."""

import re

import pytest
from playwright.sync_api import Page, expect

from console_browser import Tabs, count_of, total
from console_server import ConsoleServer
from console_world import build

pytestmark = pytest.mark.needs("browser", "console")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """A fleet with risks and failures."""
    empty_console.world = build(empty_console)
    empty_console.until_ended(empty_console.world.done)
    return empty_console


@pytest.fixture
def page(mine: Tabs) -> Page:
    """The overview, once its figures are there."""
    page = mine.open("/")
    page.get_by_role("heading", name="Protection score").wait_for()
    return page


def test_the_overview_shows_what_the_server_counts(page: Page, console: ConsoleServer):
    """Score and deductions, machines judged, machines online and offline, what needs somebody."""
    said = console.call("DescribeOverview")
    expect(page.get_by_role("progressbar", name="Protection score")).to_have_attribute(
        "aria-valuenow", str(said["Score"])
    )
    shown = [
        item.inner_text() for item in page.get_by_role("list", name="What it is made of").get_by_role("listitem").all()
    ]
    assert [count_of(text) for text in shown] == [one["Points"] for one in said["Deductions"]]
    assert 100 - sum(one["Points"] for one in said["Deductions"]) == said["Score"]
    for one in said["Modules"]:
        whole = one["Judged"] + one["Unjudged"]
        expect(page.get_by_text(f"{one['Judged']} of {whole} machines judged").first).to_be_visible()
    actions = (
        page.locator("section").filter(has=page.get_by_role("heading", name="Needs action")).get_by_role("listitem")
    )
    expect(actions).to_have_count(len(said["Actions"]))
    expect(page.get_by_role("img", name=f"Machines: Online {said['Fleet']['Online']}, Offline 1")).to_be_visible()


@pytest.mark.parametrize(("state", "count"), [("Online", 13), ("Offline", 1)])
def test_numbers_of_machines_lead_to_as_many_rows(page: Page, state: str, count: int):
    """The number on the overview is the number of rows of the list that it leads to."""
    link = page.get_by_role("listitem").get_by_role("link", name=re.compile(f"^{state}"))
    assert count_of(link.inner_text()) == count
    link.click()
    expect(page).to_have_url(re.compile(rf"/machines\?status={state}$"))
    expect(page.get_by_role("status").filter(has_text=re.compile("rows?$"))).to_have_text(
        re.compile(rf"^{count} rows?$")
    )
    assert total(page, "Machines") == count


def test_failed_machines_lead_to_as_many_rows(page: Page):
    """One was silent, one too old, one failed: three rows."""
    page.get_by_role("link", name=re.compile(r"^3 of 14 machines failed")).first.click()
    expect(page.get_by_role("heading", name="Malware task 1")).to_be_visible()
    assert total(page, "Machines") == 3


def test_a_level_leads_to_the_risks_of_that_level(page: Page):
    """Two files are of the level high, and two rows are there."""
    page.get_by_role("link", name=re.compile(r"^2\s+High")).click()
    expect(page).to_have_url(re.compile(r"tab=risks&level=3$"))
    assert total(page, "Findings") == 2
    expect(page.get_by_role("grid").get_by_text("/srv/high-0")).to_be_visible()


def test_a_scan_starts_from_the_overview(page: Page):
    """One click, and the scan is looked at."""
    card = page.locator("section").filter(has=page.get_by_role("heading", name="Baseline"))
    card.get_by_role("button", name="Scan now").click()
    expect(page.get_by_role("heading", name=re.compile(r"^Baseline task \d+$"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Running scans"))).to_be_visible()


def test_the_overview_follows_the_fleet_live(page: Page, console: ConsoleServer):
    """A machine that enrols is counted without a reload."""
    online = page.get_by_role("listitem").get_by_role("link", name=re.compile("^Online"))
    before = count_of(online.inner_text())
    console.fleet.awake(console.fleet.add("late-01.prod"))
    expect(online).to_have_text(f"Online{before + 1}")
