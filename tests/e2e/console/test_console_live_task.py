"""A scan is watched while machines report: figures that add up at every moment, stopped, run again, streamed once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from console_browser import Tabs, count_of, rows, script, total
from console_server import ConsoleServer
from hostward.domain.severity import Level
from small_fleet import finding

pytestmark = pytest.mark.needs("browser", "console")
SIZE = 6
WATCH = script("watch_task.js")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """Some machines that wait for what a test lets them do."""
    for number in range(SIZE):
        empty_console.fleet.add(f"db-{number:02}")
    empty_console.fleet.awake()
    return empty_console


@pytest.fixture
def task(console: ConsoleServer):
    """A scan of all machines that has just begun; whatever is left of it is ended with the test."""
    number = console.fleet.start()
    yield number
    for machine in console.fleet.machines:
        console.fleet.poll(machine)
    console.fleet.stop(number)
    for machine in console.fleet.machines:
        for job in console.fleet.poll(machine, fresh=True).jobs:
            console.fleet.finish(machine, job.lease, outcome="stopped")
    console.until_ended(number)


@pytest.fixture
def watch(mine: Tabs) -> Callable[[int], Page]:
    """Opens a task's page, live."""

    def opened(number: int, search: str = "") -> Page:
        page = mine.open(f"/tasks/Malware/{number}{search}")
        expect(page.get_by_role("heading", name=f"Malware task {number}")).to_be_visible()
        return page

    return opened


def legend(page: Page, name: str):
    """The part of the bar under the figures that is called so."""
    return page.get_by_role("link", name=re.compile(rf"^{name}\s*\d+$"))


def test_a_scan_is_watched_from_its_start_to_100(console: ConsoleServer, watch, task: int):
    """Percent never falls, the parts always add up to the machines, and 100 is shown only once the scan is over."""
    page = watch(task)
    page.evaluate(WATCH)
    ring = page.get_by_role("progressbar", name=f"Progress of Malware task {task}")
    expect(page.get_by_text("Queued")).to_be_visible()
    for number, machine in enumerate(console.fleet.machines):
        lease = console.fleet.lease(machine)
        console.fleet.report(machine, lease, progress=0.5)
        expect(ring).to_have_attribute("aria-valuenow", str(100 * (2 * number + 1) // (2 * SIZE)))
        found = [finding("/tmp/x", Level.CRITICAL)] if number == 0 else []
        console.fleet.finish(machine, lease, *found)
    expect(legend(page, "Ok")).to_have_text(f"Ok{SIZE - 1}")
    expect(ring).to_have_attribute("aria-valuenow", "100")
    expect(page.locator(".hw-page-badges")).to_contain_text("Done")
    seen = page.evaluate("window.__seen")
    assert {one["sum"] for one in seen} == {SIZE}
    percents = [one["percent"] for one in seen]
    assert percents == sorted(percents)
    assert len(set(percents)) > SIZE, percents
    assert all("Done" in one["phase"] for one in seen if one["percent"] == 100)
    assert all(one["percent"] < 100 for one in seen if "Scanning" in one["phase"])
    expect(page).to_have_title(re.compile(r"^Malware task \d+ · Hostward$"))
    assert any(one["title"].startswith("5") for one in seen), "the percent stands in the title while it runs"
    expect(page.get_by_role("link", name=re.compile("^At risk"))).to_contain_text("1")


def test_rows_change_as_machines_report(console: ConsoleServer, watch, task: int):
    """What the machine does, its progress and its result arrive in the row that is in sight."""
    page = watch(task)
    machine = console.fleet.machines[3]
    row = rows(page, "Machines").filter(has_text="db-03")
    expect(row).to_contain_text("Waiting")
    lease = console.fleet.lease(machine)
    console.fleet.report(machine, lease, progress=0.4)
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    expect(row).to_contain_text("working")
    console.fleet.finish(machine, lease, finding("/tmp/y"), finding("/tmp/z"))
    expect(row).to_contain_text("Ok with risks")
    expect(row.get_by_role("gridcell").filter(has_text=re.compile("^2$"))).to_be_visible()


def test_stopping_asks_first_and_keeps_what_arrived(console: ConsoleServer, watch, task: int):
    """Cancel has the focus; after yes the rest is stopped, and the result that was there stays."""
    console.fleet.scan(console.fleet.machines[0], finding("/tmp/kept"))
    page = watch(task)
    page.get_by_role("button", name="Stop all").click()
    asked = page.get_by_role("dialog", name=f"Stop Malware task {task}?")
    expect(asked).to_contain_text(f"{SIZE - 1} machines")
    expect(asked.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    expect(page.get_by_role("button", name="Stop all")).to_be_focused()
    page.get_by_role("button", name="Stop all").click()
    asked.get_by_role("button", name="Stop all").click()
    expect(page.locator(".hw-page-badges")).to_contain_text("Stopped")
    expect(legend(page, "Stopped")).to_have_text(f"Stopped{SIZE - 1}")
    expect(legend(page, "Ok with risks")).to_have_text("Ok with risks1")
    expect(page.locator(".hw-page-sub")).to_contain_text("stopped by admin")


def test_failed_machines_run_again(console: ConsoleServer, watch, task: int):
    """One failed, one timed out in its own way; both scan again inside the same task, and nobody else."""
    failed = console.fleet.machines[:2]
    for machine in console.fleet.machines:
        console.fleet.scan(machine, outcome="failed" if machine in failed else "ok", reasons=("worker killed",))
    page = watch(task)
    expect(page.locator(".hw-page-badges")).to_contain_text("Done with failures")
    page.get_by_role("button", name="Rerun failed (2)").click()
    expect(page.get_by_role("status").filter(has_text="2 machines scanning again")).to_be_visible()
    expect(legend(page, "Waiting")).to_have_text("Waiting2")
    expect(page.get_by_text("run 2")).to_be_visible()
    for machine in failed:
        console.fleet.scan(machine)
    expect(legend(page, "Ok")).to_have_text(f"Ok{SIZE}")
    expect(page.locator(".hw-page-badges")).to_contain_text("Done")


def test_a_part_of_the_bar_leads_to_its_machines(console: ConsoleServer, watch, task: int):
    """The number in the bar is the number of rows of the filter that it sets."""
    for machine in console.fleet.machines[:3]:
        console.fleet.scan(machine, outcome="failed", reasons=("worker killed",))
    page = watch(task)
    expect(legend(page, "Failed")).to_have_text("Failed3")
    legend(page, "Failed").click()
    expect(page).to_have_url(re.compile(r"\?status=Failed$"))
    expect(rows(page, "Machines")).to_have_count(3)
    assert total(page, "Machines") == 3


def test_one_machine_is_stopped_and_run_again_from_its_drawer(console: ConsoleServer, watch, task: int):
    """The drawer of a row has its acts."""
    page = watch(task)
    rows(page, "Machines").filter(has_text="db-05").click()
    drawer = page.get_by_role("dialog", name="db-05")
    drawer.get_by_role("button", name="Stop this machine").click()
    page.get_by_role("dialog", name="Stop db-05?").get_by_role("button", name="Stop", exact=True).click()
    expect(legend(page, "Stopped")).to_have_text("Stopped1")
    expect(drawer.get_by_text("Stopped").first).to_be_visible()
    drawer.get_by_role("button", name="Rerun this machine").click()
    expect(legend(page, "Waiting")).to_have_text(f"Waiting{SIZE}")


def test_twelve_tabs_are_live_by_one_stream(console: ConsoleServer, mine: Tabs, task: int):
    """Naive consoles stall at the seventh tab: a browser opens six connections to a server."""
    pages = [mine.open(f"/tasks/Malware/{task}", wait_until="commit") for _ in range(12)]
    for page in pages:
        expect(page.get_by_role("heading", name=f"Malware task {task}")).to_be_visible()
    console.fleet.scan(console.fleet.machines[0])
    for page in pages:
        expect(legend(page, "Ok")).to_have_text("Ok1")
    assert console.traffic.streams == 1


def test_a_server_that_restarts_is_told_and_followed_again(console: ConsoleServer, watch, mine: Tabs, task: int):
    """While it is away the page says so and keeps its figures; then it catches up by itself."""
    mine.wrongs.expected.append(
        "ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE"
    )
    page = watch(task)
    console.stop()
    stale = page.get_by_role("status").filter(has_text="No live updates at the moment")
    expect(stale).to_be_visible()
    expect(legend(page, "Waiting")).to_have_text(f"Waiting{SIZE}")
    console.start()
    console.fleet.scan(console.fleet.machines[0])
    expect(stale).to_be_hidden(timeout=25_000)
    expect(legend(page, "Ok")).to_have_text("Ok1")
    console.fleet.scan(console.fleet.machines[1])
    expect(legend(page, "Ok")).to_have_text("Ok2")


def test_a_hidden_tab_asks_for_no_rows(console: ConsoleServer, watch, task: int):
    """Nobody looks at it: the stream goes on without the rows of the table."""
    page = watch(task)
    expect(rows(page, "Machines").first).to_contain_text("Waiting")
    console.traffic.clear()
    page.evaluate(script("hide.js"))
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 300))")
    before = console.traffic.sent["events"]
    console.fleet.report(console.fleet.machines[0], console.fleet.lease(console.fleet.machines[0]), progress=0.2)
    expect(legend(page, "Scanning")).to_have_text("Scanning1")
    assert console.traffic.sent["events"] - before >= 1
    assert count_of(legend(page, "Waiting").inner_text()) == SIZE - 1


def test_the_end_is_announced_and_not_every_step(console: ConsoleServer, watch, task: int):
    """A screen reader hears quarters and the end."""
    page = watch(task)
    page.locator("p.task-unseen").wait_for(state="attached")
    page.evaluate(script("said.js"))
    for machine in console.fleet.machines:
        console.fleet.scan(machine)
    expect(page.locator("p.task-unseen")).to_have_text("Scan over: Done")
    said = [one for one in page.evaluate("window.__said") if one]
    assert len(said) <= 6, said
    assert set(said) <= {"0% scanned", "25% scanned", "50% scanned", "75% scanned", "Scan over: Done"}
