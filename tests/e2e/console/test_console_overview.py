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


@pytest.mark.parametrize(
    ("name", "search", "count"),
    [
        (r"^Online\s*13$", "status=Online", 13),
        (r"^Offline\s*1$", "status=Offline", 1),
        (r"^Machines with malware in their newest results: 2", "risk=Malware", 2),
        (r"^Machines never scanned: 3 of 14", "only=never", 3),
        (r"^Machines offline: 1 of 14", "status=Offline", 1),
    ],
    ids=["online", "offline", "malware", "never-scanned", "silent"],
)
def test_numbers_of_machines_lead_to_as_many_rows(page: Page, name: str, search: str, count: int):
    """The number on the overview is the number of rows of the list that it leads to."""
    page.get_by_role("link", name=re.compile(name)).first.click()
    expect(page).to_have_url(re.compile(rf"/machines\?{search}$"))
    expect(page.get_by_role("status").filter(has_text=re.compile("rows?$"))).to_have_text(
        re.compile(rf"^{count} rows?$")
    )
    assert total(page, "Machines") == count


@pytest.mark.parametrize(("term", "count"), [("Agent too old", 1), ("Never scanned", 3)])
def test_numbers_of_the_fleet_are_links(page: Page, term: str, count: int):
    """Each leads to as many rows as it says."""
    link = page.locator("div").filter(has=page.locator("dt", has_text=re.compile(f"^{term}$"))).last.get_by_role("link")
    expect(link).to_have_text(str(count))
    link.click()
    expect(page.get_by_role("heading", name="Machines", exact=True)).to_be_visible()
    assert total(page, "Machines") == count


def test_failed_machines_lead_to_as_many_rows(page: Page):
    """One was silent, one too old, one failed: three rows."""
    page.get_by_role("link", name=re.compile(r"^Machines failed in the newest scans: 3 of 14")).first.click()
    expect(page.get_by_role("heading", name="Malware task 1")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile("rows?$"))).to_have_text("3 rows")
    assert total(page, "Machines") == 3


def test_machines_at_risk_lead_to_as_many_rows(page: Page):
    """Levels are counted on each machine, of which there is no list; the number of machines leads to them."""
    card = page.locator("section").filter(has=page.get_by_role("heading", name="Malware"))
    expect(card.get_by_text(re.compile(r"^2\s+High"))).to_be_visible()
    card.get_by_role("link", name="on 2 machines").click()
    expect(page).to_have_url(re.compile(r"/machines\?risk=Malware$"))
    assert total(page, "Machines") == 2


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
