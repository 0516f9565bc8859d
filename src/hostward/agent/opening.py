"""Open a session, and change the agent's key when it is old: the server takes both until the new one has spoken.

Whatever dies in between, one of the two keys on the disk is good: the new one is stored before the server hears of it,
and takes the old one's place only once a session was opened with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.agent.events import Trouble
from hostward.agent.facts import read_facts
from hostward.agent.identity import Identity, begun_key, is_key_old, next_key, turn_key
from hostward.agent.link import CLOCK, Link, RequestFailed, Speaker
from hostward.protocol.hello import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session, and who the agent is now."""

    session: Session
    identity: Identity


def open_session(link: Link, identity: Identity, speaker: Speaker, notice: Callable[[str], None]) -> Opened:
    """A session with the agent's key; with its next one if that has taken over. Raises RequestFailed, OSError."""
    try:
        session = link.open_session(speaker, read_facts())
    except RequestFailed as failure:
        begun = begun_key(identity.folder)
        if failure.trouble is not Trouble.UNAUTHORIZED or begun is None:
            raise
        return _with(link, identity, speaker, begun)
    if is_key_old(identity.folder, CLOCK.now().timestamp()):
        try:
            return _changed(link, identity, speaker)
        except (RequestFailed, OSError) as error:
            notice(f"the agent keeps its old key for now: {error}")
    return Opened(session=session, identity=identity)


def _changed(link: Link, identity: Identity, speaker: Speaker) -> Opened:
    key = next_key(identity.folder)
    link.announce(speaker.uuid, key)
    return _with(link, identity, speaker, key)


def _with(link: Link, identity: Identity, speaker: Speaker, key: Ed25519PrivateKey) -> Opened:
    session = link.open_session(replace(speaker, key=key), read_facts())
    return Opened(session=session, identity=turn_key(identity, key))
