"""Many things planted at once, and accounts without rights: what a whole scan of a root finds."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from hostward.domain.verdict import Outcome

Tree = Any

PLANTED = {
    "HW-SWP-001": "/srv/www/upload.php",
    "HW-SWP-002": "/usr/local/lib/.cache",
    "HW-SWP-004": "/root/.rhosts",
    "HW-SSH-002": "PermitEmptyPasswords",
    "HW-KRN-001": "kernel.randomize_va_space",
    "HW-ACC-001": "service",
    "HW-ACC-003": "guest",
    "HW-ACC-004": "old",
    "HW-ACC-005": "/etc/login.defs",
    "HW-SVC-001": "rsh-server",
}


@pytest.fixture
def planted(good: Tree) -> Tree:
    """A good root with ten things wrong in it."""
    good.write("/srv/www/upload.php", "<?php", 0o666)
    good.write("/usr/local/lib/.cache", "\x7fELF", 0o4755)
    good.write("/root/.rhosts", "+ +\n", 0o600)
    good.write("/etc/ssh/sshd_config.d/zz.conf", "PermitEmptyPasswords yes\n")
    good.write("/etc/sysctl.d/zz.conf", "kernel.randomize_va_space=0\n")
    passwd = good.root / "etc/passwd"
    passwd.write_text(
        passwd.read_text() + "service:*:0:0::/:/bin/sh\nguest:x:1001:1001::/:/bin/sh\nold:x:1002:1002::/:/bin/sh\n"
    )
    shadow = good.root / "etc/shadow"
    shadow.write_text(shadow.read_text() + "guest::1::::::\nold:$1$salt$thehash:1::::::\n")
    good.write("/etc/login.defs", "UMASK 000\n")
    good.write("/var/lib/dpkg/status", "Package: rsh-server\nStatus: install ok installed\nVersion: 1\n\n")
    return good


def test_everything_planted_is_found_and_named(planted: Tree) -> None:
    """One scan, each finding with its evidence."""
    verdicts = planted.verdicts()
    named = {
        code: any(name in evidence.actual for evidence in verdicts[code].evidence) for code, name in PLANTED.items()
    }
    assert {code: verdicts[code].outcome.value for code in PLANTED} == dict.fromkeys(PLANTED, "fail")
    assert named == dict.fromkeys(PLANTED, True)


def test_nothing_else_is_accused(planted: Tree) -> None:
    """What was not touched does not fail (owners aside, where the tests do not run as root)."""
    failed = {code for code, verdict in planted.verdicts().items() if verdict.outcome is Outcome.FAIL}
    owners = set() if os.geteuid() == 0 else {"HW-FIL-001", "HW-FIL-002", "HW-FIL-003", "HW-SSH-006"}
    assert failed - owners == set(PLANTED)


def test_twenty_scans_say_the_same(planted: Tree) -> None:
    """No verdict depends on the order in which a folder gives its names."""
    first = planted.verdicts()
    assert [planted.verdicts() == first for _ in range(20)] == [True] * 20


def test_cleaned_up_root_passes_again(planted: Tree) -> None:
    """A finding goes away with its cause."""
    planted.remove("/srv/www/upload.php")
    planted.remove("/usr/local/lib/.cache")
    planted.remove("/root/.rhosts")
    verdicts = planted.verdicts()
    assert [verdicts[f"HW-SWP-00{number}"].outcome.value for number in (1, 2, 4)] == ["pass"] * 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
def test_without_rights_nothing_unread_is_a_pass(planted: Tree) -> None:
    """An account that may not read shadow or look into /root learns so, in the verdicts and in the last line."""
    (planted.root / "root").chmod(0o700)
    said, outcomes = _scanned_as_nobody(planted)
    assert outcomes["HW-ACC-003"] == ["error", "/etc/shadow: Permission denied"]
    assert outcomes["HW-SWP-004"][0] == "error"
    assert "/root: Permission denied" in outcomes["HW-SWP-004"][1]
    assert outcomes["HW-SWP-001"][0] == "fail"
    assert "items could not be judged" in said


def _scanned_as_nobody(tree: Tree) -> tuple[str, dict[str, list[str]]]:
    """Scan a copy that everybody can reach in a child that gave up its rights."""
    top = Path(tempfile.mkdtemp())
    reading, writing = os.pipe()
    try:
        top.chmod(0o755)
        shutil.copytree(tree.root, top / "root", symlinks=True)
        (top / "root/etc/shadow").chmod(0o600)
        child = os.fork()
        if child == 0:
            _report_as_nobody(type(tree)(root=top / "root"), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said, outcomes = json.loads(pipe.read())
        os.waitpid(child, 0)
    finally:
        shutil.rmtree(top)
    return said, outcomes


def _report_as_nobody(tree: Tree, writing: int) -> None:
    try:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        events = tree.scan()
        outcomes = {v.item: [v.outcome.value, v.reason] for v in tree.verdicts().values()}
        said = next((event.reason for event in events if hasattr(event, "reason")), "")
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps([said, outcomes]).encode())
    finally:
        os._exit(0)
