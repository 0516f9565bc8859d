"""Policies given by file: through the same door, and told whole when they are wrong."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.options import BaselineOptions
from hostward.domain.verdict import Outcome
from hostward.scanners.baseline.outside import MAX_BYTES, read_policies
from hostward.scanners.baseline.scanner import SCANNER
from hostward.scanners.contract import Found, Host, Job, ScanFailed

CHECK = {"probe": "file_mode", "target": ["/etc/passwd"], "op": "mode_within", "expected": "0644"}


def item(**changes: Any) -> dict[str, Any]:
    """One item of a policy."""
    plain = {
        "id": 1, "code": "MY-1", "title": "Mode of passwd", "level": 3, "profiles": ["L1"], "checks": [CHECK],
        "remediation": {"text": "Take the bits away", "script": "chmod 0644 /etc/passwd"}, "not_applicable": "no file",
    }  # fmt: skip
    return {**plain, **changes}


def policy(folder: Path, *items: Mapping[str, Any], name: str = "house.json") -> Path:
    """A policy file."""
    path = folder / name
    path.write_text(json.dumps({"policy": "House rules", "items": list(items)}))
    return path


def verdicts(root: Path, *policies: Path) -> list[tuple[str, str, Outcome]]:
    """Policy, item and outcome of every verdict."""
    host = Host(root=root, work=root, policies=policies)
    events = SCANNER.scan(Job(options=BaselineOptions()), host)
    return [(v.policy, v.item, v.outcome) for event in events if isinstance(event, Found) for v in event.items]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with one file."""
    folder = tmp_path / "root"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (folder / "etc/passwd").chmod(0o644)
    return folder


def test_a_policy_file_takes_the_place_of_the_built_in_items(root: Path, tmp_path: Path) -> None:
    """Only what it says is judged."""
    assert verdicts(root, policy(tmp_path, item())) == [("House rules", "MY-1", Outcome.PASS)]


def test_changing_the_machine_changes_the_verdict(root: Path, tmp_path: Path) -> None:
    """Through the real probe."""
    (root / "etc/passwd").chmod(0o666)
    assert verdicts(root, policy(tmp_path, item())) == [("House rules", "MY-1", Outcome.FAIL)]


def test_several_files_are_judged_in_their_order(root: Path, tmp_path: Path) -> None:
    """Each item under its own policy's name."""
    second = policy(tmp_path, item(code="MY-2"), name="second.json")
    assert [each[1] for each in verdicts(root, policy(tmp_path, item()), second)] == ["MY-1", "MY-2"]


def test_parameters_have_their_defaults(root: Path, tmp_path: Path) -> None:
    """As built-in items have."""
    mode = {"name": "mode", "about": "widest mode", "default": "0600"}
    strict = item(parameters=[mode], checks=[{**CHECK, "expected": "$mode"}])
    assert verdicts(root, policy(tmp_path, strict))[0][2] is Outcome.FAIL


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (item(checks=[{**CHECK, "probe": "telepathy"}]), "telepathy"),
        (item(checks=[{**CHECK, "op": "feels_like"}]), "feels_like"),
        (item(checks=[]), "no checks"),
        (item(checks=[{**CHECK, "expected": "$nothing"}]), "nothing"),
        (item(level=9), "level"),
        (item(level="high"), "level"),
        ({"id": 1}, "code"),
    ],
)
def test_a_wrong_item_is_named_before_anything_is_judged(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    """File and place in it."""
    path = policy(tmp_path, item(), wrong)
    with pytest.raises(InvalidValue) as caught:
        read_policies([path])
    assert (str(path) in str(caught.value), said in str(caught.value)) == (True, True)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"policy": "x", "items": []}', b"[" * 100_000])
def test_what_is_no_policy_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, cut short, of another shape, too deep."""
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(InvalidValue, match=r"bad\.json"):
        read_policies([path])


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """Nobody writes a policy of that size."""
    path = tmp_path / "big.json"
    path.write_bytes(b" " * (MAX_BYTES + 1))
    with pytest.raises(InvalidValue, match="larger than"):
        read_policies([path])


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    """And neither is a missing file."""
    os.mkfifo(tmp_path / "fifo")
    for name in ("fifo", "missing"):
        with pytest.raises(InvalidValue, match=name):
            read_policies([tmp_path / name])


def test_the_scanner_says_what_is_wrong_with_its_file(root: Path, tmp_path: Path) -> None:
    """A worker is never trusted to have been asked right."""
    with pytest.raises(ScanFailed, match="no checks"):
        verdicts(root, policy(tmp_path, item(checks=[])))
