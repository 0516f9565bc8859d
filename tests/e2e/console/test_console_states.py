"""axe finds nothing on a screen that is empty, refused, or has 100,000 rows, in both languages and themes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from console_axe import violations
from console_browser import answer, multiply, refused, settled, tabs
from console_server import ConsoleServer, console_server
from console_world import build_everything

pytestmark = pytest.mark.needs("browser", "console")
TASK = "/tasks/Malware/1"
PAGES = ("me", "keys", "users", "audit", "ignored", "notifications", "feeds", "system")
SETTINGS = tuple(f"/settings/{page}" for page in PAGES)
LISTS = ("/", "/tasks", TASK, f"{TASK}?tab=risks", f"{TASK}?tab=failures", "/schedules", "/machines", "/vulns")
VULS = ("/vulns/1", "/vulns?view=package", "/vulns?view=machine", "/vulns?machine=q-web-00.prod")
REFUSED = (*LISTS, *VULS, "/scan/new", *SETTINGS[:6])
HUGE = (
    "/tasks",
    TASK,
    f"{TASK}?tab=risks",
    "/machines",
    "/vulns",
    "/vulns/1",
    "/vulns?view=machine",
    "/settings/audit",
)


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """Everything that can be shown is there once."""
    build_everything(empty_console)
    return empty_console


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleServer]:
    """A server on which nothing has happened."""
    with console_server(tmp_path_factory.mktemp("nothing") / "data") as server:
        yield server


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tasks",
        "/machines",
        "/vulns",
        "/vulns/1",
        "/vulns?view=package",
        "/vulns?view=machine",
        "/schedules",
        "/scan/new",
        "/settings/notifications",
        "/settings/audit",
    ],
)
def test_a_screen_with_nothing(browser: Browser, nothing: ConsoleServer, path: str):
    """One sentence and one thing to do."""
    with tabs(browser, nothing, reduced_motion="reduce") as profile:
        page = profile.open(path)
        settled(page)
        assert list(violations(page)) == []
        profile.check()


@pytest.mark.parametrize("path", REFUSED)
def test_a_screen_whose_calls_are_refused(opened, path: str):
    """Code, RequestId and a way to try again."""
    page = opened(path, lambda page: answer(page, {"*": refused("InternalError", "the database is away")}))
    expect(page.get_by_text("the database is away").first).to_be_visible()
    assert list(violations(page)) == []


@pytest.mark.parametrize("path", HUGE)
def test_a_screen_with_a_hundred_thousand_rows(opened, path: str):
    """True totals, few rows in the document."""
    page = opened(path, multiply)
    expect(page.get_by_text("100,000 rows")).to_be_visible()
    assert page.locator("main *").count() < 1200
    assert list(violations(page)) == []
