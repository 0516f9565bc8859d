"""DescribeRequest (service hostward): what a RequestId was."""

from datetime import timedelta
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.times import wire_datetime
from hostward.domain.errors import NotFound
from hostward.usecases.accounts import requests

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The RequestId of an answer."""

    request_id: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The request.

    Code: "" when it was answered. DurationMicroseconds: 0 when only the audit log knows it. AuditNumbers: its entries.
    """

    time: str
    user_name: str
    secret_id: str
    source: str
    service: str
    action: str
    code: str
    duration_microseconds: int
    audit_numbers: list[int]
    target: str


async def answer(ctx: Context, request: Request) -> Response:
    """Find it among the account's newest 100,000 requests, or in its audit log."""
    wanted = request.request_id
    found = await ctx.store.read(lambda uow: requests.find(uow, request_id=wanted, account=ctx.account))
    if found is None:
        raise NotFound(f"no request {wanted[:64]} of this account is known: it is too old, or of the last seconds")
    return Response(
        time=wire_datetime(ctx.settings.time_zone, found.at),
        user_name=found.user,
        secret_id=found.secret_id,
        source=found.source,
        service=found.service,
        action=found.action,
        code=found.code,
        duration_microseconds=0 if found.took is None else found.took // timedelta(microseconds=1),
        audit_numbers=[entry.number for entry in found.entries],
        target=found.entries[-1].deed.target if found.entries else "",
    )
