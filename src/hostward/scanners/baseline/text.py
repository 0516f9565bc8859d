"""Bytes of a hostile host made fit for people: always valid text, on one line, never a terminal escape."""

MAX_LINES = 100_000
"""Lines of one file that are turned into facts; a configuration file is far below."""


def decoded(data: bytes) -> str:
    r"""The text of data; bytes that are not UTF-8 become \xNN, NUL stays."""
    return data.decode("utf-8", "backslashreplace")


def lines_of(data: bytes) -> list[str]:
    r"""The lines of data without their ends, split at \n only (as C programs do); an unended last line counts."""
    lines = decoded(data).split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def printable(text: str, limit: int) -> str:
    """The text on one line with everything unprintable escaped, cut to limit characters ("..." marks the cut)."""
    head = text[: limit + 1]
    shown = head if head.isprintable() else "".join(map(_escaped, head))
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def _escaped(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
