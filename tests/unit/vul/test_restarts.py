"""What is to be started again: the machine for its kernel, services for replaced files."""

from pathlib import Path

import pytest

from hostward.domain.package import Package, Restart
from hostward.scanners.contract import Degraded, Found
from hostward.scanners.vul import kernel, processes, running
from language_trees import write

SSL = "/usr/lib/x86_64-linux-gnu/libssl.so.3"


def image(version: str, name: str, ecosystem: str = "Debian:12", source: str = "linux", arch: str = "amd64") -> Package:
    """A kernel's package."""
    return Package(ecosystem=ecosystem, name=name, version=version, arch=arch, source=source, source_version=version)


OLD, NEW = image("6.1.76-1", "linux-image-6.1.0-18-amd64"), image("6.1.90-1", "linux-image-6.1.0-21-amd64")
CLOUD = image("6.1.99-1", "linux-image-6.1.0-23-cloud-amd64")
META = image("6.1.99-1", "linux-image-amd64")
HEADERS = image("6.1.99-1", "linux-headers-6.1.0-23-amd64")


def reboots(root: Path, packages: list[Package], running: str, built: str = "") -> list[tuple[str, str]]:
    """Package and reason of each."""
    return [(each.package, each.reason) for each in kernel.reboots(root, packages, running, built)]


def test_a_newer_kernel_of_the_same_flavour_needs_a_reboot(tmp_path: Path) -> None:
    """Other flavours, headers and names that only stand for the newest say nothing."""
    found = reboots(tmp_path, [OLD, NEW, CLOUD, META, HEADERS], "6.1.0-18-amd64")
    assert found == [("linux-image-6.1.0-21-amd64", "6.1.0-21-amd64 is installed and 6.1.0-18-amd64 runs")]


def test_the_newest_kernel_needs_none(tmp_path: Path) -> None:
    """Older ones may stay installed."""
    assert reboots(tmp_path, [OLD, NEW, CLOUD, META, HEADERS], "6.1.0-21-amd64") == []


def test_a_kernel_that_was_removed_needs_a_reboot(tmp_path: Path) -> None:
    """It is the old one."""
    [(package, reason)] = reboots(tmp_path, [NEW], "6.1.0-18-amd64")
    assert (package, reason) == (
        "linux-image-6.1.0-21-amd64",
        "6.1.0-18-amd64 runs and is not installed any more; 6.1.0-21-amd64 is",
    )


def test_an_update_under_the_same_name_is_told_by_the_kernels_own_words(tmp_path: Path) -> None:
    """Debian writes the package's version into them."""
    built = "Linux version 6.1.0-18-amd64 (x@y) (gcc) #1 SMP PREEMPT_DYNAMIC Debian 6.1.67-1 (2024-01-01)\n"
    assert reboots(tmp_path, [OLD], "6.1.0-18-amd64", built) == [
        ("linux-image-6.1.0-18-amd64", "6.1.76-1 is installed and 6.1.67-1 runs")
    ]
    assert reboots(tmp_path, [OLD], "6.1.0-18-amd64", built.replace("6.1.67-1", "6.1.76-1")) == []


def test_red_hats_kernels_are_told_by_their_package(tmp_path: Path) -> None:
    """kernel-core beside kernel-rt-core."""
    names = (("5.14.0-362.el9", "kernel-core"), ("5.14.0-427.el9", "kernel-core"), ("5.14.0-500.el9", "kernel-rt-core"))
    packages = [image(version, name, "Rocky Linux:9", name, "x86_64") for version, name in names]
    found = reboots(tmp_path, packages, "5.14.0-362.el9.x86_64")
    assert found == [("kernel-core", "5.14.0-427.el9.x86_64 is installed and 5.14.0-362.el9.x86_64 runs")]
    assert reboots(tmp_path, packages, "5.14.0-427.el9.x86_64") == []


@pytest.mark.parametrize("running", ["", "5.15.133.1-microsoft-standard-WSL2", "6.8.0-custom"])
def test_a_kernel_that_no_package_stands_for_is_not_judged(tmp_path: Path, running: str) -> None:
    """A container's host, or one of the machine's own."""
    assert reboots(tmp_path, [OLD, NEW], running) == []


def test_the_distributions_own_mark_counts(tmp_path: Path) -> None:
    """With the packages it names; a kernel that was said already is not said again."""
    write(tmp_path / "run/reboot-required")
    assert reboots(tmp_path, [], "x") == [("", kernel.MARKED)]
    write(tmp_path / "run/reboot-required.pkgs", "libc6\nlinux-image-6.1.0-21-amd64\nlibc6\n\x1b[31m\n")
    assert [name for name, _ in reboots(tmp_path, [OLD, NEW], "6.1.0-18-amd64")] == [
        "linux-image-6.1.0-21-amd64",
        "libc6",
    ]


def process(proc: Path, pid: int, maps: str, cgroup: str = "0::/system.slice/nginx.service\n", comm: str = "x") -> Path:
    """A process."""
    write(proc / str(pid) / "maps", maps)
    write(proc / str(pid) / "cgroup", cgroup)
    write(proc / str(pid) / "comm", f"{comm}\n")
    return proc / str(pid)


def line(path: str, rights: str = "r-xp", *, gone: bool = True) -> str:
    """A line of a map."""
    return f"7f00-7f10 {rights} 00000000 08:01 1234       {path}{' (deleted)' if gone else ''}\n"


def test_services_that_run_a_replaced_library_are_named(tmp_path: Path) -> None:
    """With the package it belongs to and how many processes there are."""
    for pid in (10, 11):
        process(tmp_path, pid, line("/usr/sbin/nginx", gone=False) + line(SSL))
    process(tmp_path, 12, line(SSL, gone=False))
    write(tmp_path / "self/maps", line(SSL))
    found = list(processes.look(tmp_path).restarts({SSL.encode(): "libssl3"}))
    assert found == [
        Restart(unit="nginx.service", package="libssl3", path=SSL.encode(), processes=2, reason=processes.REASON)
    ]


@pytest.mark.parametrize(
    ("shown", "path"),
    [
        (f"{SSL}.dpkg-new", SSL),
        (f"{SSL};65a1b2c3", SSL),
        ("/usr/lib/a b.so", "/usr/lib/a b.so"),
        ("/opt/app/lib.so", "/opt/app/lib.so"),
    ],
)
def test_names_that_package_managers_use_meanwhile_are_understood(tmp_path: Path, shown: str, path: str) -> None:
    """The file is asked for by its own name."""
    process(tmp_path, 10, line(shown))
    assert list(processes.look(tmp_path).files) == [path.encode()]


@pytest.mark.parametrize(
    "maps",
    [
        line("/memfd:jit"),
        line("/dev/shm/x"),
        line("/tmp/x.so"),
        line("/SYSV00000000"),
        line("/usr/share/data.bin", "r--p"),
        "7f00-7f10 r-xp 00000000 00:00 0\n",
        "no map (deleted)\n",
    ],
)
def test_what_is_no_code_of_a_package_says_nothing(tmp_path: Path, maps: str) -> None:
    """Shared memory, generated code, data."""
    process(tmp_path, 10, maps)
    assert processes.look(tmp_path).files == {}


@pytest.mark.parametrize(
    ("cgroup", "unit"),
    [
        ("0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service"),
        ("12:cpu:/\n1:name=systemd:/system.slice/cron.service\n", "cron.service"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service\n", "user@1000.service"),
        ("0::/user.slice/user-0.slice/session-3.scope\n", "session-3.scope"),
        ("0::/\n", "daemon"),
        ("0::/system.slice/docker-0a1b.scope\n", ""),
        ("0::/kubepods.slice/x\n", ""),
    ],
)
def test_the_unit_is_the_services_own(tmp_path: Path, cgroup: str, unit: str) -> None:
    """A process in a container has another root; its files are not the machine's."""
    process(tmp_path, 10, line(SSL), cgroup, comm="daemon")
    units = [each for files in processes.look(tmp_path).files.values() for each in files]
    assert units == ([unit] if unit else [])


def test_one_entry_a_service_and_package(tmp_path: Path) -> None:
    """However many of its files were replaced."""
    process(tmp_path, 10, line("/usr/lib/a.so") + line("/usr/lib/b.so") + line("/usr/lib/c.so"))
    owners = {b"/usr/lib/a.so": "ab", b"/usr/lib/b.so": "ab"}
    found = [(each.package, each.path) for each in processes.look(tmp_path).restarts(owners)]
    assert found == [("", b"/usr/lib/c.so"), ("ab", b"/usr/lib/a.so")]


def test_processes_that_ended_or_are_closed_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one is nothing, the other is counted."""
    (tmp_path / "10").mkdir()
    process(tmp_path, 11, line(SSL))

    def closed(path: Path, size: int) -> bytes:
        raise PermissionError(13, "denied")

    assert processes.look(tmp_path).unread == 0
    monkeypatch.setattr(processes, "_read", closed)
    found = processes.look(tmp_path)
    assert (found.files, found.unread) == ({}, 2)


def test_a_machine_with_too_many_processes_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is counted."""
    monkeypatch.setattr(processes, "MAX_PROCESSES", 1)
    for pid in (10, 11, 12):
        process(tmp_path, pid, line(SSL))
    assert processes.look(tmp_path).left == 2


def test_no_proc_is_no_error(tmp_path: Path) -> None:
    """Then nothing is known."""
    assert processes.look(tmp_path / "none").files == {}
    assert kernel.built(tmp_path) == ""


def test_a_running_machine_says_all_of_it(tmp_path: Path) -> None:
    """Files to ask owners for first, then services and the machine, and who could not be looked at."""
    write(tmp_path / "root/run/reboot-required")
    process(tmp_path / "proc", 10, line(SSL))
    machine = running.Machine(tmp_path / "root", tmp_path / "proc")
    assert machine.wanted() == {SSL.encode()}
    [found] = machine.events([], {SSL.encode(): "libssl3"})
    assert isinstance(found, Found)
    assert [(each.unit, each.package) for each in found.items if isinstance(each, Restart)] == [
        ("", ""),
        ("nginx.service", "libssl3"),
    ]


def test_processes_that_were_not_looked_at_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By how many there are, and what to do."""
    machine = running.Machine(tmp_path, tmp_path / "none")
    monkeypatch.setattr(machine, "_stale", processes.Stale(unread=3, left=2))
    assert list(machine.events([], {})) == [
        Degraded(reason="3 processes can't be looked at: run the scan as root"),
        Degraded(reason="2 processes were not looked at: there are too many"),
    ]
