"""Configuration files of systemd's own programs, as systemd.syntax(7) and journald.conf(5) say."""

from hostward.scanners.baseline.answer import Fact
from hostward.scanners.baseline.rootfs import RootFs
from hostward.scanners.baseline.text import lines_of

FOLDERS = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd", "/lib/systemd")
"""Strongest first: the main file is read from the first that has it, drop-ins of one name too."""


def read_setting(root: RootFs, file: str, section: str, key: str) -> Fact | None:
    """The value that counts: drop-ins in the order of their names win over the main file. None when nothing sets it.

    Raises OSError for a file that is there and can't be read.
    """
    found = None
    for path in (*_main(root, file), *_drop_ins(root, file)):
        try:
            data = root.read(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        found = _last(path, data, section, key) or found
    return found


def _main(root: RootFs, file: str) -> list[str]:
    return [path for folder in FOLDERS for path in root.glob(f"{folder}/{file}")][:1]


def _drop_ins(root: RootFs, file: str) -> list[str]:
    files: dict[str, str] = {}
    for folder in FOLDERS:
        for path in root.glob(f"{folder}/{file}.d/*.conf"):
            files.setdefault(path.rpartition("/")[2], path)
    return [files[name] for name in sorted(files)]


def _last(path: str, data: bytes, section: str, key: str) -> Fact | None:
    found, now = None, ""
    for number, line in enumerate(lines_of(data), start=1):
        text = line.strip()
        if text.startswith("["):
            now = text.strip("[]")
        name, equals, value = text.partition("=")
        if now == section and equals and name.strip() == key and text[0] not in "#;":
            found = Fact(subject=key, value=value.strip(), source=f"{path}:{number}")
    return found
