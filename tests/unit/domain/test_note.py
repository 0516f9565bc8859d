"""Notes in words."""

import re

import pytest

from hostward.domain.note import TEXTS, Code, Note, printable, render


def test_every_code_has_a_text_in_both_languages():
    """A code without words would be an empty description."""
    assert {code for code in Code if code not in TEXTS} == set()
    assert all(all(texts) for code, texts in TEXTS.items() if code is not Code.NOTHING)


@pytest.mark.parametrize("code", list(Code))
def test_both_languages_name_the_same_values(code: Code):
    """Nothing is lost in translation."""
    english, chinese = (set(re.findall(r"{(\w+)}", text)) for text in TEXTS[code])
    assert english == chinese


def test_values_are_put_in():
    """As they are."""
    note = Note(code=Code.TIMED_OUT, values={"seconds": "60"})
    assert render(note) == "timed out after 60 s; scan again with a longer TimeoutPeriod"


def test_chinese_is_chosen_by_its_tag():
    """X-TC-Language zh-CN."""
    assert render(Note(code=Code.STARTING), "zh-CN") == "正在启动"


def test_an_unknown_language_is_english():
    """Never an error."""
    assert render(Note(code=Code.STARTING), "fr-FR") == "starting"


def test_values_are_never_interpreted():
    """A host may call itself {seconds}."""
    note = Note(code=Code.TIMED_OUT, values={"seconds": "{0.__class__}"})
    assert "{0.__class__}" in render(note)


def test_what_a_terminal_would_obey_is_shown_as_an_escape():
    """A host's file name must not clear the screen of who reads it."""
    assert printable("a\x1b[2Jb\nc\ud800") == r"a\x1b[2Jb\x0ac\ud800"


def test_printable_text_stays():
    """In any script."""
    assert printable("磁盘 é") == "磁盘 é"
