"""How a bill of materials that somebody sends is read, as a Protocol: it may be hostile, and never stops the server."""

from dataclasses import dataclass
from typing import Protocol

from hostward.domain.package import HostFacts, Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The machine that a bill describes. format: CycloneDX or SPDX. remarks: what of it could not be judged."""

    format: str
    subject: str
    facts: HostFacts
    packages: tuple[Package, ...]
    remarks: tuple[str, ...]


class Bills(Protocol):
    """Reads bills, each apart from the server."""

    async def read(self, document: bytes) -> Bill:
        """What it describes.

        Raises InvalidValue for what is no bill, is larger than is read or takes too long, Conflict when as many are
        read already as may be at once.
        """
        ...
