"""hostward feed: vulnerability data in."""

import sys
from pathlib import Path

import click

from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.settings import read
from hostward.store.open import open_store
from hostward.usecases.ports import Store
from hostward.wiring.feeds import Imported, import_path, left_out

SHOWN = 6
"""Ecosystems named in a line; more are counted."""


@click.group()
def command() -> None:
    """Import vulnerability data."""


@command.command("import")
@click.option("--data", metavar="DIR", help="The data directory of the server (default: hostward in your data folder).")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(data: str | None, paths: tuple[Path, ...]) -> None:
    """Import Debian's tracker JSON, or OSV records: a JSON file, a folder or an all.zip.

    Each PATH takes the place of what the same feed brought before, or changes nothing when it is damaged.
    """
    settings = read(command_line={} if data is None else {"data_dir": data})
    store = open_store(settings.data_dir, settings.database_url)
    try:
        failed = [path for path in paths if not _import(store, path)]
    finally:
        store.close()
    sys.exit(1 if failed else 0)


def _import(store: Store, path: Path) -> bool:
    """Import one and say so; a broken one does not keep the others out."""
    try:
        click.echo(_line(import_path(store, SystemClock(), path)))
    except HostwardError as error:
        click.echo(f"error: {error}", err=True)
        return False
    return True


def _line(imported: Imported) -> str:
    status = imported.status
    names = ", ".join(status.ecosystems[:SHOWN]) or "no ecosystem"
    more = f" and {len(status.ecosystems) - SHOWN} more" if len(status.ecosystems) > SHOWN else ""
    return f"{status.feed}: {status.advisories} advisories for {names}{more}{left_out(imported.skipped)}"
