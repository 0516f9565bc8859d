"""Signing in and out, as a person does it."""

import base64
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from console_browser import Tabs
from console_server import PASSWORD, ConsoleServer
from hostward.domain.account import Role
from hostward.domain.totp import code_at, step_of

pytestmark = pytest.mark.needs("browser", "console")
REFUSED = r"401 \(Unauthorized\).*/console/session"
"""What a browser itself writes to its console of a try that is refused."""


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """A server with a machine."""
    empty_console.fleet.add("web-1")
    return empty_console


@pytest.fixture
def nobody(profile) -> Tabs:
    """A browser that nobody is signed in with."""
    return profile("")


def fill(page: Page, user: str, password: str) -> None:
    """The form by password."""
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_link_signs_in_once_and_asks_for_a_password(nobody: Tabs, console: ConsoleServer):
    """The way of everybody who starts Hostward for the first time; the token leaves the address at once."""
    console.user("first", Role.OPERATOR)
    path = console.link("first", "token-of-the-first-link")
    page = nobody.open(path)
    page.get_by_label("New password").fill("another horse battery")
    assert "token" not in page.url
    page.get_by_label("The same again").fill("another horse batter")
    expect(page.get_by_text("The two are not the same.")).to_be_visible()
    expect(page.get_by_role("button", name="Save and go on")).to_be_disabled()
    page.get_by_label("The same again").fill("another horse battery")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_role("button", name="Signed in as first").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    nobody.wrongs.expected.append(REFUSED)
    again = nobody.open(path)
    expect(again.get_by_text("This link was used already or is over.")).to_be_visible()
    expect(again.get_by_text("hostward user link")).to_be_visible()


def test_a_password_signs_in_and_leads_where_one_wanted_to_go(nobody: Tabs):
    """The page that was asked for is shown, with its filters."""
    page = nobody.open("/machines?q=web")
    fill(page, "admin", PASSWORD)
    expect(page.get_by_role("heading", name="Machines", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/machines\?q=web$"))


def test_a_next_page_is_never_another_site(nobody: Tabs, console: ConsoleServer):
    """Somebody's link to the sign-in page does not lead elsewhere."""
    page = nobody.open("/login?next=//evil.example/")
    fill(page, "admin", PASSWORD)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert page.url == f"{console.url}/"


def test_a_wrong_password_is_told_without_saying_what_is_wrong(nobody: Tabs):
    """The same words for a wrong password and for a user who does not exist; what was typed stays."""
    nobody.wrongs.expected.append(REFUSED)
    page = nobody.open("/login")
    said = []
    for user in ("admin", "nobody-of-this-name"):
        fill(page, user, "not the password")
        expect(page.get_by_role("alert")).to_contain_text("is not right")
        said.append(page.get_by_role("alert").inner_text())
    assert said[0] == said[1]
    expect(page.get_by_label("User name")).to_have_value("nobody-of-this-name")


def test_too_many_tries_are_counted_down(nobody: Tabs, console: ConsoleServer):
    """The button waits with the user, and the next right try signs in."""
    console.user("throttled", Role.AUDITOR)
    nobody.wrongs.expected.extend((REFUSED, "429"))
    page = nobody.open("/login")
    button, told = page.get_by_role("button", name="Sign in"), page.get_by_role("alert")
    long_enough = re.compile(r"The next one is taken in ([4-9]|\d\d) s\.")
    for _ in range(12):
        with page.expect_response("**/console/session"):
            fill(page, "throttled", "not the password")
        expect(told).not_to_be_empty()
        if long_enough.search(told.inner_text()):
            break
        expect(button).to_be_enabled()
    expect(button).to_be_disabled()
    expect(told).to_contain_text("The next one is taken in 1 s.")
    expect(button).to_be_enabled()
    fill(page, "throttled", PASSWORD)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_second_factor_is_turned_on_asked_for_and_turned_off(profile, nobody: Tabs, console: ConsoleServer):
    """Key, code, recovery codes; then the sign-in asks for a code, and a recovery code does too."""
    console.user("careful", Role.OPERATOR)
    page = profile("careful").open("/settings/me")
    page.get_by_role("button", name="Turn on").click()
    secret = page.get_by_text(re.compile("^([A-Z2-7]{4} ?)+$")).inner_text()
    page.get_by_label("Six-digit code").fill(_code(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("They are shown only now.")).to_be_visible()
    recovery = page.get_by_role("dialog").locator("code").inner_text().split()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("On: signing in asks for a code")).to_be_visible()
    nobody.wrongs.expected.append(REFUSED)
    login = nobody.open("/login")
    fill(login, "careful", PASSWORD)
    expect(login.get_by_role("heading", name="Second factor")).to_be_visible()
    login.get_by_label("Six-digit code").fill("000000")
    login.get_by_role("button", name="Sign in").click()
    expect(login.get_by_role("alert")).to_contain_text("is not right")
    login.get_by_label("Six-digit code").fill(recovery[0])
    login.get_by_role("button", name="Sign in").click()
    expect(login.get_by_role("heading", name="Overview")).to_be_visible()
    off = page.locator("form").filter(has=page.get_by_role("button", name="Turn off"))
    off.get_by_label("Current password").fill(PASSWORD)
    off.get_by_role("button", name="Turn off").click()
    expect(page.get_by_text("Off: a password alone signs in.")).to_be_visible()


def test_a_session_that_is_ended_elsewhere_shows_the_sign_in_page(profile, console: ConsoleServer):
    """One ends the session of another browser in the settings; that browser is asked to sign in again."""
    other = profile("")
    there = other.open("/login")
    fill(there, "admin", PASSWORD)
    expect(there.get_by_role("heading", name="Overview")).to_be_visible()
    here = profile().open("/settings/me")
    ends = here.get_by_role("button", name="End", exact=True)
    expect(ends.first).to_be_visible()
    while ends.count():
        count = ends.count()
        ends.first.click()
        expect(ends).to_have_count(count - 1)
    there.get_by_role("link", name="Machines").first.click()
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(there.get_by_text("web-1")).to_have_count(0)


def _code(secret: str) -> str:
    """The six digits of now."""
    bare = secret.replace(" ", "")
    return code_at(base64.b32decode(bare + "=" * (-len(bare) % 8)), step_of(datetime.now(UTC)))
