"""Vulnerabilities as they are now: the list, one of them with its machines, why, and what is set aside."""

import re

import pytest
from playwright.sync_api import Page, expect

from console_browser import Tabs, rows, settled, total
from console_server import ConsoleServer
from console_vuls import build_vuls, vul_id
from console_world import build
from fleet_vul_scenarios import ABANDONED
from hostward.domain.account import Role
from vul_scenarios import LOG4J, SSL, XZ

pytestmark = pytest.mark.needs("browser", "console")
LIST = "Vulnerabilities"
HAVE = "Machines that have or had it"
FIRST, SECOND = "web-00.prod", "web-01.prod"


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """A fleet of which one machine has three that count and one that is set aside; another upgraded xz."""
    empty_console.world = build(empty_console)
    empty_console.until_ended(empty_console.world.done)
    build_vuls(empty_console, *empty_console.world.machines[:2])
    return empty_console


def _names(page: Page) -> list[str]:
    return rows(page, LIST).locator("a.hw-vulns-id").all_inner_texts()


def test_what_counts_is_listed_worst_first(mine: Tabs):
    """With its package, its fix and how many machines have it; what is set aside everywhere is not among them."""
    page = mine.open("/vulns")
    assert total(page, LIST) == 3
    assert _names(page) == [XZ, LOG4J, ABANDONED]
    first = rows(page, LIST).first
    for words in ("Critical", "Malicious code in xz", "10.0", "85 %", "KEV", "xz-utils", "5.6.1+really5.4.5-1"):
        expect(first).to_contain_text(words)
    expect(rows(page, LIST).last).to_contain_text("Won't be fixed")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=ignored", [SSL]), ("status=any", [XZ, LOG4J, ABANDONED, SSL]), ("level=2", [ABANDONED]),
        ("q=log4j", [LOG4J]), ("kev=1", [XZ, LOG4J]),
        ("sort=epss", [LOG4J, XZ, ABANDONED]), ("sort=level&asc=1", [ABANDONED, XZ, LOG4J]),
    ],
)  # fmt: skip
def test_the_address_says_what_is_listed(mine: Tabs, query: str, expected: list[str]):
    """Filters and order are the server's, and a link shows the same to somebody else."""
    page = mine.open(f"/vulns?{query}")
    assert total(page, LIST) == len(expected)
    assert _names(page) == expected


def test_filters_are_chosen_and_cleared(mine: Tabs):
    """By mouse; the address follows."""
    page = mine.open("/vulns")
    assert total(page, LIST) == 3
    page.get_by_role("button", name="Exploited (KEV)").click()
    expect(rows(page, LIST)).to_have_count(2)
    page.get_by_label("Status", exact=True).select_option("any")
    expect(page).to_have_url(re.compile(r"kev=1&status=any$"))
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"/vulns$"))
    expect(rows(page, LIST)).to_have_count(3)


def test_one_has_a_page_with_its_machines(mine: Tabs, console: ConsoleServer):
    """What it is, its vector in words, what fixes it, and who has it or had it."""
    page = mine.open("/vulns")
    rows(page, LIST).first.get_by_role("link", name=XZ).click()
    expect(page.get_by_role("heading", level=1, name=XZ)).to_be_visible()
    expect(page).to_have_url(f"{console.url}/vulns/{vul_id(console, XZ)}")
    for words in ("A backdoor in liblzma.", "no privileges needed", "high harm to integrity", "debian urgency"):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("link", name="security-tracker.debian.org")).to_have_attribute("rel", "noreferrer noopener")
    assert total(page, HAVE) == 2
    expect(rows(page, HAVE).first).to_contain_text(re.compile(rf"{FIRST}.*Open.*xz-utils 5\.6\.0-0\.2 → 5\.6\.1"))
    expect(rows(page, HAVE).last).to_contain_text(re.compile(rf"{SECOND}.*Fixed"))
    page.get_by_label("Status", exact=True).select_option("fixed")
    expect(rows(page, HAVE)).to_have_count(1)


def test_why_a_machine_has_it_and_what_to_do(mine: Tabs, console: ConsoleServer):
    """The comparison, who says so, and the command of that machine; the address opens it again."""
    page = mine.open(f"/vulns/{vul_id(console, XZ)}")
    rows(page, HAVE).filter(has_text=FIRST).click()
    drawer = page.get_by_role("dialog", name=f"Why {FIRST} has it")
    expect(drawer).to_contain_text("xz-utils 5.6.0-0.2 is below 5.6.1+really5.4.5-1")
    expect(drawer).to_contain_text("apt-get update && apt-get install --only-upgrade xz-utils")
    page.reload()
    expect(drawer).to_be_visible()
    drawer.get_by_role("link", name="Its vulnerabilities").click()
    expect(page.get_by_role("button", name=f"On {FIRST}")).to_be_visible()
    assert total(page, LIST) == 2
    assert _names(page) == [XZ, ABANDONED]


def test_machines_are_listed_by_how_many_they_have(mine: Tabs):
    """The one with most first; a row leads to its own list, and from there to why."""
    page = mine.open("/vulns?view=machine")
    assert total(page, "Machines") == 2
    expect(rows(page, "Machines").first).to_contain_text(FIRST)
    rows(page, "Machines").last.click()
    expect(page.get_by_role("button", name=f"On {SECOND}")).to_be_visible()
    rows(page, LIST).first.click()
    expect(page.get_by_role("dialog", name=f"Why {SECOND} has it")).to_contain_text("/srv/shop/log4j-core-2.14.0.jar")


def test_a_number_that_means_nothing(mine: Tabs):
    """In words, and the way back."""
    for number in ("999", "x"):
        page = mine.open(f"/vulns/{number}")
        expect(page.get_by_role("heading", name="There is no such vulnerability")).to_be_visible()
    page.get_by_role("link", name="To the vulnerabilities").click()
    assert total(page, LIST) == 3


def test_a_scan_again_by_keyboard(mine: Tabs, console: ConsoleServer):
    """From the list by g v, j and Enter; the scan is of the machines that have it, and of it alone."""
    page = mine.open("/")
    page.get_by_role("heading", name="Protection score").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("v")
    assert total(page, LIST) == 3
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=LOG4J)).to_be_visible()
    settled(page)
    button = page.get_by_role("button", name="Scan these machines again")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile(r"^Vul task \d+$"))).to_be_visible()
    task = int(page.url.rpartition("/")[2])
    machines = console.call("ListScanTaskMachines", Module="Vul", TaskId=task)["Machines"]
    assert [one["HostName"] for one in machines] == [SECOND]


def test_some_machines_are_set_aside_from_its_page(mine: Tabs, console: ConsoleServer):
    """The form knows the vulnerability and the machines; counts follow; machines are added by name."""
    page = mine.open(f"/vulns/{vul_id(console, ABANDONED)}")
    assert total(page, HAVE) == 1
    rows(page, HAVE).first.get_by_role("checkbox").check()
    page.get_by_role("button", name="Ignore on these").click()
    form = page.get_by_role("dialog", name="New rule")
    expect(form.get_by_label("Vulnerability")).to_have_value(ABANDONED)
    expect(form.get_by_role("button", name=FIRST)).to_be_visible()
    form.get_by_label("Add a machine").fill("web-07")
    form.get_by_role("checkbox", name="web-07.prod").check()
    form.get_by_label("Reason").fill("not reachable")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    expect(rows(page, HAVE).first).to_contain_text("Ignored")
    (rule,) = console.call("ListIgnoreRules", Query=ABANDONED)["Rules"]
    assert (rule["Scope"], sorted(rule["Quuids"])) == ("chosen", [f"q-{FIRST}", "q-web-07.prod"])
    console.call("EndIgnoreRule", RuleId=rule["RuleId"])


def test_a_name_is_gone_to_from_anywhere(mine: Tabs):
    """Ctrl and K, a part of it, Enter."""
    page = mine.open("/tasks")
    settled(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Go to").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("cve-2021")
    expect(page.get_by_role("option", name=LOG4J)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=LOG4J)).to_be_visible()


def test_what_a_task_found_leads_to_it(mine: Tabs, console: ConsoleServer):
    """The name and the number of machines are links; so are the counts of the overview and of a machine."""
    page = mine.open("/tasks/Vul/2?tab=risks")
    settled(page)
    rows(page).first.get_by_role("link", name=XZ).click()
    expect(page.get_by_role("heading", level=1, name=XZ)).to_be_visible()
    page.goto(f"{console.url}/")
    page.get_by_role("link", name=re.compile(r"\d+ Critical")).first.click()
    expect(page).to_have_url(f"{console.url}/vulns?level=4")
    page.goto(f"{console.url}/machines?open=q-{FIRST}")
    page.get_by_role("dialog").locator("a.hw-machines-risky").click()
    expect(page).to_have_url(f"{console.url}/vulns?machine=q-{FIRST}")


def test_who_only_reads_is_offered_nothing_else(profile, console: ConsoleServer):
    """No scan, no rule; why is for everybody."""
    console.user("reads", Role.AUDITOR)
    page = profile("reads").open(f"/vulns/{vul_id(console, XZ)}")
    assert total(page, HAVE) == 2
    expect(page.get_by_role("button", name="Scan these machines again")).to_have_count(0)
    expect(page.get_by_role("button", name="Ignore")).to_have_count(0)
    rows(page, HAVE).filter(has_text=FIRST).click()
    expect(page.get_by_role("dialog", name=f"Why {FIRST} has it")).to_be_visible()
