"""The scanner as its contract has it."""

import json
from pathlib import Path
from typing import Any

import pytest

from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions
from hostward.domain.verdict import Outcome
from hostward.scanners.baseline.answer import Missing, Reading, Unreadable
from hostward.scanners.baseline.catalogue import ITEMS
from hostward.scanners.baseline.probes.table import PROBES
from hostward.scanners.baseline.scanner import SCANNER, BaselineScanner
from hostward.scanners.baseline.session import Session
from hostward.scanners.baseline.site import Limits
from hostward.scanners.contract import Degraded, Found, Host, Job, Progress, ScanFailed

Tree = Any
SSH_ITEMS = sum(entry.policy == 2 for entry in ITEMS)
ACCOUNT_ITEMS = sum(entry.policy == 3 for entry in ITEMS)


def test_scanner_is_the_baseline_module() -> None:
    """The table of scanners goes by it."""
    assert SCANNER.module is Module.BASELINE


def test_every_item_gets_one_verdict(good: Tree) -> None:
    """In the catalogue's order."""
    assert list(good.verdicts()) == [entry.code for entry in ITEMS]


def test_every_verdict_has_evidence_and_remediation(tree: Tree) -> None:
    """Also on an empty root."""
    verdicts = tree.verdicts().values()
    assert all(verdict.evidence and verdict.remediation and verdict.reason for verdict in verdicts)


def test_progress_never_falls_and_ends_at_one(good: Tree) -> None:
    """And there is at least one an item."""
    done = [event.done for event in good.scan() if isinstance(event, Progress)]
    assert (done == sorted(done), done[-1], len(done) >= len(ITEMS)) == (True, 1.0, True)


def test_progress_without_the_walk_is_even(good: Tree) -> None:
    """No item needs it, so no share is kept for it."""
    events = good.scan(BaselineOptions(policies=(2,)))
    assert [round(event.done, 3) for event in events if isinstance(event, Progress)] == [
        round(number / SSH_ITEMS, 3) for number in range(1, SSH_ITEMS + 1)
    ]


def test_results_come_in_batches(good: Tree) -> None:
    """Twenty verdicts at a time."""
    assert [len(event.items) for event in good.scan() if isinstance(event, Found)] == [
        *[20] * (len(ITEMS) // 20),
        len(ITEMS) % 20,
    ]


def test_options_narrow_the_scan(good: Tree) -> None:
    """Only what was asked for is judged."""
    assert list(good.verdicts(BaselineOptions(items=(2001, 3001)))) == ["HW-SSH-001", "HW-ACC-001"]


def test_verdicts_name_their_policy(good: Tree) -> None:
    """The name people know."""
    verdicts = good.verdicts(BaselineOptions(items=(1001, 2001, 3001)))
    assert [verdict.policy for verdict in verdicts.values()] == ["Linux system", "SSH server", "Accounts"]


def test_unjudged_items_are_said_in_one_line(good: Tree) -> None:
    """Which and why."""
    good.fifo("/etc/shadow")
    (degraded,) = [event for event in good.scan(BaselineOptions(policies=(3,))) if isinstance(event, Degraded)]
    assert degraded.reason.startswith(
        f"5 of {ACCOUNT_ITEMS} items could not be judged: HW-ACC-002 /etc/shadow: not a regular file"
    )


def test_long_list_of_unjudged_items_is_cut(good: Tree) -> None:
    """The verdicts have the rest."""
    good.fifo("/etc/passwd")
    good.fifo("/etc/ssh/sshd_config")
    (degraded,) = [event for event in good.scan(BaselineOptions(policies=(2, 3))) if isinstance(event, Degraded)]
    assert degraded.reason.startswith(f"35 of {SSH_ITEMS + ACCOUNT_ITEMS} items could not be judged")
    assert degraded.reason.endswith("; and 30 more")


def test_fully_judged_scan_is_not_degraded(good: Tree) -> None:
    """Fails and items that do not apply are judged."""
    good.write("/bad", "", 0o666)
    assert [event for event in good.scan() if isinstance(event, Degraded)] == []


def test_two_scans_say_the_same(good: Tree) -> None:
    """Down to the evidence."""
    for number in range(50):
        good.write(f"/srv/{number}", "", 0o666)
    assert good.verdicts() == good.verdicts()


def test_unknown_item_fails_the_scan(good: Tree) -> None:
    """An older agent than the server's catalogue."""
    with pytest.raises(ScanFailed, match=r"ItemIds 9999 not known.*upgrade this agent"):
        good.scan(BaselineOptions(items=(9999,)))


def test_options_of_another_module_fail_the_scan(tree: Tree) -> None:
    """A defect elsewhere is named."""
    with pytest.raises(ScanFailed, match="MalwareOptions"):
        list(SCANNER.scan(Job(options=MalwareOptions()), Host(root=tree.root, work=tree.root)))


def test_root_that_is_no_folder_fails_the_scan(tmp_path: Path) -> None:
    """There is nothing to judge, and that is not "nothing applies"."""
    with pytest.raises(ScanFailed, match="is not a folder"):
        list(SCANNER.scan(Job(options=BaselineOptions()), Host(root=tmp_path / "none", work=tmp_path)))


def test_abandoned_scan_can_be_closed(good: Tree) -> None:
    """A stop comes between two events."""
    events = BaselineScanner(Limits()).scan(Job(options=BaselineOptions()), Host(root=good.root, work=good.root))
    next(iter(events))
    events.close()  # type: ignore[attr-defined]  # it is a generator
    assert list(events) == []


def test_hostile_root_ends_with_a_verdict_for_every_item(good: Tree) -> None:
    """FIFOs, loops, floods and rubbish in place of every file that is read."""
    good.fifo("/etc/passwd")
    good.write("/etc/shadow", b"\0" * 1000 + b"\xff" * 1000)
    good.remove("/etc/group")
    good.link("/etc/group", "group")
    good.write("/etc/login.defs", b"UMASK " + b"0" * (9 << 20))
    good.remove("/etc/cron.d")
    good.link("/etc/cron.d", "/etc/cron.d/x")
    good.write("/etc/ssh/sshd_config", b"Include sshd_config\n" * 1000 + b'"\xff\0\n' * 1000)
    good.write("/var/lib/dpkg/status", b"Package: a\n\n" * 1000)
    good.write("/etc/sysctl.d/60-safe.conf", b"=\n==\n*=1\n\0=\xff\n")
    good.remove("/usr/lib/systemd/system")
    good.link("/usr/lib/systemd/system", "system")
    verdicts = good.verdicts()
    assert len(verdicts) == len(ITEMS)
    unread = {
        code: verdicts[code].outcome for code in ("HW-SSH-001", "HW-ACC-001", "HW-ACC-003", "HW-ACC-005", "HW-SVC-001")
    }
    assert set(unread.values()) == {Outcome.ERROR}
    assert Outcome.PASS not in {verdicts[code].outcome for code in ("HW-FIL-002", "HW-SWP-003")}


def test_answers_are_cached_by_probe_and_target(good: Tree) -> None:
    """The second question costs nothing and says the same."""
    session = Session(good.site())
    first = session.ask("file_mode", ("/etc/passwd",))
    (good.root / "etc/passwd").chmod(0o666)
    assert session.ask("file_mode", ("/etc/passwd",)) is first
    assert session.ask("file_mode", ("/etc/passwd", "/etc/group")) != first


def test_unknown_probe_is_no_answer(tree: Tree) -> None:
    """A newer policy than the agent."""
    assert Session(tree.site()).ask("registry", ("x",)) == Unreadable(
        reason="this agent has no probe registry: upgrade it"
    )


@pytest.mark.parametrize("probe", [probe.name for probe in PROBES])
@pytest.mark.parametrize("target", [(), ("",), ("a\0b",), ("/etc/[", "/*/*"), ("\udcff",)])
def test_no_target_makes_a_probe_raise(good: Tree, probe: str, target: tuple[str, ...]) -> None:
    """A wrong target is an error of its item, not of the scan."""
    assert isinstance(Session(good.site(running=True)).ask(probe, target), Reading | Missing | Unreadable)


def test_probe_names_are_unique() -> None:
    """Items speak of probes by name."""
    assert len({probe.name for probe in PROBES}) == len(PROBES)


def test_work_is_done_by_slow_probes_that_are_needed_only(good: Tree) -> None:
    """Nobody waits for a walk that no item asked for."""
    assert list(Session(good.site()).work({"sshd", "accounts"})) == []


def test_verdicts_can_be_sent(good: Tree) -> None:
    """All text is valid UTF-8."""
    file = good.root / "x\udcff\n"
    file.touch()
    file.chmod(0o4777)
    texts = [str(verdict) for verdict in good.verdicts().values()]
    assert json.dumps(texts).encode("utf-8")
    assert "".join(texts).encode("utf-8")
