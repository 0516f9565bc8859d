"""hostward ignore, vex and scan --vex on the command line."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hostward.cli.ignore import command as ignore
from hostward.cli.scan.command import command as scan
from hostward.cli.scan.judged import _marked
from hostward.cli.vex import command as vex
from hostward.protocol.openvex import read
from hostward.runtime.clock import SystemClock
from hostward.store.open import open_sqlite
from hostward.usecases.accounts.first_run import first_run
from ignore_scenarios import DOCUMENT, document
from scan_reports import match


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A data directory with an account."""
    folder = tmp_path / "data"
    store = open_sqlite(folder)
    store.write_now(lambda uow: first_run(uow, secret_id="AKIDx", secret="s", now=SystemClock().now()))
    store.close()
    return str(folder)


def run(command: click.Command, *words: str) -> tuple[int, str, str]:
    """Exit status, output, and the error's message."""
    result = CliRunner().invoke(command, words)
    return result.exit_code, result.output, str(result.exception or "")


def test_a_rule_is_added_listed_and_ended(data: str) -> None:
    """Without a server too; ended ones are listed on request."""
    status, out, _ = run(ignore, "add", "cve-2026-1", "--package", "curl", "--reason", "r", "--data", data)
    assert (status, "rule 1" in out) == (0, True)
    _, out, _ = run(ignore, "list", "--data", data)
    assert ("CVE-2026-1" in out, "curl" in out, "in force" in out) == (True, True, True)
    run(ignore, "end", "1", "--data", data)
    assert json.loads(run(ignore, "list", "-o", "json", "--data", data)[1]) == []
    (one,) = json.loads(run(ignore, "list", "--ended", "-o", "json", "--data", data)[1])
    assert (one["State"], one["Owner"].startswith("local:")) == ("ended", True)


def test_what_can_not_be_set_aside_is_said_in_one_line(data: str) -> None:
    """Two scopes at once, machines that nobody has."""
    assert "one of" in run(ignore, "add", "CVE-1", "--machine", "a", "--tag", "b", "--data", data)[1]
    assert "nobody" in run(ignore, "add", "CVE-1", "--machine", "nobody", "--data", data)[2]
    assert "ignore rule" in run(ignore, "end", "9", "--data", data)[2]


def test_a_document_is_imported_listed_and_removed(data: str, tmp_path: Path) -> None:
    """What can't be placed is said; one that is none is refused with its file's name."""
    file = tmp_path / "vex.json"
    file.write_text(document())
    _, out, _ = run(vex, "import", str(file), "--data", data)
    assert ("1 rules made" in out, "left out: 1 product" in out) == (True, True)
    assert DOCUMENT in run(vex, "list", "--data", data)[1]
    assert "1 rules ended" in run(vex, "remove", DOCUMENT, "--data", data)[1]
    file.write_text("{}")
    _, _, message = run(vex, "import", str(file), "--data", data)
    assert ("vex.json" in message, "OpenVEX" in message) == (True, True)
    assert "No such file" in run(vex, "import", str(tmp_path / "none"), "--data", data)[2]


def test_a_local_scan_refuses_a_document_that_is_none(tmp_path: Path) -> None:
    """Before anything is scanned."""
    assert "No such file" in run(scan, "--module", "vul", "--vex", str(tmp_path / "none"))[2]


def test_what_a_document_sets_aside_is_listed_and_does_not_count() -> None:
    """Only the packages that it names; what is hidden anyway keeps its reason."""
    said = read(document().encode()).aside
    curl = match("CVE-2026-0001", name="curl", source="curl", ecosystem="Debian:12")
    marked = [_marked(one, said).hidden for one in (curl, match("CVE-2026-0001"), match("CVE-2026-9", name="curl"))]
    assert marked == ["ignored: not_affected vulnerable_code_not_present", "", ""]
