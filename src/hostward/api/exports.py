"""Exports as the API makes them: written by a thread of their own, handed out by links that expire."""

import hashlib
import hmac
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from urllib.parse import parse_qsl, urlencode

from hostward.domain.ids import AccountId
from hostward.runtime.logging import get_logger
from hostward.usecases.exports.rows import Interrupted
from hostward.usecases.exports.shelf import Export, Format, Shelf, Status, Table

PATH: Final = "/export/"
"""Where links lead: this and the id of the export."""

LINK_LIFE: Final = timedelta(minutes=10)
"""How long a link may be used; ExportTasks gives another one."""

WRITERS: Final = 1
"""Exports that are written at a time: it takes a processor, and scans go first."""

_MOST_FIELDS: Final = 8
_DIGITS: Final = 12
_NOBODY: Final = AccountId(0)

_log: Final = get_logger(__name__)


def _new_id() -> str:
    return uuid.uuid4().hex


Tables = Callable[[Callable[[], bool]], Table]
"""Makes the table of an export; it is given what says whether to go on."""


class Exports:
    """What the API does with exports. key: 32 bytes that sign links, the same after a restart."""

    def __init__(self, shelf: Shelf, key: bytes, new_id: Callable[[], str] = _new_id) -> None:
        self.new_id = new_id
        """Draws the id of an export."""
        self._shelf = shelf
        self._key = key
        self._over = threading.Event()
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="export-writer")

    def start(self, export: Export, table: Tables) -> None:
        """Keep a new export and have it written, in its turn. Raises Conflict when too many wait already."""
        self._shelf.begin(export)
        self._writers.submit(self._write, export, table)

    def get(self, export: str, now: datetime) -> Export | None:
        """An export by its id, for whomever it is."""
        return self._shelf.get(export, now)

    def link(self, export: Export, kind: Format, origin: str, now: datetime) -> str:
        """A link to one of its files. origin: scheme and host, as the caller reached them.

        The signature is good for the export in every format: a caller may ask for another one by `format`.
        """
        expires = str(int((now + LINK_LIFE).timestamp()))
        fields = {"expires": expires, "format": kind.value, "sign": self._sign(export.id, export.account, expires)}
        return f"{origin}{PATH}{export.id}?{urlencode(fields)}"

    def asked_for(self, path: str, query: bytes, now: datetime) -> tuple[Export, Format] | None:
        """What a link leads to; None for one that was not made here, is changed, or has expired.

        It takes the same steps whether the export exists or not.
        """
        fields = _fields(query)
        expires, kind = fields.get("expires", ""), fields.get("format", Format.XLSX)
        known = self._shelf.get(path.removeprefix(PATH), now)
        signed = self._sign(known.id if known else "", known.account if known else _NOBODY, expires)
        genuine = hmac.compare_digest(signed.encode(), fields.get("sign", "").encode("utf-8", "replace"))
        if not genuine or known is None or known.status is not Status.FINISHED or kind not in set(Format):
            return None
        return (known, Format(kind)) if now.timestamp() < int(expires) else None

    def open(self, export: Export, kind: Format) -> BinaryIO:
        """One of its files. Raises OSError when it is gone."""
        return self._shelf.open(export, kind)

    def sweep(self, now: datetime) -> None:
        """Remove what is kept no longer."""
        self._shelf.sweep(now)

    def close(self) -> None:
        """End: what is being written fails, and may be asked for again."""
        self._over.set()
        self._writers.shutdown(wait=True)

    def _write(self, export: Export, table: Tables) -> None:
        try:
            self._shelf.write(export, table(self._goes_on))
            status = Status.FINISHED
        except Interrupted:
            status = Status.ERROR
        except Exception:  # noqa: BLE001  # whatever it is, who waits for the export must be told that it failed
            _log.exception("export failed", export=export.id)
            status = Status.ERROR
        try:
            self._shelf.end(export.ended(status))
        except OSError:
            _log.exception("export not ended", export=export.id)

    def _goes_on(self) -> bool:
        return not self._over.is_set()

    def _sign(self, export: str, account: AccountId, expires: str) -> str:
        said = f"{export}\n{account}\n{expires}".encode("utf-8", "replace")
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()


def _fields(query: bytes) -> dict[str, str]:
    """The fields of a link; {} for what is none. expires: digits only."""
    try:
        fields = dict(parse_qsl(query.decode("ascii"), max_num_fields=_MOST_FIELDS))
    except ValueError:  # too many fields, or not ASCII
        return {}
    expires = fields.get("expires", "")
    return fields if expires.isascii() and expires.isdigit() and len(expires) <= _DIGITS else {}
