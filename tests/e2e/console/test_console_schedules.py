"""Scans that start by themselves: planned, changed, left out once, switched off, and shown before they are saved."""

import re

import pytest
from playwright.sync_api import Page, expect

from console_browser import Tabs
from console_server import ConsoleServer
from hostward.domain.account import Role

pytestmark = pytest.mark.needs("browser", "console")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """Two machines, and someone who only looks."""
    for name in ("web-1", "web-2"):
        empty_console.fleet.add(name)
    empty_console.fleet.awake()
    empty_console.user("looks", Role.AUDITOR)
    return empty_console


def planned(console: ConsoleServer, at: str = "03:30:00") -> dict:
    """The vulnerability schedule, every day at this time."""
    console.call(
        "ScanVulSetting", cwp=True, TimerInterval=1, TimerTime=at, EnableScan=1, VulCategories=[1, 2, 4],
        VulLevels=[1, 2, 3, 4], Uuids=[],
    )  # fmt: skip
    return stored(console)


def stored(console: ConsoleServer) -> dict:
    """The schedule as it is now."""
    return next(one for one in console.call("ListSchedules")["Schedules"] if one["Module"] == "Vul")


def menu(page: Page, item: str) -> None:
    """An act of the schedule's row."""
    page.get_by_role("button", name=re.compile(r"^Vul: Edit")).click()
    page.get_by_role("menuitem", name=item).click()


def test_a_first_schedule_is_planned_with_a_preview(mine: Tabs, console: ConsoleServer):
    """The next five starts are the server's own, before anything is saved; then they are those of the list."""
    page = mine.open("/schedules")
    expect(page.get_by_text("No scan starts by itself yet.")).to_be_visible()
    page.get_by_role("button", name="Plan Malware").click()
    drawer = page.get_by_role("dialog", name="Plan: Malware")
    drawer.get_by_label("Every").fill("2")
    drawer.get_by_label("From").fill("01:00")
    drawer.get_by_label("until").fill("02:00")
    drawer.get_by_role("radio", name=re.compile("^All files")).check()
    preview = drawer.get_by_role("region").or_(drawer.locator("section[aria-live]"))
    expect(preview.get_by_role("listitem")).to_have_count(5)
    expect(preview).to_contain_text("01:00")
    expect(preview.locator(".hw-schedules-warning")).to_be_visible()
    drawer.get_by_role("button", name="Save").click()
    expect(drawer).to_be_hidden()
    made = next(one for one in console.call("ListSchedules")["Schedules"] if one["Module"] == "Malware")
    assert (made["Enabled"], made["NextFires"][0][11:]) == (True, "01:00:00")
    expect(page.get_by_role("row").filter(has_text="Malware").get_by_text(made["Cadence"])).to_be_visible()


def test_a_schedule_is_changed(mine: Tabs, console: ConsoleServer):
    """Another time; what is not edited stays as it was."""
    planned(console)
    page = mine.open("/schedules")
    menu(page, "Edit")
    drawer = page.get_by_role("dialog", name="Plan: Vulnerabilities")
    expect(drawer.get_by_label("Start at")).to_have_value("03:30")
    drawer.get_by_label("Start at").fill("04:45")
    drawer.get_by_label("May start late by").fill("15")
    drawer.get_by_role("button", name="Save").click()
    expect(drawer).to_be_hidden()
    now = stored(console)
    assert ({fire[11:] for fire in now["NextFires"]}, now["GraceSeconds"]) == ({"04:45:00"}, 900)
    setting = console.call("DescribeScanVulSetting", cwp=True)
    assert (setting["VulLevels"], setting["VulCategories"]) == ("1,2,3,4", "1,2,4")


def test_the_next_start_is_left_out(mine: Tabs, console: ConsoleServer):
    """The one after it is the next."""
    before = planned(console)["NextFires"]
    page = mine.open("/schedules")
    menu(page, "Leave out the next start")
    expect(page.get_by_role("status").filter(has_text="The next start is")).to_be_visible()
    assert stored(console)["NextFires"][0] == before[1]


def test_a_schedule_is_switched_off_and_on(mine: Tabs, console: ConsoleServer):
    """At once, and the row says so."""
    planned(console)
    page = mine.open("/schedules")
    switch = page.get_by_role("switch", name="On: Vul")
    switch.click()
    expect(page.get_by_role("row").filter(has_text="Vulnerabilities").get_by_text("switched off")).to_be_visible()
    assert stored(console)["Enabled"] is False
    switch.click()
    expect(page.get_by_text("switched off")).to_have_count(0)
    assert stored(console)["Enabled"] is True


def test_a_schedule_is_run_now(mine: Tabs, console: ConsoleServer):
    """The task is one click away."""
    planned(console)
    page = mine.open("/schedules")
    menu(page, "Run now")
    page.get_by_role("button", name=re.compile(r"^Task \d+$")).click()
    expect(page.get_by_role("heading", name=re.compile(r"^Vul task \d+$"))).to_be_visible()


def test_who_may_not_change_schedules_sees_them_without_acts(profile, console: ConsoleServer):
    """No menu, and the switch can't be turned."""
    planned(console)
    page = profile("looks").open("/schedules")
    expect(page.get_by_role("switch", name="On: Vul")).to_be_disabled()
    expect(page.get_by_role("button", name=re.compile("^Vul: Edit|^Plan"))).to_have_count(0)


def test_options_of_a_scan_become_a_schedule(mine: Tabs):
    """From the form of a new scan, with the levels that were chosen there."""
    page = mine.open("/scan/new?module=Vul")
    page.get_by_role("group", name="Levels").get_by_label("Critical").check()
    page.get_by_role("button", name="Save as schedule").click()
    drawer = page.get_by_role("dialog", name="Plan: Vulnerabilities")
    expect(drawer.get_by_role("button", name="Levels: Critical")).to_be_visible()
