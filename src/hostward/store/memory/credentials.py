"""Credentials and login links in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.account import User
from hostward.domain.credential import Credential
from hostward.domain.ids import UserId
from hostward.store.memory.state import State


class MemoryCredentials:
    """session_ports.Credentials."""

    def __init__(self, state: State) -> None:
        self._state = state

    def of(self, user: UserId) -> Credential:
        """What is stored of a user; an empty one when nothing is."""
        return self._state.credentials.get(user, Credential())

    def put(self, user: User, credential: Credential) -> None:
        """Store all of a user's credential."""
        self._state.credentials[user.id] = credential

    def use_step(self, user: UserId, step: int) -> bool:
        """Use up the codes of this step and those before it; False when that has happened already."""
        kept = self._state.credentials.get(user)
        if kept is None or kept.totp_step >= step:
            return False
        self._state.credentials[user] = replace(kept, totp_step=step)
        return True

    def put_recovery(self, user: User, digests: Sequence[bytes]) -> None:
        """Make these the user's recovery codes, in place of all others."""
        self._state.recovery[user.id] = frozenset(digests)

    def take_recovery(self, user: UserId, digest: bytes) -> bool:
        """Use up a recovery code; False when the user has none such (any more)."""
        kept = self._state.recovery.get(user, frozenset())
        self._state.recovery[user] = kept - {digest}
        return digest in kept

    def add_link(self, digest: bytes, user: User, *, expires: datetime, now: datetime) -> None:
        """Remember a login link by its token's SHA-256; links that are over by now are removed."""
        for each in [one for one, (_, end) in self._state.links.items() if end <= now]:
            del self._state.links[each]
        self._state.links[digest] = (user, expires)

    def take_link(self, digest: bytes, now: datetime) -> User | None:
        """Use up a login link: its user as that is now, or None when it is unknown, used or over."""
        user, expires = self._state.links.get(digest, (None, now))
        if user is None or expires <= now:
            return None
        del self._state.links[digest]
        return self._state.users[user.account, user.name]

    def drop_links(self, user: UserId) -> None:
        """Remove the user's login links."""
        for each in [one for one, (owner, _) in self._state.links.items() if owner.id == user]:
            del self._state.links[each]
