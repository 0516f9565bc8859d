"""The CVSS score that counts of those that a record gives."""

from collections import Counter
from collections.abc import Sequence

from hostward.domain.cvss import base_score, in_order
from hostward.domain.errors import InvalidValue


def scored(vectors: Sequence[str], skipped: Counter[str]) -> tuple[str, float | None]:
    """The vector that counts, with its score; "" and None without any that is whole. Broken ones are counted.

    vectors: of one version the one that counts first; words that are no vector at all are passed over.
    """
    for vector in in_order(vectors):
        try:
            return vector, base_score(vector)
        except InvalidValue:
            skipped["CVSS vectors that can't be scored"] += 1
    return "", None
