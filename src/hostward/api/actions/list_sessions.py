"""ListSessions (service hostward): browsers that are signed in to the console, newest first."""

from datetime import tzinfo
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.times import wire_datetime
from hostward.api.values import between
from hostward.domain.console_session import ConsoleSession
from hostward.usecases.accounts import console_sessions

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Whose ("": of all that the caller may see: their own, and all of the account with the permission user:read)."""

    user_name: str = ""
    limit: Uint64 = 20
    offset: Uint64 = 0


class SessionInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """One signed-in browser. LastUsedTime: to the minute. Current: the one that asks."""

    session_id: str
    user_name: str
    source: str
    user_agent: str
    created_time: str
    last_used_time: str
    expire_time: str
    current: bool


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """A page of the sessions, and how many there are."""

    total_count: int
    sessions: list[SessionInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    limit = between("Limit", request.limit, 1, 100)
    found = await ctx.store.read(
        lambda uow: console_sessions.listing(uow, by=ctx.user, user=request.user_name, now=ctx.now)
    )
    page = found[request.offset : request.offset + limit]
    return Response(
        total_count=len(found), sessions=[_info(one, ctx.settings.time_zone, current=ctx.session) for one in page]
    )


def _info(session: ConsoleSession, zone: tzinfo, *, current: str) -> SessionInfo:
    return SessionInfo(
        session_id=session.id,
        user_name=session.user.name,
        source=session.source,
        user_agent=session.user_agent,
        created_time=wire_datetime(zone, session.created),
        last_used_time=wire_datetime(zone, session.last_used),
        expire_time=wire_datetime(zone, session.expires),
        current=session.id == current,
    )
