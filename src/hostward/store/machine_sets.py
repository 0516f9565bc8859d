"""Sets of machines as whole numbers, a bit for each machine.

How many sets hold each machine is added up for all machines at once, digit by digit.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func

from hostward.domain.machine_set import NO_MACHINES, members, set_of
from hostward.store.session import Session

NOBODY = NO_MACHINES

__all__ = ["NOBODY", "Sums", "added", "holds", "lowest", "members", "read", "set_of"]


class Sums:
    """How many of the sets that were added hold each machine."""

    def __init__(self) -> None:
        self._digits: list[int] = []

    def add(self, machines: int) -> None:
        """Count a set of machines."""
        carry, place = machines, 0
        while carry:
            if place == len(self._digits):
                self._digits.append(0)
            self._digits[place], carry = self._digits[place] ^ carry, self._digits[place] & carry
            place += 1

    def counts(self) -> dict[int, int]:
        """The machines that any set holds, each with its number of sets."""
        found: dict[int, int] = {}
        for place, digit in enumerate(self._digits):
            for machine in members(digit):
                found[machine] = found.get(machine, 0) + (1 << place)
        return found


def lowest(machines: int) -> int:
    """The first machine of a set that has any."""
    return (machines & -machines).bit_length() - 1


def holds(machines: int, one: int) -> bool:
    """Is the machine in the set?"""
    return bool(machines >> one & 1)


def added(sets: Mapping[int, int], more: Mapping[int, int]) -> dict[int, int]:
    """Each thing with the machines of both."""
    found = dict(sets)
    for thing, machines in more.items():
        found[thing] = found.get(thing, NOBODY) | machines
    return found


def read(
    session: Session, thing: ColumnElement[int], machine: ColumnElement[int], query: Select[Any]
) -> dict[int, int]:
    """The machines of each thing among the rows of a query, whose columns do not matter.

    The database gathers them: a million of rows would take seconds to come one by one.
    """
    is_sqlite = session.dialect.name == "sqlite"
    gathered = func.json_group_array(machine) if is_sqlite else func.array_agg(machine)
    grouped = query.with_only_columns(thing, gathered, maintain_column_froms=True).group_by(thing)
    return {
        which: set_of(_INTS.decode(machines) if is_sqlite else machines) for which, machines in session.select(grouped)
    }


_INTS = msgspec.json.Decoder(list[int])
