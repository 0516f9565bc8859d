"""Fill the wheelhouse: from a package index by pip, or from a folder where there is no way to one."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from hostward.domain.errors import HostwardError, InvalidValue
from hostward.wiring.wheelhouse import hashes, requirements

PYTHONS: Final = ("3.11", "3.12", "3.13")
"""Debian 12; Ubuntu 24.04 and RHEL family 9; Debian 13. The other supported distributions have one of these."""

MACHINES: Final = ("x86_64", "aarch64")
OLDEST_GLIBC: Final = 17
NEWEST_GLIBC: Final = 28
"""glibc 2.28 is RHEL 8's, the oldest of the supported hosts."""

LEGACY: Final = ("manylinux2014",)
SECONDS: Final = 600

Host = tuple[str, str]


def hosts(pythons: Sequence[str], machines: Sequence[str]) -> list[Host]:
    """Pythons and machines to fetch for, all that are supported where none is named. Raises InvalidValue."""
    for python in pythons:
        if not re.fullmatch(r"3\.\d{1,2}", python) or int(python[2:]) < int(PYTHONS[0][2:]):
            raise InvalidValue(f"--python {python}: write 3.11 or a newer one, such as 3.12")
    for machine in machines:
        if machine not in MACHINES:
            raise InvalidValue(f"--arch {machine}: write {' or '.join(MACHINES)}")
    return [(python, machine) for python in pythons or PYTHONS for machine in machines or MACHINES]


def download(folder: Path, wanted: Sequence[Host], say: Callable[[str], None]) -> None:
    """Fetch what agents on these hosts need, with their hashes checked. Raises HostwardError that names the host."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        listed = Path(work) / "requirements.txt"
        listed.write_text(requirements())
        for python, machine in wanted:
            say(f"fetching for Python {python} on {machine}")
            done = subprocess.run(  # noqa: S603  # fixed words, and two that were checked
                _command(listed, folder, python, machine), capture_output=True, text=True, timeout=SECONDS, check=False
            )
            if done.returncode:
                why = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
                raise HostwardError(
                    f"wheels for Python {python} on {machine} could not be fetched: {why}. Without a way to a package "
                    "index: hostward agent wheels --from DIR"
                )


def take(source: Path, folder: Path) -> int:
    """Copy the wheels that belong to this release; how many there were. Raises HostwardError for none at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    allowed, taken = hashes(), 0
    for path in sorted(source.glob("*.whl")):
        if hashlib.sha256(path.read_bytes()).hexdigest() not in allowed:
            continue
        draft = folder / f"{path.name}.new"
        shutil.copyfile(path, draft)
        draft.replace(folder / path.name)
        taken += 1
    if not taken:
        raise HostwardError(
            f"{source} holds no wheel of this release: fetch them with pip download --require-hashes -r "
            f"{os.fspath(source / 'agent_requirements.txt')} on a machine that can"
        )
    return taken


def size(folder: Path) -> int:
    """Bytes of all wheels."""
    return sum(path.stat().st_size for path in folder.glob("*.whl"))


def _command(listed: Path, folder: Path, python: str, machine: str) -> list[str]:
    newest_first = range(NEWEST_GLIBC, OLDEST_GLIBC - 1, -1)
    places = [*(f"manylinux_2_{minor}_{machine}" for minor in newest_first), *(f"{name}_{machine}" for name in LEGACY)]
    tag = f"cp{python.replace('.', '')}"
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--no-deps", "--only-binary=:all:", "--require-hashes", "--requirement", str(listed)),
        *("--dest", str(folder), "--python-version", python, "--implementation", "cp"),
        *(word for abi in (tag, "abi3", "none") for word in ("--abi", abi)),
        *(word for place in places for word in ("--platform", place)),
    ]
