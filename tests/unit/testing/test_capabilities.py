"""What happens to a test that needs what is not here."""

import subprocess
import sys
from pathlib import Path

import pytest

import capabilities
from source_tree import ROOT


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A machine without any program, and a run that requires nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(capabilities.REQUIRE, raising=False)
    return monkeypatch


def test_a_missing_capability_skips_with_reason_and_remedy(nothing: pytest.MonkeyPatch) -> None:
    """The reader learns what to install."""
    with pytest.raises(pytest.skip.Exception) as skipped:
        capabilities.require("node")
    assert str(skipped.value) == "needs node: apt install nodejs npm"


@pytest.mark.parametrize("required", ["node", "postgres,node", "browser node", "browser, node"])
def test_a_missing_capability_that_is_required_fails(nothing: pytest.MonkeyPatch, required: str) -> None:
    """CI must not turn green by skipping."""
    nothing.setenv(capabilities.REQUIRE, required)
    with pytest.raises(pytest.fail.Exception, match=r"needs node: .*required by HOSTWARD_TEST_REQUIRE"):
        capabilities.require("node")


def test_what_is_required_elsewhere_does_not_fail_here(nothing: pytest.MonkeyPatch) -> None:
    """Only the named ones are."""
    nothing.setenv(capabilities.REQUIRE, "browser,nodes")
    with pytest.raises(pytest.skip.Exception):
        capabilities.require("node")


def test_a_capability_that_is_here_lets_the_test_run(nothing: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is raised."""
    program = tmp_path / "node"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    capabilities.require("node")
    assert capabilities.program("nodejs", "node") == str(program)


def test_an_unknown_capability_is_a_defect_of_the_test(nothing: pytest.MonkeyPatch) -> None:
    """A misspelt name must not skip."""
    with pytest.raises(KeyError):
        capabilities.require("nodde")


def test_the_clients_are_there_when_tccli_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder that is named but empty does not count."""
    monkeypatch.setenv(capabilities.CLIENTS, str(tmp_path))
    assert capabilities.official_clients() is None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tccli").touch()
    assert capabilities.official_clients() == tmp_path


@pytest.mark.parametrize("capability", capabilities.CAPABILITIES.values(), ids=lambda one: one.name)
def test_every_capability_can_be_looked_for_and_has_a_remedy(capability: capabilities.Capability) -> None:
    """Looking for it raises nothing, on any machine."""
    assert (type(capability.found()), len(capability.remedy) > 10) == (bool, True)


SAMPLE = """
import socket
import pytest

@pytest.mark.needs("librpm")
def test_of_rpm(): ...

@pytest.mark.skip(reason="not on Sundays")
def test_of_sunday(): ...

def test_of_the_network():
    with pytest.raises(Exception, match="192.0.2.1"):
        socket.create_connection(("192.0.2.1", 9), timeout=1)

def test_that_fails():
    assert 1 == 2
"""


def test_skipped_tests_are_named_in_the_last_lines_and_the_network_is_closed(tmp_path: Path) -> None:
    """A run of the real conftest over a sample: what was skipped and why stands below everything but the count."""
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -rfEX --allow-hosts=127.0.0.1\nmarkers = needs\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'tests' / 'support'}", "PATH": ""},
    )
    lines = done.stdout.splitlines()
    assert lines[-7].startswith("FAILED test_sample.py::test_that_fails")
    assert lines[-6].strip("= ") == "not run here, and why"
    assert lines[-5:-1] == [
        "1 skipped: needs librpm: apt install python3-rpm",
        "    test_sample.py::test_of_rpm",
        "1 skipped: not on Sundays",
        "    test_sample.py::test_of_sunday",
    ]
    assert "1 failed, 1 passed, 2 skipped" in lines[-1]


def test_fast_kinds_of_tests_run_first() -> None:
    """A broken contract shows in seconds, however the folders are named on the command line."""
    folders = ["tests/integration/testing", "tests/unit/testing", "tests/architecture"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )
    kinds = [line.split("/")[1] for line in done.stdout.splitlines() if line.startswith("tests/")]
    assert list(dict.fromkeys(kinds)) == ["architecture", "unit", "integration"]
