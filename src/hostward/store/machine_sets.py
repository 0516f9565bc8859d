"""Sets of machines as whole numbers, a bit for each machine.

How many sets hold each machine is added up for all machines at once, digit by digit.
"""

from collections.abc import Iterable

from hostward.domain.machine_set import NO_MACHINES, members, set_of
from hostward.store.session import Row

NOBODY = NO_MACHINES

__all__ = ["NOBODY", "Sums", "holds", "lowest", "members", "set_of", "sets_of"]


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


def sets_of(rows: Iterable[Row]) -> dict[int, int]:
    """Rows of (anything, machine) as one set of machines for each thing."""
    by_thing: dict[int, list[int]] = {}
    for thing, machine in rows:
        by_thing.setdefault(thing, []).append(machine)
    return {thing: set_of(machines) for thing, machines in by_thing.items()}
