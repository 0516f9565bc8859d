"""Kernel settings, mounts, packages and units."""

import os
from typing import Any

import pytest

from hostward.scanners.baseline.answer import Missing, Reading
from hostward.scanners.baseline.mountinfo import parse_mountinfo

Tree = Any
STATUS = "/var/lib/dpkg/status"


def _value(tree: Tree, key: str, *, running: bool = False) -> tuple[str, str]:
    (fact,) = tree.ask("sysctl", key, running=running).facts
    return fact.value, fact.source


def test_running_kernel_is_asked_on_this_machine(tree: Tree) -> None:
    """Files only say what should be."""
    tree.write("/proc/sys/kernel/randomize_va_space", "2\n")
    tree.write("/etc/sysctl.conf", "kernel.randomize_va_space=0\n")
    assert _value(tree, "kernel.randomize_va_space", running=True) == ("2", "/proc/sys/kernel/randomize_va_space")


def test_blanks_of_the_kernel_are_one_blank(tree: Tree) -> None:
    """The kernel separates by tabs."""
    tree.write("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n")
    assert _value(tree, "net.ipv4.tcp_rmem", running=True)[0] == "4096 131072 6291456"


def test_setting_that_the_kernel_lacks_is_missing(tree: Tree) -> None:
    """A kernel without IPv6, for one."""
    assert isinstance(tree.ask("sysctl", "net.ipv6.conf.all.forwarding", running=True), Missing)


def test_proc_is_not_read_beneath_another_root(tree: Tree) -> None:
    """It would speak of another kernel."""
    tree.write("/proc/sys/kernel/randomize_va_space", "2\n")
    assert isinstance(tree.ask("sysctl", "kernel.randomize_va_space"), Missing)


def test_later_file_name_wins(tree: Tree) -> None:
    """Names are compared over all folders."""
    tree.write("/etc/sysctl.d/10-a.conf", "a.b=1\n")
    tree.write("/usr/lib/sysctl.d/50-b.conf", "a.b=2\n")
    assert _value(tree, "a.b") == ("2", "/usr/lib/sysctl.d/50-b.conf:1")


def test_file_in_etc_hides_the_one_of_the_same_name(tree: Tree) -> None:
    """That is how administrators override packages."""
    tree.write("/etc/sysctl.d/50-b.conf", "a.b=1\n")
    tree.write("/usr/lib/sysctl.d/50-b.conf", "a.b=2\na.c=3\n")
    assert _value(tree, "a.b")[0] == "1"
    assert isinstance(tree.ask("sysctl", "a.c"), Missing)


def test_sysctl_conf_is_last(tree: Tree) -> None:
    """It wins over all folders."""
    tree.write("/etc/sysctl.d/99-z.conf", "a.b=1\n")
    tree.write("/etc/sysctl.conf", "a.b=2\n")
    assert _value(tree, "a.b")[0] == "2"


def test_linked_file_is_read_inside_the_root(tree: Tree) -> None:
    """Debian links 99-sysctl.conf to ../sysctl.conf."""
    tree.write("/etc/sysctl.conf", "a.b=2\n")
    tree.link("/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf")
    assert _value(tree, "a.b")[0] == "2"


@pytest.mark.parametrize(
    "line",
    ["net/ipv4/conf/eth0.1/forwarding = 1", "-net/ipv4/conf/eth0.1/forwarding=1", "net.ipv4.conf.eth0/1.forwarding=1"],
)
def test_keys_may_be_written_with_slashes(tree: Tree, line: str) -> None:
    """With slashes first, dots belong to names."""
    tree.write("/etc/sysctl.conf", f"# comment\n; comment\nnonsense\n{line}\n")
    assert _value(tree, "net.ipv4.conf.eth0/1.forwarding")[0] == "1"


def test_pattern_counts_where_no_key_is_written_out(tree: Tree) -> None:
    """A key written out wins over a pattern, whatever the order."""
    tree.write("/etc/sysctl.conf", "net.ipv4.conf.all.x=0\nnet.ipv4.conf.*.x=1\n")
    assert [_value(tree, "net.ipv4.conf.all.x")[0], _value(tree, "net.ipv4.conf.lo.x")[0]] == ["0", "1"]


def test_unreadable_sysctl_file_is_an_error(good: Tree) -> None:
    """It may set the very key."""
    good.fifo("/etc/sysctl.d/70-x.conf")
    assert good.verdict("HW-KRN-001").outcome.value == "error"


def test_mountinfo_is_read_with_and_without_optional_fields() -> None:
    """Any number of them may stand before the dash."""
    mounts = parse_mountinfo(
        b"25 1 0:23 / /dev/shm rw,nosuid shared:4 master:2 - tmpfs tmpfs rw\n"
        b"26 1 8:1 /sub /mnt/a\\040b ro - ext4 /dev/sda1 rw,errors=remount-ro\n"
    )
    assert [(mount.point, mount.kind, mount.options, mount.device) for mount in mounts] == [
        ("/dev/shm", "tmpfs", ("rw", "nosuid"), os.makedev(0, 23)),
        ("/mnt/a b", "ext4", ("ro",), os.makedev(8, 1)),
    ]


@pytest.mark.parametrize(
    "line", [b"", b"garbage", b"1 2 3 4 5 6 7", b"1 2 x:y / /a rw - ext4 d rw", b"1 2 0:1 / /a rw -"]
)
def test_odd_mountinfo_lines_are_left_out(line: bytes) -> None:
    """The kernel writes none, a hostile root may."""
    assert parse_mountinfo(line) == ()


def test_mount_has_type_and_options(tree: Tree) -> None:
    """Only points that are mounts are answered about."""
    tree.write("/proc/self/mountinfo", "25 1 0:23 / /tmp rw,nodev - tmpfs tmpfs rw\n")
    (fact,) = tree.ask("mounts", "/tmp", "/var/tmp", running=True).facts
    assert (fact.subject, fact.value) == ("/tmp", "tmpfs,rw,nodev")


def test_mounts_of_another_root_are_missing(tree: Tree) -> None:
    """Mounts belong to a running machine."""
    tree.write("/proc/self/mountinfo", "25 1 0:23 / /tmp rw,nodev - tmpfs tmpfs rw\n")
    assert isinstance(tree.ask("mounts", "/tmp"), Missing)


def test_nothing_mounted_is_missing(tree: Tree) -> None:
    """The folder is part of another file system."""
    tree.write("/proc/self/mountinfo", "25 1 0:23 / / rw - ext4 /dev/sda rw\n")
    assert tree.ask("mounts", "/tmp", running=True) == Missing(reason="nothing is mounted on /tmp")


def _stanza(name: str, status: str) -> str:
    return f"Package: {name}\nStatus: {status}\nArchitecture: amd64\nVersion: 1.0-1\nDescription: x\n Version: 9\n\n"


@pytest.mark.parametrize(
    ("status", "is_there"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("install ok unpacked", True),
        ("install reinstreq half-installed", True),
        ("deinstall ok config-files", False),
        ("purge ok not-installed", False),
    ],
)
def test_package_is_there_while_its_files_are(tree: Tree, status: str, is_there: bool) -> None:
    """By the third word of Status."""
    tree.write(STATUS, _stanza("telnetd", status))
    assert [fact.value for fact in tree.ask("packages", "telnetd").facts] == (["1.0-1"] if is_there else [])


def test_only_packages_asked_about_are_answered(tree: Tree) -> None:
    """The others are counted."""
    tree.write(STATUS, _stanza("a", "install ok installed") + _stanza("b", "install ok installed"))
    answer = tree.ask("packages", "b", "c")
    assert ([fact.subject for fact in answer.facts], answer.note) == (["b"], "2 packages installed")


def test_image_without_a_package_manager_is_read(tree: Tree) -> None:
    """Such images have a folder of entries without Status."""
    tree.write("/var/lib/dpkg/status.d/telnetd", "Package: telnetd\nVersion: 2\n")
    tree.write("/var/lib/dpkg/status.d/telnetd.md5sums", "0  usr/sbin/telnetd\n")
    assert [fact.value for fact in tree.ask("packages", "telnetd").facts] == ["2"]


def test_no_package_database_is_missing(tree: Tree) -> None:
    """An RPM system, for one."""
    assert isinstance(tree.ask("packages", "telnetd"), Missing)


def test_cut_off_package_database_is_an_error(good: Tree) -> None:
    """What is behind the cut is not known."""
    good.write(STATUS, _stanza("a", "install ok installed") + "Package: teln")
    assert good.verdict("HW-SVC-001").outcome.value == "error"


def test_units_are_enabled_by_links(tree: Tree) -> None:
    """wants, requires and aliases all count."""
    tree.write("/usr/lib/systemd/systemd", "")
    tree.link("/etc/systemd/system/a.target.wants/one.service", "/usr/lib/systemd/system/one.service")
    tree.link("/etc/systemd/system/a.target.requires/two.service", "/usr/lib/systemd/system/two.service")
    tree.link("/etc/systemd/system/alias.service", "/usr/lib/systemd/system/three.service")
    facts = tree.ask("units", "one.service", "two.service", "three.service", "four.service").facts
    assert [(fact.subject, fact.value) for fact in facts] == [
        ("one.service", "enabled"),
        ("two.service", "enabled"),
        ("three.service", "enabled"),
    ]


def test_unit_without_a_link_is_disabled(tree: Tree) -> None:
    """It is there and does not start."""
    tree.write("/lib/systemd/systemd", "")
    tree.write("/lib/systemd/system/one.service", "[Unit]\n")
    assert [fact.value for fact in tree.ask("units", "one.service").facts] == ["disabled"]


@pytest.mark.parametrize("how", ["link", "empty file"])
def test_masked_unit_is_not_enabled(tree: Tree, how: str) -> None:
    """A mask wins over every link."""
    tree.write("/usr/lib/systemd/systemd", "")
    tree.link("/etc/systemd/system/a.target.wants/one.service", "/usr/lib/systemd/system/one.service")
    if how == "link":
        tree.link("/etc/systemd/system/one.service", "/dev/null")
    else:
        tree.write("/etc/systemd/system/one.service", "")
    assert [fact.value for fact in tree.ask("units", "one.service").facts] == ["masked"]


def test_units_without_systemd_are_missing(tree: Tree) -> None:
    """Other init systems are not judged by it."""
    tree.write("/etc/systemd/system/one.service", "[Unit]\n")
    assert tree.ask("units", "one.service") == Missing(reason="systemd is not installed")


def test_usr_merged_root_finds_systemd(tree: Tree) -> None:
    """/lib is a link on current systems, absolute ones included."""
    tree.write("/usr/lib/systemd/systemd", "")
    tree.link("/lib", "/usr/lib")
    assert tree.ask("units", "one.service") == Reading()
