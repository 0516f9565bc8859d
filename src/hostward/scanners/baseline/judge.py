"""From an item and the probes' answers to a verdict.

One check can hold, be violated, not apply, or not be judged. An item fails when any check is violated; it is an error
(or timeout) when any could not be judged; it does not apply when none applies; else it passes. So nothing unread
ever becomes a pass.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hostward.domain.verdict import Outcome, ProbeEvidence, Verdict
from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, TimedOut, Unreadable
from hostward.scanners.baseline.item import Check, Item
from hostward.scanners.baseline.masking import masked
from hostward.scanners.baseline.operators import OPERATORS, words_of
from hostward.scanners.baseline.patterns import selected
from hostward.scanners.baseline.text import printable

MAX_ACTUAL = 1000
"""Characters of ProbeEvidence.actual (domain/verdict.py)."""

_MAX_PART = 300
"""Characters shown of one fact or reason: a hostile line must not push the others out."""

_PRECEDENCE = (Outcome.FAIL, Outcome.ERROR, Outcome.TIMEOUT, Outcome.PASS)

Ask = Callable[[str, tuple[str, ...]], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One check judged; reason is "" for pass and fail."""

    outcome: Outcome
    evidence: ProbeEvidence
    reason: str = ""


def judge(item: Item, policy: str, ask: Ask) -> Verdict:
    """The verdict on an item whose parameters are filled in; ask gives a probe's answer (and caches it)."""
    gate = [judge_check(check, ask) for check in item.applies_if]
    if any(result.outcome is not Outcome.PASS for result in gate):
        outcome, reason = _gate_outcome(item, gate)
        return _verdict(item, policy, outcome, reason, gate)
    results = [judge_check(check, ask) for check in item.checks]
    outcome = _combined(results)
    reason = "" if outcome in {Outcome.PASS, Outcome.FAIL} else _reason(results, outcome)
    if outcome is Outcome.NOT_APPLICABLE:
        reason = f"{item.not_applicable} ({reason})"
    return _verdict(item, policy, outcome, reason, results)


def judge_check(check: Check, ask: Ask) -> Result:
    """One check: ask, select, compare, and say what was seen beside what was expected."""
    answer = ask(check.probe, check.target)
    match answer:
        case Reading():
            return _judge_reading(check, answer)
        case Missing():
            return _result(check, Outcome(check.if_missing), answer.reason)
        case Unreadable():
            return _result(check, Outcome.ERROR, answer.reason)
        case TimedOut():
            return _result(check, Outcome.TIMEOUT, answer.reason)


def _judge_reading(check: Check, reading: Reading) -> Result:
    try:
        good, bad = _compared(check, reading)
    except ValueError as error:
        return _result(check, Outcome.ERROR, str(error))
    violated, shown = _quantified(check, good, bad)
    actual = _actual(shown, len(good) + len(bad), reading)
    if violated or not reading.gaps:
        return _result(check, Outcome.FAIL if violated else Outcome.PASS, actual)
    reason = printable(masked("not all could be read: " + "; ".join(reading.gaps)), _MAX_PART)
    return Result(outcome=Outcome.ERROR, evidence=_evidence(check, actual), reason=reason)


def _compared(check: Check, reading: Reading) -> tuple[list[Fact], list[Fact]]:
    """The selected facts for which the operator holds, and the others. Raises ValueError."""
    good: list[Fact] = []
    bad: list[Fact] = []
    holds = OPERATORS[check.op].holds
    for fact in filter(None, (_selected(check, fact) for fact in reading.facts)):
        compared = fact.subject if check.on == "subject" else fact.value
        (good if holds(compared, check.expected) else bad).append(fact)
    return good, bad


def _quantified(check: Check, good: list[Fact], bad: list[Fact]) -> tuple[bool, list[Fact]]:
    """Whether the check is violated, and the facts that people should see first."""
    if check.quantifier == "every":
        return bool(bad), bad or good
    if check.quantifier == "none":
        return bool(good), good
    return not good, good or bad


def _selected(check: Check, fact: Fact) -> Fact | None:
    if not check.select:
        return fact
    caught = selected(check.select, fact.value)
    return None if caught is None else replace(fact, value=caught)


def _actual(facts: Sequence[Fact], seen: int, reading: Reading) -> str:
    shown = [_shown(fact) for fact in facts[:MAX_ACTUAL]]
    text = "; ".join(shown) or (f"none of the {seen} found" if seen else "nothing found")
    note = f" ({reading.note})" if reading.note else ""
    room = MAX_ACTUAL - len(note)
    if len(text) <= room:
        return text + note
    return f"{len(facts)} in all: {text}"[: room - 3] + "..." + note


def _shown(fact: Fact) -> str:
    """Masked before anything is cut: half a hash would no longer look like one."""
    value = f" = {masked(fact.value)}" if fact.value else ""
    source = f" ({fact.source})" if fact.source else ""
    return printable(masked(f"{fact.subject}{value}"), _MAX_PART) + printable(source, _MAX_PART)


def _result(check: Check, outcome: Outcome, text: str) -> Result:
    shown = printable(masked(text), MAX_ACTUAL)
    unjudged = outcome not in {Outcome.PASS, Outcome.FAIL}
    return Result(
        outcome=outcome,
        evidence=_evidence(check, shown),
        reason=printable(shown, _MAX_PART) if unjudged else "",
    )


def _evidence(check: Check, actual: str) -> ProbeEvidence:
    return ProbeEvidence(
        probe=f"{check.probe} {' '.join(check.target)}", actual=actual, expected=check.words or _expectation(check)
    )


def _expectation(check: Check) -> str:
    """In words: "each value is one of no, yes", "nothing found"."""
    if check.op == "exists":
        return {"every": "anything", "some": "something found", "none": "nothing found"}[check.quantifier]
    who = {"every": "each", "some": "at least one", "none": "no"}[check.quantifier]
    what = "name" if check.on == "subject" else "value"
    return f"{who} {what} {words_of(check.op, check.expected)}"


def _gate_outcome(item: Item, gate: Sequence[Result]) -> tuple[Outcome, str]:
    for outcome in (Outcome.ERROR, Outcome.TIMEOUT):
        if any(result.outcome is outcome for result in gate):
            return outcome, _reason(gate, outcome)
    return Outcome.NOT_APPLICABLE, item.not_applicable


def _combined(results: Sequence[Result]) -> Outcome:
    outcomes = {result.outcome for result in results}
    return next((outcome for outcome in _PRECEDENCE if outcome in outcomes), Outcome.NOT_APPLICABLE)


def _reason(results: Sequence[Result], outcome: Outcome) -> str:
    reasons = dict.fromkeys(result.reason for result in results if result.outcome is outcome)
    return "; ".join(reason for reason in reasons if reason)


def _verdict(item: Item, policy: str, outcome: Outcome, reason: str, results: Sequence[Result]) -> Verdict:
    return Verdict(
        policy=policy,
        item=item.code,
        title=item.title,
        level=item.level,
        outcome=outcome,
        reason=reason,
        evidence=tuple(result.evidence for result in results),
        remediation=f"{item.remediation.text}\n\n{item.remediation.script}",
    )
