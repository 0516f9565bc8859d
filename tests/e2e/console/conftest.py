"""One browser for all tests of the console, a server for each file of them, a profile of its own for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from capabilities import require
from console_browser import PATIENCE_MS, Tabs, chromium, tabs
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
