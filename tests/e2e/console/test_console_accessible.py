"""axe finds nothing on any screen, whatever its state, theme and language: WCAG 2.2 A and AA, and best practice."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from console_axe import violations
from console_browser import Tabs, answer, refused, tabs
from console_server import ConsoleServer, console_server
from console_world import build
from hostward.domain.account import Role

pytestmark = pytest.mark.needs("browser", "console")
MANY = 100_000
TASK = "/tasks/Malware/1"
SETTINGS = tuple(f"/settings/{page}" for page in ("me", "keys", "users", "audit", "notifications", "system"))
TABS = tuple(
    f"/explorer?action=DescribeScanTaskDetails&tab={tab}"
    for tab in ("call", "signature", "code", "docs", "errors", "mock", "history")
)
LISTS = ("/", "/tasks", TASK, f"{TASK}?tab=risks", f"{TASK}?tab=failures", "/schedules", "/machines")
LOADED = (*LISTS, "/scan/new", "/scan/new?module=Malware", "/scan/new?module=Baseline", *SETTINGS, *TABS, "/tasks/a/b/c")
REFUSED = (*LISTS, "/scan/new", *SETTINGS[:5])
HUGE = ("/tasks", TASK, f"{TASK}?tab=risks", "/machines", "/settings/audit")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """Everything that can be shown is there once."""
    server = empty_console
    server.world = build(server)
    server.until_ended(server.world.done)
    server.user("looks", Role.AUDITOR)
    server.call(
        "ScanVulSetting", cwp=True, TimerInterval=1, TimerTime="03:30:00", EnableScan=1, VulCategories=[1, 2, 4],
        VulLevels=[1, 2, 3, 4], Uuids=[],
    )  # fmt: skip
    server.call("CreateWebhook", Name="on call", Url="https://hooks.example.com/in", Events=["finding.new"], Level=3)
    server.fleet.start()
    return server


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleServer]:
    """A server on which nothing has happened."""
    with console_server(tmp_path_factory.mktemp("nothing") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def shared(browser: Browser, console: ConsoleServer) -> Iterator[Tabs]:
    """One profile for all of this file: what is loaded and compiled once need not be so for each screen."""
    with tabs(browser, console, reduced_motion="reduce") as one:
        yield one
        one.check()


@pytest.fixture
def opened(shared: Tabs) -> Iterator[Callable[[str], Page]]:
    """Opens a path in English and light colours, and waits until it has nothing left to load."""
    pages: list[Page] = []

    def open_page(path: str, prepare: Callable[[Page], None] = lambda _: None) -> Page:
        page = shared.context.new_page()
        pages.append(page)
        prepare(page)
        page.goto(shared.server.url + path)
        settled(page)
        return page

    yield open_page
    for page in pages:
        page.evaluate("localStorage.removeItem('hostward.language')")
        page.close()


def settled(page: Page) -> None:
    """The heading is there, nothing is on its way."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("path", LOADED)
def test_a_screen_with_data(opened, path: str):
    """Each screen as it is every day."""
    assert list(violations(opened(path))) == []


@pytest.mark.parametrize(
    "path", ["/", "/tasks", "/machines", "/schedules", "/scan/new", "/settings/notifications", "/settings/audit"]
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
    expect(page.get_by_role("alert").first).to_be_visible()
    assert list(violations(page)) == []


@pytest.mark.parametrize("path", HUGE)
def test_a_screen_with_a_hundred_thousand_rows(opened, path: str):
    """True totals, few rows in the document."""
    page = opened(path, multiply)
    expect(page.get_by_text("100,000 rows")).to_be_visible()
    assert page.locator("main *").count() < 1200
    assert list(violations(page)) == []


def test_the_sign_in_page(browser: Browser, console: ConsoleServer):
    """By password, refused, and by a link that is over."""
    with tabs(browser, console, "", reduced_motion="reduce") as profile:
        profile.wrongs.expected.append("401 ")
        page = profile.open("/login")
        assert list(violations(page)) == []
        page = profile.open("/login#t=a-token-that-nobody-made")
        expect(page.locator("code")).to_be_visible()
        assert list(violations(page)) == []
        profile.check()


def test_what_a_user_may_not_see(browser: Browser, console: ConsoleServer):
    """Which permission is missing."""
    with tabs(browser, console, "looks", reduced_motion="reduce") as profile:
        page = profile.open("/scan/new")
        expect(page.get_by_text("You may not see this")).to_be_visible()
        assert list(violations(page)) == []


def _drawer_of_a_machine(page: Page) -> None:
    page.get_by_role("grid").locator("[data-index]").first.click()


def _tags(page: Page) -> None:
    page.get_by_role("grid").get_by_role("checkbox").nth(1).check()
    page.get_by_role("button", name="Edit tags").click()


def _press(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=re.compile(name)).first.click()


def _menu_then(name: str, item: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_role("button", name=re.compile(name)).first.click()
        page.get_by_role("menuitem", name=item).click()

    return act


OVERLAYS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "machine": ("/machines", _drawer_of_a_machine),
    "tags": ("/machines", _tags),
    "machine of a task": (TASK, _drawer_of_a_machine),
    "risk": (f"{TASK}?tab=risks", _drawer_of_a_machine),
    "stop": ("/tasks/Malware/2", _press("Stop all")),
    "plan": ("/schedules?edit=Vul", lambda _: None),
    "audit entry": ("/settings/audit", _drawer_of_a_machine),
    "new key": ("/settings/keys", _press("New key")),
    "new user": ("/settings/users", _press("New user")),
    "new webhook": ("/settings/notifications", _press("New webhook")),
    "deliveries": ("/settings/notifications", _menu_then("on call", "Deliveries")),
    "palette": ("/settings/system", lambda page: page.keyboard.press("Control+k")),
    "keys": ("/settings/system", lambda page: page.keyboard.press("?")),
    "calls": ("/tasks", _press("^API$")),
}


@pytest.mark.parametrize("name", OVERLAYS)
def test_what_opens_over_a_screen(opened, name: str):
    """Drawers and dialogs."""
    path, act = OVERLAYS[name]
    page = opened(path)
    act(page)
    expect(page.get_by_role("dialog").first).to_be_visible()
    assert list(violations(page)) == []


def multiply(page: Page) -> None:
    """Let each list of the server have 100,000 rows: its own ones, over and over, each with its own names."""

    def handle(route: Route) -> None:
        action = route.request.headers.get("x-tc-action", "")
        if not action.startswith("List"):
            route.fallback()
            return
        asked = json.loads(route.request.post_data or "{}")
        first, limit = asked.get("Offset", 0), asked.get("Limit", 100)
        answered = route.fetch(post_data=json.dumps(asked | {"Offset": 0}))
        response = answered.json()["Response"]
        name = next((name for name, value in response.items() if isinstance(value, list)), None)
        if name is None or not response[name]:
            route.fulfill(response=answered)
            return
        own = response[name]
        response[name] = [_numbered(own[n % len(own)], n) for n in range(first, min(MANY, first + limit))]
        response["TotalCount"] = MANY
        route.fulfill(status=200, content_type="application/json", body=json.dumps({"Response": response}))

    page.route(re.compile(r"^https?://[^/]+/$"), handle)


def _numbered(row: dict, number: int) -> dict:
    """A row with names of its own."""
    kept = {"Module", "State", "Time"}
    texts = {name: f"{value}-{number}" for name, value in row.items() if name in ("Quuid", "HostName", "Id", "Where")}
    counts = {name: number for name in ("TaskId", "Number") if name in row}
    return row | texts | counts | {name: row[name] for name in kept & set(row)}
