"""A scan is planned and started: what it will do is said before, and one click starts one scan."""

import re

import pytest
from playwright.sync_api import Page, expect

from console_browser import Tabs, rows
from console_server import ConsoleServer
from console_world import build

pytestmark = pytest.mark.needs("browser", "console")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """A fleet with a silent machine and an old agent."""
    empty_console.world = build(empty_console)
    empty_console.until_ended(empty_console.world.done)
    return empty_console


@pytest.fixture
def page(mine: Tabs) -> Page:
    """The form, once it has counted the machines."""
    page = mine.open("/scan/new")
    expect(page.get_by_text("14 machines")).to_be_visible()
    return page


def newest(console: ConsoleServer) -> dict:
    """The task that was begun last."""
    return console.call("ListScanTasks", Limit=1)["Tasks"][0]


def test_the_default_scan_is_one_click(page: Page, console: ConsoleServer):
    """All machines, all that is known: and the page of the new task is shown."""
    page.get_by_role("button", name="Start scan").click()
    expect(page.get_by_role("heading", name=re.compile(r"^Vul task \d+$"))).to_be_visible()
    task = newest(console)
    assert (task["Module"], task["Machines"], task["CreatedBy"]) == ("Vul", 14, "admin")
    expect(page).to_have_url(re.compile(rf"/tasks/Vul/{task['TaskId']}$"))


def test_what_can_not_be_scanned_is_said_before(page: Page):
    """Offline and old machines are counted, and the time is an estimate of former scans."""
    expect(page.get_by_text("1 is offline: it fails as Offline unless it comes back in time")).to_be_visible()
    expect(page.get_by_text("1 has an agent that is too old: it fails at once")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Malware")).check()
    expect(page.get_by_text("Offline machines may hold it open for up to 1 h")).to_be_visible()
    expect(page.get_by_text("not known before a first scan")).to_be_hidden()


def test_a_double_click_starts_one_scan(page: Page, console: ConsoleServer):
    """Whoever clicks twice has one task."""
    before = console.call("ListScanTasks", Limit=1)["TotalCount"]
    page.get_by_role("button", name="Start scan").dblclick()
    expect(page.get_by_role("heading", name=re.compile(r"^Vul task \d+$"))).to_be_visible()
    assert console.call("ListScanTasks", Limit=1)["TotalCount"] == before + 1


def test_machines_are_chosen_from_the_list(page: Page, console: ConsoleServer):
    """Two machines are ticked; the scan has these two."""
    page.get_by_role("radio", name=re.compile("^Chosen ones")).check()
    expect(page.get_by_role("button", name="Start scan")).to_be_enabled()
    for name in ("web-03", "web-05"):
        rows(page, "Machines to choose from").filter(has_text=name).get_by_role("checkbox").check()
    expect(page.get_by_text("2 machines chosen")).to_be_visible()
    page.get_by_role("button", name="Start scan").click()
    expect(page.get_by_role("heading", name=re.compile("^Vul task"))).to_be_visible()
    expect(rows(page, "Machines")).to_have_count(2)
    assert newest(console)["Machines"] == 2


def test_machines_are_chosen_by_tags(page: Page, console: ConsoleServer):
    """Six machines have the tag."""
    page.get_by_role("radio", name=re.compile("^By tags")).check()
    field = page.get_by_role("combobox", name="Tags")
    field.fill("tier=web")
    field.press("Enter")
    expect(page.get_by_text("6 machines")).to_be_visible()
    page.get_by_role("button", name="Start scan").click()
    expect(page.get_by_role("heading", name=re.compile("^Vul task"))).to_be_visible()
    assert newest(console)["Machines"] == 6


def test_a_choice_of_nothing_is_told_where_it_is(page: Page):
    """Nothing is sent before a machine is chosen."""
    page.get_by_role("radio", name=re.compile("^Chosen ones")).check()
    page.get_by_role("button", name="Start scan").click()
    expect(page.get_by_role("alert").filter(has_text="Choose at least one machine")).to_be_visible()
    expect(page).to_have_url(re.compile("/scan/new$"))


def test_paths_that_can_not_be_scanned_are_told_at_their_field(page: Page, console: ConsoleServer):
    """A path without / at its beginning; put right, the scan has the paths."""
    page.get_by_role("radio", name=re.compile("^Malware")).check()
    page.get_by_role("radio", name=re.compile("^Only these paths")).check()
    paths = page.get_by_label(re.compile(r"^Paths \("))
    paths.fill("srv/www")
    page.get_by_role("button", name="Start scan").click()
    expect(page.get_by_text("srv/www is no absolute path without . and .. in it")).to_be_visible()
    expect(paths).to_have_attribute("aria-invalid", "true")
    paths.fill("/srv/www\n/home")
    page.get_by_role("button", name="Start scan").click()
    expect(page.get_by_role("heading", name=re.compile("^Malware task"))).to_be_visible()
    task = newest(console)
    options = console.call("DescribeScanTask", Module="Malware", TaskId=task["TaskId"])["Options"]
    assert {"Name": "Paths", "Value": "/srv/www, /home"} in options


def test_a_scan_is_cloned_with_its_options(mine: Tabs, console: ConsoleServer):
    """The form of a clone has the options of the task and offers its machines."""
    page = mine.open(f"/scan/new?clone=Malware:{console.world.done}")
    expect(page.get_by_text("Options of Malware task 1")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("^Malware"))).to_be_checked()
    expect(page.get_by_role("radio", name=re.compile("^Quick"))).to_be_checked()
    expect(page.get_by_role("radio", name=re.compile("^Those of Malware task 1"))).to_be_visible()


def test_the_same_scan_is_shown_as_a_command(page: Page):
    """For the command line, and signed for others."""
    page.get_by_text("As a command").click()
    expect(page.get_by_role("group", name="As a command")).to_contain_text("hostward ")
    page.get_by_role("tab", name="tccli").click()
    expect(page.get_by_role("group", name="As a command")).to_contain_text("tccli cwp ScanVul")
