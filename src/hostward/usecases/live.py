"""What can be followed live: a topic is something to look at again and again, for one user in one language."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from hostward.domain.account import User
from hostward.usecases.ports import UnitOfWork

State = Mapping[str, Any]
"""What is seen, ready for JSON. "Rows" holds one object a row, by its index in the page; all else is taken whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One look. busy: something is at work there, so that it will soon look otherwise."""

    state: State
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something to follow. key: the same for all who see the same. pause: between two looks, at least."""

    name: str
    key: Hashable
    user: User
    pause: timedelta
    look: Callable[[UnitOfWork, datetime], Sight]


class Topics(Protocol):
    """Topics by name."""

    def topic(self, name: str, *, user: User, language: str) -> Topic:
        """The topic. Raises InvalidValue for what is none, Forbidden for what the user may not see."""
        ...
