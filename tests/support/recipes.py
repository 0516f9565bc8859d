"""The recipes of the how-to pages, taken out of the pages themselves so that tests run what people read."""

import re
from pathlib import Path

TEXT = "scan.example.org:8443"
CA = "/etc/hostward/ca.pem"
"""What the pages write for a reader's own."""

HOWTO = Path(__file__).resolve().parents[2] / "docs" / "howto"


def recipe(page: str, name: str) -> str:
    """One recipe of a page. Fails when it is not there."""
    text = (HOWTO / f"{page}.md").read_text(encoding="utf-8")
    found = re.findall(rf"<!-- recipe: {re.escape(name)} -->\n```[a-z]*\n(.*?)```", text, re.DOTALL)
    assert len(found) == 1, f"{page}.md has {len(found)} recipes {name}"
    return found[0]


def adapted(text: str, changes: dict[str, str]) -> str:
    """A recipe for this machine. Every change must meet something: a recipe that changed is looked at again."""
    for before, after in changes.items():
        assert before in text, f"{before!r} is not in the recipe"
        text = text.replace(before, after)
    return text


def all_recipes() -> set[tuple[str, str]]:
    """Page and name of every recipe there is."""
    return {
        (page.stem, name)
        for page in HOWTO.glob("*.md")
        for name in re.findall(r"<!-- recipe: ([a-z-]+) -->", page.read_text(encoding="utf-8"))
    }
