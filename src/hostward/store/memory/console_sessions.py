"""Sessions of browsers in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hostward.domain.console_session import ConsoleSession
from hostward.domain.ids import AccountId, UserId
from hostward.store.memory.state import State
from hostward.store.texts import clean


class MemoryConsoleSessions:
    """session_ports.ConsoleSessions."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, digest: bytes, session: ConsoleSession) -> None:
        """Remember a new session."""
        self._state.console_sessions[digest] = replace(
            session, source=clean(session.source), user_agent=clean(session.user_agent)
        )

    def find(self, digest: bytes) -> ConsoleSession | None:
        """The session with its user as that is now, over or not."""
        session = self._state.console_sessions.get(digest)
        return None if session is None else self._with_user(session)

    def of_account(self, account: AccountId) -> Sequence[ConsoleSession]:
        """The account's sessions, newest first, over or not."""
        own = [one for one in self._state.console_sessions.values() if one.user.account == account]
        return [self._with_user(one) for one in sorted(own, key=_youth)]

    def used(self, session: str, now: datetime) -> None:
        """It was used just now. Earlier times and unknown ids are passed over."""
        self._change(session, lambda one: replace(one, last_used=max(one.last_used, now)))

    def password_set(self, session: str) -> None:
        """It need not set a password any more."""
        self._change(session, lambda one: replace(one, must_set_password=False))

    def end(self, session: str) -> None:
        """Remove a session, if it is there."""
        self._drop(lambda one: one.id == session)

    def end_others(self, user: UserId, kept: str) -> None:
        """Remove the user's sessions but this one ("" keeps none)."""
        self._drop(lambda one: one.user.id == user and one.id != kept)

    def drop_over(self, account: AccountId, now: datetime) -> None:
        """Remove the account's sessions whose time has passed."""
        self._drop(lambda one: one.user.account == account and one.expires <= now)

    def _change(self, session: str, change: Callable[[ConsoleSession], ConsoleSession]) -> None:
        for digest, one in self._state.console_sessions.items():
            if one.id == session:
                self._state.console_sessions[digest] = change(one)

    def _drop(self, which: Callable[[ConsoleSession], bool]) -> None:
        for digest in [digest for digest, one in self._state.console_sessions.items() if which(one)]:
            del self._state.console_sessions[digest]

    def _with_user(self, session: ConsoleSession) -> ConsoleSession:
        return replace(session, user=self._state.users[session.user.account, session.user.name])


def _youth(session: ConsoleSession) -> tuple[timedelta, str]:
    return datetime.max.replace(tzinfo=session.created.tzinfo) - session.created, session.id
