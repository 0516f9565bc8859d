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
    "HW-FIL-003": "/etc/sudoers.d/ops",
    "HW-FIL-004": "/etc/ssh/sshd_config.d/zz.conf",
    "HW-FIL-007": "/root",
    "HW-FIL-009": "/etc/profile.d/greeting.sh",
    "HW-FIL-010": "/etc/pam.d/su",
    "HW-FIL-011": "/etc/ld.so.preload",
    "HW-FIL-014": "/opt/bin",
    "HW-FIL-015": "/var/log/auth.log",
    "HW-SWP-001": "/srv/www/upload.php",
    "HW-SWP-002": "/usr/local/lib/.cache",
    "HW-SWP-004": "/root/.rhosts",
    "HW-SSH-001": "PermitRootLogin",
    "HW-SSH-002": "PermitEmptyPasswords",
    "HW-SSH-005": "aes128-cbc",
    "HW-SSH-009": "StrictModes",
    "HW-SSH-015": "X11Forwarding",
    "HW-KRN-001": "kernel.randomize_va_space",
    "HW-KRN-009": "kernel.yama.ptrace_scope",
    "HW-KRN-012": "fs.suid_dumpable",
    "HW-KRN-014": "kernel.unprivileged_bpf_disabled",
    "HW-COR-001": "core",
    "HW-MOD-001": "cramfs",
    "HW-SVC-001": "rsh-server",
    "HW-SVC-003": "avahi-daemon.service",
    "HW-SVC-004": "telnet.socket",
    "HW-LOG-001": "journald",
    "HW-BAN-001": "/etc/issue",
    "HW-PKG-001": "trusted=yes",
    "HW-ACC-001": "service",
    "HW-ACC-003": "guest",
    "HW-ACC-004": "old",
    "HW-ACC-005": "UMASK",
    "HW-ACC-006": "guest, twin",
    "HW-ACC-010": "daemon",
    "HW-ACC-011": "/etc/group:",
    "HW-ACC-013": "alice",
    "HW-ACC-018": "relative",
    "HW-PAM-005": "nullok",
    "HW-PAM-008": "sufficient",
    "HW-SUD-001": "%ops = ALL",
    "HW-SUD-002": "authenticate",
    "HW-SUD-005": "/opt/rules",
    "HW-HOM-001": "/home/alice",
    "HW-HOM-003": "/home/alice/.bashrc",
    "HW-HOM-004": "/home/alice/.netrc",
}
"""Code of the item that must find it, and a word that its evidence must have."""


@pytest.fixture
def planted(good: Tree) -> Tree:
    """A good root with 45 things wrong in it."""
    _spoil_files(good)
    _spoil_settings(good)
    _spoil_accounts(good)
    return good


def _spoil_files(good: Tree) -> None:
    good.write("/srv/www/upload.php", "<?php", 0o666)
    good.write("/usr/local/lib/.cache", "\x7fELF", 0o4755)
    good.write("/root/.rhosts", "+ +\n", 0o600)
    good.write("/etc/profile.d/greeting.sh", "PATH=$PATH:/opt/bin\n", 0o775)
    good.write("/etc/ld.so.preload", "", 0o664)
    good.folder("/opt/bin", 0o1777)
    for path, mode in (
        ("/root", 0o755),
        ("/etc/pam.d/su", 0o664),
        ("/var/log/auth.log", 0o644),
        ("/home/alice", 0o755),
        ("/home/alice/.netrc", 0o640),
    ):
        (good.root / path.lstrip("/")).chmod(mode)
    (good.root / "home/alice/.bashrc").chmod(0o664)
    if os.geteuid() == 0:
        os.chown(good.root / "home/alice/.bashrc", 70000, 1)


def _spoil_settings(good: Tree) -> None:
    good.write(
        "/etc/ssh/sshd_config.d/zz.conf",
        "PermitEmptyPasswords yes\nPermitRootLogin yes\nStrictModes no\nX11Forwarding yes\nCiphers aes128-cbc\n",
        0o664,
    )
    good.write(
        "/etc/sysctl.d/zz.conf",
        "kernel.randomize_va_space=0\nkernel.yama.ptrace_scope=0\nfs.suid_dumpable=1\n"
        "kernel.unprivileged_bpf_disabled=0\n",
    )
    good.write("/etc/security/limits.d/zz.conf", "* hard core unlimited\n")
    good.write("/etc/modprobe.d/hardening.conf", "blacklist sctp\nblacklist usb-storage\n")
    good.enable("avahi-daemon.service")
    good.enable("telnet.socket")
    good.write("/etc/systemd/journald.conf.d/zz.conf", "[Journal]\nStorage=volatile\n")
    good.write("/etc/issue", "Kernel \\r\n")
    good.write("/etc/apt/sources.list.d/zz.list", "deb [trusted=yes] http://mirror.example ./\n")
    good.write("/var/lib/dpkg/status", "Package: rsh-server\nStatus: install ok installed\nVersion: 1\n\n")


def _spoil_accounts(good: Tree) -> None:
    passwd = (good.root / "etc/passwd").read_text().replace("daemon:/usr/sbin:/usr/sbin/nologin", "d:/:/bin/bash")
    passwd += "service:*:0:1::/:/bin/sh\nguest:x:1001:1::/:/bin/sh\ntwin:*:1001:1::/:/bin/sh\n"
    good.write("/etc/passwd", passwd + "old:x:1002:1::/:/bin/sh\n")
    good.append("/etc/shadow", "guest::1::::::\nold:$1$salt$thehash:1:0:90:7:::\n")
    good.write("/etc/group", (good.root / "etc/group").read_text().replace("shadow:x:42:", "shadow:x:42:alice") + "+\n")
    good.write("/etc/login.defs", (good.root / "etc/login.defs").read_text().replace("022", "000"))
    good.write("/etc/crontab", "PATH=.:/usr/bin\n")
    auth = (good.root / "etc/pam.d/common-auth").read_text()
    good.write("/etc/pam.d/common-auth", auth.replace("pam_unix.so", "pam_unix.so nullok"))
    good.write("/etc/pam.d/su", "auth sufficient pam_wheel.so trust\n", 0o664)
    good.write("/etc/sudoers.d/ops", "%ops ALL=(ALL) NOPASSWD: ALL\nDefaults:%ops !authenticate\n", 0o460)
    good.append("/etc/sudoers", "@include /opt/rules\n")
    good.write("/opt/rules", "# nothing yet\n", 0o664)


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
    about_owners = {code for code in failed if code.startswith(("HW-FIL", "HW-HOM"))} | {"HW-SSH-006", "HW-SSH-014"}
    owners = set() if os.geteuid() == 0 else about_owners - set(PLANTED)
    assert failed - owners == set(PLANTED)


def test_there_are_many_planted_things() -> None:
    """At least 25 of all kinds."""
    assert len(PLANTED) >= 25


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
