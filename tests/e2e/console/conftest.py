"""One browser for all tests of the console, a server for each file of them, a profile of its own for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from capabilities import require
from console_browser import PATIENCE_MS, Tabs, chromium, settled, tabs
from console_server import ADMIN, ConsoleServer, console_server

Opened = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium."""
    require("browser", "console")
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def empty_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleServer]:
    """A server with an administrator and nothing else."""
    require("browser", "console")
    with console_server(tmp_path_factory.mktemp("console") / "data") as server:
        yield server


@pytest.fixture
def profile(browser: Browser, console: ConsoleServer) -> Iterator[Callable[..., Tabs]]:
    """Makes profiles, each signed in as a user; what goes wrong in one fails the test."""
    with ExitStack() as opened:
        made: list[Tabs] = []

        def open_profile(user: str = ADMIN, **options: object) -> Tabs:
            made.append(opened.enter_context(tabs(browser, console, user, **options)))
            return made[-1]

        yield open_profile
        for one in made:
            one.check()


@pytest.fixture
def mine(profile: Callable[..., Tabs]) -> Tabs:
    """The administrator's profile."""
    return profile()


@pytest.fixture(scope="module")
def shared(browser: Browser, console: ConsoleServer) -> Iterator[Tabs]:
    """One profile for all of a file: what is loaded and compiled once need not be so for each screen."""
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
