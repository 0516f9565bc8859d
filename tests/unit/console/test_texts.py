"""The console's words: every one that is seen stands in a dictionary of two languages, never in a screen."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "web" / "src"
LEFT_OUT = ("ui/gallery.tsx",)
"""Pages for looking at components, whose samples are nobody's text."""

SAME_EVERYWHERE = frozenset(
    {
        "Hostward",
        "RequestId",
        "SecretId",
        "SecretKey",
        "JSON",
        "API",
        "CLI",
        "curl",
        "ms",
        "ui",
        "env=prod",
        "otpauth://",
    }
)
"""Names that are the same in every language."""

BETWEEN_TAGS = re.compile(r">([^<>{}=;()]*[^\W\d_]{2,}[^<>{}=;()]*)</")
ATTRIBUTE = re.compile(
    r"\s(?:title|label|placeholder|alt|hint|sub|aria-label|aria-description|aria-roledescription)=\"([^\"]*[^\W\d_]{2,}[^\"]*)\""
)
SCREENS = sorted(
    path for path in SOURCE.rglob("*.tsx") if path.relative_to(SOURCE).as_posix() not in LEFT_OUT
)  # fmt: skip


def words_in(code: str) -> list[str]:
    """Texts that a reader would see, written into the code itself."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", code, flags=re.DOTALL | re.MULTILINE)
    found = [*BETWEEN_TAGS.findall(code), *ATTRIBUTE.findall(code)]
    return [text.strip() for text in found if text.strip() not in SAME_EVERYWHERE]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("<p>Nothing here</p>", ["Nothing here"]),
        ("<p>没有数据</p>", ["没有数据"]),
        ('<input placeholder="Host name" />', ["Host name"]),
        ("<p>{t.nothing}</p>", []),
        ("<p>{count} · –</p>", []),
        ('<Link to="/tasks" className="wide">Hostward</Link>', []),
        ("const held = useRef<Held<Row>>(empty(key));", []),
    ],
)
def test_a_text_in_the_code_is_seen(code: str, expected: list[str]) -> None:
    """Between tags and in the attributes that are read out; neither values nor types."""
    assert words_in(code) == expected


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_screen_has_words_of_its_own(path: Path) -> None:
    """Else one of the two languages would show the other's."""
    assert words_in(path.read_text(encoding="utf-8")) == []
