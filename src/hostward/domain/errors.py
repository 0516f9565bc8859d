"""Everything Hostward raises on purpose.

One base class; a named child only where a caller acts differently. The message says what happened, the
value concerned, and what the operator can do. Results such as "offline" or "timed out" are never exceptions.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from hostward.domain.reason import Reason, Value, words


class Fault(StrEnum):
    """Kinds of trouble with a feed. INTERRUPTED: the process that imported it was ended."""

    UNREACHABLE = "unreachable"
    DAMAGED = "damaged"
    EMPTY = "empty"
    SHRUNK = "shrunk"
    INTERRUPTED = "interrupted"


class HostwardError(Exception):
    """Something an operator or caller can act on; the message is fit to be shown to them.

    Raised with words of its own, or by because() where callers of the API are to read it in their language.
    """

    reason: Reason | None = None
    values: Mapping[str, Value] = MappingProxyType({})

    @classmethod
    def because(cls, reason: Reason, **values: Value) -> Self:
        """The error with the words of a reason."""
        error = cls(words(reason, values))
        error.reason, error.values = reason, values
        return error

    def said(self, language: str) -> str:
        """The message in a language (en-US, zh-CN); in English where it has no reason."""
        return str(self) if self.reason is None else words(self.reason, self.values, language)


class Refused(HostwardError):
    """A server refused a call. code: the API's; request_id: what the server's log has it under."""

    def __init__(self, message: str, *, code: str, request_id: str) -> None:
        super().__init__(f"{message} ({code}, RequestId {request_id})")
        self.code = code
        self.request_id = request_id


class InvalidValue(HostwardError):
    """A value given by the caller is not acceptable; the message names it and what is accepted."""


class UnsupportedValue(InvalidValue):
    """The value is real elsewhere but not served here; the message says so."""


class NotFound(HostwardError):
    """What the caller named does not exist, or not for them (the two are never told apart)."""


class Forbidden(HostwardError):
    """What the caller asked for reaches beyond the machines that they are limited to."""


class NoMachines(HostwardError):
    """A scan was asked for and no machine could take part."""


class Conflict(HostwardError):
    """Not now: what exists is in a state that forbids it; the message says when it will do."""


class IllegalTransition(HostwardError):
    """A state was asked to take a step it does not have: a defect in Hostward, never a caller's mistake."""


class StaleLease(HostwardError):
    """A report came under a lease that another has replaced; nothing of it was kept."""


class AgentRefused(HostwardError):
    """An agent could not be authenticated; it must open a new session."""


class AgentQuarantined(HostwardError):
    """An agent's identity is used twice; it is kept out until an operator decides."""


class AgentTooOld(HostwardError):
    """The agent's version or protocol is below what this server accepts; the message has the upgrade command."""


class DataDirectoryError(HostwardError):
    """The data directory can't be used: in use, newer than this program, or not writable."""


class FeedError(HostwardError):
    """A feed could not be taken in; what was there before is untouched. fault: what kind of trouble it is."""

    fault = Fault.DAMAGED


class FeedUnreachable(FeedError):
    """Its source could not be reached, or refused."""

    fault = Fault.UNREACHABLE


class FeedEmpty(FeedError):
    """It holds nothing."""

    fault = Fault.EMPTY


class FeedShrunk(FeedError):
    """It lost so much that it is taken for broken."""

    fault = Fault.SHRUNK
