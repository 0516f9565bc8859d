"""Releases: folders of one version each, made like virtual environments (PEP 405), and the link to the one in use.

/opt/hostward/VERSION-HASH is never changed once it is there; /opt/hostward/current leads to one and is turned in one
step, so that an upgrade that fails changes nothing and the release before stays as the way back.
"""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.request import OpenerDirector

from hostward.agent.setup.wheels import Failed, Host, Offer, Wheel, chosen, fetch, unpack

USER = "hostward-agent"
SERVICE = "hostward-agent.service"
CODE = re.compile(r"[A-Za-z0-9._+-]+")

Say = Callable[[str], None]


class Paths:
    """Where everything is, below a prefix ("/" for a real host)."""

    def __init__(self, prefix: Path = Path("/")) -> None:
        self.prefix = prefix.absolute()
        self.opt = self.prefix / "opt/hostward"
        self.current = self.opt / "current"
        self.program = self.current / "bin/hostward"
        self.record = self.opt / "install.json"
        self.etc = self.prefix / "etc/hostward"
        self.data = self.prefix / "var/lib/hostward-agent"
        self.unit = self.prefix / "etc/systemd/system" / SERVICE
        self.command = self.prefix / "usr/local/bin/hostward"

    @property
    def is_host(self) -> bool:
        """Whether this is the host itself, and not a folder of it."""
        return self.prefix == Path("/")


def install_release(offer: Offer, paths: Paths, web: OpenerDirector, say: Say) -> bool:
    """Make the release of an offer the current one; True when it was not yet. Raises Failed."""
    wheels = chosen(offer, Host())
    name = _name(offer, wheels)
    if not all(CODE.fullmatch(word) for word in (name, *(wheel["file"] for wheel in wheels))):
        raise Failed("the server's offer has names that are none")
    folder = paths.opt / name
    if not folder.is_dir():
        _make(offer, wheels, folder, web, say)
    before = str(paths.current.readlink()) if paths.current.is_symlink() else ""
    if before == name:
        return False
    link(Path(name), paths.current)
    _drop_others(paths.opt, {name, before})
    return True


def link(target: Path, path: Path) -> None:
    """Let a path lead to a target, in one step."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.symlink_to(target)
    draft.replace(path)


def ran(command: Sequence[str], *, user: str = "", may_fail: bool = False) -> None:
    """Run a program of the host ("" as the present user). Raises Failed; what the program says is shown by itself."""
    done = subprocess.run(  # noqa: S603  # fixed commands; no word of them comes from the server
        command,
        stdin=subprocess.DEVNULL,
        check=False,
        user=user or None,
        group=user or None,
        extra_groups=() if user else None,
    )
    if done.returncode and not may_fail:
        raise Failed(f"{' '.join(command[:3])} ended with status {done.returncode}")


def write(path: Path, text: str, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
    """Replace a file, all or nothing. owner: its user and group, by whose hand a link may lie in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        if owner is not None:
            os.fchown(file.fileno(), *owner)
        file.write(text)
    draft.replace(path)


def _name(offer: Offer, wheels: Sequence[Wheel]) -> str:
    """The folder of a release: the same files on the same Python are the same release."""
    words = [sys.version, *sorted(wheel["sha256"] for wheel in wheels)]
    return f"{offer['version']}-{hashlib.sha256(' '.join(words).encode()).hexdigest()[:12]}"


def _make(offer: Offer, wheels: Sequence[Wheel], folder: Path, web: OpenerDirector, say: Say) -> None:
    megabytes = sum(wheel["size"] for wheel in wheels) / 1e6
    say(f"fetching {len(wheels)} packages ({megabytes:.1f} MB) from {offer['server']}")
    draft = folder.with_name(folder.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    major, minor = sys.version_info[:2]
    site = draft / f"lib/python{major}.{minor}/site-packages"
    site.mkdir(mode=0o755, parents=True)
    try:
        for wheel in wheels:
            path = draft / wheel["file"]
            fetch(web, f"{offer['server']}/i/wheels/{wheel['sha256']}/{wheel['file']}", path, wheel)
            unpack(path, site)
            path.unlink()
        _environment(draft, folder)
        ran([str(draft / "bin/python"), "-I", "-m", "compileall", "-q", "-j", "2", str(site)], may_fail=True)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _environment(draft: Path, folder: Path) -> None:
    """What makes a folder a virtual environment: PEP 405."""
    python = Path(sys.executable).resolve()
    (draft / "bin").mkdir()
    (draft / "bin/python").symlink_to(python)
    write(draft / "pyvenv.cfg", f"home = {python.parent}\ninclude-system-site-packages = false\n")
    command = f'#!/bin/sh\nexec {shlex.quote(str(folder / "bin/python"))} -I -m hostward "$@"\n'
    write(draft / "bin/hostward", command, 0o755)


def _drop_others(opt: Path, kept: set[str]) -> None:
    for path in opt.iterdir():
        if path.name not in kept and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
