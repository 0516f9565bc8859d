"""The files that a target of paths and shell patterns stands for, each with what lstat says."""

import os
import stat
from collections.abc import Callable

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.rootfs import RootFs, kind_of


def facts_of_files(root: RootFs, target: tuple[str, ...], value: Callable[[os.stat_result], str]) -> Answer:
    """One fact a file that exists: its path, and value(lstat). Missing when none does.

    Links are never followed; as their own mode and owner say nothing about the file behind, a link is a gap, and so
    is what can't be looked at.
    """
    facts: list[Fact] = []
    gaps: list[str] = []
    for path in _paths(root, target, gaps):
        try:
            found = root.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            gaps.append(f"{path}: {error.strerror or error}")
            continue
        if stat.S_ISLNK(found.st_mode):
            gaps.append(f"{path} is a {kind_of(found.st_mode)}")
        else:
            facts.append(Fact(subject=path, value=value(found)))
    if not facts and not gaps:
        return Missing(reason=f"{' '.join(target)}: no such file")
    return Reading(facts=tuple(facts), gaps=tuple(gaps))


def _paths(root: RootFs, target: tuple[str, ...], gaps: list[str]) -> list[str]:
    paths: list[str] = []
    for pattern in target:
        try:
            paths += root.glob(pattern)
        except OSError as error:
            gaps.append(f"{pattern}: {error.strerror or error}")
    return paths
