"""A root file system built in a folder, and the real scanner and probes over it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hostward.domain.options import BaselineOptions
from hostward.domain.verdict import Verdict
from hostward.scanners.baseline.answer import Answer
from hostward.scanners.baseline.catalogue import ITEMS, policy_name
from hostward.scanners.baseline.item import Item
from hostward.scanners.baseline.items import load
from hostward.scanners.baseline.judge import judge
from hostward.scanners.baseline.rootfs import RootFs
from hostward.scanners.baseline.scanner import BaselineScanner
from hostward.scanners.baseline.session import Session
from hostward.scanners.baseline.site import Limits, Site
from hostward.scanners.contract import Event, Found, Host, Job

SHA512 = "$6$saltsalt$" + "h" * 86


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A root folder to fill and to ask about; files belong to whoever runs the tests."""

    root: Path

    def write(self, path: str, content: str | bytes = "", mode: int = 0o644) -> Path:
        """Make a file with its parent folders."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink():
            file.unlink()
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        file.chmod(mode)
        return file

    def folder(self, path: str, mode: int = 0o755) -> Path:
        """Make a folder with its parents."""
        folder = self.root / path.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        return folder

    def link(self, path: str, target: str) -> None:
        """Make a symbolic link, whatever its target."""
        link = self.root / path.lstrip("/")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)

    def fifo(self, path: str) -> None:
        """Make a FIFO in place of what is there; opening it for reading would wait for ever."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        os.mkfifo(file)

    def remove(self, path: str) -> None:
        """Remove a file or a folder with all in it."""
        victim = self.root / path.lstrip("/")
        if victim.is_dir() and not victim.is_symlink():
            shutil.rmtree(victim)
        else:
            victim.unlink()

    def fs(self) -> RootFs:
        """The file reader over this tree."""
        return RootFs(self.root)

    def site(self, *, running: bool = False, limits: Limits | None = None) -> Site:
        """The tree as a site; running: as if it were this machine (its own proc folder is read)."""
        return Site(root=self.fs(), is_this_machine=running, limits=limits or Limits())

    def ask(self, probe: str, *target: str, running: bool = False) -> Answer:
        """A probe's answer in a session of its own."""
        return Session(self.site(running=running)).ask(probe, target)

    def verdict(self, code: str, *, running: bool = False) -> Verdict:
        """The verdict on one built-in item, through the real probes."""
        entry = next(entry for entry in ITEMS if entry.code == code)
        (item,) = load([entry])
        return judge(item, policy_name(entry.policy), Session(self.site(running=running)).ask)

    def judged(self, item: Item) -> Verdict:
        """The verdict on an item made by a test."""
        return judge(item, "Test", Session(self.site()).ask)

    def scan(self, options: BaselineOptions | None = None, limits: Limits | None = None) -> list[Event]:
        """Everything that a scan of this tree yields."""
        scanner = BaselineScanner(limits)
        host = Host(root=self.root, work=self.root)
        return list(scanner.scan(Job(options=options or BaselineOptions()), host))

    def verdicts(self, options: BaselineOptions | None = None, limits: Limits | None = None) -> dict[str, Verdict]:
        """All verdicts of a scan by item code."""
        found = [event for event in self.scan(options, limits) if isinstance(event, Found)]
        return {item.item: item for event in found for item in event.items if isinstance(item, Verdict)}


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    """An empty root, removed at the end: it may hold programs and permissions that nobody wants lying about."""
    root = tmp_path / "root"
    root.mkdir()
    yield Tree(root=root)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def good(tree: Tree) -> Tree:
    """A small Debian-like root on which every item that applies should pass."""
    uid, gid = os.geteuid(), os.getegid()
    people = "" if uid == 0 else f"tester:x:{uid}:{gid}::/home/tester:/bin/bash\n"
    groups = "" if gid == 0 else f"tester:x:{gid}:\n"
    tree.write(
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\n"
        "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
        "alice:x:70000:70000::/home/alice:/bin/bash\n" + people,
    )
    tree.write("/etc/group", "root:x:0:\ndaemon:x:1:\nshadow:x:42:\nalice:x:70000:\n" + groups)
    shadow = f"root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nalice:{SHA512}:19000:0:99999:7:::\n"
    tree.write("/etc/shadow", shadow, 0o640)
    tree.write("/etc/gshadow", "root:*::\n", 0o640)
    tree.write("/etc/login.defs", "# comment\nUMASK\t\t022\n")
    tree.write("/etc/crontab", "17 * * * * root true\n")
    tree.write("/etc/cron.d/e2scrub", "30 3 * * 0 root true\n")
    tree.write("/etc/cron.daily/logrotate", "#!/bin/sh\n", 0o755)
    tree.write("/etc/sudoers", "root ALL=(ALL) ALL\n", 0o440)
    tree.write("/etc/sudoers.d/README", "# nothing\n", 0o440)
    tree.write(
        "/etc/sysctl.d/60-safe.conf",
        "kernel.randomize_va_space = 2\nfs.protected_hardlinks=1\nfs.protected_symlinks=1\n"
        "net.ipv4.conf.all.accept_redirects=0\nnet.ipv4.conf.default.accept_redirects=0\n"
        "net.ipv6.conf.all.accept_redirects=0\nnet.ipv6.conf.default.accept_redirects=0\n"
        "net.ipv4.conf.all.accept_source_route=0\n",
    )
    tree.write("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nX11Forwarding yes\n")
    tree.folder("/etc/ssh/sshd_config.d")
    tree.write("/etc/ssh/ssh_host_ed25519_key", "key\n", 0o600)
    tree.write("/usr/sbin/sshd", "", 0o755)
    tree.write("/var/lib/dpkg/status", "Package: openssh-server\nStatus: install ok installed\nVersion: 1:9.2\n\n")
    tree.write("/usr/lib/systemd/systemd", "", 0o755)
    tree.write("/usr/lib/systemd/system/chrony.service", "[Unit]\n")
    tree.link("/etc/systemd/system/multi-user.target.wants/chrony.service", "/usr/lib/systemd/system/chrony.service")
    tree.write("/usr/bin/su", "", 0o4755)
    tree.folder("/tmp", 0o1777)
    tree.write("/proc/self/mountinfo", "25 1 0:23 / /dev/shm rw,nosuid,nodev shared:4 - tmpfs tmpfs rw\n")
    return tree
