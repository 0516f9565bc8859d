"""Control groups of scans, in a tree of plain files that stands for the kernel's."""

import os
from pathlib import Path

import pytest

from hostward.agent.groups import Groups, Kernel, open_groups

MIB = 1 << 20


def kernel_of(
    tmp_path: Path, *, controllers: str = "cpuset cpu io memory pids", procs: str = "", own: str = "/"
) -> Kernel:
    """A kernel that offers these controllers in the root group, where this process is (or these processes)."""
    groups = tmp_path / "cgroup"
    groups.mkdir()
    (groups / "cgroup.controllers").write_text(f"{controllers}\n")
    (groups / "cgroup.subtree_control").write_text("")
    (groups / "cgroup.procs").write_text(procs or f"{os.getpid()}\n")
    (tmp_path / "own").write_text(f"1:name=systemd:/\n0::{own}\n")
    for name, number in (("vda", "254:0"), ("loop0", "7:0"), ("nvme0n1", "259:0")):
        (tmp_path / "block" / name).mkdir(parents=True)
        (tmp_path / "block" / name / "dev").write_text(f"{number}\n")
    return Kernel(groups=groups, own=tmp_path / "own", devices=tmp_path / "block")


def read(folder: Path) -> dict[str, str]:
    """What was written into a group."""
    return {file.name: file.read_text() for file in sorted(folder.iterdir())}


def test_a_scan_gets_a_group_with_all_its_caps(tmp_path: Path) -> None:
    """A quarter of the processors, memory without swap, each disk; all are killed when one needs too much."""
    kernel = kernel_of(tmp_path)
    groups = open_groups(kernel)
    assert (groups.base, groups.why) == (kernel.groups, "")
    assert (kernel.groups / "agent" / "cgroup.procs").read_text() == str(os.getpid())
    group = groups.make("7", cpu=0.25, memory=256 * MIB, io=5 * MIB)
    assert group is not None
    assert group.holds == {"cpu", "memory", "io"}
    assert read(group.path) == {
        "cpu.max": f"{round(0.25 * (os.cpu_count() or 1) * 100_000)} 100000\n",
        "io.max": "259:0 rbps=5242880 wbps=5242880\n254:0 rbps=5242880 wbps=5242880\n",
        "memory.max": "268435456\n",
        "memory.oom.group": "1\n",
        "memory.swap.max": "0",
    }


@pytest.mark.parametrize(
    ("controllers", "holds"), [("memory", {"memory"}), ("cpu pids", {"cpu"}), ("io memory", {"io", "memory"})]
)
def test_only_what_is_delegated_is_held(tmp_path: Path, controllers: str, holds: set[str]) -> None:
    """The rest is left to other means."""
    group = open_groups(kernel_of(tmp_path, controllers=controllers)).make("7", cpu=0.5, memory=MIB, io=MIB)
    assert group is not None
    assert group.holds == holds


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"controllers": "pids"}, "no controller of cgroup v2 is delegated"),
        ({"procs": "1\n2\n"}, "not this agent's alone"),
        ({"own": "/system.slice/some.service"}, "no cgroup v2 delegation"),
    ],
)
def test_what_is_not_this_agents_is_left_alone(tmp_path: Path, case: dict[str, str], why: str) -> None:
    """Nothing is made, and why is known."""
    kernel = kernel_of(tmp_path, **case)
    before = sorted(kernel.groups.iterdir())
    groups = open_groups(kernel)
    assert why in groups.why
    assert groups.make("7", cpu=0.5, memory=MIB, io=MIB) is None
    if "controllers" not in case:
        assert sorted(kernel.groups.iterdir()) == before


def test_without_version_2_there_are_none(tmp_path: Path) -> None:
    """Version 1 has the controllers, or there is no file to read at all."""
    kernel = kernel_of(tmp_path)
    (kernel.groups / "cgroup.controllers").unlink()
    assert open_groups(kernel).why == "no cgroup v2"
    kernel.own.unlink()
    assert "no cgroup v2 delegation" in open_groups(kernel).why


def test_no_cap_needs_no_group(tmp_path: Path) -> None:
    """An empty group is taken away again."""
    groups = open_groups(kernel_of(tmp_path))
    assert groups.make("7", cpu=1.0, memory=0, io=0) is None
    assert not (tmp_path / "cgroup" / "scan-7").exists()


def test_a_memory_cap_that_would_kill_a_part_is_not_taken(tmp_path: Path) -> None:
    """A kernel that kills one process of a scan and lets the rest go on would leave half a result."""
    kernel = kernel_of(tmp_path)
    groups = open_groups(kernel)
    (kernel.groups / "scan-7").mkdir()
    assert groups.make("7", cpu=0.5, memory=MIB, io=0) is None, "somebody else's group is not used"
    (kernel.groups / "scan-7" / "memory.oom.group").mkdir()
    path = kernel.groups / "scan-7"
    assert not Groups(kernel, base=kernel.groups, controllers=frozenset({"memory"}))._memory(path, MIB)
    assert not (path / "memory.max").exists()


def test_an_agent_that_was_moved_aside_before_finds_its_groups(tmp_path: Path) -> None:
    """After a start in the group that it had made; what scans of the last start left is removed."""
    kernel = kernel_of(tmp_path, own="/agent")
    (kernel.groups / "agent").mkdir()
    (kernel.groups / "scan-3").mkdir()
    assert open_groups(kernel).base == kernel.groups
    assert not (kernel.groups / "scan-3").exists()
