"""What a server answers when it does not do what it was asked: the body of every 4xx and 503 of the agent plane.

An agent believes a refusal only with this body: a proxy's or a captive portal's 403 is no word of the server's.
"""

import msgspec


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """message: what happened and what the operator can do. time: the server's clock, seconds since 1970 UTC."""

    message: str
    time: float
