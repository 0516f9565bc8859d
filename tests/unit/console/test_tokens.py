"""The colours of the console: every pair that is used together can be read, light and dark."""

import re
from pathlib import Path

import pytest

UI = Path(__file__).parents[3] / "web" / "src" / "ui"
THEMES = ("light", "dark")
COLOUR = re.compile(r"^ {2}--([\w-]+): light-dark\((#\w+), (#\w+)\);", re.MULTILINE)
TEXT = 4.5
PART = 3.0
GROUNDS = ("bg", "surface", "raised", "sunken", "hover", "selected")
TONES = ("neutral", "accent", "ok", "warn", "bad", "info")

# (foreground, ground, least contrast): WCAG 1.4.3 for text, 1.4.11 for what is needed to see a control.
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3") for ground in GROUNDS),
    *(("accent-ink", ground, TEXT) for ground in GROUNDS),
    *((f"{tone}-ink", f"{tone}-soft", TEXT) for tone in TONES),
    *((f"{tone}-ink", ground, TEXT) for tone in TONES for ground in ("bg", "surface", "raised", "hover")),
    *((f"sev-{level}", ground, TEXT) for level in range(5) for ground in GROUNDS),
    *((f"code-{kind}", "sunken", TEXT) for kind in ("key", "text", "number", "name", "note")),
    *(("on-accent", fill, TEXT) for fill in ("accent", "accent-hover", "bad-fill", "bad-hover")),
    *((ink, "bad-soft", TEXT) for ink in ("ink", "ink-2", "bad-ink")),
    ("bg", "ink", TEXT),
    ("ink-2", "accent-soft", TEXT),
    ("ink", "accent-soft", TEXT),
    *(("line-strong", ground, PART) for ground in ("bg", "surface", "raised")),
    *(("focus", ground, PART) for ground in GROUNDS),
    *((tone, ground, PART) for tone in TONES for ground in ("surface", "bg")),
    ("accent", "accent-soft", PART),
]


def colours() -> dict[str, dict[str, str]]:
    """Theme -> token -> "#rrggbb", of the declarations that no media query overrides."""
    css = (UI / "tokens.css").read_text(encoding="utf-8").split("@media")[0]
    found = COLOUR.findall(css)
    return {theme: {name: values[at] for name, *values in found} for at, theme in enumerate(THEMES)}


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_of_black_on_white_is_21() -> None:
    """The formula itself, at its ends."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


@pytest.mark.parametrize("theme", THEMES)
def test_every_pair_of_colours_can_be_told_apart(theme: str) -> None:
    """Text has 4.5 and the parts of controls have 3 against each ground they stand on."""
    tokens = colours()[theme]
    weak = {
        f"--{front} on --{back}": round(contrast(tokens[front], tokens[back]), 2)
        for front, back, least in PAIRS
        if contrast(tokens[front], tokens[back]) < least
    }
    assert weak == {}


def test_components_use_tokens_and_no_colours_of_their_own() -> None:
    """No style sheet but tokens.css writes a colour, and each token that one uses is declared there."""
    declared = set(re.findall(r"(--[\w-]+):", (UI / "tokens.css").read_text(encoding="utf-8")))
    local = re.compile(r"--(?:tone[\w-]*|hw-[\w-]+)")
    for sheet in UI.glob("*.css"):
        css = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        if sheet.name != "tokens.css":
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", css) == [], sheet.name
        used = {name for name in re.findall(r"var\((--[\w-]+)", css) if not local.fullmatch(name)}
        assert used - declared == set(), sheet.name
        assert "!important" not in css, sheet.name


def test_every_state_and_severity_differs_in_more_than_its_colour() -> None:
    """The five severities have five shapes; each state of a thing has an icon and a word in both languages."""
    shapes = re.search(r"SHAPES = \[(.*?)\] as const", (UI / "Value.tsx").read_text(encoding="utf-8"), re.DOTALL)
    assert shapes is not None
    drawn = re.findall(r'"(M[^"]+)"', shapes[1])
    assert len(set(drawn)) == len(drawn) == 5
    states = re.findall(
        r'^ {2}\w+: look\("(\w+)", "(\w+)", "([^"]+)", "([^"]+)"\)',
        (UI / "states.ts").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    icons = set(re.findall(r'^ {2}(\w+): "[Mm]', (UI / "icons.ts").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(states) > 30
    assert {tone for tone, *_ in states} <= set(TONES)
    assert {icon for _, icon, *_ in states} <= icons
