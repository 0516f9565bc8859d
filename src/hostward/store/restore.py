"""Put a backup into a data directory: all of it, or nothing.

What is restored is written aside, checked as a whole and made durable first. Where there was nothing, its files then
get their names, the database last: before that nothing counts as stored. Where there was data, the two directories
change places in one step of the kernel (renameat2, RENAME_EXCHANGE): a kill at any moment leaves the old or the new.
"""

import ctypes
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from hostward.domain.errors import DataDirectoryError
from hostward.store import migrate
from hostward.store.archive import MAX_SIZES, Manifest, extract, read_manifest
from hostward.store.backup import revision_of, sync
from hostward.store.lease_jump import jump
from hostward.store.lock import lock
from hostward.store.open import DATABASE_FILE, RESTORING, open_sqlite
from hostward.usecases.ports import UnitOfWork

CARRIED: Final = "agent"
"""Folder of the agent that runs beside the server: it belongs to the machine, and stays with it."""

_PAGE: Final = 100
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored. tasks: how many were counted anew. kept: where the old data is now, None for none."""

    manifest: Manifest
    tasks: int
    kept: Path | None


def restore(file: Path, data_dir: Path, now: datetime, *, replace: bool) -> Restored:
    """Restore a backup into a directory that nothing uses.

    replace: put it in the place of the data there, which is kept beside it; else such data is an error. Raises
    DataDirectoryError, and then the data there is as it was.
    """
    data_dir = data_dir.absolute()
    try:
        with file.open("rb") as archive:
            manifest = read_manifest(archive)
            _check_schema(manifest.schema)
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            with lock(data_dir):
                return _into(archive, manifest, data_dir, now, replace=replace)
    except OSError as problem:
        where = problem.filename or data_dir
        raise DataDirectoryError(f"{where}: {problem.strerror}; the data there is as it was") from None
    except sqlite3.Error as problem:
        raise DataDirectoryError(
            f"the restored database can't be used: {problem}; the data there is as it was"
        ) from None


def _into(archive: BinaryIO, manifest: Manifest, data_dir: Path, now: datetime, *, replace: bool) -> Restored:
    """The directory's lock is held."""
    interrupted = (data_dir / RESTORING).is_dir() and not (data_dir / DATABASE_FILE).exists()
    there = [] if interrupted else [name for name in MAX_SIZES if (data_dir / name).exists()]
    if there and not replace:
        raise DataDirectoryError(
            f"{data_dir} holds data already ({there[0]}): restore into another directory, or add --replace, which "
            "keeps what is there beside it"
        )
    shutil.rmtree(data_dir / RESTORING, ignore_errors=True)
    return _replacing(archive, manifest, data_dir, now) if there else _filling(archive, manifest, data_dir)


def _filling(archive: BinaryIO, manifest: Manifest, data_dir: Path) -> Restored:
    """Into a directory without data. As long as RESTORING is there without a database, no server starts in it."""
    aside = data_dir / RESTORING
    aside.mkdir(mode=0o700)
    sync(data_dir)
    try:
        tasks = _staged(archive, manifest, aside)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    names = sorted((entry.name for entry in manifest.files), key=lambda name: name == DATABASE_FILE)
    for name in names:
        (data_dir / name).parent.mkdir(mode=0o700, exist_ok=True)
        if name == DATABASE_FILE:
            _sync_tree(data_dir)
        (aside / name).rename(data_dir / name)
    sync(data_dir)
    shutil.rmtree(aside)
    return Restored(manifest=manifest, tasks=tasks, kept=None)


def _replacing(archive: BinaryIO, manifest: Manifest, data_dir: Path, now: datetime) -> Restored:
    """In the place of data. The new one is written where the old one will be kept; RESTORING tells the two apart."""
    _sweep(data_dir)
    aside = data_dir.with_name(f"{data_dir.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    aside.mkdir(mode=0o700)
    (aside / RESTORING).mkdir()
    try:
        tasks = _staged(archive, manifest, aside)
        if (data_dir / CARRIED).is_dir():
            shutil.copytree(data_dir / CARRIED, aside / CARRIED, symlinks=True)
        with lock(aside):  # no server starts in it before this is over
            _sync_tree(aside)
            _exchange(aside, data_dir)
            sync(data_dir.parent)
            (data_dir / RESTORING).rmdir()
    except BaseException:
        if (aside / RESTORING).is_dir():  # they did not change places
            shutil.rmtree(aside, ignore_errors=True)
        raise
    return Restored(manifest=manifest, tasks=tasks, kept=aside)


def _sweep(data_dir: Path) -> None:
    """Remove what killed restores left beside the directory; RESTORING, or nothing, in it says it was never in use."""
    for left in data_dir.parent.glob(f"{data_dir.name}.before-*"):
        if (left / RESTORING).is_dir() or (left.is_dir() and not any(left.iterdir())):
            shutil.rmtree(left, ignore_errors=True)


def _staged(archive: BinaryIO, manifest: Manifest, aside: Path) -> int:
    """Write the files aside and check that a server could go on with them; how many tasks were counted anew."""
    free = shutil.disk_usage(aside).free
    if manifest.size > free:
        raise DataDirectoryError(f"{manifest.size:,} bytes are needed, {free:,} are free in {aside.parent}")
    extract(archive, manifest, aside)
    _check_database(aside / DATABASE_FILE, manifest.schema)
    store = open_sqlite(aside, readers=1)  # brings an older database up to date
    with closing(store):
        tasks = store.read_now(_recounted)
    jump(aside / DATABASE_FILE)
    _sync_tree(aside)
    return tasks


def _check_schema(schema: str) -> None:
    if not schema.isdigit() or schema > migrate.HEAD:
        raise DataDirectoryError(
            f"the backup has schema {schema[:40]}, this program knows up to {migrate.HEAD}: it was made by a newer "
            "Hostward; restore it with that one. Nothing was changed"
        )


def _check_database(database: Path, schema: str) -> None:
    found = revision_of(database)
    if found != schema:
        raise DataDirectoryError(
            f"the backup's database has schema {found}, its manifest says {schema}: nothing was changed"
        )
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema=OFF")
        problem = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if problem != "ok":
        raise DataDirectoryError(f"the backup's database is damaged: {problem}; nothing was changed")


def _recounted(uow: UnitOfWork) -> int:
    """Count every task anew and open every key; how many tasks there are. Raises DataDirectoryError."""
    count = 0
    for account in uow.accounts.all():
        uow.accounts.keys(account)  # raises where the sealing key is another's
        total = 1
        offset = 0
        while offset < total:
            total, page = uow.tasks.list(
                account, module=None, states=frozenset(), limit=_PAGE, offset=offset
            )  # fmt: skip
            for task in page:
                if uow.tasks.recount(task.id) != task.tally:
                    raise DataDirectoryError(
                        f"task {task.id} of the backup does not add up: its counts are not those of its machines; "
                        "nothing was changed"
                    )
            offset += _PAGE
            count += len(page)
    return count


def _sync_tree(folder: Path) -> None:
    """Make every file and name below a folder durable."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        elif path.is_dir():
            sync(path)
    sync(folder)


def _exchange(one: Path, other: Path) -> None:
    """Let two directories change places in one step. Raises DataDirectoryError where that is not possible."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is not None and not swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        return
    why = os.strerror(ctypes.get_errno()) if swap is not None else "the C library has no renameat2"
    raise DataDirectoryError(
        f"{other} can't be replaced in one step ({why}; a mount point can't be): move its files away yourself, then "
        "restore without --replace. The data there is as it was"
    )
