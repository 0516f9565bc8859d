"""Refusals that are read in two languages."""

import re

import pytest

from hostward.domain.errors import Conflict, HostwardError, InvalidValue, NotFound
from hostward.domain.reason import NAMED, TEXTS, Reason, words


@pytest.mark.parametrize("reason", Reason)
def test_both_languages_name_the_same_values(reason: Reason):
    """And each is in its own script."""
    english, chinese = TEXTS[reason]
    assert sorted(re.findall(r"\{(\w+)\}", english)) == sorted(re.findall(r"\{(\w+)\}", chinese))
    assert (bool(re.search(r"[\u4e00-\u9fff]", english)), bool(re.search(r"[\u4e00-\u9fff]", chinese))) == (False, True)


@pytest.mark.parametrize("language", ["en-US", "de-DE", ""])
def test_other_languages_get_english(language: str):
    """It is the default."""
    said = words(Reason.NO_TASK, {"task": 7}, language)
    assert said == words(Reason.NO_TASK, {"task": 7}) == "TaskId 7 is not a task of this account"


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [(1, "n0", "n0"), (NAMED, "n0, n1, n2, n3, n4", "n0, n1, n2, n3, n4"),
     (NAMED + 2, "n0, n1, n2, n3, n4 and 2 more", "n0, n1, n2, n3, n4 等 7 个")],
)  # fmt: skip
def test_a_list_of_names_is_shown_by_its_first(count: int, english: str, chinese: str):
    """More are counted, in the words of the language."""
    values = {"names": [f"n{number}" for number in range(count)]}
    shown = [words(Reason.UNKNOWN_MACHINES, values, language) for language in ("en-US", "zh-CN")]
    assert [text.partition(": " if text.isascii() else ":")[2] for text in shown] == [english, chinese]


def test_values_are_never_interpreted():
    """A caller's braces stay braces."""
    said = words(Reason.UNKNOWN_MACHINES, {"names": ["{names}", "%s"]})
    assert said.endswith("exist: {names}, %s")


def test_an_error_with_a_reason_is_said_in_the_readers_language():
    """Its own words are the English ones."""
    error = Conflict.because(Reason.STILL_STOPPING, task=5)
    assert (type(error), str(error)) == (Conflict, error.said("en-US"))
    assert "任务 5" in error.said("zh-CN")


@pytest.mark.parametrize("kind", [HostwardError, NotFound, InvalidValue])
def test_an_error_with_words_of_its_own_has_no_others(kind: type[HostwardError]):
    """They are English."""
    assert [kind("x {y}").said(language) for language in ("en-US", "zh-CN")] == ["x {y}", "x {y}"]


def test_the_values_of_one_error_are_not_those_of_another():
    """Each keeps its own."""
    first, second = (NotFound.because(Reason.NO_TASK, task=number) for number in (1, 2))
    assert (first.values, second.values, NotFound("x").values) == ({"task": 1}, {"task": 2}, {})
