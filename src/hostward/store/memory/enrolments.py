"""Enrolment tokens and waiting machines in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.enrolment import EnrolmentToken, Waiting
from hostward.domain.ids import AccountId
from hostward.store.memory.state import State
from hostward.store.texts import clean, cleaned


class MemoryEnrolments:
    """ports.Enrolments."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, digest: bytes, token: EnrolmentToken) -> None:
        """Keep a new token."""
        self._state.tokens[digest] = replace(token, made_by=clean(token.made_by))

    def by_digest(self, digest: bytes) -> EnrolmentToken | None:
        """A token by the hash of its word."""
        return self._state.tokens.get(digest)

    def take(self, digest: bytes, now: datetime) -> EnrolmentToken | None:
        """Use an open token once."""
        token = self._state.tokens.get(digest)
        if token is None or not token.is_open(now):
            return None
        self._state.tokens[digest] = replace(token, uses_left=token.uses_left - 1)
        return self._state.tokens[digest]

    def tokens(self, account: AccountId) -> Sequence[EnrolmentToken]:
        """The account's tokens, newest first."""
        mine = sorted((each for each in self._state.tokens.values() if each.account == account), key=lambda t: t.id)
        return sorted(mine, key=lambda token: token.created, reverse=True)

    def revoke(self, account: AccountId, token: str, now: datetime) -> bool:
        """Close one of the account's tokens."""
        for digest, known in self._state.tokens.items():
            if known.account == account and known.id == token:
                if known.revoked is None:
                    self._state.tokens[digest] = replace(known, revoked=now)
                return True
        return False

    def forget(self, before: datetime) -> int:
        """Remove tokens that expired before this time."""
        old = [digest for digest, token in self._state.tokens.items() if token.expires < before]
        for digest in old:
            del self._state.tokens[digest]
        return len(old)

    def add_waiting(self, waiting: Waiting) -> None:
        """Keep a machine that waits."""
        self._state.waiting[waiting.public_key] = replace(waiting, facts=cleaned(waiting.facts))

    def waiting(self, account: AccountId) -> Sequence[Waiting]:
        """The account's machines that wait, oldest first."""
        mine = (each for each in self._state.waiting.values() if each.account == account)
        return sorted(mine, key=lambda each: (each.since, each.id))

    def waiting_by_key(self, public_key: bytes) -> Waiting | None:
        """The machine with this key that waits."""
        return self._state.waiting.get(public_key)

    def drop_waiting(self, account: AccountId, waiting: str) -> Waiting | None:
        """Let one of the account's machines wait no longer."""
        found = next((each for each in self.waiting(account) if each.id == waiting), None)
        if found is not None:
            del self._state.waiting[found.public_key]
        return found
