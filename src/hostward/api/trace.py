"""What is known of a request while it is answered: for the request log and the audit log."""

from dataclasses import dataclass

import msgspec

from hostward.api.action import AnyAction
from hostward.api.authenticator import Caller


@dataclass(slots=True, kw_only=True)
class Trace:
    """One request. started: monotonic seconds. code: "" until it is refused. parameters: once they are read."""

    id: str
    started: float
    source: str
    called: str = ""
    caller: Caller | None = None
    action: AnyAction | None = None
    parameters: msgspec.Struct | None = None
    code: str = ""
