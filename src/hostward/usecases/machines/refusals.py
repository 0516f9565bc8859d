"""What agents are told when they are kept out."""

from typing import Final

UNKNOWN_AGENT: Final = "the agent is not known here any more: enrol it (hostward agent enroll) with a new token"

QUARANTINED: Final = (
    "two machines use this agent's key, so that neither is believed: on the copy remove the agent's data directory and "
    "enrol it anew, then let the machine in again (hostward machine release)"
)
