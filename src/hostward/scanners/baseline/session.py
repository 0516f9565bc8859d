"""One scan's questions: every probe is made once and every answer is kept, so nothing is looked at twice."""

from collections.abc import Collection, Iterator

from hostward.scanners.baseline.answer import Answer, Unreadable, answer_of_error
from hostward.scanners.baseline.probes.contract import SlowProbe
from hostward.scanners.baseline.probes.table import PROBES
from hostward.scanners.baseline.site import Site


class Session:
    """The probes of one scan over one site."""

    def __init__(self, site: Site) -> None:
        self._probes = {probe.name: probe(site) for probe in PROBES}
        self._answers: dict[tuple[str, tuple[str, ...]], Answer] = {}

    def work(self, probes: Collection[str]) -> Iterator[float]:
        """Let the slow ones among these probes do their work, yielding the share done (0.0-1.0, never falling)."""
        slow = [probe for name, probe in self._probes.items() if name in probes and isinstance(probe, SlowProbe)]
        for number, probe in enumerate(slow):
            for share in probe.work():
                yield (number + share) / len(slow)

    def ask(self, probe: str, target: tuple[str, ...]) -> Answer:
        """A probe's answer about a target, from the cache when it was asked before.

        Never raises: what a probe can't read or does not understand is Unreadable or Missing, and so is an unknown
        probe.
        """
        key = (probe, target)
        if key not in self._answers:
            self._answers[key] = self._asked(probe, target)
        return self._answers[key]

    def _asked(self, name: str, target: tuple[str, ...]) -> Answer:
        probe = self._probes.get(name)
        if probe is None:
            return Unreadable(reason=f"this agent has no probe {name}: upgrade it")
        try:
            return probe.read(target)
        except OSError as error:
            return answer_of_error(" ".join(target), error)
        except ValueError as error:
            return Unreadable(reason=f"{name} {' '.join(target)}: {error}")
