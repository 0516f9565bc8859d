"""What a call from the command line is signed with."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a call is signed with. token: of a temporary key, else ""."""

    secret_id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
