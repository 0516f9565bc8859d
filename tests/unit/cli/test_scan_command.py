"""What `hostward scan` is asked for, and how it ends."""

from pathlib import Path

import pytest

from hostward.cli.scan.command import exit_status
from hostward.cli.scan.request import Request, modules_of, paths_of, root_of
from hostward.domain.errors import InvalidValue
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, Pattern, VulOptions
from hostward.domain.severity import Level
from scan_reports import hit, malware, match, report, vul


@pytest.mark.parametrize(
    ("content", "fail_on", "strict", "status"),
    [
        (report(vul()), None, False, 0),
        (report(vul(match())), None, False, 0),
        (report(vul(match())), Level.HIGH, False, 3),
        (report(vul(match())), Level.CRITICAL, False, 0),
        (report(vul(match(hidden="x"))), Level.LOW, False, 0),
        (report(vul(failure="died")), None, False, 1),
        (report(vul(failure="died"), malware(hit())), Level.HIGH, False, 3),
        (report(vul(degraded=("x",))), None, False, 0),
        (report(vul(degraded=("x",))), None, True, 6),
        (report(vul(match(), degraded=("x",))), Level.HIGH, True, 3),
    ],
)
def test_findings_and_failures_never_share_a_status(content, fail_on: Level | None, strict: bool, status: int):
    """0, 1, 3, 6."""
    assert exit_status(content, fail_on, strict=strict) == status


def test_modules_are_named_in_any_case_once_each():
    """In the order given."""
    assert modules_of("Baseline, vul,VUL") == [Module.BASELINE, Module.VUL]


@pytest.mark.parametrize("words", ["", ",", "vul,virus"])
def test_unknown_modules_are_refused_with_those_there_are(words: str):
    """One line."""
    with pytest.raises(InvalidValue, match="vul, malware, baseline"):
        modules_of(words)


def request(**changes: object) -> Request:
    """A scan of this machine by everything."""
    values = {"modules": [Module.VUL, Module.MALWARE, Module.BASELINE], "root": Path("/"), "seconds": 1.0, **changes}
    return Request(**values)


def test_this_machine_is_scanned_quickly_another_root_whole():
    """A root file system has no processes, and nobody waits for it."""
    assert request().options() == [VulOptions(), MalwareOptions(pattern=Pattern.QUICK), BaselineOptions()]
    assert request(root=Path("/x")).options()[1] == MalwareOptions(pattern=Pattern.FULL)


def test_paths_narrow_the_malware_scan():
    """ScanPattern 2."""
    assert request(paths=("/a",)).options()[1] == MalwareOptions(pattern=Pattern.ONLY_PATHS, paths=("/a",))


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path):
    """Missing, or a file."""
    (tmp_path / "file").write_text("")
    for name in ("missing", "file"):
        with pytest.raises(InvalidValue, match=f"--root .*{name}"):
            root_of(tmp_path / name)


def test_a_path_that_is_not_there_is_refused_before_anything_is_scanned(tmp_path: Path):
    """A clean result for nothing would be a lie."""
    with pytest.raises(InvalidValue, match="nothing was scanned"):
        paths_of([tmp_path / "missing"], Path("/"))


def test_relative_paths_are_those_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As every command takes them."""
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path)
    assert paths_of([Path("a")], Path("/")) == (str(tmp_path / "a"),)


def test_with_a_root_paths_are_inside_it(tmp_path: Path):
    """And absolute."""
    (tmp_path / "srv").mkdir()
    assert paths_of([Path("/srv")], tmp_path) == ("/srv",)
    with pytest.raises(InvalidValue, match="absolute inside it"):
        paths_of([Path("srv")], tmp_path)
