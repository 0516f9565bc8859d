"""The base score of a CVSS v2 vector.

Source: FIRST, a complete guide to CVSS version 2.0, section 3.2.1.
"""

import math
from collections.abc import Mapping

from hostward.domain.cvss_metrics import metrics_of

START = "AV:"
NAME = "CVSS v2 vector"

_IMPACT = {"N": 0.0, "P": 0.275, "C": 0.66}
_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    **dict.fromkeys(("C", "I", "A"), _IMPACT),
}


def base_score(vector: str) -> float:
    """Base score 0.0-10.0; temporal and environmental metrics are passed over. Raises InvalidValue."""
    metrics = metrics_of(bare(vector), "", _WEIGHTS, NAME)
    weight = {name: values[metrics[name]] for name, values in _WEIGHTS.items()}
    impact = 10.41 * (1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"]))
    exploitability = 20 * weight["AV"] * weight["AC"] * weight["Au"]
    factor = 1.176 if impact else 0.0
    # Halves go up, as in the guide's examples; six digits on, so that float noise can't turn one down.
    return math.floor(round((0.6 * impact + 0.4 * exploitability - 1.5) * factor * 10, 6) + 0.5) / 10


def bare(vector: str) -> str:
    """The vector without the brackets that some put around it."""
    return vector.removeprefix("(").removesuffix(")")
