"""What items must not accuse: safe ways to write a setting that are easily mistaken."""

from typing import Any

import pytest

from hostward.domain.verdict import Outcome

Tree = Any


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
    good.write("/etc/ssh/sshd_config.d/50-more.conf", line + "\n")
    assert good.verdict("HW-SSH-001").outcome is Outcome.PASS


@pytest.mark.parametrize(
    "line",
    ["Ciphers -aes128-cbc,3des-cbc", "Ciphers aes256-gcm@openssh.com,aes256-ctr", "MACs hmac-sha2-512-etm@openssh.com"],
)
def test_algorithm_item_accepts_safe_lists_and_removals(good: Tree, line: str) -> None:
    """A list that begins with "-" takes algorithms away."""
    good.write("/etc/ssh/sshd_config.d/50-more.conf", line + "\n")
    assert good.verdict("HW-SSH-005").outcome is Outcome.PASS


def test_empty_rhosts_is_no_finding(good: Tree) -> None:
    """Some put an empty file there so that nobody can make a real one."""
    good.write("/root/.rhosts", "")
    assert good.verdict("HW-SWP-004").outcome is Outcome.PASS


def test_removed_package_with_config_left_is_no_finding(good: Tree) -> None:
    """The database keeps an entry for a removed package's configuration files."""
    good.append("/var/lib/dpkg/status", "Package: telnetd\nStatus: deinstall ok config-files\nVersion: 1\n\n")
    assert good.verdict("HW-SVC-001").outcome is Outcome.PASS


def test_container_store_is_not_swept(good: Tree) -> None:
    """Programs inside container images belong to other systems."""
    good.write("/var/lib/docker/overlay2/a/diff/opt/su", "", 0o4777)
    assert {good.verdict(code).outcome for code in ("HW-SWP-001", "HW-SWP-002")} == {Outcome.PASS}
