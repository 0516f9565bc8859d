"""hostward db: back up a data directory, restore it, and remove what is old."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from hostward.cli.place import DATA, settings_of
from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.settings import Settings
from hostward.store.backup import backup as back_up
from hostward.store.engine import without_password
from hostward.store.restore import restore as put_back
from hostward.usecases.retention import weigh
from hostward.wiring.local_calls import look
from hostward.wiring.retention import prune_now

MIB: Final = 1024 * 1024
FILE = click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def command() -> None:
    """Back up everything a server keeps, restore it (with PostgreSQL use its own tools), and remove what is old."""


@command.command("backup")
@FILE
@DATA
def backup(file: Path, data: str | None) -> None:
    """Write a backup into a new FILE, while the server runs or not.

    It holds the database, the key that opens its secrets, the settings file and the own CA: keep it like a password.
    """
    settings = settings_of(data)
    _embedded_only(settings, "pg_dump --format=custom --file=FILE '{url}'")
    manifest = back_up(settings.data_dir, file, SystemClock().now())
    click.echo(f"{file}: {file.stat().st_size / MIB:,.1f} MiB, schema {manifest.schema}, {len(manifest.files)} files")
    click.echo("It holds secrets: keep it where only you can read it.")


@command.command("restore")
@FILE
@click.option("--replace", is_flag=True, help="Put it in the place of the data there, which is kept beside it.")
@DATA
def restore(file: Path, replace: bool, data: str | None) -> None:
    """Restore a backup into the data directory, which nothing may be using.

    All of FILE is checked before anything is changed; when this fails, the data there is as it was.
    """
    settings = settings_of(data)
    _embedded_only(settings, "pg_restore --clean --if-exists --dbname='{url}' FILE")
    done = put_back(file, settings.data_dir, SystemClock().now(), replace=replace)
    click.echo(
        f"restored {settings.data_dir} as of {done.manifest.created}: tasks counted anew: {done.tasks}, all agree"
    )
    if done.kept is not None:
        click.echo(f"the data that was there is in {done.kept}")


@command.command("prune")
@click.option("--days", type=click.IntRange(1, 36_500), help="Instead of what retention.tasks_days says.")
@click.option("--dry-run", is_flag=True, help="Only count; this also works beside a running server.")
@DATA
def prune(days: int | None, dry_run: bool, data: str | None) -> None:
    """Remove old tasks now, and results that nothing shows any more.

    A running server does this every hour by itself; the newest task of each module and the newest results of each
    machine always stay.
    """
    settings = settings_of(data)
    kept = timedelta(days=settings.retention_tasks_days if days is None else days)
    clock = SystemClock()
    if dry_run:
        found = look(settings, lambda uow: weigh(uow, kept=kept, now=clock.now()))
        click.echo(f"to remove: {found.tasks} tasks with {found.machines} machines, results of {found.leases} scans")
        return
    tasks, scans = prune_now(settings, kept, clock)
    click.echo(f"removed: {tasks} tasks, results of {scans} scans that nothing showed any more")


def _embedded_only(settings: Settings, instead: str) -> None:
    """Raise HostwardError where the database is a PostgreSQL server's."""
    if settings.database_url:
        url = without_password(settings.database_url)
        raise HostwardError(
            f"the data is in PostgreSQL: use {instead.format(url=url)}, and keep {settings.data_dir}/secret.key with it"
        )
