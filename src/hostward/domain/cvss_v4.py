"""The base score of a CVSS v4.0 vector.

Source: FIRST, CVSS v4.0 specification, section 8: vectors fall into sets of equal severity, the highest of each set has
a score by expert judgement, and what lies below it is interpolated towards the next lower sets. Without threat and
environmental metrics the worst is assumed of these, so that of the 270 sets 36 occur, and 24 more are only the next
lower ones.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from hostward.domain.cvss_metrics import metrics_of

PREFIX = "CVSS:4.0/"
NAME = "CVSS v4.0 vector"

_SEVERITY: Mapping[str, str] = {
    "AV": "NALP",
    "PR": "NLH",
    "UI": "NPA",
    "AC": "LH",
    "AT": "NP",
    **dict.fromkeys(("VC", "VI", "VA", "SC", "SI", "SA"), "HLN"),
}
"""Values of the base metrics, the worst first."""

_SCORES: Mapping[tuple[int, int, int], tuple[int, int, int, int, int]] = {
    (0, 0, 1): (100, 96, 93, 92, 79),
    (0, 0, 2): (93, 90, 88, 80, 69),
    (0, 1, 1): (95, 91, 92, 82, 71),
    (0, 1, 2): (92, 81, 84, 70, 63),
    (1, 0, 1): (94, 89, 86, 76, 65),
    (1, 0, 2): (87, 75, 72, 57, 53),
    (1, 1, 1): (90, 77, 74, 59, 58),
    (1, 1, 2): (77, 66, 61, 52, 23),
    (2, 0, 1): (86, 74, 72, 57, 47),
    (2, 0, 2): (70, 54, 53, 36, 24),
    (2, 1, 1): (73, 55, 61, 51, 24),
    (2, 1, 2): (54, 43, 46, 18, 10),
}
"""Tenths of the highest vector of a set: by EQ1, EQ2, EQ4; of EQ3 and EQ6 together 00, 01, 10, 11, 21 (EQ5 is 0)."""

_HIGHEST_1 = (
    ("AV:N/PR:N/UI:N",),
    ("AV:A/PR:N/UI:N", "AV:N/PR:L/UI:N", "AV:N/PR:N/UI:P"),
    ("AV:P/PR:N/UI:N", "AV:A/PR:L/UI:P"),
)
_HIGHEST_2 = (("AC:L/AT:N",), ("AC:H/AT:N", "AC:L/AT:P"))
_HIGHEST_3 = (("VC:H/VI:H/VA:H",), ("VC:L/VI:H/VA:H", "VC:H/VI:L/VA:H"), ("VC:L/VI:L/VA:L",))
_HIGHEST_4 = ((), ("SC:H/SI:H/SA:H",), ("SC:L/SI:L/SA:L",))
_DEPTH_1, _DEPTH_2, _DEPTH_3, _DEPTH_4 = (1, 4, 5), (1, 2), (7, 8, 10), (6, 5, 4)
"""Steps from the highest to the lowest vector of each set."""

_PLACE_3 = (0, 2, 4)
"""Of EQ3 in a row of scores: confidentiality, integrity and availability are required, which makes EQ6 follow."""


def base_score(vector: str) -> float:
    """Base score 0.0-10.0; threat, environmental and supplemental metrics are passed over. Raises InvalidValue."""
    metrics = metrics_of(vector, PREFIX, _SEVERITY, NAME)
    if all(metrics[name] == "N" for name in ("VC", "VI", "VA", "SC", "SI", "SA")):
        return 0.0
    one, two, three, four = _sets(metrics)
    score = _SCORES[one, two, four][_PLACE_3[three]]
    lower = [
        (_score(one + 1, two, four, _PLACE_3[three]), _below(metrics, _HIGHEST_1[one]), _DEPTH_1[one]),
        (_score(one, two + 1, four, _PLACE_3[three]), _below(metrics, _HIGHEST_2[two]), _DEPTH_2[two]),
        (_lower_3(one, two, four, three), _below(metrics, _HIGHEST_3[three]), _DEPTH_3[three]),
        (_score(one, two, four + 1, _PLACE_3[three]), _below(metrics, _HIGHEST_4[four]), _DEPTH_4[four]),
    ]
    steps = [Fraction((score - there) * steps, depth) for there, steps, depth in lower if there is not None]
    # One more: towards less mature exploits there is always a lower set, and no way is gone there.
    exact = score - sum(steps, Fraction(0)) / (len(steps) + 1)
    return int(exact + Fraction(1, 2)) / 10


def _sets(metrics: Mapping[str, str]) -> tuple[int, int, int, int]:
    """EQ1 to EQ4, 0 the most severe; tables 24 to 27."""
    easy = [metrics[name] == "N" for name in ("AV", "PR", "UI")]
    one = 0 if all(easy) else 1 if any(easy) and metrics["AV"] != "P" else 2
    two = 0 if (metrics["AC"], metrics["AT"]) == ("L", "N") else 1
    high = [metrics[name] == "H" for name in ("VC", "VI", "VA")]
    three = 0 if high[0] and high[1] else 1 if any(high) else 2
    four = 1 if "H" in (metrics["SC"], metrics["SI"], metrics["SA"]) else 2
    return one, two, three, four


def _score(one: int, two: int, four: int, place: int) -> int | None:
    row = _SCORES.get((one, two, four))
    return None if row is None else row[place]


def _lower_3(one: int, two: int, four: int, three: int) -> int | None:
    """Below 00 there are 01 and 10, the higher of which counts; below 10 is 11; below 21 there is none."""
    row = _SCORES[one, two, four]
    return (max(row[1], row[2]), row[3], None)[three]


def _below(metrics: Mapping[str, str], highest: tuple[str, ...]) -> int:
    """Steps below the first of these vectors that is nowhere below this one."""
    for vector in highest:
        steps = list(_steps(metrics, vector))
        if min(steps) >= 0:
            return sum(steps)
    raise AssertionError("every vector of a set lies below one of its highest")


def _steps(metrics: Mapping[str, str], vector: str) -> Iterator[int]:
    for part in vector.split("/"):
        name, _, value = part.partition(":")
        yield _SEVERITY[name].index(metrics[name]) - _SEVERITY[name].index(value)
