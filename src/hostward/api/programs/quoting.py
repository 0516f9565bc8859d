"""A call's texts as literals of other languages."""

import json
from collections.abc import Mapping
from typing import Any


def json_text(parameters: Mapping[str, Any]) -> str:
    """The parameters as JSON in ASCII, so that it holds nothing but printable characters whatever they are."""
    return json.dumps(parameters)


def double_quoted(text: str) -> str:
    """A literal of Go, Java and C#: of a text in ASCII that holds printable characters only."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def single_quoted(text: str) -> str:
    """A literal of PHP: nothing in it is looked at but its own quote and backslash."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def ascii_text(text: str) -> str:
    """A text such as a path that has to stand in a comment or a literal: what is not printable ASCII is escaped."""
    return text.encode("unicode_escape").decode("ascii")
