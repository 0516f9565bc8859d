"""Child processes: output, deadline, environment, and that none is left."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from hostward.scanners.vul import child


def to_end(running: Generator[None, None, child.Ended]) -> tuple[child.Ended, int]:
    """How it ended, and how many turns the caller got."""
    turns = 0
    while True:
        try:
            next(running)
        except StopIteration as stop:
            return stop.value, turns
        turns += 1


def python(code: str) -> list[str]:
    """This Python running that code."""
    return [sys.executable, "-I", "-c", code]


def is_running(pid: int) -> bool:
    """Is there a process with that id (a zombie counts)?"""
    return Path(f"/proc/{pid}").exists()


def test_output_and_exit_code_are_given(tmp_path: Path) -> None:
    """Both streams, in the order in which they came."""
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(7)"
    ended, _ = to_end(child.run(python(code), folder=tmp_path, seconds=20))
    assert ended == child.Ended(code=7, output="out\nerr\n")


def test_the_caller_gets_turns_while_a_child_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a stop is noticed and progress told, also when the child says nothing."""
    monkeypatch.setattr(child, "TICK_SECONDS", 0.02)
    _, turns = to_end(child.run(python("import time; time.sleep(0.5)"), folder=tmp_path, seconds=20))
    assert turns >= 2


def test_a_child_that_talks_all_the_time_leaves_turns_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading without a pause must not starve the caller."""
    monkeypatch.setattr(child, "TICK_SECONDS", 0.02)
    code = "import time\nend = time.time() + 0.5\nwhile time.time() < end: print('x' * 1000, flush=True)"
    _, turns = to_end(child.run(python(code), folder=tmp_path, seconds=20))
    assert turns >= 2


def test_a_child_past_its_deadline_is_stopped(tmp_path: Path) -> None:
    """It has no exit code, what it said is kept, and the process is gone."""
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    ended, _ = to_end(child.run(python(code), folder=tmp_path, seconds=1.0))
    assert ended.code is None
    assert not is_running(int(ended.output))


def test_a_child_that_ignores_being_asked_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the grace time nothing is asked any more."""
    monkeypatch.setattr(child, "GRACE_SECONDS", 0.1)
    code = "import os, signal, time; signal.signal(15, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(60)"
    ended, _ = to_end(child.run(python(code), folder=tmp_path, seconds=1.0))
    assert not is_running(int(ended.output))


def test_closing_the_generator_stops_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that is stopped leaves no child behind."""
    monkeypatch.setattr(child, "TICK_SECONDS", 0.05)
    file = tmp_path / "pid"
    code = f"import os, time; open({str(file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    running = child.run(python(code), folder=tmp_path, seconds=60)
    while not (file.exists() and file.read_text()):
        next(running)
    running.close()
    assert not is_running(int(file.read_text()))


def test_output_is_cut_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child runs on and ends by itself."""
    monkeypatch.setattr(child, "MAX_OUTPUT", 10)
    ended, _ = to_end(child.run(python("print('x' * 100000)"), folder=tmp_path, seconds=20))
    assert ended == child.Ended(code=0, output="x" * 10)


def test_the_environment_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only PATH, locale, a private home and the proxy settings; secrets of the agent's do not reach a child."""
    monkeypatch.setenv("HOSTWARD_SECRET", "s")
    monkeypatch.setenv("APT_CONFIG", "/evil")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    names = set(child.environment(tmp_path)) - {"http_proxy", "https_proxy", "no_proxy", "all_proxy"}
    assert names - {"HTTP_PROXY", "NO_PROXY", "ALL_PROXY"} == {"PATH", "LC_ALL", "HOME", "TMPDIR", "HTTPS_PROXY"}
    assert child.environment(tmp_path)["LC_ALL"] == "C"


def test_there_is_no_input(tmp_path: Path) -> None:
    """A child that asks gets the end of the file, and never waits for a person."""
    ended, _ = to_end(child.run(python("print(repr(input.__name__)); input()"), folder=tmp_path, seconds=20))
    assert "EOFError" in ended.output


def test_the_child_stays_in_our_process_group(tmp_path: Path) -> None:
    """The agent ends a scan by killing the group."""
    ended, _ = to_end(child.run(python("import os; print(os.getpgrp())"), folder=tmp_path, seconds=20))
    assert int(ended.output) == os.getpgrp()


def test_a_missing_program_is_an_os_error(tmp_path: Path) -> None:
    """The caller says what is missing."""
    with pytest.raises(OSError, match="no-such-program"):
        to_end(child.run(["no-such-program"], folder=tmp_path, seconds=1))


def test_output_is_taken_in_exact_amounts(tmp_path: Path) -> None:
    """Across chunks, and less only at the end."""
    code = "import sys; sys.stdout.write('abc' * 50000)"
    with child.reading(python(code), folder=tmp_path, seconds=20, max_bytes=1 << 20) as output:
        assert output.take(4) == b"abca"
        output.skip(149_990)
        assert output.take(100) == b"cabcabc"[-6:]
        assert output.take(1) == b""


def test_skipping_past_the_end_is_the_end(tmp_path: Path) -> None:
    """A size that lies ends quietly."""
    with child.reading(python("print('x')"), folder=tmp_path, seconds=20, max_bytes=100) as output:
        output.skip(1 << 60)
        assert output.take(1) == b""


def test_too_much_output_stops_the_reading(tmp_path: Path) -> None:
    """The cap counts what is skipped as well."""
    code = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    with (
        child.reading(python(code), folder=tmp_path, seconds=20, max_bytes=500_000) as output,
        pytest.raises(child.Stopped, match="too large"),
    ):
        output.skip(1 << 40)


def test_a_slow_child_stops_the_reading(tmp_path: Path) -> None:
    """The deadline holds although nothing comes."""
    with (
        child.reading(python("import time; time.sleep(60)"), folder=tmp_path, seconds=0.2, max_bytes=10) as output,
        pytest.raises(child.Stopped, match="too long"),
    ):
        output.take(1)
