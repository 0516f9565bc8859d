"""The scale that all modules share."""

from enum import IntEnum


class Level(IntEnum):
    """How bad a finding is; the numbers are the API's (1 low to 4 critical)."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The word shown to people, in lower case: "critical"."""
        return self.name.lower()


def level_of_cvss(score: float) -> Level:
    """Level of a CVSS base score (0.0-10.0): 9.0 and up critical, 7.0 high, 4.0 medium, else low.

    Source: CVSS v3.1 specification, section 5 ("None" counts as low here: it is a finding all the same).
    """
    if score >= 9.0:
        return Level.CRITICAL
    if score >= 7.0:
        return Level.HIGH
    return Level.MEDIUM if score >= 4.0 else Level.LOW
