"""The list of machines: found, ordered, tagged, remarked, looked at, and chosen for a scan."""

import csv
import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from console_browser import Tabs, answer, refused, rows, total
from console_scenarios import RESTARTS
from console_server import ConsoleServer
from console_world import build
from hostward.domain.account import Role
from hostward.domain.ids import LeaseId
from hostward.domain.module import Module
from store_samples import NOW

pytestmark = pytest.mark.needs("browser", "console")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """A fleet; and a user who sees only machines with a tag."""
    empty_console.world = build(empty_console)
    empty_console.until_ended(empty_console.world.done)
    empty_console.user("limited", Role.OPERATOR, ("tier=web",))
    empty_console.user("looks", Role.AUDITOR)
    return empty_console


@pytest.mark.parametrize(("search", "count"), [
    ("", 14), ("?status=Offline", 1), ("?q=web-0", 10), ("?tag=tier%3Dweb", 6), ("?risk=Malware", 2),
    ("?q=web&tag=env%3Dtest&status=Online", 6),
])  # fmt: skip
def test_a_link_with_filters_shows_their_machines(mine: Tabs, search: str, count: int):
    """What the address says is asked of the server, and shown in the fields."""
    page = mine.open(f"/machines{search}")
    expect(rows(page, "Machines")).to_have_count(count)
    assert total(page, "Machines") == count


def test_filters_are_chosen_by_hand_and_undone(mine: Tabs):
    """Text, state and tag together; an empty result offers the way out."""
    page = mine.open("/machines")
    page.get_by_role("textbox", name="Host name, address or remark").fill("web")
    expect(rows(page, "Machines")).to_have_count(12)
    page.get_by_role("button", name="Tags").click()
    page.get_by_role("dialog", name="Tags").get_by_label(re.compile("^tier=web")).check()
    expect(rows(page, "Machines")).to_have_count(6)
    page.keyboard.press("Escape")
    page.get_by_label("Status").select_option("Offline")
    expect(page.get_by_text("No machine meets these filters.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(rows(page, "Machines")).to_have_count(14)
    expect(page).to_have_url(re.compile("/machines$"))


def test_machines_are_sorted_by_name_both_ways(mine: Tabs):
    """By the server, over all pages."""
    page = mine.open("/machines")
    head = page.get_by_role("columnheader", name="Host").first
    head.get_by_role("button").click()
    expect(rows(page, "Machines").first).to_contain_text("old-01")
    head.get_by_role("button").click()
    expect(rows(page, "Machines").first).to_contain_text("web-11")
    expect(page).to_have_url(re.compile("desc=1"))
    page.reload()
    expect(rows(page, "Machines").first).to_contain_text("web-11")


def test_a_machine_opens_with_its_facts_and_takes_a_remark(mine: Tabs, console: ConsoleServer):
    """The drawer has an address of its own; a remark is found by the search afterwards."""
    page = mine.open("/machines")
    rows(page, "Machines").filter(has_text="web-04").click()
    expect(page).to_have_url(re.compile("open=q-web-04"))
    drawer = page.get_by_role("dialog", name="web-04.prod")
    expect(drawer.get_by_text("10.0.0.1")).to_be_visible()
    expect(drawer.get_by_text("This module never gave a whole result for this machine")).to_have_count(2)
    drawer.get_by_label("Remark").fill("behind the kiosk")
    drawer.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.get_by_role("textbox", name="Host name, address or remark").fill("kiosk")
    expect(rows(page, "Machines")).to_have_count(1)
    assert console.call("ListMachines", Query="kiosk")["Machines"][0]["Remark"] == "behind the kiosk"


def test_tags_of_several_machines_are_changed_at_once(mine: Tabs, console: ConsoleServer):
    """A tag they have in common goes, a new one comes; others stay."""
    page = mine.open("/machines?q=web-0&sort=name")
    for name in ("web-01", "web-03"):
        rows(page, "Machines").filter(has_text=name).get_by_role("checkbox").check()
    page.get_by_role("button", name="Edit tags").click()
    dialog = page.get_by_role("dialog", name="Tags of 2 machines")
    dialog.get_by_role("button", name="Remove tier=web").click()
    dialog.get_by_role("combobox", name="Tags").fill("owner=ann")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    found = console.call("ListMachines", Tags=["owner=ann"])["Machines"]
    assert {one["HostName"] for one in found} == {"web-01.prod", "web-03.prod"}
    assert {tuple(sorted(one["Tags"])) for one in found} == {("env=prod", "owner=ann")}
    console.call(
        "SetMachineTags", QuuidList=[one["Quuid"] for one in found], AddTags=["tier=web"], RemoveTags=["owner=ann"]
    )


@pytest.mark.parametrize(("search", "choice", "count"), [
    ("?q=web-0&sort=name", "These machines as CSV", 10), ("?tag=tier%3Dweb", "These machines as CSV", 6),
    ("?status=Offline", "All machines as CSV", 14),
])  # fmt: skip
def test_an_export_has_the_machines_that_are_shown_or_all(mine: Tabs, search: str, choice: str, count: int):
    """By keyboard: the menu by its button, the choice by its first letters."""
    page = mine.open(f"/machines{search}")
    expect(rows(page, "Machines").first).to_contain_text(".prod")
    shown = set(re.findall(r"(?:web|old|quiet)-\d\d\.prod", " ".join(rows(page, "Machines").all_inner_texts())))
    page.get_by_role("button", name="Export").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=choice).focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert re.fullmatch(r"machines-\d{8}-\d{6}\.csv", download.value.suggested_filename)
    with download.value.path().open(newline="", encoding="utf-8-sig") as file:
        names = [row["Host name"] for row in csv.DictReader(file)]
    assert len(names) == len(set(names)) == count
    assert set(names) == shown or "All" in choice


def test_a_machine_says_what_is_to_be_started_again(mine: Tabs, console: ConsoleServer):
    """The machine itself first; where there is no inventory, that nothing is known."""
    machine = console.world.machines[5]

    def work(uow) -> None:
        uow.results.add(machine.id, LeaseId(900), 0, RESTARTS)
        uow.results.make_current(machine.id, Module.VUL, LeaseId(900), NOW, risks=0)

    console.fleet.store.write_now(work)
    page = mine.open(f"/machines?open={machine.quuid}")
    listed = page.get_by_role("dialog").get_by_role("listitem")
    expect(listed.first).to_contain_text("The machine itself: reboot")
    expect(listed.last).to_contain_text("nginx.service")
    expect(listed.last).to_contain_text("3 processes")
    page.goto(f"{mine.server.url}/machines?open={console.world.machines[6].quuid}")
    expect(page.get_by_text("Not known: no whole inventory of this machine is there yet.")).to_be_visible()


def test_chosen_machines_go_to_a_new_scan(mine: Tabs):
    """The form has those that were ticked."""
    page = mine.open("/machines?q=web-0&sort=name")
    for name in ("web-06", "web-08"):
        rows(page, "Machines").filter(has_text=name).get_by_role("checkbox").check()
    page.get_by_role("button", name="Scan 2 machines").click()
    expect(page.get_by_role("heading", name="New scan")).to_be_visible()
    expect(page.get_by_text("2 machines chosen")).to_be_visible()


def test_who_is_limited_to_a_tag_sees_only_its_machines(profile):
    """Rows, totals and the count of the head are those of the tag."""
    page = profile("limited").open("/machines")
    expect(rows(page, "Machines")).to_have_count(6)
    expect(page.get_by_text("Online 6")).to_be_visible()
    expect(page.get_by_text("web-00.prod")).to_have_count(0)


def test_an_auditor_is_offered_nothing_that_changes(profile):
    """No scan, no tags, no remark; New scan says which permission is missing."""
    page = profile("looks").open("/machines?open=q-web-04.prod")
    drawer = page.get_by_role("dialog", name="web-04.prod")
    expect(drawer.get_by_text("Debian GNU/Linux 12")).to_be_visible()
    expect(drawer.get_by_role("button", name=re.compile("Scan|Edit tags|Save"))).to_have_count(0)
    page.goto(page.url.partition("/machines")[0] + "/scan/new")
    expect(page.get_by_text("You may not see this")).to_be_visible()
    expect(page.get_by_text("scan:start")).to_be_visible()


def test_a_refusal_keeps_what_was_shown(mine: Tabs):
    """Code, RequestId and a way to try again, over the rows that were there."""
    page = mine.open("/machines")
    expect(rows(page, "Machines")).to_have_count(14)
    answer(page, {"ListMachines": refused("InternalError", "the database is away")})
    page.get_by_role("columnheader", name="Host").first.get_by_role("button").click()
    told = page.get_by_role("alert").filter(has_text="the database is away")
    expect(told.get_by_text("InternalError")).to_be_visible()
    expect(told.get_by_text("11111111-2222-4333-8444-555555555555")).to_be_visible()
    expect(rows(page, "Machines")).to_have_count(14)
    retry = told.get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    page.unroute_all()
    with suppress(PlaywrightTimeout):  # news of the fleet may have it read anew before anybody presses
        retry.click(timeout=3_000)
    expect(told).to_be_hidden()
    expect(rows(page, "Machines").first).to_contain_text("old-01")


def test_a_hundred_thousand_machines_are_windowed(mine: Tabs):
    """True totals, a page at a time, few rows in the document, and the last one can be reached."""
    page = mine.context.new_page()

    def page_of(asked: dict) -> dict:
        first, limit = asked.get("Offset", 0), asked.get("Limit", 100)
        machine = {
            "HostIp": "10.0.0.1", "WanIp": "", "OsName": "Debian", "Kernel": "", "AgentVersion": "0.1.0",
            "AgentTooOld": False, "Status": "Online", "LastSeenTime": "", "Tags": [], "Remark": "", "Scans": [],
        }  # fmt: skip
        numbers = range(first, min(100_000, first + limit))
        named = [{"Quuid": f"q-{n}", "Uuid": f"u-{n}", "HostName": f"host-{n:06}"} for n in numbers]
        return {"TotalCount": 100_000, "Machines": [one | machine for one in named]}

    answer(page, {"ListMachines": page_of})
    page.goto(f"{mine.server.url}/machines")
    expect(rows(page, "Machines").first).to_contain_text("host-000000")
    expect(page.get_by_text("100,000 rows")).to_be_visible()
    assert total(page, "Machines") == 100_000
    rows(page, "Machines").first.focus()
    page.keyboard.press("End")
    expect(rows(page, "Machines").filter(has_text="host-099999")).to_be_visible()
    assert page.locator("body *").count() <= 1500
