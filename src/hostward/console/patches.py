"""What changed between two looks at a topic, as small as it can be said."""

from typing import Final

from hostward.usecases.live import State

ROWS: Final = "Rows"
"""The member that is compared row by row."""


def patch(before: State, after: State) -> State | None:
    """Members of after that differ from before, rows one by one; {} when nothing does.

    None when only the whole of it says so: a member or a row has gone.
    """
    if before.keys() - after.keys() or before.get(ROWS, {}).keys() - after.get(ROWS, {}).keys():
        return None
    changed = {name: value for name, value in after.items() if name != ROWS and before.get(name) != value}
    rows = _rows(before, after)
    return {**changed, ROWS: rows} if rows else changed


def _rows(before: State, after: State) -> State:
    earlier = before.get(ROWS, {})
    return {index: row for index, row in after.get(ROWS, {}).items() if earlier.get(index) != row}
