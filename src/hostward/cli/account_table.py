"""What the commands of accounts share: where the data is, how an action is called, how rows are shown."""

from collections.abc import Sequence
from typing import Any

import click

from hostward.cli.place import settings_of
from hostward.wiring.local_calls import call

OUTPUT = click.option("-o", "--output", type=click.Choice(("text", "json")), default="text", show_default=True)


def called(data: str | None, action: str, **parameters: object) -> dict[str, Any]:
    """The answer of an action. Raises HostwardError with the words of a refusal."""
    return dict(call(settings_of(data), action, parameters))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their heads, in columns as wide as they need."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
