"""Each built-in item passes on a good root and fails when the one thing it is about is spoiled."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hostward.domain.verdict import Outcome
from hostward.scanners.baseline.catalogue import ITEMS

Tree = Any
CODES = [entry.code for entry in ITEMS]
OWNED_BY_ROOT = {"HW-FIL-001", "HW-FIL-002", "HW-FIL-003", "HW-SSH-006"}
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="files owned by root can be made by root only")


def _mode(path: str, mode: int) -> Callable[[Tree], object]:
    return lambda tree: (tree.root / path.lstrip("/")).chmod(mode)


def _owner(path: str, uid: int, gid: int) -> Callable[[Tree], object]:
    return lambda tree: os.chown(tree.root / path.lstrip("/"), uid, gid)


def _file(path: str, content: str, mode: int = 0o644) -> Callable[[Tree], object]:
    return lambda tree: tree.write(path, content, mode)


def _more(path: str, content: str) -> Callable[[Tree], object]:
    return lambda tree: _append(tree.root / path.lstrip("/"), content)


def _append(path: Path, content: str) -> None:
    path.write_text(path.read_text() + content)


def _sshd(line: str) -> Callable[[Tree], object]:
    return lambda tree: tree.write("/etc/ssh/sshd_config.d/50-bad.conf", line + "\n")


def _sysctl(key: str, value: str) -> Callable[[Tree], object]:
    return lambda tree: tree.write("/etc/sysctl.d/99-bad.conf", f"{key} = {value}\n")


SPOILED: list[tuple[str, str, Callable[[Tree], object]]] = [
    ("HW-FIL-001", "passwd writable by its group", _mode("/etc/passwd", 0o664)),
    ("HW-FIL-001", "shadow readable by everybody", _mode("/etc/shadow", 0o644)),
    ("HW-FIL-001", "backup of gshadow readable by everybody", _file("/etc/gshadow-", "", 0o644)),
    ("HW-FIL-001", "passwd owned by a person", _owner("/etc/passwd", 70000, 0)),
    ("HW-FIL-001", "shadow in a person's group", _owner("/etc/shadow", 0, 70000)),
    ("HW-FIL-002", "crontab writable by its group", _mode("/etc/crontab", 0o664)),
    ("HW-FIL-002", "a job writable by everybody", _mode("/etc/cron.daily/logrotate", 0o757)),
    ("HW-FIL-002", "the folder of jobs writable by its group", _mode("/etc/cron.d", 0o775)),
    ("HW-FIL-002", "a job owned by a person", _owner("/etc/cron.d/e2scrub", 70000, 70000)),
    ("HW-FIL-003", "sudoers writable by everybody", _mode("/etc/sudoers", 0o446)),
    ("HW-FIL-003", "a file of sudoers.d owned by a person", _owner("/etc/sudoers.d/README", 70000, 0)),
    ("HW-FIL-003", "sudoers.d writable by its group", _mode("/etc/sudoers.d", 0o770)),
    ("HW-KRN-001", "no random addresses", _sysctl("kernel.randomize_va_space", "0")),
    ("HW-KRN-001", "half random addresses", _sysctl("kernel.randomize_va_space", "1")),
    ("HW-KRN-002", "hard links not protected", _sysctl("fs.protected_hardlinks", "0")),
    ("HW-KRN-002", "symbolic links not protected", _sysctl("fs.protected_symlinks", "0")),
    ("HW-KRN-003", "redirects accepted", _sysctl("net.ipv4.conf.all.accept_redirects", "1")),
    ("HW-KRN-003", "redirects accepted over IPv6", _sysctl("net/ipv6/conf/default/accept_redirects", "1")),
    ("HW-KRN-003", "source routes accepted", _sysctl("net.ipv4.conf.all.accept_source_route", "1")),
    ("HW-SWP-001", "a file writable by everybody", _file("/srv/page.html", "", 0o666)),
    ("HW-SWP-001", "a folder without sticky bit", _mode("/tmp", 0o777)),
    ("HW-SWP-002", "a SUID shell in a home", _file("/home/alice/.sh", "", 0o4755)),
    ("HW-SWP-002", "a SGID program in /usr/local", _file("/usr/local/bin/tool", "", 0o2755)),
    ("HW-SWP-002", "a folder whose name only begins like a system folder", _file("/usr/binx/su", "", 0o4755)),
    ("HW-SWP-003", "a file of a removed account", _owner("/usr/bin/su", 70001, 0)),
    ("HW-SWP-003", "a folder of a removed group", _owner("/tmp", 0, 70002)),
    ("HW-SWP-004", ".rhosts of root", _file("/root/.rhosts", "+ +\n", 0o600)),
    ("HW-SWP-004", "hosts.equiv", _file("/etc/hosts.equiv", "friend\n")),
    ("HW-SWP-004", "shosts.equiv of the SSH server", _file("/etc/ssh/shosts.equiv", "friend\n")),
    (
        "HW-SVC-001",
        "a telnet server",
        _more("/var/lib/dpkg/status", "Package: telnetd\nStatus: install ok installed\nVersion: 1\n\n"),
    ),
    (
        "HW-SVC-001",
        "a half-installed rsh server",
        _more("/var/lib/dpkg/status", "Package: rsh-server\nStatus: install ok half-installed\nVersion: 1\n\n"),
    ),
    ("HW-SVC-002", "no link to the service", lambda tree: tree.remove("/etc/systemd/system/multi-user.target.wants")),
    ("HW-SVC-002", "the service masked", lambda tree: tree.link("/etc/systemd/system/chrony.service", "/dev/null")),
    ("HW-SSH-001", "root may use a password", _sshd("PermitRootLogin yes")),
    ("HW-SSH-002", "empty passwords accepted", _sshd("PermitEmptyPasswords yes")),
    ("HW-SSH-003", "host-based log-in", _sshd("HostbasedAuthentication yes")),
    ("HW-SSH-003", ".rhosts read", _sshd("IgnoreRhosts no")),
    ("HW-SSH-004", "too many tries", _sshd("MaxAuthTries 10")),
    ("HW-SSH-004", "endless time to log in", _sshd("LoginGraceTime 0")),
    ("HW-SSH-004", "a long time to log in", _sshd("LoginGraceTime 1h")),
    ("HW-SSH-005", "a cipher in CBC mode", _sshd("Ciphers aes256-ctr,aes128-cbc")),
    ("HW-SSH-005", "RC4 added to the defaults", _sshd("Ciphers +arcfour")),
    ("HW-SSH-005", "MD5", _sshd("MACs hmac-md5,hmac-sha2-256")),
    ("HW-SSH-005", "an encrypt-then-MAC form of MD5", _sshd("MACs hmac-md5-96-etm@openssh.com")),
    ("HW-SSH-005", "a SHA-1 key exchange", _sshd("KexAlgorithms curve25519-sha256,diffie-hellman-group1-sha1")),
    ("HW-SSH-006", "a host key readable by everybody", _mode("/etc/ssh/ssh_host_ed25519_key", 0o644)),
    ("HW-SSH-006", "a host key of a person", _owner("/etc/ssh/ssh_host_ed25519_key", 70000, 0)),
    ("HW-ACC-001", "a second root", _more("/etc/passwd", "toor:x:0:0::/root:/bin/sh\n")),
    ("HW-ACC-001", "a second root with leading zeros", _more("/etc/passwd", "toor:x:00:0::/root:/bin/sh\n")),
    ("HW-ACC-002", "a service that can log in", _file("/etc/shadow", "daemon:$y$j9T$a$b:1::::::\n", 0o640)),
    ("HW-ACC-002", "a service without a password", _file("/etc/shadow", "daemon::1::::::\n", 0o640)),
    ("HW-ACC-003", "an empty field in shadow", _file("/etc/shadow", "alice::1::::::\n", 0o640)),
    ("HW-ACC-003", "an empty field in passwd", _more("/etc/passwd", "bob::70000:70000::/home/bob:/bin/sh\n")),
    ("HW-ACC-004", "an MD5 hash", _file("/etc/shadow", "alice:$1$salt$hash:1::::::\n", 0o640)),
    ("HW-ACC-004", "a DES hash", _file("/etc/shadow", "alice:aaBBccDDeeFFg:1::::::\n", 0o640)),
    ("HW-ACC-004", "a hash in passwd", _more("/etc/passwd", "bob:$6$s$h:70000:70000::/home/bob:/bin/sh\n")),
    ("HW-ACC-005", "group may write", _file("/etc/login.defs", "UMASK 002\n")),
    ("HW-ACC-005", "everybody may write", _file("/etc/login.defs", "  UMASK\t000 # why not\n")),
]


def _needs_root(code: str, what: str) -> list[pytest.MarkDecorator]:
    wants_chown = any(word in what for word in (" of a ", "owned by", "person"))
    return [needs_root] if code in OWNED_BY_ROOT or wants_chown else []


@pytest.mark.parametrize(
    "code",
    [pytest.param(code, marks=[needs_root] if code in OWNED_BY_ROOT else []) for code in CODES],
)
def test_item_passes_on_a_good_root(good: Tree, code: str) -> None:
    """No item accuses a root that is set up well."""
    verdict = good.verdict(code, running=code == "HW-MNT-001")
    assert (verdict.outcome, verdict.reason) == (Outcome.PASS, "")


@pytest.mark.parametrize(
    ("code", "spoil"),
    [pytest.param(code, spoil, id=f"{code}: {what}", marks=_needs_root(code, what)) for code, what, spoil in SPOILED],
)
def test_item_fails_when_its_subject_is_spoiled(good: Tree, code: str, spoil: Callable[[Tree], object]) -> None:
    """The very change that the item is about turns pass into fail."""
    spoil(good)
    assert good.verdict(code).outcome is Outcome.FAIL


def test_every_item_has_a_fail_fixture() -> None:
    """No item goes untested: the mount item has its own tests."""
    assert sorted({code for code, _, _ in SPOILED} | {"HW-MNT-001"}) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_item_does_not_apply_to_an_empty_root(tree: Tree, code: str) -> None:
    """Where there is nothing to judge there is neither praise nor blame, but a reason."""
    verdict = tree.verdict(code)
    assert (verdict.outcome, bool(verdict.reason), len(verdict.evidence) > 0) == (Outcome.NOT_APPLICABLE, True, True)


def test_mount_item_fails_for_a_mount_without_nosuid(good: Tree) -> None:
    """One missing option of one mount is enough."""
    good.write("/proc/self/mountinfo", "25 1 0:23 / /dev/shm rw,nodev - tmpfs tmpfs rw\n")
    assert good.verdict("HW-MNT-001", running=True).outcome is Outcome.FAIL


def test_mount_item_judges_the_mount_on_top(good: Tree) -> None:
    """Of two mounts on one point only the later one can be used."""
    good.write(
        "/proc/self/mountinfo",
        "25 1 0:23 / /tmp rw - tmpfs tmpfs rw\n26 25 0:24 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw\n",
    )
    assert good.verdict("HW-MNT-001", running=True).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "line",
    [
        "PermitRootLogin no",
        "PermitRootLogin without-password",
        "permitrootlogin=PROHIBIT-PASSWORD",
        "Match User bob\n  PermitRootLogin yes",
    ],
)
def test_root_login_item_accepts_every_safe_way_to_write_it(good: Tree, line: str) -> None:
    """Old names, other case and Match blocks are no false alarm."""
    _sshd(line)(good)
    assert good.verdict("HW-SSH-001").outcome is Outcome.PASS


@pytest.mark.parametrize(
    "line",
    ["Ciphers -aes128-cbc,3des-cbc", "Ciphers aes256-gcm@openssh.com,aes256-ctr", "MACs hmac-sha2-512-etm@openssh.com"],
)
def test_algorithm_item_accepts_safe_lists_and_removals(good: Tree, line: str) -> None:
    """A list that begins with "-" takes algorithms away."""
    _sshd(line)(good)
    assert good.verdict("HW-SSH-005").outcome is Outcome.PASS


def test_empty_rhosts_is_no_finding(good: Tree) -> None:
    """Some put an empty file there so that nobody can make a real one."""
    good.write("/root/.rhosts", "")
    assert good.verdict("HW-SWP-004").outcome is Outcome.PASS


def test_removed_package_with_config_left_is_no_finding(good: Tree) -> None:
    """The database keeps an entry for a removed package's configuration files."""
    _more("/var/lib/dpkg/status", "Package: telnetd\nStatus: deinstall ok config-files\nVersion: 1\n\n")(good)
    assert good.verdict("HW-SVC-001").outcome is Outcome.PASS


def test_container_store_is_not_swept(good: Tree) -> None:
    """Programs inside container images belong to other systems."""
    good.write("/var/lib/docker/overlay2/a/diff/opt/su", "", 0o4777)
    assert {good.verdict(code).outcome for code in ("HW-SWP-001", "HW-SWP-002")} == {Outcome.PASS}
