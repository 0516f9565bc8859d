"""What the gateway knows of an action; the table of all of them is actions.ACTIONS."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from hostward.api.context import Context
from hostward.domain.permission import Permission

__all__ = ["CWP", "HOSTWARD", "VERSIONS", "Action", "AnyAction", "Permission"]

CWP: Final = "cwp"
HOSTWARD: Final = "hostward"

VERSIONS: Final[Mapping[str, str]] = {CWP: "2018-02-28", HOSTWARD: "2026-12-01"}
"""The services of this gateway, each with its only version."""

Req = TypeVar("Req", bound=msgspec.Struct)
Res = TypeVar("Res", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Generic[Req, Res]):
    """One action. errors: the codes of its own page, beside the common ones.

    permission: what calling it takes; an action that names none is refused to everybody.
    """

    service: str
    name: str
    request: type[Req]
    response: type[Res]
    permission: Permission | None = None
    errors: frozenset[str]
    answer: Callable[[Context, Req], Awaitable[Res]]

    @property
    def version(self) -> str:
        """The version of its service."""
        return VERSIONS[self.service]

    @property
    def changes(self) -> bool:
        """Whether its calls are audited."""
        return self.permission is None or self.permission.changes


AnyAction = Action[Any, Any]
"""An action whatever its structs."""
