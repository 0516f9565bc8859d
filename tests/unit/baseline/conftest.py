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

    def enable(self, unit: str) -> None:
        """Have systemd start a unit at boot."""
        self.link(f"/etc/systemd/system/multi-user.target.wants/{unit}", f"/usr/lib/systemd/system/{unit}")

    def append(self, path: str, content: str) -> None:
        """Add to the end of a file that is there."""
        file = self.root / path.lstrip("/")
        file.write_text(file.read_text() + content)

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
    """A small Debian-like root on which every item applies and passes (the mount items when it runs)."""
    _good_accounts(tree)
    _good_log_ins(tree)
    _good_sudo_and_ssh(tree)
    _good_jobs_and_logs(tree)
    _good_kernel(tree)
    _good_services(tree)
    return tree


def _good_accounts(tree: Tree) -> None:
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
    shadow = f"root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nalice:{SHA512}:19000:0:180:7:::\n"
    tree.write("/etc/shadow", shadow, 0o640)
    tree.write("/etc/gshadow", "root:*::\n", 0o640)
    tree.folder("/root", 0o700)
    tree.folder("/home/alice", 0o700)
    tree.write("/home/alice/.bashrc", "alias ll='ls -l'\n")
    tree.write("/home/alice/.ssh/authorized_keys", "ssh-ed25519 AAAA alice\n", 0o600)
    tree.write("/home/alice/.netrc", "machine a login b\n", 0o600)
    if uid == 0:
        for path in ("", ".bashrc", ".ssh", ".ssh/authorized_keys", ".netrc"):
            os.chown(tree.root / "home/alice" / path, 70000, 70000)


def _good_log_ins(tree: Tree) -> None:
    tree.write(
        "/etc/login.defs",
        "# comment\nUMASK\t\t022\nPASS_MAX_DAYS 180\nPASS_WARN_AGE 7\nENCRYPT_METHOD YESCRYPT\n"
        "ENV_SUPATH PATH=/usr/local/sbin:/usr/sbin:/usr/bin\n",
    )
    tree.write("/etc/default/useradd", "SHELL=/bin/sh\nINACTIVE=30\n")
    tree.write("/etc/profile", 'PATH="/usr/sbin:/usr/bin:$HOME/bin"\nexport PATH\n')
    tree.write("/etc/profile.d/timeout.sh", "readonly TMOUT=900\n")
    tree.write("/etc/security/limits.conf", "* hard core 0\n")
    tree.write("/etc/security/opasswd", "", 0o600)
    tree.write("/etc/security/pwquality.conf", "minlen = 14\n")
    tree.write("/etc/security/faillock.conf", "# deny = 3\ndeny = 5\n")
    tree.write(
        "/etc/pam.d/common-auth",
        "auth required pam_faillock.so preauth\nauth [success=1 default=ignore] pam_unix.so\n"
        "auth requisite pam_deny.so\n",
    )
    tree.write(
        "/etc/pam.d/common-password",
        "password requisite pam_pwquality.so retry=3\npassword required pam_pwhistory.so remember=24\n"
        "password [success=1 default=ignore] pam_unix.so obscure use_authtok yescrypt\n",
    )
    tree.write("/etc/pam.d/su", "auth sufficient pam_rootok.so\nauth required pam_wheel.so use_uid\n")


def _good_sudo_and_ssh(tree: Tree) -> None:
    tree.write(
        "/etc/sudoers",
        "Defaults env_reset, use_pty\nDefaults logfile=/var/log/sudo.log\nroot ALL=(ALL) NOPASSWD: ALL\n"
        "%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n",
        0o440,
    )
    tree.write("/etc/sudoers.d/README", "# nothing\n", 0o440)
    tree.write("/etc/sudoers.d/backup", "alice ALL=(root) NOPASSWD: /usr/bin/rsync --server *\n", 0o440)
    tree.write(
        "/etc/ssh/sshd_config",
        "Include /etc/ssh/sshd_config.d/*.conf\nX11Forwarding no\nAllowTcpForwarding no\n"
        "PasswordAuthentication no\nChallengeResponseAuthentication no\nUsePAM yes\nBanner /etc/issue.net\n"
        "ClientAliveInterval 5m\nAllowGroups people\n",
    )
    tree.folder("/etc/ssh/sshd_config.d")
    tree.write("/etc/ssh/ssh_host_ed25519_key", "key\n", 0o600)
    tree.write("/etc/ssh/ssh_host_ed25519_key.pub", "key\n")
    tree.write("/etc/issue", "Welcome to \\n\n")
    tree.write("/etc/issue.net", "Members only\n")
    tree.write("/usr/sbin/sshd", "", 0o755)


def _good_jobs_and_logs(tree: Tree) -> None:
    tree.write("/etc/crontab", "PATH=/usr/sbin:/usr/bin\n17 * * * * root true\n")
    tree.write("/etc/cron.d/e2scrub", "30 3 * * 0 root true\n")
    tree.write("/etc/cron.daily/logrotate", "#!/bin/sh\n", 0o755)
    tree.write("/etc/cron.allow", "root\n", 0o640)
    tree.write("/var/spool/cron/crontabs/root", "@daily true\n", 0o600)
    tree.folder("/var/spool/cron/crontabs", 0o1730)
    tree.write("/var/log/auth.log", "", 0o640)
    tree.folder("/var/log/journal")


def _good_kernel(tree: Tree) -> None:
    zeros = (
        "net.ipv4.conf.all.accept_redirects",
        "net.ipv4.conf.default.accept_redirects",
        "net.ipv6.conf.all.accept_redirects",
        "net.ipv6.conf.default.accept_redirects",
        "net.ipv4.conf.all.accept_source_route",
        "net.ipv6.conf.all.accept_source_route",
        "net.ipv4.ip_forward",
        "net.ipv6.conf.all.forwarding",
        "net.ipv4.conf.all.send_redirects",
        "net.ipv4.conf.default.send_redirects",
        "net.ipv6.conf.all.accept_ra",
        "net.ipv6.conf.default.accept_ra",
        "fs.suid_dumpable",
    )
    ones = (
        "fs.protected_hardlinks",
        "fs.protected_symlinks",
        "fs.protected_fifos",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.conf.all.log_martians",
        "kernel.yama.ptrace_scope",
        "kernel.kptr_restrict",
        "kernel.dmesg_restrict",
        "net.ipv4.icmp_echo_ignore_broadcasts",
        "net.ipv4.icmp_ignore_bogus_error_responses",
    )
    others = "kernel.randomize_va_space = 2\nfs.protected_regular=2\nnet.ipv4.conf.default.rp_filter=2\n"
    others += "kernel.unprivileged_bpf_disabled=2\nkernel.sysrq=176\nkernel.perf_event_paranoid=3\n"
    lines = [f"{key}=0\n" for key in zeros] + [f"{key}=1\n" for key in ones]
    tree.write("/etc/sysctl.d/60-safe.conf", others + "".join(lines))
    tree.write("/boot/grub/grub.cfg", "menuentry\n", 0o444)
    tree.write(
        "/usr/lib/modules/6.1.0/modules.dep",
        "kernel/fs/cramfs/cramfs.ko.xz: kernel/lib/zlib.ko.xz\nkernel/net/sctp/sctp.ko:\n"
        "kernel/drivers/usb/storage/usb-storage.ko:\nkernel/fs/ext4/ext4.ko:\n",
    )
    tree.write("/usr/lib/modules/6.1.0/modules.builtin", "kernel/fs/fuse/fuse.ko\n")
    tree.write("/etc/modprobe.d/hardening.conf", "install cramfs /bin/false\nblacklist sctp\nblacklist usb-storage\n")
    tree.folder("/tmp", 0o1777)
    tree.write(
        "/proc/self/mountinfo",
        "25 1 0:23 / /dev/shm rw,nosuid,nodev,noexec shared:4 - tmpfs tmpfs rw\n"
        "26 1 8:2 / /home rw,nosuid,nodev - ext4 /dev/sda2 rw\n",
    )


def _good_services(tree: Tree) -> None:
    tree.write("/var/lib/dpkg/status", "Package: openssh-server\nStatus: install ok installed\nVersion: 1:9.2\n\n")
    tree.write("/etc/apt/sources.list", "deb [signed-by=/usr/share/keyrings/a.gpg] https://deb.example stable main\n")
    for program in ("systemd", "systemd-journald", "systemd-coredump"):
        tree.write(f"/usr/lib/systemd/{program}", "", 0o755)
    tree.write("/etc/systemd/coredump.conf", "[Coredump]\nStorage=none\n")
    tree.write("/etc/systemd/system/own.service", "[Service]\n")
    for unit in ("chrony", "auditd", "nftables"):
        tree.write(f"/usr/lib/systemd/system/{unit}.service", "[Unit]\n")
        tree.enable(f"{unit}.service")
    tree.write("/usr/bin/su", "", 0o4755)
