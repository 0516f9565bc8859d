"""Lock files of npm, versions 1 to 3.

Source: npm's documentation, package-lock.json. Versions 2 and 3 have "packages", by place ("node_modules/a"); version
1 has "dependencies", by name and in one another.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

NAMES = frozenset({"package-lock.json", "npm-shrinkwrap.json"})
MAX_BYTES = 64 << 20
"""Largest lock file taken: those of very large projects have 5 MB."""
MAX_ENTRIES = 200_000
"""Packages taken from one lock file."""
MAX_DEPTH = 200
"""Dependencies in one another in version 1."""

_FOLDER = "node_modules/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One package as the lock file has it.

    place: its folder, relative to the lock file's. is_optional: npm leaves it out where it does not fit the machine.
    """

    place: str
    name: str
    version: str
    is_optional: bool = False


def parse(text: bytes) -> list[Entry]:
    """The packages in a lock file, with whatever stands for name and version. Raises ValueError when it is none."""
    try:
        lock = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(lock, dict):
        raise ValueError("no lock file")
    packages, dependencies = lock.get("packages"), lock.get("dependencies")
    if isinstance(packages, dict):
        found = list(_by_place(packages))
    elif isinstance(dependencies, dict):
        found = list(_by_name(dependencies))
    elif "lockfileVersion" in lock:
        found = []
    else:
        raise ValueError("no lock file")
    return found


def _by_place(packages: dict[str, object]) -> Iterator[Entry]:
    """Links and the project's own folders are left out: they are not from the registry."""
    for place, value in packages.items():
        _, slash, name = f"/{place}".rpartition(f"/{_FOLDER}")
        if not slash or not isinstance(value, dict) or value.get("link"):
            continue
        yield Entry(
            place=place,
            name=_text(value.get("name")) or name,
            version=_text(value.get("version")),
            is_optional=bool(value.get("optional") or value.get("devOptional")),
        )


def _by_name(dependencies: dict[str, object]) -> Iterator[Entry]:
    waiting: list[tuple[str, dict[str, object], int]] = [("", dependencies, 0)]
    while waiting:
        above, level, depth = waiting.pop()
        for name, value in level.items():
            if not isinstance(value, dict):
                continue
            place = f"{above}{_FOLDER}{name}"
            yield Entry(
                place=place,
                name=name,
                version=_text(value.get("version")),
                is_optional=bool(value.get("optional")),
            )
            below = value.get("dependencies")
            if isinstance(below, dict) and depth < MAX_DEPTH:
                waiting.append((f"{place}/", cast("dict[str, object]", below), depth + 1))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
