"""Which Hostward this is and what it runs on."""

import platform
from dataclasses import dataclass

from hostward import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What a bug report needs first.

    version: Hostward's, as in the release notes; python: the interpreter's; system: kernel name and processor.
    """

    version: str
    python: str
    system: str

    def __str__(self) -> str:
        """One line: "hostward 0.1.0 (Python 3.11.7, Linux x86_64)"."""
        return f"hostward {self.version} (Python {self.python}, {self.system})"


def this_build() -> Build:
    """The build that is running."""
    system = f"{platform.system()} {platform.machine()}"
    return Build(version=__version__, python=platform.python_version(), system=system)
