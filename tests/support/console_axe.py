"""axe-core on a page of the console, in both languages and themes."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from console_browser import script

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"type": "tag", "values": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
LOOKS = (
    ("en", "light", EVERYTHING), ("en", "dark", COLOURS), ("zh", "dark", EVERYTHING), ("zh", "light", COLOURS),
)  # fmt: skip
"""Each differs from the one before it by one switch. A theme changes colours alone, and one rule looks at these."""
_RUN = script("axe.js")


def violations(page: Page) -> Iterator[str]:
    """What axe finds in each look of the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    spoken = page.evaluate("document.documentElement.lang.slice(0, 2)")
    for language, theme, rules in LOOKS:
        if language != spoken:
            speak(page, language)
            spoken = language
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        for one in page.evaluate(_RUN, rules):
            yield f"[{language} {theme}] {one}"


def speak(page: Page, language: str) -> None:
    """Switch the language as a person does, whatever stands before the switch."""
    name = "中文" if language == "zh" else "English"
    page.evaluate(
        "(name) => [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === name).click()",
        name,
    )
    page.wait_for_function("(wanted) => document.documentElement.lang.startsWith(wanted)", arg=language)
