"""Messages in two languages."""

import re
from dataclasses import replace

import pytest

from api_bench import USER, ApiBench
from hostward.api import texts
from hostward.api.texts import Text, shown

ALL = {name: value for name, value in vars(texts).items() if isinstance(value, Text)}


@pytest.mark.parametrize("name", ALL)
def test_both_languages_name_the_same_values(name: str):
    """None is lost in translation, and none is written twice."""
    english, chinese = (sorted(re.findall(r"\{(\w+)\}", text)) for text in ALL[name])
    assert english == chinese


@pytest.mark.parametrize("name", [name for name in ALL if name != "AS_SAID"])
def test_every_message_is_translated(name: str):
    """Both are there and differ."""
    assert re.search(r"[\u4e00-\u9fff]", ALL[name].chinese)
    assert not re.search(r"[\u4e00-\u9fff]", ALL[name].english)


@pytest.mark.parametrize(
    ("language", "word"), [("zh-CN", "缺少"), ("en-US", "missing"), ("de-DE", "missing"), ("", "missing")]
)
def test_the_language_is_the_callers(api: ApiBench, language: str, word: str):
    """English unless zh-CN is asked for."""
    assert word in api.call("DescribeScanState", {}, extra={"x-tc-language": language}).message


def test_refusals_before_anybody_is_known_are_translated_too(api: ApiBench):
    """Even that the method is wrong."""
    answer = api.send(b"", {"x-tc-language": "zh-CN"}, method="PUT")
    assert "不支持" in answer.message


def test_values_are_inserted_as_they_are(api: ApiBench):
    """Braces in a value are no placeholders."""
    api.set_key(user=replace(USER, name="{secret_id}{0}", enabled=False))
    assert "{secret_id}{0}" in api.call("DescribeScanState", {}).message


@pytest.mark.parametrize(
    ("value", "text"),
    [("abc", "abc"), (12, "12"), ("a\nb", r"a\nb"), ("\x1b[0m", r"\x1b[0m"), ("x" * 65, "x" * 64 + "..."), ("ä", "ä")],
)
def test_values_are_shown_short_and_plain(value: object, text: str):
    """At most 64 signs, none of them a control."""
    assert shown(value) == text
