"""The files that a target of paths and shell patterns stands for, each with what stat says."""

import errno
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.rootfs import RootFs

_MAX_NAMED = 5
"""Links to nothing that are named."""

SWITCHED_OFF = "/dev/null"
"""A link to here takes the place of a file that shall not count (systemd.unit(5), tmpfiles.d(5), udev(7))."""


def facts_of_files(root: RootFs, target: tuple[str, ...], value: Callable[[os.stat_result], str]) -> Answer:
    """One fact a file that exists of a target of paths and patterns. Missing when none does (facts_of_paths)."""
    gaps: list[str] = []
    paths = _paths(root, target, gaps)
    answer = facts_of_paths(root, paths, value)
    if isinstance(answer, Reading):
        return replace(answer, gaps=(*gaps, *answer.gaps))
    if gaps:
        return Reading(gaps=tuple(gaps))
    return answer if paths else Missing(reason=f"{' '.join(target)}: no such file")


def facts_of_paths(root: RootFs, paths: Sequence[str], value: Callable[[os.stat_result], str]) -> Answer:
    """One fact a file that exists: its path, and value(stat). Missing when none does.

    A link's own mode and owner say nothing: it is followed as a machine with that root would, and what lies behind
    is judged, with the link in the fact's source. A link out of the root is a gap, and so is what can't be looked
    at; links to nothing are named in the note, or in the reason when there is nothing else.
    """
    facts: list[Fact] = []
    gaps: list[str] = []
    dangling: list[str] = []
    for path in paths:
        try:
            facts.append(_fact(root, path, value))
        except (FileNotFoundError, NotADirectoryError):
            dangling.append(path)
        except OSError as error:
            gaps.append(f"{path}: {error.strerror or error}")
    shown = f"nothing is behind the link {', '.join(dangling[:_MAX_NAMED])}" if dangling else ""
    if not facts and not gaps:
        return Missing(reason=shown or "no such file")
    return Reading(facts=tuple(facts), gaps=tuple(gaps), note=shown)


def followed(root: RootFs, path: str) -> tuple[os.stat_result, str]:
    """What is at path, links followed, and a word about the link ("" without one).

    Raises FileNotFoundError when nothing is there, another OSError for a link out of the root.
    """
    found = root.lstat(path)
    if not stat.S_ISLNK(found.st_mode):
        return found, ""
    link = root.readlink(path)
    if link == SWITCHED_OFF:
        raise FileNotFoundError(errno.ENOENT, f"is a link to {SWITCHED_OFF}")
    try:
        return root.stat(path), f"link to {link}"
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        raise OSError(errno.EXDEV, f"is a symbolic link to {link}, which leads out of the root") from error


def _fact(root: RootFs, path: str, value: Callable[[os.stat_result], str]) -> Fact:
    found, source = followed(root, path)
    return Fact(subject=path, value=value(found), source=source)


def _paths(root: RootFs, target: tuple[str, ...], gaps: list[str]) -> list[str]:
    paths: list[str] = []
    for pattern in target:
        try:
            paths += root.glob(pattern)
        except OSError as error:
            gaps.append(f"{pattern}: {error.strerror or error}")
    return paths
