"""The screen on which a host is brought in: the line is made there, and the host arrives while one looks."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from console_browser import Tabs
from console_server import PASSWORD
from enrol_site import Site, online, open_site

pytestmark = pytest.mark.needs("browser", "console", "curl")

TABLE = "Newest machines"


def rows(page: Page, label: str) -> Locator:
    """The rows of a plain table, without its head."""
    return page.get_by_role("table", name=label, exact=True).locator("tbody tr")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with TLS that real agents are installed from."""
    with pytest.MonkeyPatch.context() as patch, open_site(tmp_path_factory.mktemp("site"), patch) as opened:
        yield opened


@pytest.fixture
def mine(browser: Browser, site: Site) -> Iterator[Tabs]:
    """The administrator's profile, signed in by the one-time link. The server's CA is its own."""
    with browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 800}) as context:
        one = Tabs(SimpleNamespace(url=site.server.url), context)
        page = context.new_page()
        page.goto(site.server.login_url())
        for name in ("New password", "The same again"):
            page.get_by_role("textbox", name=name).fill(PASSWORD)
        page.get_by_role("button", name="Save and go on").click()
        expect(page.get_by_role("navigation").first).to_be_visible()
        page.close()
        yield one
        one.check()


def test_a_host_arrives_while_one_looks(mine: Tabs, site: Site):
    """The line by keyboard, pasted into a real shell; the agent that it installs is shown online without a reload.

    A second one waits until it is let in. What was there before is not said to have arrived.
    """
    page = mine.open("/machines/enroll")
    expect(rows(page, TABLE)).to_have_count(1)
    host = site.host("first-screen")
    page.get_by_role("textbox", name="Tags that each machine gets").focus()
    page.keyboard.type("env=lab")
    page.get_by_role("button", name="Make the line").focus()
    page.keyboard.press("Enter")
    line = page.get_by_text(re.compile(r"\| sudo sh$")).first
    expect(line).to_be_visible()
    done = host.paste(line.inner_text().strip())
    assert done.returncode == 0, done.stderr
    with host.running():
        online(site, host)
        expect(rows(page, TABLE)).to_have_count(2)
        arrived = rows(page, TABLE).first
        expect(arrived).to_contain_text("just arrived")
        expect(arrived).to_contain_text("Online")
        expect(arrived).to_contain_text("env=lab")
        expect(rows(page, TABLE).last).not_to_contain_text("just arrived")
        expect(page.get_by_role("status").filter(has_text="has arrived.")).to_have_count(1)
        expect(rows(page, "Tokens").first).to_contain_text("0 / 1")
        page.get_by_role("checkbox", name="Each machine waits until somebody lets it in").check()
        page.get_by_role("button", name="Make the line").click()
        expect(rows(page, "Tokens")).to_have_count(2)
        second = site.host("second-screen")
        assert second.paste(page.get_by_text(re.compile(r"\| sudo sh$")).first.inner_text().strip()).returncode == 0
        page.get_by_role("button", name="Let in").focus()
        page.keyboard.press("Enter")
        with second.running():
            online(site, second)
            expect(rows(page, TABLE)).to_have_count(3)
            expect(page.get_by_text("No machine waits.")).to_be_visible()
