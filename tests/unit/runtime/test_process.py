"""What this process costs, from /proc."""

import os
import time
from pathlib import Path

import pytest

from hostward.runtime import process
from hostward.runtime.process import process_use


def test_the_system_tells_what_this_process_uses() -> None:
    """As the interpreter knows it from elsewhere: CPU to a tick, memory above that of an empty interpreter."""
    before = sum(os.times()[:2])
    use = process_use()
    assert use is not None
    assert before - 0.02 <= use.cpu_seconds <= sum(os.times()[:2]) + 0.02
    assert 5_000_000 < use.resident_bytes < 8_000_000_000
    assert use.threads >= 1
    assert use.open_files >= 3
    assert 0 < use.started <= time.time() + 1


def test_an_open_file_is_counted(tmp_path: Path) -> None:
    """One more while it is open."""
    before = process_use()
    with (tmp_path / "x").open("w"):
        during = process_use()
    assert before is not None
    assert during is not None
    assert during.open_files == before.open_files + 1


def test_a_system_without_proc_tells_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than a number that is wrong."""
    monkeypatch.setattr(process, "_PROC", tmp_path)
    assert process_use() is None
