"""The wire to the server: four POSTs over HTTP/1.1, kept alive, signed with the session's secret.

Blocking; two threads may use one Link. Every failure is raised as RequestFailed and says in what way to act on it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.agent.events import Trouble
from hostward.agent.wire import Wire, target_of
from hostward.agent.words import CLOCK, Conversation, RequestFailed, Speaker, Words
from hostward.protocol.hello import Enrolled, Facts, Session
from hostward.protocol.job import Poll, Work
from hostward.protocol.report import Answer
from hostward.runtime.clock import Clock

__all__ = ["CLOCK", "Link", "RequestFailed", "Speaker"]

READ_SECONDS = 30.0
"""Patience with a server that is there but slow, beside the time it was asked to hold a poll."""

T = TypeVar("T")


class Link:
    """Requests to one server. url: its root; plain http only on loopback. Raises InvalidValue for any other.

    ca_file: certificates trusted in place of the system's. environ: where HTTPS_PROXY and NO_PROXY are looked up.
    """

    def __init__(
        self, url: str, *, ca_file: Path | None = None, environ: Mapping[str, str] = os.environ, clock: Clock = CLOCK
    ) -> None:
        self._url = url
        self._wire = Wire(target_of(url, environ), ca_file=ca_file)
        self._words = Words(url, clock=clock)

    def enroll(self, token: str, public_key: bytes, facts: Facts) -> Enrolled:
        """Make the key known. Raises RequestFailed."""
        return self._held(self._words.enroll(token, public_key, facts))

    def open_session(self, speaker: Speaker, facts: Facts) -> Session:
        """Prove who speaks; requests of any thread use the new session from now on. Raises RequestFailed."""
        return self._held(self._words.open_session(speaker, facts))

    def announce(self, uuid: str, key: Ed25519PrivateKey) -> None:
        """Let this key follow the agent's present one. Raises RequestFailed."""
        self._held(self._words.announce(uuid, key))

    def poll(self, poll: Poll) -> Work:
        """Ask for work; held by the server for poll.wait seconds. Raises RequestFailed."""
        return self._held(self._words.poll(poll))

    def report(self, body: bytes) -> Answer:
        """Report; body: a protocol.report.Report as JSON. Raises RequestFailed."""
        return self._held(self._words.report(body))

    def close(self) -> None:
        """Break off every request under way; those after it fail."""
        self._wire.close()

    def _held(self, conversation: Conversation[T]) -> T:
        """Post its letters until it has come to its end."""
        try:
            letter = next(conversation)
            while True:
                try:
                    response = self._wire.post(
                        letter.path, letter.body, letter.headers, seconds=letter.held + READ_SECONDS
                    )
                except OSError as error:
                    raise RequestFailed(Trouble.NETWORK, f"{self._url} can't be reached: {error}") from error
                letter = conversation.send(response)
        except StopIteration as ended:
            result: T = ended.value
            return result
