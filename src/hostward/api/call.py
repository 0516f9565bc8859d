"""The common parameters of a request: what it calls, whoever sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hostward.api.envelope import language_named, language_of
from hostward.api.errors import ApiError, Code
from hostward.api.flat_body import common_of
from hostward.api.http import Head, Request
from hostward.api.texts import COMMON_MISSING, Language, shown
from hostward.usecases.accounts.browser import token_in

_HEADERS: Final[Mapping[str, bytes]] = {
    "Action": b"x-tc-action",
    "Version": b"x-tc-version",
    "Timestamp": b"x-tc-timestamp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is called, and in which language. timestamp: as sent, not checked yet.

    common: common parameters found in the query or form of a request without an Authorization header; else empty.
    is_by_session: it carries no signature but the console's cookie.
    """

    action: str
    version: str
    timestamp: str
    language: Language
    common: Mapping[str, str] = field(default_factory=dict)
    is_by_session: bool = False

    @property
    def shown(self) -> str:
        """The action's name, fit for a log."""
        return shown(self.action)

    @property
    def is_signed_v1(self) -> bool:
        """Whether it carries a signature of version 1, right or wrong."""
        return "Signature" in self.common


def call_of(request: Request) -> Call:
    """The call a request makes.

    A request signed with version 1 says it in its parameters alone: a header is not signed there, so it must not
    overrule them. Any other says it in its X-TC- headers, and one that nobody signed may say it in either. The console
    need not say its time: no signature grows old there.
    Raises ApiError MissingParameter when Action, Version or Timestamp is nowhere to be found.
    """
    head = request.head
    flat = None if b"authorization" in head.headers else request.flat
    common = common_of(flat) if flat else {}
    if "Signature" in common:
        found = {name: common.get(name, "") for name in _HEADERS}
    else:
        found = {name: head.text(header) or common.get(name, "") for name, header in _HEADERS.items()}
    is_by_session = "Signature" not in common and _has_session(head)
    for name, value in found.items():
        if not value and not (is_by_session and name == "Timestamp"):
            raise ApiError(Code.MISSING_PARAMETER, COMMON_MISSING, name=name)
    return Call(
        action=found["Action"],
        version=found["Version"],
        timestamp=found["Timestamp"],
        language=language_named(common["Language"]) if common.get("Language") else language_of(head),
        common=common,
        is_by_session=is_by_session,
    )


def _has_session(head: Head) -> bool:
    return b"authorization" not in head.headers and b"cookie" in head.headers and token_in(head.text(b"cookie")) != ""
