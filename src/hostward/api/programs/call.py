"""One call of the API as programs make it: what, of whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a server is. host: HOST or HOST:PORT, as clients are given it. ca_file: its own CA, "" for public ones."""

    tls: bool
    host: str
    ca_file: str = ""

    @property
    def scheme(self) -> str:
        """Either http or https."""
        return "https" if self.tls else "http"

    @property
    def url(self) -> str:
        """With its scheme, without a path."""
        return f"{self.scheme}://{self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An action, its version and its parameters, in the order given."""

    service: str
    version: str
    action: str
    parameters: Mapping[str, Any]
    endpoint: Endpoint
    language: str = "en-US"
