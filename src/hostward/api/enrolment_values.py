"""What the actions of enrolment share: offers, checked, and tokens and machines as they are answered."""

from datetime import datetime, time, timedelta
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.texts import BAD_DATE
from hostward.api.times import wire_datetime
from hostward.api.values import wrong_value
from hostward.domain.enrolment import EnrolmentToken, Waiting
from hostward.domain.errors import Conflict
from hostward.domain.reason import Reason
from hostward.usecases.install_ports import Installs

INSTALL_USES: Final = 1_000
"""Machines that a token of the API's own actions brings in, which know no number."""


class TokenInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """One token; its word is not kept. Status: open, used up, expired or revoked."""

    token_id: str
    status: str
    uses: int
    uses_left: int
    tags: list[str]
    approve: bool
    image: bool
    created_by: str
    created_time: str
    expire_time: str


class WaitingInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """A machine that waits to be let in, as its agent describes it."""

    waiting_id: str
    host_name: str
    host_ip: str
    os_name: str
    agent_version: str
    token_id: str
    tags: list[str]
    since_time: str


def token_info(token: EnrolmentToken, ctx: Context) -> TokenInfo:
    """A token as it is answered."""
    zone = ctx.settings.time_zone
    return TokenInfo(
        token_id=token.id,
        status=token.state(ctx.now).value,
        uses=token.uses,
        uses_left=token.uses_left,
        tags=list(token.tags),
        approve=token.needs_approval,
        image=token.for_image,
        created_by=token.made_by,
        created_time=wire_datetime(zone, token.created),
        expire_time=wire_datetime(zone, token.expires),
    )


def waiting_info(waiting: Waiting, ctx: Context) -> WaitingInfo:
    """A waiting machine as it is answered."""
    return WaitingInfo(
        waiting_id=waiting.id,
        host_name=waiting.facts.host_name,
        host_ip=next(iter(waiting.facts.addresses), ""),
        os_name=waiting.facts.os_name,
        agent_version=waiting.facts.agent_version,
        token_id=waiting.token,
        tags=list(waiting.tags),
        since_time=wire_datetime(ctx.settings.time_zone, waiting.since),
    )


def installs_of(ctx: Context) -> Installs:
    """How agents are installed from here. Raises Conflict where they are not."""
    if ctx.installs is None:
        raise Conflict.because(Reason.NO_INSTALLS)
    return ctx.installs


def life_until(ctx: Context, date: str, name: str = "ExpireDate") -> timedelta:
    """How long a token lives that is good to the end of a day in the API's time zone."""
    zone = ctx.settings.time_zone
    try:
        day = datetime.strptime(date, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone; its end gets one below
    except ValueError:
        wrong_value(name, date, BAD_DATE)
    life = datetime.combine(day, time.min, zone) + timedelta(days=1) - ctx.now
    if life <= timedelta(0):
        wrong_value(name, date, BAD_DATE)
    return life
