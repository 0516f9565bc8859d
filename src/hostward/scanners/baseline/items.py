"""The built-in items, read from policies/*.json.

Why JSON and not Python tables: policies made elsewhere (imported, or sent by a server) will come as compiled JSON,
and the built-in ones go through the same door, so that door is always tested and no item can hide code. It is also
the fast form: all items decode in about a millisecond, checked against the types of item.py on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import msgspec

from hostward.scanners.baseline.catalogue import POLICIES, ItemEntry
from hostward.scanners.baseline.item import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """One file: the number of the policy and its items."""

    policy: int
    items: tuple[Item, ...]


def decode(data: bytes) -> PolicyFile:
    """The typed form of one policy file. Raises msgspec.ValidationError (a ValueError) naming the wrong place."""
    return msgspec.json.decode(data, type=PolicyFile)


def policy_bytes(file: str) -> bytes:
    """The built-in policy file as it is installed."""
    return resources.files("hostward.scanners.baseline").joinpath("policies", file).read_bytes()


def load(entries: Sequence[ItemEntry]) -> tuple[Item, ...]:
    """The items of these catalogue entries, in their order, with the parameters' defaults filled in."""
    wanted = {entry.policy for entry in entries}
    files = [decode(policy_bytes(policy.file)) for policy in POLICIES if policy.id in wanted]
    items = {item.id: item for file in files for item in file.items}
    return tuple(items[entry.id].bound() for entry in entries)
