"""What a probe is."""

from collections.abc import Iterator
from typing import ClassVar, Protocol, runtime_checkable

from hostward.scanners.baseline.answer import Answer
from hostward.scanners.baseline.site import Site


class Probe(Protocol):
    """One way to look at a machine; one instance a scan, so it may keep what it has parsed."""

    name: ClassVar[str]

    def __init__(self, site: Site) -> None:
        """Keep the site; nothing is read before the first question."""
        ...

    def read(self, target: tuple[str, ...]) -> Answer:
        """Answer about a target in the probe's own words.

        Raises OSError when something could not be read and ValueError for a target it does not understand; both
        become an error verdict.
        """
        ...


@runtime_checkable
class SlowProbe(Protocol):
    """A probe that works for more than a second before it can answer anything."""

    def work(self) -> Iterator[float]:
        """Do the work, yielding the share done (0.0-1.0, never falling) several times a second."""
        ...
