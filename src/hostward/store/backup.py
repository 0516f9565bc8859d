"""Back up a data directory, beside whatever server uses it.

The database is copied by SQLite itself (VACUUM INTO): one read transaction, hence one moment of it, while the server
goes on writing. No server needs to be asked, so that the same command works whether one runs, hangs or is gone.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hostward import __version__
from hostward.domain.errors import DataDirectoryError
from hostward.store.archive import FORMAT, FORMAT_VERSION, MAX_SIZES, Manifest, entry_of, new_file, write
from hostward.store.engine import BUSY_TIMEOUT
from hostward.store.open import DATABASE_FILE
from hostward.store.sealing import KEY_FILE

_DRAFT: Final = ".hostward-backup-"


def backup(data_dir: Path, file: Path, now: datetime) -> Manifest:
    """Write a backup of the directory into a new file of mode 0600; it appears whole or not at all.

    Raises DataDirectoryError when there is nothing to back up, the file exists, or something can't be read or written.
    """
    if not (data_dir / DATABASE_FILE).exists():
        raise DataDirectoryError(f"there is no database in {data_dir}: name the server's directory with --data")
    if file.exists() or file.is_symlink():
        raise DataDirectoryError(f"{file} exists: a backup never takes the place of another file, choose a new name")
    try:
        # Beside the file: there is room for it, and giving it its name is then one step.
        with tempfile.TemporaryDirectory(prefix=_DRAFT, dir=file.absolute().parent) as draft:
            return _written(data_dir, file, Path(draft), now)
    except sqlite3.Error as problem:
        raise DataDirectoryError(f"the database in {data_dir} can't be copied: {problem}") from None
    except FileExistsError:
        raise DataDirectoryError(f"{file} was made by somebody else meanwhile: choose a new name") from None
    except OSError as problem:
        where = problem.filename or file
        raise DataDirectoryError(f"{where} can't be used for the backup: {problem.strerror}") from None


def _written(data_dir: Path, file: Path, draft: Path, now: datetime) -> Manifest:
    before = data_dir.stat().st_ino
    copy = draft / DATABASE_FILE
    schema = _snapshot(data_dir / DATABASE_FILE, copy)
    sources = _sources(data_dir, draft, copy)
    manifest = Manifest(
        format=FORMAT, format_version=FORMAT_VERSION, version=__version__, schema=schema,
        created=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        files=tuple(entry_of(name, path) for name, path in sources.items()),
    )  # fmt: skip
    if data_dir.stat().st_ino != before:
        raise DataDirectoryError(f"{data_dir} was replaced by a restore meanwhile: back it up again")
    whole = draft / "whole"
    with new_file(whole) as out:
        write(out, manifest, sources)
        out.flush()
        os.fsync(out.fileno())
    os.link(whole, file)  # unlike a rename it never takes another file's place
    sync(file.absolute().parent)
    return manifest


def _sources(data_dir: Path, draft: Path, copy: Path) -> Mapping[str, Path]:
    """The database's copy, and copies of the small files as they are now. Raises DataDirectoryError without the key."""
    sources = {DATABASE_FILE: copy}
    for name in MAX_SIZES:
        path, kept = data_dir / name, draft / name.replace("/", "-")
        if name != DATABASE_FILE and path.is_file():
            shutil.copyfile(path, kept)
            sources[name] = kept
    if KEY_FILE not in sources:
        raise DataDirectoryError(f"there is no {KEY_FILE} in {data_dir}: without it the stored secrets can't be opened")
    return sources


def _snapshot(database: Path, copy: Path) -> str:
    """Copy the database as it is at one moment; its revision."""
    new_file(copy).close()  # before SQLite would make it, with the rights that umask gives
    address = f"{database.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)
    try:
        connection.execute("VACUUM INTO ?", (str(copy),))
    finally:
        connection.close()
    return revision_of(copy)


def revision_of(database: Path) -> str:
    """The revision that a database file is of. Raises DataDirectoryError when it is none of ours."""
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as problem:
        raise DataDirectoryError(f"{database.name} is no database of Hostward's: {problem}") from None
    finally:
        connection.close()
    if row is None:
        raise DataDirectoryError(f"{database.name} is a database without a revision: start the server once")
    return str(row[0])


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
