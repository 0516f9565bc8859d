"""The moving average of how long scans take."""

WEIGHT = 8
"""The newest scan counts for an eighth, so that ten scans of another kind outweigh the old ones."""


def moved(average: int, newest: int) -> int:
    """The average after one more scan, in whole microseconds (in SQL the same sum stands in store.leases)."""
    return (average * (WEIGHT - 1) + newest) // WEIGHT
