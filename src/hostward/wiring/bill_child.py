"""The process that reads one bill of materials for a server: python -m hostward.wiring.bill_child.

The bill comes on standard input, what it describes goes out as JSON. Whatever it does to this process, the server has
its memory and its time for itself.
"""

import resource
import sys
from typing import Final

import msgspec

from hostward.domain.errors import InvalidValue
from hostward.scanners.vul.installed import unordered
from hostward.scanners.vul.sbom.read import read
from hostward.usecases.bill_ports import Bill

MEMORY: Final = 1 << 30
"""Bytes: a JSON of 8 MiB becomes at most some 400 MB of objects."""
CPU_SECONDS: Final = 30


class Said(msgspec.Struct, kw_only=True):
    """What the process answers. problem: why there is no bill, "" with one."""

    bill: Bill | None = None
    problem: str = ""


def bill_of(document: bytes) -> Bill:
    """What a bill describes. Raises InvalidValue."""
    described = read(document)
    return Bill(
        format=described.format,
        subject=described.subject,
        facts=described.facts,
        packages=tuple(described.packages),
        remarks=(*described.remarks, *unordered(described.packages)),
    )


def main() -> int:
    """Read the bill on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        said = Said(bill=bill_of(sys.stdin.buffer.read()))
    except InvalidValue as problem:
        said = Said(problem=str(problem))
    sys.stdout.buffer.write(msgspec.json.encode(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
