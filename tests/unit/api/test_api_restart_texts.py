"""Why something is to be started again, in both languages."""

import pytest

from hostward.api.restart_texts import reason_in
from hostward.scanners.vul.kernel import MARKED
from hostward.scanners.vul.processes import REASON

SAID = [
    MARKED,
    REASON,
    "6.1.0-28-amd64 is installed and 6.1.0-26-amd64 runs",
    "6.1.0-26-amd64 runs and is not installed any more; 6.1.0-28-amd64 is",
]


@pytest.mark.parametrize("reason", SAID)
def test_what_agents_say_is_said_in_both_languages(reason: str) -> None:
    """English as it came; Chinese with the same versions, and no English word left."""
    assert reason_in("en-US", reason) == reason
    chinese = reason_in("zh-CN", reason)
    assert [word for word in reason.replace(";", " ").split() if word[0].isdigit() and word not in chinese] == []
    assert not any(word in chinese for word in ("installed", "runs", "says", "file"))


@pytest.mark.parametrize("reason", ["", "a word of a newer agent", "x is installed and y runs too", "{first} runs"])
def test_what_is_not_known_stays_as_it_came(reason: str) -> None:
    """Also what would be a place for a value in a text."""
    assert reason_in("zh-CN", reason) == reason


def test_values_are_never_read_as_places_for_others() -> None:
    """A host names its kernel as it likes."""
    assert reason_in("en-US", "{second} is installed and {0} runs") == "{second} is installed and {0} runs"
