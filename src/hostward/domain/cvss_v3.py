"""The base score of a CVSS v3 vector.

Source: FIRST, CVSS v3.1 specification, section 7 (equations, metric values) and appendix A (Roundup); v3.0 differs in
how it rounds.
"""

import math
from collections.abc import Mapping

from hostward.domain.cvss_metrics import metrics_of

NAME = "CVSS v3 vector"

_OLDER, _NEWER = "CVSS:3.0/", "CVSS:3.1/"
_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "PR": {"N": 0.85, "L": 0.62, "H": 0.27},
    "UI": {"N": 0.85, "R": 0.62},
    "S": {"U": 0.0, "C": 1.0},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES_WHEN_CHANGED = {"N": 0.85, "L": 0.68, "H": 0.5}


def base_score(vector: str) -> float:
    """Base score 0.0-10.0 of a CVSS v3.0 or v3.1 vector; temporal and environmental metrics are passed over.

    Raises InvalidValue for another version, and for a base metric that is missing, twice there or unknown.
    """
    metrics = metrics_of(vector, _OLDER if vector.startswith(_OLDER) else _NEWER, _WEIGHTS, NAME)
    weight = {name: values[metrics[name]] for name, values in _WEIGHTS.items()}
    changed = metrics["S"] == "C"
    if changed:
        weight["PR"] = _PRIVILEGES_WHEN_CHANGED[metrics["PR"]]
    impact = _impact(1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"]), changed=changed)
    if impact <= 0:
        return 0.0
    exploitability = 8.22 * weight["AV"] * weight["AC"] * weight["PR"] * weight["UI"]
    total = min((1.08 if changed else 1.0) * (impact + exploitability), 10.0)
    return _round_up(total) if vector.startswith(_NEWER) else math.ceil(total * 10) / 10


def _impact(subscore: float, *, changed: bool) -> float:
    if not changed:
        return 6.42 * subscore
    return float(7.52 * (subscore - 0.029) - 3.25 * (subscore - 0.02) ** 15)


def _round_up(value: float) -> float:
    """The smallest tenth at or above the value, by whole numbers so that float noise can't lift it (appendix A)."""
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (whole // 10_000 + 1) / 10
