"""Which versions of the protocol speak with one another."""

PROTOCOL = 1
"""Spoken by this release. It rises when a field changes its meaning; added fields have defaults."""

OLDEST = 1
"""Oldest protocol a server of this release accepts (always PROTOCOL - 1 where that exists)."""

UPGRADE_COMMAND = "hostward agent upgrade"


def is_accepted(protocol: int) -> bool:
    """True when an agent that speaks this protocol can be served."""
    return OLDEST <= protocol <= PROTOCOL
