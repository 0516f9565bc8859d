"""Each screen's main job by keyboard alone: the focus is always seen, and no place keeps it."""

import re

import pytest
from playwright.sync_api import Page, expect

from console_browser import Tabs, script
from console_server import PASSWORD, ConsoleServer
from console_world import build

pytestmark = pytest.mark.needs("browser", "console")
FOCUSED = script("focused.js")
SCREENS = (
    "/",
    "/tasks",
    "/tasks/Malware/1",
    "/scan/new",
    "/schedules",
    "/machines",
    "/vulns",
    "/settings/me",
    "/settings/keys",
    "/explorer",
)
MOST = 400


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """A fleet."""
    empty_console.world = build(empty_console)
    empty_console.until_ended(empty_console.world.done)
    return empty_console


@pytest.mark.parametrize("path", SCREENS)
def test_the_focus_is_seen_everywhere_and_comes_out_again(mine: Tabs, path: str):
    """Tab goes through the whole page and back to the address bar; each stop has a ring that is seen."""
    page = mine.open(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    stops: list[str] = []
    unseen: list[str] = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if now is None:
            break
        stops.append(now["name"])
        if not (now["seen"] and now["inside"]):
            unseen.append(now["name"])
    else:
        pytest.fail(f"the focus does not come out: {stops[-12:]}")
    assert unseen == []
    assert len(stops) > 10


def test_the_first_tab_skips_to_the_content(mine: Tabs):
    """Nobody has to go through the navigation."""
    page = mine.open("/machines")
    expect(page.get_by_role("grid", name="Machines").locator("[data-index]").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_signing_in_by_keyboard(profile):
    """The name has the focus from the start; Enter sends."""
    page = profile("").open("/login")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_scan_is_started_by_keyboard(mine: Tabs):
    """n, the kind by arrow, and Enter."""
    page = mine.open("/")
    page.get_by_role("heading", name="Protection score").wait_for()
    page.keyboard.press("n")
    expect(page.get_by_text("14 machines")).to_be_visible()
    reach(page, "Installed packages compared")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("^Malware"))).to_be_checked()
    reach(page, "Start scan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile(r"^Malware task \d+$"))).to_be_visible()


def test_a_scan_is_stopped_by_keyboard(mine: Tabs, console: ConsoleServer):
    """The dialog holds the focus, begins at Cancel, and gives the focus back."""
    task = console.fleet.start()
    page = mine.open(f"/tasks/Malware/{task}")
    expect(page.get_by_role("button", name="Stop all")).to_be_visible()
    reach(page, "Stop all")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=f"Stop Malware task {task}?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "[document.body, ...document.querySelectorAll('dialog[open], dialog[open] *')]"
            ".includes(document.activeElement)"
        )
    dialog.get_by_role("button", name="Stop all").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".hw-page-badges")).to_contain_text(re.compile("Stopp"))


def test_rows_are_gone_through_opened_chosen_and_have_a_menu(mine: Tabs):
    """J and k, Enter, Escape, x, and the menu by a full stop."""
    page = mine.open("/tasks/Malware/1?sort=HostName")
    grid = page.get_by_role("grid", name="Machines")
    expect(grid.locator("[data-index]").first).to_contain_text("old-01")
    page.keyboard.press("j")
    expect(grid.locator('[data-index="0"]')).to_be_focused()
    page.keyboard.press("j")
    expect(grid.locator('[data-index="1"]')).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(grid.locator('[data-index="1"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="quiet-01.prod")).to_be_visible()
    page.keyboard.press("Escape")
    expect(grid.locator('[data-index="1"]')).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press(".")
    expect(page.get_by_role("menuitem", name="Rerun this machine")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    expect(grid.locator('[data-index="13"]')).to_be_focused()


def test_a_list_is_searched_by_keyboard(mine: Tabs):
    """The slash goes to the field, Escape clears it."""
    page = mine.open("/machines")
    rows = page.get_by_role("grid", name="Machines").locator("[data-index]")
    expect(rows).to_have_count(14)
    page.keyboard.press("/")
    page.keyboard.type("web-07")
    expect(rows).to_have_count(1)
    page.keyboard.press("Escape")
    expect(rows).to_have_count(14)


@pytest.mark.parametrize(("key", "heading"), [
    ("o", "Overview"), ("t", "Scan tasks"), ("c", "Schedules"), ("m", "Machines"), ("v", "Vulnerabilities"),
    ("x", "API Explorer"), ("s", "Settings"),
])  # fmt: skip
def test_screens_are_gone_to_by_two_keys(mine: Tabs, key: str, heading: str):
    """G and a letter."""
    page = mine.open("/settings/system" if key == "o" else "/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def test_single_keys_can_be_switched_off(mine: Tabs):
    """For whoever dictates: then they do nothing, and those with Ctrl still work (WCAG 2.1.4)."""
    page = mine.open("/")
    page.get_by_role("heading", name="Protection score").wait_for()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").get_by_role("switch").click()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Go to")).to_be_visible()
    expect(page).to_have_url(re.compile(r"127\.0\.0\.1:\d+/$"))


def test_a_call_is_made_in_the_explorer_by_keyboard(mine: Tabs):
    """Slash, a few letters, Enter; the form by Tab; Ctrl and Enter send."""
    page = mine.open("/explorer")
    expect(page.get_by_role("combobox", name="Find an action")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("ListSchedules")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="ListSchedules", exact=True)).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("HTTP 200")).to_be_visible()


def test_the_most_urgent_is_gone_to_from_the_overview_by_keyboard(mine: Tabs):
    """What needs action leads to the machines that are counted."""
    page = mine.open("/")
    page.get_by_role("heading", name="Needs action").wait_for()
    reach(page, "on 2 machines")
    page.keyboard.press("Enter")
    expect(page.get_by_role("grid", name="Machines").locator("[data-index]")).to_have_count(2)


def test_a_task_is_opened_from_the_list_by_keyboard(mine: Tabs):
    """By j and Enter; its failures are another tab of it."""
    page = mine.open("/tasks?q=admin")
    page.get_by_role("grid", name="Scan tasks").locator("[data-index]").last.wait_for()
    page.keyboard.press("End")
    page.keyboard.press("j")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Malware task 1", exact=True)).to_be_visible()


def test_a_scan_is_planned_by_keyboard(mine: Tabs, console: ConsoleServer):
    """The drawer takes the focus; what is typed is saved."""
    page = mine.open("/schedules")
    expect(page.get_by_role("button", name="Plan Malware")).to_be_visible()
    reach(page, "Plan Malware")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Plan: Malware")
    expect(drawer).to_be_visible()
    reach(page, "Every")
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    reach(page, "Save")
    page.keyboard.press("Enter")
    expect(drawer).to_be_hidden()
    (made,) = console.call("ListSchedules")["Schedules"]
    assert (made["Module"], made["Cadence"].startswith("every 3 days")) == ("Malware", True)


def test_a_key_is_made_by_keyboard(mine: Tabs, console: ConsoleServer):
    """And kept, before the dialog that shows it once is closed."""
    before = len(console.call("ListApiKeys")["Keys"])
    page = mine.open("/settings/keys")
    expect(page.get_by_role("button", name="New key")).to_be_visible()
    reach(page, "New key")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New key")
    expect(dialog).to_be_visible()
    reach(page, "New key")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Keep the secret now")).to_be_visible()
    reach(page, "I have kept them")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(console.call("ListApiKeys")["Keys"]) == before + 1


def test_a_machine_takes_a_remark_by_keyboard(mine: Tabs, console: ConsoleServer):
    """Found by the slash, opened by Enter; the drawer gives the focus back."""
    page = mine.open("/machines?q=web-07")
    row = page.get_by_role("grid", name="Machines").locator('[data-index="0"]')
    expect(row).to_contain_text("web-07.prod")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="web-07.prod").get_by_label("Remark")).to_be_visible()
    reach(page, "Remark")
    page.keyboard.type("moves in May")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Notifications").get_by_text("Saved")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row).to_be_focused()
    (machine,) = console.call("ListMachines", Query="web-07")["Machines"]
    assert machine["Remark"] == "moves in May"


def reach(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        found = page.evaluate(script("focused_name.js"))
        if name in found:
            return
    pytest.fail(f"Tab does not reach {name}")
