"""The common parameters of a request: what it calls, whoever sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from hostward.api.errors import ApiError, Code
from hostward.api.http import Request
from hostward.api.texts import COMMON_MISSING, shown

MOST_FLAT = 10_000
"""Flat parameters that are looked at in a query or form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is called. timestamp: as sent, not checked yet."""

    action: str
    version: str
    timestamp: str

    @property
    def shown(self) -> str:
        """The action's name, fit for a log."""
        return shown(self.action)


def call_of(request: Request) -> Call:
    """The call a request makes: from its X-TC- headers, else from its query or form.

    Raises ApiError MissingParameter when Action, Version or Timestamp is nowhere to be found.
    """
    names = ("Action", "Version", "Timestamp")
    found = {name: request.head.text(b"x-tc-" + name.lower().encode()) for name in names}
    if not all(found.values()):
        flat = flat_parameters(request)
        found = {name: value or flat.get(name, "") for name, value in found.items()}
    for name in names:
        if not found[name]:
            raise ApiError(Code.MISSING_PARAMETER, COMMON_MISSING, name=name)
    return Call(action=found["Action"], version=found["Version"], timestamp=found["Timestamp"])


def flat_parameters(request: Request) -> Mapping[str, str]:
    """Parameters of a query (GET) or of a form (POST); none when they can't be read."""
    head = request.head
    source = head.query if head.method == "GET" else request.body
    if head.method != "GET" and head.content_type != "application/x-www-form-urlencoded":
        return {}
    try:
        return dict(parse_qsl(source.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_FLAT))
    except ValueError:
        return {}
