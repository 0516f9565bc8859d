"""What a local scan is asked to do, from the words of its command line."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hostward.domain.errors import InvalidValue
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, Options, Pattern, VulOptions
from hostward.domain.severity import Level
from hostward.protocol.openvex import SetAside
from hostward.scanners.baseline.outside import read_policies
from hostward.scanners.vul.sbom.bill import Described
from hostward.scanners.vul.sbom.read import MAX_BYTES
from hostward.scanners.vul.sbom.read import read as read_sbom

MODULES = {str(module).lower(): module for module in (Module.VUL, Module.MALWARE, Module.BASELINE)}
LEVELS = {level.label: level for level in Level}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One scan.

    root: "/" for this machine. paths: only these are looked through for malware, () for the usual ones. policies: files
    the baseline is judged by, () for the built-in ones. sbom: a bill of materials that is judged in place of a machine;
    subject: what it describes, by name. aside: what OpenVEX documents set aside.
    """

    modules: Sequence[Module]
    root: Path
    paths: Sequence[str] = ()
    seconds: float
    policies: tuple[Path, ...] = ()
    sbom: Path | None = None
    subject: str = ""
    aside: Sequence[SetAside] = ()

    def options(self) -> list[Options]:
        """What each module is asked for, in the order of the modules."""
        return [self._options(module) for module in self.modules]

    def _options(self, module: Module) -> Options:
        match module:
            case Module.VUL:
                return VulOptions()
            case Module.BASELINE:
                return BaselineOptions()
            case Module.MALWARE:
                return self._malware()

    def _malware(self) -> MalwareOptions:
        if self.paths:
            return MalwareOptions(pattern=Pattern.ONLY_PATHS, paths=tuple(self.paths))
        whole = self.root != Path("/")
        return MalwareOptions(pattern=Pattern.FULL if whole else Pattern.QUICK)


def modules_of(words: str) -> list[Module]:
    """Modules by name, separated by commas, each once. Raises InvalidValue that lists them."""
    names = [word.strip().lower() for word in words.split(",") if word.strip()]
    unknown = [name for name in names if name not in MODULES]
    if unknown or not names:
        raise InvalidValue(f"--module {words!r}: expected one or more of {', '.join(MODULES)}")
    return [MODULES[name] for name in dict.fromkeys(names)]


def root_of(folder: Path) -> Path:
    """The folder of a root file system, absolute. Raises InvalidValue when it can't be read as one."""
    root = folder.resolve()
    try:
        readable = stat.S_ISDIR(root.stat().st_mode) and os.access(root, os.R_OK | os.X_OK)
    except OSError as error:
        raise InvalidValue(f"--root {folder}: {error.strerror}; name the folder of a root file system") from error
    if not readable:
        raise InvalidValue(f"--root {folder}: not a folder that can be read; name one, or run as its owner")
    return root


def paths_of(paths: Sequence[Path], root: Path) -> tuple[str, ...]:
    """Paths to look through, absolute inside the root. Raises InvalidValue for one that can't be looked at."""
    return tuple(_path(path, root) for path in paths)


def policies_of(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Policy files, absolute and whole. Raises InvalidValue for the first that can't be used."""
    files = tuple(path.absolute() for path in paths)
    read_policies(files)
    return files


def sbom_of(file: Path, modules: Sequence[Module], root: Path) -> Described:
    """What a bill of materials describes. Raises InvalidValue when it can't be judged."""
    if list(modules) != [Module.VUL] or root != Path("/"):
        raise InvalidValue("--sbom judges packages alone and no root: use it with --module vul and without --root")
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise InvalidValue(f"--sbom {file}: {error.strerror}") from error
    if size > MAX_BYTES:
        raise InvalidValue(f"--sbom {file}: it is larger than {MAX_BYTES >> 20} MiB")
    try:
        return read_sbom(data)
    except InvalidValue as error:
        raise InvalidValue(f"--sbom {file}: {error}") from error


def _path(path: Path, root: Path) -> str:
    inside = path if root != Path("/") else path.absolute()
    if not inside.is_absolute():
        raise InvalidValue(f"--path {path}: with --root, paths are absolute inside it, such as /srv/www")
    there = root / str(inside).lstrip("/")
    try:
        there.lstat()
        if not os.access(there, os.R_OK, follow_symlinks=False):
            raise PermissionError(13, "permission denied")
    except OSError as error:
        raise InvalidValue(f"--path {path}: {(error.strerror or 'not there').lower()}; nothing was scanned") from error
    return os.path.normpath(str(inside))
