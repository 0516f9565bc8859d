"""Wheels of what is installed here, packed again: a wheelhouse without a package index."""

import hashlib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from hostward.wiring.wheelhouse import required


def fill(folder: Path) -> frozenset[str]:
    """Put a wheel of everything that an agent needs into a folder; their SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    return frozenset(hashlib.sha256(_packed(name, version, folder).read_bytes()).hexdigest()
                     for name, version in required().items())  # fmt: skip


def _packed(name: str, version: str, folder: Path) -> Path:
    found = distribution(name)
    assert found.version == version, f"{name} {found.version} is installed, not {version}"
    tag = next(line[5:] for line in (found.read_text("WHEEL") or "").splitlines() if line.startswith("Tag: "))
    path = folder / f"{name.replace('-', '_')}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file in found.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                archive.write(file.locate(), str(file))
    return path
