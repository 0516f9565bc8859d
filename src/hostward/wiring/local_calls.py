"""Calls of commands: to the server that runs on a data directory, else to what is stored there.

What is stored is reached through a module that is imported when it is needed: a command that a server answers loads no
store.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from hostward.domain.errors import Refused
from hostward.settings import Settings
from hostward.usecases.ports import UnitOfWork
from hostward.wiring import control

if TYPE_CHECKING:
    from hostward.store.store import SqlStore
    from hostward.wiring.local_api import Answer

T = TypeVar("T")


class _Stored(Protocol):
    """What is used of that module."""

    def look(self, settings: Settings, work: Callable[[UnitOfWork], T]) -> T: ...

    def call(self, settings: Settings, action: str, parameters: Mapping[str, object]) -> "Answer": ...

    def opened(self, settings: Settings) -> "SqlStore": ...


def call(settings: Settings, action: str, parameters: Mapping[str, object]) -> "Answer":
    """The Response to a call of an action of the service hostward.

    Raises Refused for an error, HostwardError where there is no account yet.

    Without a running server the data directory is locked while the call lasts.
    """
    answer = control.ask(settings.data_dir, action, parameters)
    if answer is None:
        answer = stored().call(settings, action, parameters)
    error = answer.get("Error")
    if error is not None:
        raise Refused(error["Message"], code=error["Code"], request_id=answer.get("RequestId", "none"))
    return answer


def look(settings: Settings, work: Callable[[UnitOfWork], T]) -> T:
    """The work's answer over what is stored, read beside whatever server uses it. Raises HostwardError."""
    return stored().look(settings, work)


def stored() -> "_Stored":
    """wiring.local_stored, imported now."""
    return cast("_Stored", import_module("hostward.wiring.local_stored"))
