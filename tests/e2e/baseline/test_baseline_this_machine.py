"""The baseline scan of the very machine that runs the tests: everything judged, nothing left behind, no flapping."""

import os
import resource
from collections.abc import Mapping
from pathlib import Path

import pytest

from hostward.domain.options import BaselineOptions
from hostward.domain.verdict import Outcome, Verdict
from hostward.scanners.baseline.answer import Reading
from hostward.scanners.baseline.catalogue import ITEMS, RULES
from hostward.scanners.baseline.items import load
from hostward.scanners.baseline.judge import judge
from hostward.scanners.baseline.rootfs import RootFs
from hostward.scanners.baseline.scanner import SCANNER
from hostward.scanners.baseline.session import Session
from hostward.scanners.baseline.site import Site
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress

WITHOUT_SWEEP = BaselineOptions(rules=tuple(rule.id for rule in RULES if rule.name != "File system sweep"))


def _scan(work: Path, options: BaselineOptions) -> list[Event]:
    return list(SCANNER.scan(Job(options=options), Host(work=work)))


def _verdicts(events: list[Event]) -> dict[str, Verdict]:
    found = [event for event in events if isinstance(event, Found)]
    return {item.item: item for event in found for item in event.items if isinstance(item, Verdict)}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """One whole scan of this machine, walk included."""
    return _scan(tmp_path_factory.mktemp("work"), BaselineOptions())


def test_every_item_has_a_verdict_with_evidence_and_remediation(events: list[Event]) -> None:
    """Whatever this machine is like."""
    verdicts = _verdicts(events)
    assert list(verdicts) == [entry.code for entry in ITEMS]
    assert [code for code, verdict in verdicts.items() if not (verdict.evidence and verdict.remediation)] == []


def test_only_pass_and_fail_are_without_a_reason(events: list[Event]) -> None:
    """People are told why something was not judged."""
    judged = {Outcome.PASS, Outcome.FAIL}
    assert [
        code for code, verdict in _verdicts(events).items() if (verdict.outcome in judged) == bool(verdict.reason)
    ] == []


def test_progress_never_falls_and_ends_at_one(events: list[Event]) -> None:
    """Over the walk and the items."""
    done = [event.done for event in events if isinstance(event, Progress)]
    assert (done == sorted(done), done[-1]) == (True, 1.0)


def test_unjudged_items_are_said(events: list[Event]) -> None:
    """One line when there are any, none when there are none."""
    unjudged = [v for v in _verdicts(events).values() if v.outcome in {Outcome.ERROR, Outcome.TIMEOUT}]
    said = [event.reason for event in events if isinstance(event, Degraded)]
    assert len(said) == (1 if unjudged else 0)
    assert all(reason.startswith(f"{len(unjudged)} of {len(ITEMS)} items") for reason in said)


def test_evidence_is_short_and_without_hashes(events: list[Event]) -> None:
    """At most 1,000 characters; no field of this machine's shadow file."""
    shown = [evidence.actual for verdict in _verdicts(events).values() for evidence in verdict.evidence]
    assert max(map(len, shown)) <= 1000
    try:
        fields = [line.split(":")[1] for line in Path("/etc/shadow").read_text().splitlines() if ":" in line]
    except PermissionError:
        fields = []
    assert [field for field in fields if len(field) >= 13 and field in " ".join(shown)] == []


def test_second_scan_says_the_same(tmp_path: Path, events: list[Event]) -> None:
    """Down to the evidence, for everything but the walk (files come and go on a machine that is in use)."""
    again = _verdicts(_scan(tmp_path, WITHOUT_SWEEP))
    first = _verdicts(events)
    assert again == {code: first[code] for code in again}


def test_second_walk_says_the_same_outcomes(tmp_path: Path, events: list[Event]) -> None:
    """A fail may not turn into a pass by itself as long as the file that it names is there."""
    again = _verdicts(_scan(tmp_path, BaselineOptions(rules=(103,))))
    first = _verdicts(events)
    still_bad = {code for code in again if first[code].outcome is Outcome.FAIL and _is_still_there(first[code])}
    assert {code for code in again if again[code].outcome is Outcome.FAIL} >= still_bad


def _is_still_there(verdict: Verdict) -> bool:
    paths = [part.partition(" = ")[0] for evidence in verdict.evidence for part in evidence.actual.split("; ")]
    return any(path.startswith(("/etc", "/usr", "/opt", "/root")) and Path(path).exists() for path in paths)


def test_scan_starts_no_process(tmp_path: Path) -> None:
    """Everything is read natively: no child was ever waited for, and none is left."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _scan(tmp_path, WITHOUT_SWEEP)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (after.ru_minflt, after.ru_utime) == (before.ru_minflt, before.ru_utime)


def test_scan_leaves_nothing_behind(tmp_path: Path) -> None:
    """No open descriptor, no file in its work folder."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    _scan(tmp_path, WITHOUT_SWEEP)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert list(tmp_path.iterdir()) == []


def test_kernel_items_speak_of_the_running_kernel(events: list[Event]) -> None:
    """The evidence is what /proc/sys says now."""
    path = Path("/proc/sys/kernel/randomize_va_space")
    if not path.exists():
        pytest.skip("this kernel has no such setting")
    verdicts: Mapping[str, Verdict] = _verdicts(events)
    value = path.read_text().strip()
    assert verdicts["HW-KRN-001"].evidence[0].actual == f"kernel.randomize_va_space = {value} ({path})"


@pytest.mark.skipif(os.geteuid() != 0, reason="the walk sees every folder as root only")
def test_planted_suid_shell_is_found(tmp_path: Path) -> None:
    """The very thing that settings-only checkers miss."""
    shell = tmp_path / "sh"
    shell.write_bytes(b"")
    shell.chmod(0o4755)
    try:
        session = Session(Site(root=RootFs(Path("/")), is_this_machine=True))
        answer = session.ask("sweep", ("set_id_programs",))
        (item,) = load([entry for entry in ITEMS if entry.code == "HW-SWP-002"])
        outcome = judge(item, "Linux system", session.ask).outcome
    finally:
        shell.unlink()
    assert isinstance(answer, Reading)
    assert (str(shell) in {fact.subject for fact in answer.facts}, outcome) == (True, Outcome.FAIL)
