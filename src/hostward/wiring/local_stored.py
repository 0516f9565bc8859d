"""What commands do with a data directory that no server answers for: half of their start is the store's."""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TypeVar

from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.settings import Settings
from hostward.store.open import DATABASE_FILE, open_postgresql, open_store, read_sqlite
from hostward.store.sealing import key_of
from hostward.store.store import SqlStore
from hostward.usecases.ports import UnitOfWork
from hostward.wiring import control
from hostward.wiring.local_api import Answer, LocalApi, NoHub

T = TypeVar("T")


def look(settings: Settings, work: Callable[[UnitOfWork], T]) -> T:
    """The work's answer over what is stored. Raises HostwardError."""
    if settings.database_url:
        with closing(open_postgresql(settings.database_url, key_of(settings.data_dir), threads=1)) as store:
            return store.read_now(work)
    _must_exist(settings)
    return read_sqlite(settings.data_dir, work)


def call(settings: Settings, action: str, parameters: Mapping[str, object]) -> Answer:
    """The Response to a call, while the data directory is locked. Raises HostwardError."""
    if not settings.database_url:
        _must_exist(settings)
    with closing(opened(settings)) as store:
        api = LocalApi(store=store, hub=NoHub(), clock=SystemClock(), settings=settings)
        return asyncio.run(api.call(action, parameters, by=control.user_of(os.geteuid())))


def opened(settings: Settings) -> SqlStore:
    """The store, locked until it is closed. Raises HostwardError."""
    return open_store(settings.data_dir, settings.database_url)


def _must_exist(settings: Settings) -> None:
    if not (settings.data_dir / DATABASE_FILE).exists():
        raise HostwardError(f"nothing is stored in {settings.data_dir} yet: start hostward up once, or name --data DIR")
