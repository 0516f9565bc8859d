"""Exports as files in a folder of their own: for each its record in JSON, and its data in every format.

Names of files are made of ids drawn here, never of anything a caller sent. Records are read once, when the folder is
opened; what belongs to none is removed then.
"""

import os
import re
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, Final

import msgspec

from hostward.domain.errors import Conflict
from hostward.domain.ids import AccountId
from hostward.domain.reason import Reason
from hostward.runtime import private_file
from hostward.store.exports_csv import write_csv
from hostward.store.exports_xlsx import write_xlsx
from hostward.usecases.exports.shelf import MOST_KEPT, MOST_PENDING, Export, Format, Status, Table

FOLDER: Final = "exports"

_ID: Final = re.compile(r"[0-9a-f]{32}")
_RECORD: Final = ".json"
_MAX_RECORD: Final = 65_536
"""Bytes of a record; 50 tags of 192 characters fit."""


class FileShelf:
    """exports.Shelf in a folder that nobody else uses; it is made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[str, Export] = {}

    def load(self, now: datetime) -> None:
        """Take over what an earlier process left: what was being made then has failed. Raises OSError."""
        with self._lock:
            for name in self._names():
                which, dot, ending = name.partition(".")
                if _ID.fullmatch(which) and dot + ending == _RECORD and (record := self._read(name)) is not None:
                    self._known[which] = record
            for export in list(self._known.values()):
                if export.status is Status.PENDING:
                    self._keep(export.ended(Status.ERROR))
            self._sweep(now)
            self._tidy()

    def begin(self, export: Export) -> None:
        """Keep a new one. Raises Conflict when its account has too many that are not ready."""
        assert _ID.fullmatch(export.id)
        with self._lock:
            self._sweep(export.created)
            self._make_room(export.account)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._keep(export)

    def get(self, export: str, now: datetime) -> Export | None:
        """An export by its id."""
        with self._lock:
            found = self._known.get(export)
        return None if found is None or found.is_over(now) else found

    def write(self, export: Export, table: Table) -> None:
        """Write its files: the rows go through once, into both."""
        with self._create(export, Format.CSV) as csv_file, self._create(export, Format.XLSX) as xlsx_file:
            passed = write_csv(csv_file, table)
            write_xlsx(xlsx_file, Table(title=table.title, header=table.header, rows=passed), self._folder)

    def end(self, export: Export) -> None:
        """Keep its status. One that was removed meanwhile stays removed."""
        with self._lock:
            if export.id not in self._known:
                self._unlink(export.id)
                return
            if export.status is not Status.FINISHED:
                self._unlink_data(export.id)
            self._keep(export)

    def open(self, export: Export, kind: Format) -> BinaryIO:
        """One of its files."""
        path = self._path(export.id, f".{kind}")
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")

    def sweep(self, now: datetime) -> None:
        """Remove exports whose time has passed."""
        with self._lock:
            self._sweep(now)

    def _make_room(self, account: AccountId) -> None:
        mine = sorted((each for each in self._known.values() if each.account == account), key=lambda each: each.created)
        pending = [each for each in mine if each.status is Status.PENDING]
        if len(pending) >= MOST_PENDING:
            raise Conflict.because(Reason.TOO_MANY_EXPORTS, count=len(pending))
        ready = [each for each in mine if each.status is not Status.PENDING]
        for export in ready[: max(0, len(mine) + 1 - MOST_KEPT)]:
            self._drop(export)

    def _sweep(self, now: datetime) -> None:
        for export in [each for each in self._known.values() if each.is_over(now)]:
            self._drop(export)

    def _drop(self, export: Export) -> None:
        del self._known[export.id]
        self._unlink(export.id)

    def _unlink(self, which: str) -> None:
        self._path(which, _RECORD).unlink(missing_ok=True)
        self._unlink_data(which)

    def _unlink_data(self, which: str) -> None:
        for kind in Format:
            self._path(which, f".{kind}").unlink(missing_ok=True)

    def _keep(self, export: Export) -> None:
        private_file.replace(self._path(export.id, _RECORD), msgspec.json.encode(export))
        self._known[export.id] = export

    def _create(self, export: Export, kind: Format) -> BinaryIO:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.fdopen(os.open(self._path(export.id, f".{kind}"), flags, private_file.PRIVATE), "w+b")

    def _path(self, which: str, ending: str) -> Path:
        return self._folder / (which + ending)

    def _names(self) -> list[str]:
        try:
            return sorted(entry.name for entry in self._folder.iterdir())
        except FileNotFoundError:
            return []

    def _read(self, name: str) -> Export | None:
        """A record; None for what is none."""
        try:
            handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        with os.fdopen(handle, "rb") as file:
            if not S_ISREG(os.fstat(handle).st_mode):
                return None
            data = file.read(_MAX_RECORD + 1)
        try:
            record = msgspec.json.decode(data, type=Export)
        except msgspec.MsgspecError:
            return None
        return record if record.id + _RECORD == name else None

    def _tidy(self) -> None:
        """Remove what belongs to no export: drafts, and data without a record. Folders are nobody's of ours."""
        wanted = {which + ending for which in self._known for ending in (_RECORD, *(f".{kind}" for kind in Format))}
        for name in self._names():
            if name not in wanted:
                with suppress(OSError):
                    (self._folder / name).unlink()
