"""axe finds nothing on any screen and on what opens over it: WCAG 2.2 A and AA, and best practice, in every look."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from console_axe import violations
from console_browser import tabs
from console_server import ConsoleServer
from console_world import build_everything

pytestmark = pytest.mark.needs("browser", "console")
TASK = "/tasks/Malware/1"
PAGES = ("me", "keys", "users", "audit", "ignored", "notifications", "feeds", "system")
SETTINGS = tuple(f"/settings/{page}" for page in PAGES)
TABS = tuple(
    f"/explorer?action=DescribeScanTaskDetails&tab={tab}"
    for tab in ("call", "signature", "code", "docs", "errors", "mock", "history")
)
LISTS = ("/", "/tasks", TASK, f"{TASK}?tab=risks", f"{TASK}?tab=failures", "/schedules", "/machines", "/vulns")
VULS = (
    "/vulns/1",
    "/vulns/999",
    "/vulns?view=package",
    "/vulns?view=machine",
    "/vulns?machine=q-web-01.prod&status=any",
)
PLANS = ("/scan/new", "/scan/new?module=Malware", "/scan/new?module=Baseline")
LOADED = (*LISTS, *VULS, *PLANS, *SETTINGS, *TABS, "/tasks/a/b/c")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """Everything that can be shown is there once."""
    build_everything(empty_console)
    return empty_console


@pytest.mark.parametrize("path", LOADED)
def test_a_screen_with_data(opened, path: str):
    """Each screen as it is every day."""
    assert list(violations(opened(path))) == []


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


def _ignore_on_some(page: Page) -> None:
    page.get_by_role("grid").get_by_role("checkbox").nth(1).check()
    page.get_by_role("button", name="Ignore on these").click()


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
    "why": ("/vulns/1", _drawer_of_a_machine),
    "ignore": ("/vulns/1", _ignore_on_some),
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
