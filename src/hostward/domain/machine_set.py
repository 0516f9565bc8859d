"""A set of machines as one whole number, a bit for each: sets of thousands are joined in less than a microsecond."""

from collections.abc import Iterable, Iterator

from hostward.domain.ids import MachineId

MachineSet = int
"""Bit n: the machine with the number n."""

NO_MACHINES: MachineSet = 0


def set_of(machines: Iterable[int]) -> MachineSet:
    """The set of these machines."""
    numbers = list(machines)
    bits = bytearray(max(numbers, default=0) // 8 + 1)
    for machine in numbers:
        bits[machine >> 3] |= 1 << (machine & 7)
    return int.from_bytes(bits, "little")


def members(machines: MachineSet) -> Iterator[MachineId]:
    """The machines of a set, rising."""
    for place, byte in enumerate(machines.to_bytes((machines.bit_length() + 7) // 8, "little")):
        for bit in range(8) if byte else ():
            if byte >> bit & 1:
                yield MachineId(8 * place + bit)
