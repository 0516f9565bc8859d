"""Chromium on a console, as a person has it: signed in, and nothing that goes wrong in it unseen."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect, sync_playwright

from capabilities import BROWSERS, program
from console_server import ADMIN, ConsoleServer

# No name but this machine's is found: whatever asks for another host fails, as it does where there is no Internet.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
PATIENCE_MS = 30_000
MANY = 100_000
CALLS = re.compile(r"^https?://[^/]+/$")
SCRIPTS = Path(__file__).parent / "console_scripts"
SIZE = {"width": 1280, "height": 800}
_VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
});
"""
_BROKEN_ANSWER = "Failed to load resource"
"""What a browser itself writes to the console of an answer that is an error, or of none."""


@dataclass
class Wrongs:
    """What went wrong in a context's pages. expected: patterns of messages that a test provokes."""

    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def left(self) -> list[str]:
        """Everything that no test expected."""
        told = [one for one in self.console if not any(re.search(each, one) for each in self.expected)]
        return told + [f"asked elsewhere: {url}" for url in self.foreign]


@dataclass
class Tabs:
    """Pages of one browser profile."""

    server: ConsoleServer
    context: BrowserContext
    wrongs: Wrongs = field(default_factory=Wrongs)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(_VIOLATIONS)
        self.context.on("page", self._follow)
        self.context.on("request", self._asked)

    def open(self, path: str = "/", **options: Any) -> Page:
        """A new page on this path of the console. options: of Page.goto."""
        page = self.context.new_page()
        page.goto(self.server.url + path, **options)
        return page

    def check(self) -> None:
        """Fail on an error, a violation of the content security policy, or a request to somebody else."""
        violations = [one for page in self.context.pages for one in page.evaluate("window.__violations ?? []")]
        assert self.wrongs.left() + violations == []

    def _follow(self, page: Page) -> None:
        page.on("console", lambda message: self._said(message.type, message.text, message.location))
        page.on("pageerror", lambda error: self.wrongs.console.append(f"uncaught {error}"))

    def _said(self, kind: str, text: str, location: Mapping[str, Any]) -> None:
        if kind in ("error", "assert"):
            self.wrongs.console.append(f"{text} ({location.get('url', '')})")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.server.url + "/", "data:", "blob:", "about:", "chrome-error:")):
            self.wrongs.foreign.append(request.url)


def script(name: str) -> str:
    """A script that runs in a page."""
    return (SCRIPTS / name).read_text(encoding="utf-8")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(*BROWSERS), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tabs(browser: Browser, server: ConsoleServer, user: str = ADMIN, **options: Any) -> Iterator[Tabs]:
    """A profile of its own, signed in as this user ("" for nobody). options: of Browser.new_context."""
    options.setdefault("viewport", SIZE)
    context = browser.new_context(locale="en-US", **options)
    if user:
        cookie = {"name": "hostward_session", "value": server.cookie(user), "url": server.url}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict is what it takes
    try:
        yield Tabs(server, context)
    finally:
        context.close()


Answer = Callable[[dict], dict]
"""Makes the Response of a call from its parameters."""


def answer(page: Page, answers: Mapping[str, Answer | dict]) -> None:
    """Let calls of these actions be answered so instead of by the server. "*": every other one."""

    def handle(route: Route) -> None:
        request = route.request
        action = request.headers.get("x-tc-action", "")
        made = answers.get(action, answers.get("*"))
        if request.method != "POST" or not action or made is None:
            route.fallback()
            return
        response = made(json.loads(request.post_data or "{}")) if callable(made) else made
        body = json.dumps({"Response": {"RequestId": "11111111-2222-4333-8444-555555555555", **response}})
        route.fulfill(status=200, content_type="application/json", body=body)

    page.route(CALLS, handle)


def refused(code: str, message: str) -> dict:
    """The Response of a refusal."""
    return {"Error": {"Code": code, "Message": message}}


def count_of(text: str) -> int:
    """The number in a text such as "1,024 rows"."""
    found = re.search(r"\d[\d,]*", text)
    assert found is not None, text
    return int(found.group().replace(",", ""))


def rows(page: Page, label: str | None = None) -> Locator:
    """The body rows of the grid or table with this label."""
    grid = page.get_by_role("grid", name=label, exact=True) if label else page.get_by_role("grid")
    return grid.locator("[data-index]")


def total(page: Page, label: str) -> int:
    """How many rows a grid says that it has, once they are there."""
    grid = page.get_by_role("grid", name=label, exact=True)
    grid.and_(page.locator(":not([aria-busy])")).wait_for()
    return int(grid.get_attribute("aria-rowcount") or "0") - 1


def settled(page: Page) -> None:
    """The heading is there, nothing is on its way."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


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

    page.route(CALLS, handle)


def _numbered(row: dict, number: int) -> dict:
    """A row with names of its own."""
    kept = {"Module", "State", "Time"}
    texts = {name: f"{value}-{number}" for name, value in row.items() if name in ("Quuid", "HostName", "Id", "Where")}
    counts = {name: number for name in ("TaskId", "Number") if name in row}
    return row | texts | counts | {name: row[name] for name in kept & set(row)}
