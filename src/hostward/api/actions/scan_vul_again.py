"""ScanVulAgain: look again for single vulnerabilities of single machines, by the ids of their events."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.schedule_texts import NO_EVENTS
from hostward.api.values import unsupported

ERRORS: Final = codes(
    """FailedOperation.APIServerFail FailedOperation.RescanVul InternalError InvalidParameter
    InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameter.ParsingError InvalidParameterValue OperationDenied ResourceNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """EventIds, Uuids: in one text, parted by commas."""

    event_ids: str
    uuids: str = ""
    event_type: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """SuccessCount: machines that scan again."""

    success_count: Uint64 = 0
    basic_version_count: Uint64 = 0


async def answer(ctx: Context, request: Request) -> Response:  # noqa: ARG001  # refused for everybody
    """Refuse, and say what does it: no answer of this server names an event that could be meant."""
    unsupported("EventIds", request.event_ids, NO_EVENTS)
