"""Whatever bytes stand in the files of a host, every probe answers and no verdict is lost."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostward.domain.options import BaselineOptions
from hostward.domain.verdict import Verdict
from hostward.scanners.baseline.answer import Missing, Reading, Unreadable
from hostward.scanners.baseline.catalogue import ITEMS
from hostward.scanners.baseline.mountinfo import parse_mountinfo
from hostward.scanners.baseline.pam_stack import read_stack
from hostward.scanners.baseline.probes import accounts, groups, homes, search_path
from hostward.scanners.baseline.rootfs import RootFs
from hostward.scanners.baseline.scanner import SCANNER
from hostward.scanners.baseline.session import Session
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.sudoers_file import parse
from hostward.scanners.contract import Found, Host, Job

FILES = {
    "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\n",
    "etc/shadow": b"root:$6$a$b:1:0:99999:7:::\n",
    "etc/group": b"root:x:0:\nshadow:x:42:\n",
    "etc/login.defs": b"UMASK 022\n",
    "etc/ssh/sshd_config": b"PermitRootLogin no\nMatch User x\nInclude /etc/ssh/*\n",
    "etc/sysctl.conf": b"kernel.randomize_va_space = 2\n",
    "var/lib/dpkg/status": b"Package: telnetd\nStatus: install ok installed\nVersion: 1\n\n",
    "etc/sudoers": b"Defaults use_pty\nalice ALL=(ALL) NOPASSWD: /bin/a, ALL\n@includedir /etc/sudoers.d\n",
    "etc/sudoers.d/x": b"Cmnd_Alias A = /bin/a\n",
    "etc/pam.d/common-auth": b"auth [success=1 default=ignore] pam_unix.so nullok\n@include x\n",
    "etc/pam.d/x": b"auth required pam_faillock.so preauth\n",
    "etc/security/limits.conf": b"* hard core 0\n",
    "etc/modprobe.d/a.conf": b"install cramfs /bin/false\n",
    "lib/modules/6.1/modules.dep": b"kernel/fs/cramfs/cramfs.ko: kernel/lib/z.ko\n",
    "etc/systemd/journald.conf": b"[Journal]\nStorage=persistent\n",
    "usr/lib/systemd/systemd-journald": b"",
    "root/.profile": b"PATH=/usr/bin:$HOME/bin\n",
    "proc/self/mountinfo": b"25 1 0:23 / /tmp rw,nodev - tmpfs tmpfs rw\n",
}
ASKED = [
    *(("accounts", query) for query in accounts.QUERIES),
    *(("groups", query) for query in groups.QUERIES),
    *(("homes", query) for query in homes.QUERIES),
    *(("search_path", query) for query in search_path.QUERIES),
    *(("sudoers", query) for query in ("free_commands", "modes", "owners")),
    ("pam", "auth"),
    ("user_limits", "core"),
    ("modprobe", "cramfs"),
    ("logging", "keepers"),
    ("login_defs", "UMASK"),
    ("sshd", "PermitRootLogin"),
    ("sysctl", "kernel.randomize_va_space"),
    ("packages", "telnetd"),
    ("mounts", "/tmp"),
    ("file_content", "/etc/login.defs"),
    ("file_group", "/etc/shadow"),
]
MARKS = b'\0 \xff : \n = # " \\ / * 0 \r [ ( , ! $ ~'.split(b" ")
pieces = st.sampled_from([*MARKS, b"- ", b"Include /", b"@include /", b"auth "])
rubbish = st.lists(pieces, max_size=12).map(b"".join) | st.binary(max_size=60)


@contextmanager
def _root(files: dict[str, bytes]) -> Iterator[Path]:
    root = Path(tempfile.mkdtemp())
    try:
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        yield root
    finally:
        shutil.rmtree(root)


@given(st.sampled_from(sorted(FILES)), rubbish, rubbish)
@settings(max_examples=60, deadline=None)
def test_every_probe_answers(path: str, before: bytes, after: bytes) -> None:
    """Rubbish around good content of one file."""
    with _root(FILES | {path: before + FILES[path] + after}) as root:
        session = Session(Site(root=RootFs(root), is_this_machine=True))
        answers = [session.ask(probe, (target,)) for probe, target in ASKED]
    assert [answer for answer in answers if not isinstance(answer, Reading | Missing | Unreadable)] == []


@given(st.dictionaries(st.sampled_from(sorted(FILES)), rubbish, max_size=4))
@settings(max_examples=40, deadline=None)
def test_every_item_gets_a_verdict(changed: dict[str, bytes]) -> None:
    """Rubbish in place of several files; all text of the verdicts can be sent."""
    with _root(FILES | changed) as root:
        job, host = Job(options=BaselineOptions()), Host(root=root, work=root)
        found = [event for event in SCANNER.scan(job, host) if isinstance(event, Found)]
    verdicts = [item for event in found for item in event.items if isinstance(item, Verdict)]
    assert [verdict.item for verdict in verdicts] == [entry.code for entry in ITEMS]
    assert str(verdicts).encode("utf-8")


@given(st.binary(min_size=1, max_size=40).filter(lambda cut: b":" not in cut.replace(b"\n", b"")))
@settings(max_examples=40, deadline=None)
def test_damaged_account_file_is_never_a_pass(damage: bytes) -> None:
    """A line that is no account might be one that we can't read."""
    line = damage.replace(b"\n", b" ").replace(b"#", b"x").strip() or b"x"
    line = b"x" + line
    with _root(FILES | {"etc/passwd": FILES["etc/passwd"] + line + b"\n"}) as root:
        answer = Session(Site(root=RootFs(root), is_this_machine=False)).ask("accounts", ("root_numbers",))
    assert isinstance(answer, Reading)
    assert len(answer.gaps) == 1


@given(st.binary(max_size=200))
def test_any_mount_table_is_read(data: bytes) -> None:
    """Odd lines are left out, never raised about."""
    assert all(mount.point and mount.kind for mount in parse_mountinfo(data) if mount.point)


@pytest.mark.parametrize("path", sorted(FILES))
def test_empty_file_is_answered(path: str) -> None:
    """An empty file is no missing file, and no crash."""
    with _root(FILES | {path: b""}) as root:
        session = Session(Site(root=RootFs(root), is_this_machine=True))
        answers = [session.ask(probe, (target,)) for probe, target in ASKED]
    assert [answer for answer in answers if isinstance(answer, Unreadable)] == []


@given(st.binary(max_size=300) | st.lists(pieces, max_size=80).map(b"".join))
@settings(deadline=None)
def test_any_sudo_policy_is_read_and_nothing_is_lost(data: bytes) -> None:
    """A good rule behind any rubbish is still found, unless the rubbish runs into it."""
    lines = data + b"\n\nzoe ALL=(root) NOPASSWD: ALL\n"
    policy = parse(_one("/etc/sudoers", lines), _no_names)
    assert "zoe" in [grant.users for grant in policy.grants]


def _one(name: str, data: bytes) -> Callable[[str], bytes]:
    """A reader that knows one file."""

    def read(path: str) -> bytes:
        if path != name:
            raise FileNotFoundError(path)
        return data

    return read


def _no_names(path: str) -> list[str]:
    raise FileNotFoundError(path)


@given(st.lists(st.sampled_from(["NOPASSWD: ", "PASSWD: ", "SETENV: ", "", "(root) "]), min_size=1, max_size=6))
def test_last_word_about_passwords_counts(words: list[str]) -> None:
    """Of the tags before a command the last one of that kind holds."""
    line = "zoe ALL=" + "".join(word for word in words if word != "(root) ") + "ALL\n"
    (grant,) = parse(_one("/etc/sudoers", line.encode()), _no_names).grants
    said = [word for word in words if "PASSWD" in word]
    assert grant.needs_password is (not said or said[-1] == "PASSWD: ")


@given(st.binary(max_size=300) | st.lists(pieces, max_size=80).map(b"".join))
@settings(deadline=None)
def test_any_pam_file_is_read_and_ends(data: bytes) -> None:
    """A good rule behind any rubbish is still found."""
    lines = data + b"\n\nauth required pam_last.so\n"
    stack = read_stack(_one("/etc/pam.d/x", lines), "auth", "x")
    assert stack is not None
    assert "pam_last.so" in {rule.module for rule in stack.rules} or stack.gaps
