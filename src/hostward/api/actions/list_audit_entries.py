"""ListAuditEntries (service hostward): who changed what, newest first."""

from datetime import tzinfo
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.times import wire_datetime
from hostward.api.values import DEFAULT_LIMIT, limit_of, offset_of
from hostward.domain.audit import AuditEntry

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which page."""

    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0


class Entry(msgspec.Struct, rename="pascal", kw_only=True):
    """One entry. Outcome: "" when it was done, else the code. Parameters: JSON, without secrets."""

    number: int
    time: str
    user_name: str
    secret_id: str
    source: str
    service: str
    action: str
    request_id: str
    target: str
    parameters: str
    outcome: str
    digest: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """A page. HeadNumber and HeadDigest: the newest entry; written down elsewhere they prove that none is gone."""

    entries: list[Entry]
    total_count: int
    head_number: int
    head_digest: str


async def answer(ctx: Context, request: Request) -> Response:
    """List the entries."""
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    (total, entries), head = await ctx.store.read(
        lambda uow: (uow.audit.newest(ctx.account, limit=limit, offset=offset), uow.audit.head(ctx.account))
    )
    shown = [entry_info(entry, ctx.settings.time_zone) for entry in entries]
    return Response(entries=shown, total_count=total, head_number=head.number, head_digest=head.digest)


def entry_info(entry: AuditEntry, zone: tzinfo) -> Entry:
    """An entry as an answer has it."""
    deed = entry.deed
    return Entry(
        number=entry.number,
        time=wire_datetime(zone, deed.at),
        user_name=deed.user_name,
        secret_id=deed.secret_id,
        source=deed.source,
        service=deed.service,
        action=deed.action,
        request_id=deed.request_id,
        target=deed.target,
        parameters=deed.parameters,
        outcome=deed.outcome,
        digest=entry.digest,
    )
