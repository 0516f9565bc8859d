"""From probes' answers to verdicts."""

from typing import Any

import pytest

from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome
from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, TimedOut, Unreadable
from hostward.scanners.baseline.item import Check, Item, Remediation
from hostward.scanners.baseline.judge import judge, judge_check

Tree = Any
GOOD = Reading(facts=(Fact(subject="s", value="good"),))
BAD = Reading(facts=(Fact(subject="s", value="bad"),))
GONE = Missing(reason="not there")
BROKEN = Unreadable(reason="permission denied")
LATE = TimedOut(reason="too slow")


def _check(name: str, **more: Any) -> Check:
    return Check(**({"probe": name, "target": ("t",), "op": "equals", "expected": "good"} | more))


def _item(*checks: Check, applies_if: tuple[Check, ...] = ()) -> Item:
    return Item(
        id=1,
        code="T-1",
        title="Title",
        level=Level.HIGH,
        profiles=("L1",),
        checks=checks,
        applies_if=applies_if,
        remediation=Remediation(text="Do this.", script="true"),
        not_applicable="Not for this machine.",
    )


def _judged(*answers: Answer, gate: tuple[Answer, ...] = ()) -> tuple[Outcome, str]:
    table = {f"p{number}": answer for number, answer in enumerate((*answers, *gate))}
    names = [_check(name) for name in table]
    item = _item(*names[: len(answers)], applies_if=tuple(names[len(answers) :]))
    verdict = judge(item, "Policy", lambda probe, _target: table[probe])
    return verdict.outcome, verdict.reason


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ((GOOD,), Outcome.PASS),
        ((BAD,), Outcome.FAIL),
        ((GONE,), Outcome.NOT_APPLICABLE),
        ((BROKEN,), Outcome.ERROR),
        ((LATE,), Outcome.TIMEOUT),
        ((GOOD, GONE), Outcome.PASS),
        ((GOOD, BAD), Outcome.FAIL),
        ((GOOD, BROKEN), Outcome.ERROR),
        ((GOOD, LATE), Outcome.TIMEOUT),
        ((BROKEN, BAD, LATE), Outcome.FAIL),
        ((LATE, BROKEN), Outcome.ERROR),
        ((GONE, GONE), Outcome.NOT_APPLICABLE),
        ((GONE, BROKEN), Outcome.ERROR),
    ],
)
def test_checks_are_combined(answers: tuple[Answer, ...], outcome: Outcome) -> None:
    """A fail is sure, what could not be judged is no pass, and what is not there does not count."""
    assert _judged(*answers)[0] is outcome


@pytest.mark.parametrize(
    ("gate", "outcome"),
    [
        ((GOOD,), Outcome.FAIL),
        ((BAD,), Outcome.NOT_APPLICABLE),
        ((GONE,), Outcome.NOT_APPLICABLE),
        ((GOOD, BAD), Outcome.NOT_APPLICABLE),
        ((BROKEN,), Outcome.ERROR),
        ((LATE, BAD), Outcome.TIMEOUT),
    ],
)
def test_gate_decides_whether_an_item_applies(gate: tuple[Answer, ...], outcome: Outcome) -> None:
    """The item itself would fail."""
    assert _judged(BAD, gate=gate)[0] is outcome


def test_reasons_say_why() -> None:
    """Nothing for pass and fail."""
    assert [_judged(answer)[1] for answer in (GOOD, BAD, GONE, BROKEN, LATE)] == [
        "",
        "",
        "Not for this machine. (not there)",
        "permission denied",
        "too slow",
    ]


def test_same_reasons_are_said_once() -> None:
    """Three checks of one missing file."""
    assert _judged(BROKEN, BROKEN)[1] == "permission denied"


def test_verdict_carries_the_item() -> None:
    """Policy, code, title, level, remediation."""
    verdict = judge(_item(_check("p")), "Policy", lambda *_: GOOD)
    assert (verdict.policy, verdict.item, verdict.title, verdict.level) == ("Policy", "T-1", "Title", Level.HIGH)
    assert verdict.remediation == "Do this.\n\ntrue"


@pytest.mark.parametrize("answer", [GOOD, BAD, GONE, BROKEN, LATE])
def test_every_verdict_has_evidence(answer: Answer) -> None:
    """Whatever the outcome: what was asked, what was seen, what was expected."""
    (evidence,) = judge(_item(_check("p")), "Policy", lambda *_: answer).evidence
    assert (evidence.probe, bool(evidence.actual), evidence.expected) == ("p t", True, "each value is good")


def _outcome(check: Check, *values: str, gaps: tuple[str, ...] = ()) -> Outcome:
    facts = tuple(Fact(subject=f"s{number}", value=value) for number, value in enumerate(values))
    return judge_check(check, lambda *_: Reading(facts=facts, gaps=gaps)).outcome


@pytest.mark.parametrize(
    ("quantifier", "values", "outcome"),
    [
        ("every", ("good", "good"), Outcome.PASS),
        ("every", ("good", "bad"), Outcome.FAIL),
        ("every", (), Outcome.PASS),
        ("some", ("bad", "good"), Outcome.PASS),
        ("some", ("bad",), Outcome.FAIL),
        ("some", (), Outcome.FAIL),
        ("none", ("bad",), Outcome.PASS),
        ("none", ("bad", "good"), Outcome.FAIL),
        ("none", (), Outcome.PASS),
    ],
)
def test_quantifiers(quantifier: str, values: tuple[str, ...], outcome: Outcome) -> None:
    """For all, for one, for none of the facts."""
    assert _outcome(_check("p", quantifier=quantifier), *values) is outcome


@pytest.mark.parametrize(
    ("values", "outcome"), [(("good",), Outcome.ERROR), (("bad",), Outcome.FAIL), ((), Outcome.ERROR)]
)
def test_gaps_are_no_pass(values: tuple[str, ...], outcome: Outcome) -> None:
    """Something was not looked at: only a fail is sure."""
    assert _outcome(_check("p"), *values, gaps=("locked",)) is outcome


@pytest.mark.parametrize(
    ("if_missing", "outcome"),
    [("pass", Outcome.PASS), ("fail", Outcome.FAIL), ("not_applicable", Outcome.NOT_APPLICABLE)],
)
def test_meaning_of_missing_is_the_checks_choice(if_missing: str, outcome: Outcome) -> None:
    """A missing file may be the best or the worst of news."""
    assert judge_check(_check("p", if_missing=if_missing), lambda *_: GONE).outcome is outcome


def test_selection_narrows_the_facts() -> None:
    """What the group caught is compared, the rest is left out."""
    check = _check("p", select=r"^mode=(\w+)")
    assert [_outcome(check, "mode=good", "other=bad"), _outcome(check, "mode=bad"), _outcome(check, "other")] == [
        Outcome.PASS,
        Outcome.FAIL,
        Outcome.PASS,
    ]


def test_subject_can_be_compared() -> None:
    """Names instead of values."""
    assert _outcome(_check("p", on="subject", expected="s0"), "whatever") is Outcome.PASS


@pytest.mark.parametrize(
    "check",
    [
        _check("p", select="("),
        _check("p", op="matches", expected="("),
        _check("p", op="at_most", expected=5),
        _check("p", op="between", expected=5),
    ],
)
def test_broken_comparison_is_an_error(check: Check) -> None:
    """Never a pass, never a crash."""
    assert _outcome(check, "good") is Outcome.ERROR


def test_violating_facts_are_shown_first() -> None:
    """People want to see what is wrong."""
    facts = tuple(Fact(subject=f"f{n}", value="bad" if n == 7 else "good", source="x:1") for n in range(9))
    assert judge_check(_check("p"), lambda *_: Reading(facts=facts)).evidence.actual == "f7 = bad (x:1)"


def test_evidence_is_bounded_and_says_how_many() -> None:
    """At most 1,000 characters, whatever is found."""
    facts = tuple(Fact(subject="x" * 500, value="bad") for _ in range(5000))
    actual = judge_check(_check("p"), lambda *_: Reading(facts=facts, note="n files")).evidence.actual
    assert (len(actual), actual[:12], actual[-12:]) == (1000, "5000 in all:", "... (n files)"[-12:])


def test_long_reason_is_cut() -> None:
    """A hostile message must not fill a screen."""
    result = judge_check(_check("p"), lambda *_: Unreadable(reason="x" * 5000))
    assert (len(result.reason), len(result.evidence.actual)) == (300, 1000)


def test_nothing_found_is_said() -> None:
    """Empty evidence would look like a defect."""
    none = _check("p", quantifier="none")
    assert [
        judge_check(none, lambda *_: Reading()).evidence.actual,
        judge_check(none, lambda *_: BAD).evidence.actual,
    ] == ["nothing found", "none of the 1 found"]


def test_own_words_replace_the_operators() -> None:
    """For patterns, which nobody reads."""
    assert judge_check(_check("p", words="no weak cipher"), lambda *_: GOOD).evidence.expected == "no weak cipher"


@pytest.mark.parametrize(
    ("quantifier", "words"), [("every", "anything"), ("some", "something found"), ("none", "nothing found")]
)
def test_existence_has_its_own_words(quantifier: str, words: str) -> None:
    """The words "no value exists" are no English."""
    assert judge_check(_check("p", op="exists", quantifier=quantifier), lambda *_: GOOD).evidence.expected == words


def test_secrets_do_not_reach_evidence(tree: Tree) -> None:
    """Also when an item is made to read the shadow file itself."""
    tree.write("/etc/shadow", "root:$6$salt$thehash:1:0:99999:7:::\nbob:aaBBccDDeeFFg:1::::::\n")
    check = Check(probe="file_content", target=("/etc/shadow",), op="equals", expected="nothing")
    verdict = tree.judged(_item(check))
    assert verdict.outcome is Outcome.FAIL
    assert [secret for secret in ("thehash", "aaBBccDDeeFFg") if secret in str(verdict)] == []


def test_hostile_line_is_cut_in_evidence(tree: Tree) -> None:
    """A line of megabytes with control characters."""
    tree.write("/a", b"\x1b[31m" + b"x" * (5 << 20))
    check = Check(probe="file_content", target=("/a",), op="equals", expected="nothing")
    actual = tree.judged(_item(check)).evidence[0].actual
    assert (len(actual) <= 1000, "\\x1b[31m" in actual, "\x1b" in actual) == (True, True, False)
