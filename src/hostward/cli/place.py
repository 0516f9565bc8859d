"""Which data directory a command speaks of. Agents load this too: nothing of a server is imported."""

import click

from hostward.settings import Settings, read

DATA = click.option("--data", metavar="DIR", help="The data directory (default: hostward in your data folder).")


def settings_of(data: str | None) -> Settings:
    """The settings, with the data directory that was named."""
    return read(command_line={} if data is None else {"data_dir": data})
