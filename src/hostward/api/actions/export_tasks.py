"""ExportTasks: whether an export is ready, and the link to its file.

The link is to the XLSX file; the same link with format=csv in the place of format=xlsx is to the CSV file. It may be
used for ten minutes, by whoever has it; asking again gives another one, for as long as the export is kept (24 hours).
"""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.errors import ApiError, Code, codes
from hostward.api.texts import NO_EXPORT, NO_EXPORTS
from hostward.usecases.exports.shelf import Format, Status

ERRORS: Final = codes("InternalError ResourceNotFound")


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which export: the TaskId that the action which began it answered."""

    task_id: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """PENDING, FINISHED or ERROR; link and name are "" unless it is FINISHED."""

    status: str
    download_url: str
    file_name: str


async def answer(ctx: Context, request: Request) -> Response:
    """Tell how far an export of the caller's is."""
    if ctx.exports is None:
        raise ApiError(Code.UNSUPPORTED_OPERATION, NO_EXPORTS)
    export = ctx.exports.get(request.task_id, ctx.now)
    if export is None or not export.is_for(ctx.user):
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_EXPORT)
    if export.status is not Status.FINISHED:
        return Response(status=export.status.value, download_url="", file_name="")
    return Response(
        status=export.status.value,
        download_url=ctx.exports.link(export, Format.XLSX, ctx.origin, ctx.now),
        file_name=export.file_name(Format.XLSX),
    )
