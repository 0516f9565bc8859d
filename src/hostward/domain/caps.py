"""What a scan may use of its machine at most, whoever asked for it."""

from dataclasses import dataclass

MIB = 1 << 20

LEAST_MEMORY_MIB = 128
"""What the leanest scan needs, its interpreter included."""

MOST_MEMORY_MIB = 1024
"""What a worker may use unless told otherwise: twice what the hungriest scanner is allowed (512 MB)."""

MOST_IO_MIB = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """cpu_percent: of all processors. memory_mib: data of a scan. io_mib: read and written a second. 0: no cap."""

    cpu_percent: int = 100
    memory_mib: int = 0
    io_mib: int = 0


UNCAPPED = Caps()
"""All of the processors, as much memory as the agent allows, disks at any speed that others leave."""
