"""How long scans of a module took here, counted in classes of length, and what that says of the next ones.

A task ends with its slowest machine, so a mean is not enough: the classes keep the whole spread, two kinds of machines
and a long tail included, in a few numbers.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import accumulate
from math import exp, log, log2, sqrt

PER_OCTAVE = 4
"""Classes between a length and its double: each is 19 % wide."""

SHORTEST = 0.25
"""Seconds: shorter scans are in the first class."""

LAST = 79
"""The last class begins at 2.4 days; no scan may take more than one (task.MAX_TIMEOUT)."""

GUESSED_SPREAD = 0.4
"""Spread of the lengths (standard deviation of their logarithm) as long as few have been seen."""

GUESSED = 1.5
"""How many scans the guess counts for."""

_STEPS = tuple(number / 2 for number in range(-8, 9))
"""Where the guess has its mass, in standard deviations."""


def class_of(took: timedelta) -> int:
    """The class of a length, 0 to LAST."""
    seconds = max(took.total_seconds(), SHORTEST)
    return min(LAST, int(log2(seconds / SHORTEST) * PER_OCTAVE))


def seconds_of(number: int) -> float:
    """The middle of a class."""
    return float(SHORTEST * 2.0 ** ((number + 0.5) / PER_OCTAVE))


@dataclass(frozen=True, slots=True)
class Durations:
    """How many scans ended well in each class: (class, scans), classes rising, none with 0."""

    classes: tuple[tuple[int, int], ...] = ()

    @property
    def scans(self) -> int:
        """How many were counted."""
        return sum(scans for _, scans in self.classes)

    @property
    def middle(self) -> timedelta | None:
        """The length that half of them stayed below, None when there were none."""
        reached = 0
        for number, scans in self.classes:
            reached += scans
            if 2 * reached >= self.scans:
                return timedelta(seconds=seconds_of(number))
        return None


UNKNOWN = Durations()


def durations_of(counts: Mapping[int, int] | Iterable[tuple[int, int]]) -> Durations:
    """The durations of these counts by class."""
    return Durations(tuple(sorted((number, scans) for number, scans in dict(counts).items() if scans > 0)))


def counted(took: Iterable[timedelta]) -> Durations:
    """The durations of these lengths."""
    counts: dict[int, int] = {}
    for one in took:
        counts[class_of(one)] = counts.get(class_of(one), 0) + 1
    return durations_of(counts)


@dataclass(frozen=True, slots=True)
class Spread:
    """Lengths in seconds, rising, with their weights as running sums; the last sum is 1.

    inverse: for each the sum of weight / length from it on, and 0 behind the last. deviation: standard deviation of
    their logarithms.
    """

    lengths: tuple[float, ...]
    sums: tuple[float, ...]
    inverse: tuple[float, ...]
    deviation: float

    def share_done(self, age: float, scale: float) -> float:
        """Mean share of work done of machines that began age seconds ago, when all take scale times as long."""
        at = bisect_right(self.lengths, age / scale)
        below = self.sums[at - 1] if at else 0.0
        return below + age / scale * self.inverse[at]

    def outlived(self, age: float, scale: float) -> float:
        """The share of all scans that were over at this age."""
        at = bisect_right(self.lengths, age / scale)
        return self.sums[at - 1] if at else 0.0

    def longest_of(self, many: float, *, age: float, scale: float) -> float:
        """What the longest of so many machines takes (one half of all times it takes longer), all being at age already.

        Where no scan ever took as long as these have, an eighth of their age is added.
        """
        begun = bisect_right(self.lengths, age / scale)
        past = self.sums[begun - 1] if begun else 0.0
        left = 1.0 - past
        if left <= 1e-9:  # what rounding leaves of nothing
            return age * 1.125
        target = 1.0 - left * (1.0 - 0.5 ** (1.0 / max(many, 1.0)))
        return max(age, self._at(min(target, 1.0), begun) * scale)

    def _at(self, target: float, first: int) -> float:
        """The length below which that share of all is, between two of them in proportion of their logarithms."""
        at = min(max(bisect_left(self.sums, target), first), len(self.lengths) - 1)
        if at == 0:
            return self.lengths[0]
        before = self.sums[at - 1]
        part = min(max((target - before) / (self.sums[at] - before), 0.0), 1.0)
        return exp(log(self.lengths[at - 1]) * (1 - part) + log(self.lengths[at]) * part)


@lru_cache(maxsize=256)
def spread_of(known: Durations) -> Spread:
    """The lengths to reckon with: those seen, and some around their middle that nobody has seen yet.

    Of nothing it is a shape without size: lengths around one second.
    """
    weights: dict[float, float] = {}
    total = float(known.scans)
    middle = sum(log(seconds_of(number)) * scans for number, scans in known.classes) / total if total else 0.0
    for number, scans in known.classes:
        weights[seconds_of(number)] = scans / (total + GUESSED)
    for length, weight in _guess(middle):
        weights[length] = weights.get(length, 0.0) + weight * GUESSED / (total + GUESSED)
    lengths = sorted(weights)
    shares = [weights[length] for length in lengths]
    sums = [*accumulate(shares)]
    backwards = accumulate((weights[length] / length for length in reversed(lengths)), initial=0.0)
    variance = sum(weight * (log(length) - middle) ** 2 for length, weight in weights.items())
    return Spread(
        tuple(lengths), (*(one / sums[-1] for one in sums[:-1]), 1.0), tuple(reversed([*backwards])), sqrt(variance)
    )  # fmt: skip


def _guess(middle: float) -> Iterator[tuple[float, float]]:
    """Lengths about the middle (a logarithm) with weights that sum to 1, as of a logarithmic normal distribution."""
    masses = [exp(-step * step / 2) for step in _STEPS]
    for step, mass in zip(_STEPS, masses, strict=True):
        yield exp(middle + step * GUESSED_SPREAD), mass / sum(masses)
