"""DescribeScanTaskStatus: the words for the four statuses of a machine in a task, for lists and filters of clients."""

from collections.abc import Mapping
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.errors import codes
from hostward.api.texts import STATUS_FAIL, STATUS_OK, STATUS_SCANNING, STATUS_STOP, Text
from hostward.api.values import module_of
from hostward.domain.host_scan import Status

ERRORS: Final = codes(
    """AuthFailure InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameterValue
    MissingParameter ResourceNotFound"""
)

LABELS: Final[Mapping[Status, Text]] = {
    Status.SCANNING: STATUS_SCANNING,
    Status.OK: STATUS_OK,
    Status.FAIL: STATUS_FAIL,
    Status.STOP: STATUS_STOP,
}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The module; all three have the same statuses."""

    module_type: str


class TaskStatus(msgspec.Struct, rename="pascal", kw_only=True):
    """A label for each status, by the word that ScanTaskDetails.Status and the filter Status have for it."""

    scanning: str
    ok: str
    fail: str
    stop: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The labels in the caller's language."""

    state: TaskStatus


async def answer(ctx: Context, request: Request) -> Response:
    """Name the statuses."""
    module_of(request.module_type)
    said = {status: text.said(ctx.language, {}) for status, text in LABELS.items()}
    return Response(
        state=TaskStatus(
            scanning=said[Status.SCANNING], ok=said[Status.OK], fail=said[Status.FAIL], stop=said[Status.STOP]
        )
    )
