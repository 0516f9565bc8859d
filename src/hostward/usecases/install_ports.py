"""How agents are installed from this server, as a Protocol."""

from typing import Protocol


class Installs(Protocol):
    """The line that people paste, and what it needs to work."""

    def command(self, token: str, *, origin: str = "", options: str = "") -> str:
        """One line for a shell of the host. origin: how whoever asks reached the server, "" where that says nothing.

        options: words for the script, "" for none.
        """
        ...

    def server(self, origin: str = "") -> str:
        """Where hosts find the server, as a URL."""
        ...

    async def missing(self) -> tuple[str, ...]:
        """Names of packages that no wheel is there of; nothing can be installed without."""
        ...
