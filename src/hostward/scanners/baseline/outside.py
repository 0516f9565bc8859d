"""Policies from outside: files of the same form as the built-in ones, given to a local scan by path.

They are hostile until proved otherwise: read with a cap, decoded into the types of item.py, checked whole before the
first item is judged. What they can do is what built-in items can: ask the probes there are, and compare.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hostward.domain.errors import InvalidValue
from hostward.scanners.baseline.item import Check, Item
from hostward.scanners.baseline.operators import OPERATORS
from hostward.scanners.baseline.probes.table import PROBES

MAX_BYTES = 4 * 1024 * 1024
"""Largest policy file: a thousand items with long texts."""

MAX_ITEMS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsidePolicy:
    """One file: the policy's name and its items."""

    policy: str
    items: tuple[Item, ...]


def read_policies(paths: Sequence[Path]) -> tuple[OutsidePolicy, ...]:
    """The policies of these files, their items with the parameters' defaults filled in.

    Raises InvalidValue that names the file and the place in it.
    """
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> OutsidePolicy:
    try:
        policy = msgspec.json.decode(_bytes(path), type=OutsidePolicy)
        if not 0 < len(policy.items) <= MAX_ITEMS:
            raise ValueError(f"it has {len(policy.items)} items, expected 1 to {MAX_ITEMS}")
        items = tuple(item.bound() for item in policy.items)
        for wrong in (wrong for item in items for wrong in _wrong(item)):
            raise ValueError(wrong)
    except OSError as error:
        raise InvalidValue(f"policy {path}: can't be read: {error.strerror}") from error
    except ValueError as error:
        raise InvalidValue(f"policy {path}: {error}") from error
    return OutsidePolicy(policy=policy.policy, items=items)


def _bytes(path: Path) -> bytes:
    """The file, if it is a regular one of a size a policy has."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("not a regular file")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES} bytes")
    return data


def _wrong(item: Item) -> Iterator[str]:
    """What could never be judged, so that it is told before the scan and not in each verdict."""
    known = {probe.name for probe in PROBES}
    for check in (*item.applies_if, *item.checks):
        yield from _wrong_check(item, check, known)
    if not item.checks:
        yield f"item {item.code} has no checks"


def _wrong_check(item: Item, check: Check, known: set[str]) -> Iterator[str]:
    if check.probe not in known:
        yield f"item {item.code} asks the probe {check.probe!r}: there are {', '.join(sorted(known))}"
    if check.op not in OPERATORS:
        yield f"item {item.code} compares by {check.op!r}: there are {', '.join(sorted(OPERATORS))}"
