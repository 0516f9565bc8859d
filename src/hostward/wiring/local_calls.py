"""Calls of commands: to the server that runs on a data directory, else to what is stored there."""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.settings import Settings
from hostward.usecases.ports import UnitOfWork
from hostward.wiring import control

if TYPE_CHECKING:
    from hostward.wiring.local_api import Answer

T = TypeVar("T")


def call(settings: Settings, action: str, parameters: Mapping[str, object]) -> "Answer":
    """The Response to a call of an action of the service hostward. Raises HostwardError for an error too.

    Without a running server the data directory is locked while the call lasts.
    """
    answer = control.ask(settings.data_dir, action, parameters)
    if answer is None:
        answer = _alone(settings, action, parameters)
    error = answer.get("Error")
    if error is not None:
        raise HostwardError(f"{error['Message']} ({error['Code']}, RequestId {answer.get('RequestId', 'none')})")
    return answer


def look(settings: Settings, work: Callable[[UnitOfWork], T]) -> T:
    """The work's answer over what is stored, read beside whatever server uses it. Raises HostwardError."""
    from hostward.store.open import open_postgresql, read_sqlite  # noqa: PLC0415  # half of a command's start
    from hostward.store.sealing import key_of  # noqa: PLC0415  # as above

    if settings.database_url:
        with closing(open_postgresql(settings.database_url, key_of(settings.data_dir), threads=1)) as store:
            return store.read_now(work)
    _must_exist(settings)
    return read_sqlite(settings.data_dir, work)


def _alone(settings: Settings, action: str, parameters: Mapping[str, object]) -> "Answer":
    from hostward.store.open import open_store  # noqa: PLC0415  # a running server needs neither of a command
    from hostward.wiring.local_api import LocalApi, NoHub  # noqa: PLC0415  # as above

    if not settings.database_url:
        _must_exist(settings)
    with closing(open_store(settings.data_dir, settings.database_url)) as store:
        api = LocalApi(store=store, hub=NoHub(), clock=SystemClock(), settings=settings)
        return asyncio.run(api.call(action, parameters, by=control.user_of(os.geteuid())))


def _must_exist(settings: Settings) -> None:
    from hostward.store.open import DATABASE_FILE  # noqa: PLC0415  # as above

    if not (settings.data_dir / DATABASE_FILE).exists():
        raise HostwardError(f"nothing is stored in {settings.data_dir} yet: start hostward up once, or name --data DIR")
