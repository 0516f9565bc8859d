"""Any window and any reader: phones, 400 % zoom, Chinese, light and dark, and a console that was there before."""

import re

import pytest
from playwright.sync_api import expect

from console_browser import Tabs, rows, script, settled
from console_server import ConsoleServer
from console_world import build

pytestmark = pytest.mark.needs("browser", "console")
PATHS = (
    "/", "/tasks", "/tasks/Malware/1", "/tasks/Malware/1?tab=failures", "/scan/new", "/schedules", "/machines",
    "/vulns", "/vulns?view=package", "/vulns?view=machine",
    "/settings/keys", "/settings/audit", "/explorer?action=DescribeScanTaskDetails",
)  # fmt: skip
OUTSIDE = script("outside.js")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """A fleet."""
    empty_console.world = build(empty_console)
    empty_console.until_ended(empty_console.world.done)
    return empty_console


@pytest.mark.parametrize(
    ("width", "height", "name"), [(360, 740, "a phone"), (320, 256, "400 % of 1280 x 1024")], ids=["phone", "zoom"]
)
def test_every_screen_fits(profile, width: int, height: int, name: str):
    """Nothing has to be scrolled sideways to be reached (WCAG 1.4.10)."""
    tabs = profile(viewport={"width": width, "height": height})
    page = tabs.context.new_page()
    for path in PATHS:
        page.goto(tabs.server.url + path)
        settled(page)
        outside = page.evaluate(OUTSIDE)
        assert (path, outside) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, path)


def test_a_phone_shows_cards_and_the_navigation_opens(profile):
    """The same rows as cards; they can be sorted, opened and left."""
    page = profile(viewport={"width": 360, "height": 740}).open("/machines?sort=name")
    first = rows(page, "Machines").first
    expect(first).to_contain_text("old-01.prod")
    assert first.bounding_box()["height"] > 60
    page.get_by_role("button", name="Reverse the order").click()
    expect(rows(page, "Machines").first).to_contain_text("web-11.prod")
    rows(page, "Machines").first.click()
    drawer = page.get_by_role("dialog", name="web-11.prod")
    assert drawer.bounding_box()["width"] >= 350
    drawer.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Open the navigation").click()
    page.get_by_role("link", name="Schedules").click()
    expect(page.get_by_role("heading", name="Schedules")).to_be_visible()


def test_the_language_is_switched_and_kept(mine: Tabs):
    """Words, the page's own language and what the server says; after a reload too."""
    page = mine.open("/tasks/Malware/1?tab=failures")
    settled(page)
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("tab", name=re.compile("^失败"))).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.reload()
    expect(page.get_by_role("tab", name=re.compile("^失败"))).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text(re.compile("[\u4e00-\u9fff]"))


@pytest.mark.parametrize("path", PATHS)
def test_no_english_word_is_left_in_chinese(profile, path: str):
    """What is not a name, a code or a unit is translated."""
    tabs = profile()
    tabs.context.add_init_script("if (location.host) localStorage.setItem('hostward.language', 'zh')")
    page = tabs.open(path)
    settled(page)
    left = page.evaluate(script("untranslated.js"))
    assert [one for one in left if one != "API Explorer"] == []


def test_the_theme_follows_the_system_or_the_choice(profile):
    """Dark by the system; light by choice, kept, and there before the first paint."""
    tabs = profile(color_scheme="dark")
    page = tabs.open("/tasks")
    settled(page)
    ground = "() => getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("menuitem", name="Light").click()
    light = page.evaluate(ground)
    assert dark != light
    page.reload()
    settled(page)
    assert page.evaluate(ground) == light


def test_columns_are_chosen_and_kept(mine: Tabs):
    """A column more, one less, in this browser from now on."""
    page = mine.open("/machines")
    expect(rows(page, "Machines").first).to_be_visible()
    expect(page.get_by_role("columnheader", name="Kernel")).to_have_count(0)
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Kernel").check()
    expect(page.get_by_role("columnheader", name="Kernel")).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="Kernel")).to_be_visible()


def test_a_second_visit_fetches_no_script_again(mine: Tabs, console: ConsoleServer):
    """Files with a hash in their name are taken from the browser's cache."""
    page = mine.open("/tasks")
    settled(page)
    console.traffic.clear()
    page.goto(f"{console.url}/tasks")
    settled(page)
    assert [path for _, path, _ in console.traffic.requests if path.startswith("/assets/")] == []


def test_a_link_opens_in_a_new_tab_when_asked(mine: Tabs):
    """Links are links: Ctrl and click."""
    page = mine.open("/tasks")
    link = rows(page, "Scan tasks").first.get_by_role("link").first
    with mine.context.expect_page() as other:
        link.click(modifiers=["Control"])
    expect(other.value.get_by_role("heading", name="Malware task 1")).to_be_visible()
    expect(page.get_by_role("heading", name="Scan tasks", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "screen", ["overview", "tasks", "task", "newscan", "schedules", "machines", "vulns", "vuln", "settings", "explorer"]
)
def test_words_that_are_longer_by_two_fifths_are_not_cut_off(mine: Tabs, screen: str):
    """As those of other languages are; at 1280 pixels, over samples that have everything."""
    page = mine.open(f"/__states/{screen}?lang=pseudo")
    settled(page)
    assert page.evaluate(script("clipped.js")) == []
    assert page.evaluate(script("outside.js")) == []
