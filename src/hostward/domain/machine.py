"""A machine that an agent speaks for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hostward.domain.ids import AccountId, MachineId

OFFLINE_AFTER = timedelta(seconds=125)
"""Silence that makes a machine offline: 2.5 times the longest poll hold (50 s)."""

MINIMUM_AGENT = (0, 1, 0)
"""Oldest agent this server gives work to; older ones fail with FailType 8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """What an agent says of its machine each time it opens a session; all of it is shown, none of it trusted.

    addresses: every address, the inner one first. wan_ip "" when the machine knows none.
    """

    host_name: str
    addresses: tuple[str, ...]
    wan_ip: str
    os_name: str
    agent_version: str
    machine_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine and when its agent was last heard of. quuid names it for ever, uuid is its agent's identity.

    instance: which process of the agent speaks ("" before the first session). last_seen None: never heard of.
    quarantined: since when its agent is kept out because two machines use its key, None when it is not.
    """

    id: MachineId
    account: AccountId
    quuid: str
    uuid: str
    facts: MachineFacts
    remark: str = ""
    instance: str = ""
    last_seen: datetime | None = None
    quarantined: datetime | None = None

    def is_online(self, now: datetime) -> bool:
        """True when the agent was heard of less than OFFLINE_AFTER ago."""
        return self.last_seen is not None and now - self.last_seen < OFFLINE_AFTER

    def is_too_old(self) -> bool:
        """True when the agent's version is below MINIMUM_AGENT; a version that can't be read is too old."""
        return version_tuple(self.facts.agent_version) < MINIMUM_AGENT

    def seen(self, now: datetime) -> "Machine":
        """The machine after a word from its agent."""
        return replace(self, last_seen=now)


def version_tuple(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: "0.10.2.dev1" -> (0, 10, 2); () when there are none."""
    numbers: list[int] = []
    for part in version.split("."):
        if not part.isascii() or not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)
