"""Names that hosts choose are data: never markup, never able to turn a line round, never too long for a page."""

import pytest
from playwright.sync_api import expect

from console_browser import Tabs, rows, script
from console_server import ConsoleServer
from hostward.domain.finding import MalwareFinding
from hostward.domain.severity import Level

pytestmark = pytest.mark.needs("browser", "console")
SCRIPT = "<script>window.__owned=1</script><img src=x onerror=window.__owned=1>"
TURNED = "web\u202egnp.exe"
LONG = "n" * 4000
PATHS = (
    "/tasks/Malware/1",
    "/tasks/Malware/1?tab=risks",
    "/tasks/Malware/1?tab=failures",
    "/machines",
    "/scan/new",
    "/",
)


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """Machines with such names, whose files have such names too."""
    fleet = empty_console.fleet
    for name in (SCRIPT, TURNED, LONG, "plain"):
        fleet.add(name)
    fleet.awake()
    fleet.start()
    for machine in fleet.machines[:3]:
        name = machine.facts.host_name
        bad = MalwareFinding(
            path=f"/srv/{name}".encode(), rule=name[:200], title=SCRIPT, engine="e", level=Level.CRITICAL, size=1,
            sha256="00" * 32, matches=(SCRIPT,),
        )  # fmt: skip
        fleet.scan(machine, bad)
    fleet.scan(fleet.machines[3], outcome="failed", reasons=(SCRIPT,))
    empty_console.until_ended(1)
    return empty_console


@pytest.mark.parametrize("path", PATHS)
def test_hostile_names_are_shown_and_do_nothing(mine: Tabs, path: str):
    """Nothing runs, nothing is fetched, no element is made of them, and the page does not grow beyond its width."""
    page = mine.open(path)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert page.evaluate("window.__owned") is None
    assert page.locator("main img, main script, main iframe").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_turned_name_turns_no_other_text(mine: Tabs):
    """Each name is a piece of its own: bidirectional control characters end with it, or are shown as what they are."""
    page = mine.open("/machines")
    cell = rows(page, "Machines").filter(has_text="gnp.exe").get_by_role("gridcell").nth(1)
    expect(cell).to_be_visible()
    kept = cell.evaluate(script("isolated.js"))
    assert kept, "a name with U+202E can turn the text around it"


def test_a_hostile_machine_opens_and_is_searched_for(mine: Tabs):
    """The drawer, its title and the palette have the name as text."""
    page = mine.open("/machines")
    rows(page, "Machines").filter(has_text="onerror").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", level=2)).to_have_text(SCRIPT)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search or go to ...").fill("script")
    expect(page.get_by_role("option").filter(has_text="onerror")).to_be_visible()
    assert page.evaluate("window.__owned") is None


def test_a_hostile_risk_opens(mine: Tabs):
    """Title, rule and path are text."""
    page = mine.open("/tasks/Malware/1?tab=risks")
    rows(page, "Findings").filter(has_text="onerror").first.click()
    expect(page.get_by_role("dialog").get_by_text("onerror").first).to_be_visible()
    assert page.evaluate("window.__owned") is None


def test_an_address_with_markup_in_it_does_nothing(mine: Tabs):
    """What is in the address is searched for as it is, or left out."""
    page = mine.open(f"/machines?q={SCRIPT}&sort=%3Cb%3E&status=%22%3E%3Cimg%3E&open=%3Cscript%3E")
    expect(page.get_by_role("heading", name="Machines", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Host name, address or remark")).to_have_value(SCRIPT)
    assert page.evaluate("window.__owned") is None
