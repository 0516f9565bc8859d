"""The command probe: bounded, alone, and never left behind."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from hostward.scanners.baseline import execution
from hostward.scanners.baseline.answer import Missing, Reading, TimedOut, Unreadable
from hostward.scanners.baseline.execution import Ran, run
from hostward.scanners.baseline.probes.command import ALLOWED, Command
from hostward.scanners.baseline.site import Limits

Tree = Any
LIMITS = Limits(command_seconds=20.0, command_grace=0.2)
SHORT = Limits(command_seconds=0.3, command_grace=0.2)


def _run(*argv: str, limits: Limits = LIMITS) -> Ran | Missing | Unreadable | TimedOut:
    return run(argv, limits, time.monotonic)


def _is_alive(pid: int) -> bool:
    """A zombie that its new parent has not reaped yet does nothing any more."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


def _wait_until_gone(pid: int) -> bool:
    for _ in range(200):
        if not _is_alive(pid):
            return True
        time.sleep(0.02)
    return False


def test_output_and_status_come_back() -> None:
    """Both outputs together."""
    assert _run("sh", "-c", "echo out; echo err >&2; exit 3") == Ran(status=3, output=b"out\nerr\n")


def test_killed_command_has_the_status_of_a_shell() -> None:
    """128 and the signal."""
    assert _run("sh", "-c", "kill -9 $$") == Ran(status=137, output=b"")


def test_arguments_reach_no_shell() -> None:
    """Whatever is in them."""
    assert _run("echo", "$(id); `id` *", "|", "cat") == Ran(status=0, output=b"$(id); `id` * | cat\n")


def test_environment_is_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of ours is inherited."""
    monkeypatch.setenv("SECRET", "x")
    ran = _run("env")
    assert isinstance(ran, Ran)
    assert sorted(ran.output.decode().split()) == ["LC_ALL=C", f"PATH={execution.PATH}"]


def test_standard_input_is_empty() -> None:
    """A command that asks gets no answer, and does not wait for one."""
    assert _run("cat") == Ran(status=0, output=b"")


def test_command_has_a_session_of_its_own() -> None:
    """Its number is its group's and its session's."""
    ran = _run("sh", "-c", "cut -d ' ' -f 1,5,6 /proc/$$/stat")
    assert isinstance(ran, Ran)
    pid, group, session = ran.output.split()
    assert (pid == group == session, int(session) == os.getsid(0)) == (True, False)


def test_limits_and_niceness_are_set() -> None:
    """Asked after a moment: they are set from outside."""
    ran = _run("sh", "-c", "sleep 0.3; ulimit -f; ulimit -c; nice")
    assert isinstance(ran, Ran)
    assert ran.output.split()[:2] == [b"0", b"0"]
    assert int(ran.output.split()[2]) >= 10


@pytest.mark.parametrize("name", ["no-such-program-here", "/bin/sh", "../bin/sh", "", "a\0b"])
def test_program_is_a_plain_name_in_the_fixed_path(name: str) -> None:
    """Anything else is not installed."""
    assert isinstance(_run(name), Missing)


def test_program_that_can_not_be_started_is_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A broken file with the right name."""
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELFbroken")
    broken.chmod(0o755)
    monkeypatch.setattr(execution, "PATH", str(tmp_path))
    assert isinstance(_run("broken"), Unreadable)


def test_command_that_does_not_end_times_out() -> None:
    """TERM is enough for this one."""
    assert _run("sleep", "60", limits=SHORT) == TimedOut(reason="sleep 60 did not end within 0.3 s")


def test_command_that_ignores_term_is_killed() -> None:
    """After the grace comes KILL."""
    ran = _run("sh", "-c", "trap '' TERM; sleep 60; sleep 60", limits=SHORT)
    assert isinstance(ran, TimedOut)


def test_whole_group_is_killed_on_timeout(tmp_path: Path) -> None:
    """The command's children too, also when they ignore TERM."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    script = f"(trap '' TERM; sleep 60) & echo $! > {pipe}; sleep 60"
    assert isinstance(_run("sh", "-c", script, limits=Limits(command_seconds=1.0, command_grace=0.1)), TimedOut)
    child = int(os.read(reader, 100))
    os.close(reader)
    assert _wait_until_gone(child)


def test_child_left_behind_is_killed(tmp_path: Path) -> None:
    """A command that ends and leaves a child holding its output is done, and so is the child."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert _run("sh", "-c", f"sleep 60 & echo $! > {pipe}; echo done") == Ran(status=0, output=b"done\n")
    child = int(os.read(reader, 100))
    os.close(reader)
    assert _wait_until_gone(child)


def test_too_much_output_ends_the_command() -> None:
    """It is neither kept nor waited for."""
    answer = _run("yes", limits=Limits(command_bytes=10_000, command_grace=0.2))
    assert answer == Unreadable(reason="yes said more than 10,000 bytes")


def test_output_of_the_limit_is_kept() -> None:
    """The limit itself is allowed."""
    ran = _run("head", "-c", "10000", "/dev/zero", limits=Limits(command_bytes=10_000))
    assert isinstance(ran, Ran)
    assert len(ran.output) == 10_000


def test_no_descriptor_and_no_child_is_left() -> None:
    """After an end, a timeout and a flood."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    _run("true")
    _run("sleep", "60", limits=SHORT)
    _run("yes", limits=Limits(command_bytes=10, command_grace=0.2))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


class _Allowing(Command):
    """The probe with commands that every machine has."""

    allowed = (("echo", "a b"), ("false",), ("sleep", "60"), ("seq", "100001"), ("no-such-program-here",))


def test_lines_of_output_are_facts(tree: Tree) -> None:
    """One a line."""
    answer = _Allowing(tree.site(running=True)).read(("echo", "a b"))
    assert isinstance(answer, Reading)
    assert [(fact.subject, fact.value) for fact in answer.facts] == [("echo a b", "a b")]


def test_failed_command_is_no_answer(tree: Tree) -> None:
    """Its output can't be trusted to be whole."""
    assert _Allowing(tree.site(running=True)).read(("false",)) == Unreadable(
        reason="false ended with status 1: no output"
    )


def test_timeout_is_its_own_answer(tree: Tree) -> None:
    """So that the verdict says timeout."""
    assert isinstance(_Allowing(tree.site(running=True, limits=SHORT)).read(("sleep", "60")), TimedOut)


def test_program_that_is_not_installed_is_missing(tree: Tree) -> None:
    """The item may not apply."""
    assert isinstance(_Allowing(tree.site(running=True)).read(("no-such-program-here",)), Missing)


def test_too_many_lines_are_a_gap(tree: Tree) -> None:
    """What is cut off is not passed over."""
    answer = _Allowing(tree.site(running=True)).read(("seq", "100001"))
    assert isinstance(answer, Reading)
    assert (len(answer.facts), len(answer.gaps)) == (100_000, 1)


def test_commands_of_another_root_are_missing(tree: Tree) -> None:
    """They would speak of this machine."""
    assert isinstance(_Allowing(tree.site()).read(("echo", "a b")), Missing)


@pytest.mark.parametrize(
    "argv", [("sh", "-c", "id"), ("sshd", "-T", "-f", "/tmp/x"), ("auditctl",), ("/usr/sbin/sshd", "-T")]
)
def test_nothing_else_is_run(tree: Tree, argv: tuple[str, ...]) -> None:
    """An agent has no run-anything verb."""
    with pytest.raises(ValueError, match="not among the commands"):
        Command(tree.site(running=True)).read(argv)


def test_allowed_commands_are_plain_names() -> None:
    """They are looked up in the fixed path."""
    assert [argv for argv in ALLOWED if "/" in argv[0]] == []
