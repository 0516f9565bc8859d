"""Base scores of CVSS vectors of all versions, and which of several vectors of a vulnerability counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hostward.domain import cvss_v2, cvss_v3, cvss_v4
from hostward.domain.errors import InvalidValue
from hostward.domain.severity import Level, level_of_cvss


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """One version. rank: of several vectors the one of the lowest counts."""

    starts: str
    score: Callable[[str], float]
    rank: int


_VERSIONS: Final = (
    _Version(starts="CVSS:3.1/", score=cvss_v3.base_score, rank=0),
    _Version(starts="CVSS:3.0/", score=cvss_v3.base_score, rank=0),
    _Version(starts=cvss_v4.PREFIX, score=cvss_v4.base_score, rank=1),
    _Version(starts=cvss_v2.START, score=cvss_v2.base_score, rank=2),
)
"""Version 3 is what most are rated by, so that scores compare; 4 and 2 count where there is nothing else."""


def base_score(vector: str) -> float:
    """Base score 0.0-10.0. Raises InvalidValue for a vector of no known version, or one that is not whole."""
    version = _version(vector)
    if version is None:
        raise InvalidValue(f"not a CVSS vector: {vector[:80]!r}; CVSS:3.1/AV:.../AC:... is expected")
    return version.score(vector)


def in_order(vectors: Sequence[str]) -> Sequence[str]:
    """The vectors that can be scored, if they are whole: the one that counts first, of one version as they stand."""
    ranked = [(version.rank, vector) for vector in vectors if (version := _version(vector)) is not None]
    return [vector for _, vector in sorted(ranked, key=lambda pair: pair[0])]


def level_of(score: float, vector: str) -> Level:
    """The level of a vector's score. Version 2 has no critical: what is high there may be no more than that."""
    level = level_of_cvss(score)
    return min(level, Level.HIGH) if cvss_v2.bare(vector).startswith(cvss_v2.START) else level


def _version(vector: str) -> _Version | None:
    shown = cvss_v2.bare(vector)
    return next((version for version in _VERSIONS if shown.startswith(version.starts)), None)
