"""ScanVulAgain: look again for single vulnerabilities on single machines, by the numbers of their events."""

from typing import Final

import msgspec

from hostward.api.actions.scan_vul import MAX_VUL_ID, MAX_VUL_IDS, content_of
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.texts import EVENT_NUMBERS, NO_WINDOWS_UPDATES
from hostward.api.values import between, count_between, one_of, unsupported, wrong_value
from hostward.domain.ids import EventId
from hostward.usecases.scans.rescan import Chosen, rescan

ERRORS: Final = codes(
    """FailedOperation.APIServerFail FailedOperation.RescanVul InternalError InvalidParameter
    InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameter.ParsingError InvalidParameterValue OperationDenied ResourceNotFound"""
)

MAX_EVENTS: Final = MAX_VUL_IDS
"""Events of one call."""

MAX_DIGITS: Final = 16
"""Of a number that fits a JSON number."""

WINDOWS_UPDATE: Final = 1
"""EventType of Windows updates, which are not scanned."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """EventIds, Uuids: in one text, parted by commas. Uuids: only the events on these machines; all of them for ""."""

    event_ids: str
    uuids: str = ""
    event_type: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """SuccessCount: machines that scan again."""

    success_count: Uint64
    basic_version_count: Uint64 = 0


async def answer(ctx: Context, request: Request) -> Response:
    """Start a scan of the events' machines, for the events' vulnerabilities, and wake the agents."""
    if request.event_type == WINDOWS_UPDATE:
        unsupported("EventType", request.event_type, NO_WINDOWS_UPDATES)
    one_of("EventType", request.event_type, (0,))
    events = [EventId(_number(part)) for part in _parts(request.event_ids)]
    uuids = _parts(request.uuids)
    chosen = Chosen(
        events=count_between("EventIds", events, 1, MAX_EVENTS), uuids=count_between("Uuids", uuids, 0, MAX_EVENTS)
    )  # fmt: skip
    started = await ctx.store.write(
        lambda uow: rescan(
            uow,
            chosen=chosen,
            content=content_of,
            timeout=ctx.settings.default_timeout,
            rule=ctx.ruled,
            account=ctx.account,
            by=ctx.user.name,
            now=ctx.now,
        )
    )
    ctx.hub.wake(started.wake)
    return Response(success_count=started.machines)


def _parts(text: str) -> list[str]:
    """What is between the commas, each once; nothing of an empty text."""
    return list(dict.fromkeys(part.strip() for part in text.replace(";", ",").split(","))) if text.strip() else []


def _number(part: str) -> int:
    if not part.isascii() or not part.isdigit() or len(part) > MAX_DIGITS:
        wrong_value("EventIds", part, EVENT_NUMBERS)
    return between("EventIds", int(part), 1, MAX_VUL_ID)
