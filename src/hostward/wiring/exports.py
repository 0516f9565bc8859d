"""Exports of a server: their folder, the key of their links, and the broom."""

import asyncio
import hmac
from datetime import timedelta
from pathlib import Path

from hostward.api.exports import Exports
from hostward.domain.errors import DataDirectoryError
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.store.exports import FOLDER, FileShelf
from hostward.store.sealing import key_of

SWEEP_EVERY = timedelta(minutes=10)

_PURPOSE = b"hostward export links 1"
"""What the key of this directory is used for here: no other use of it leads to the same key."""

_log = get_logger(__name__)


def open_exports(data_dir: Path, clock: Clock) -> Exports:
    """The exports kept in this directory, whose lock the caller holds. Raises DataDirectoryError."""
    shelf = FileShelf(data_dir / FOLDER)
    try:
        shelf.load(clock.now())
    except OSError as error:
        raise DataDirectoryError(f"{data_dir / FOLDER} can't be used: {error.strerror}; check who owns it") from error
    return Exports(shelf, hmac.digest(key_of(data_dir), _PURPOSE, "sha256"))


async def sweep(exports: Exports, clock: Clock) -> None:
    """Remove exports whose time has passed, for as long as the server lives."""
    while True:
        await asyncio.sleep(SWEEP_EVERY.total_seconds())
        try:
            await asyncio.to_thread(exports.sweep, clock.now())
        except OSError:
            _log.exception("exports not swept")
