"""Enrol a machine: a token is spent once, a key is known for ever."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from hostward.domain.audit import Deed, Json, parameters_text, shortened
from hostward.domain.enrolment import MOST_WAITING, EnrolmentToken, Waiting, checked_life, checked_uses
from hostward.domain.errors import AgentRefused, Conflict
from hostward.domain.ids import AccountId, UserId
from hostward.domain.machine import Machine, MachineFacts
from hostward.usecases.ports import UnitOfWork

NO_TOKEN = "the enrolment token is unknown, expired or used up: make a new one on the server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a new token is to be good for. See EnrolmentToken."""

    uses: int = 1
    life: timedelta = timedelta(hours=24)
    tags: tuple[str, ...] = ()
    needs_approval: bool = False
    for_image: bool = False


def allow(
    uow: UnitOfWork, *, token: str, account: AccountId, uses: int, life: timedelta, now: datetime
) -> EnrolmentToken:
    """Let this token enrol that many machines into the account; only its hash is stored."""
    return make(uow, token=token, account=account, offer=Offer(uses=uses, life=life), by="", now=now)


def make(uow: UnitOfWork, *, token: str, account: AccountId, offer: Offer, by: str, now: datetime) -> EnrolmentToken:
    """Keep a new token of this word. by: who made it. Raises InvalidValue for an offer that can't be."""
    digest = digest_of(token)
    made = EnrolmentToken(
        id=name_of(digest),
        account=account,
        made_by=by,
        created=now,
        expires=now + checked_life(offer.life),
        uses=checked_uses(offer.uses),
        uses_left=offer.uses,
        tags=offer.tags,
        needs_approval=offer.needs_approval,
        for_image=offer.for_image,
    )
    uow.enrolments.add(digest, made)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What the audit log keeps of how a machine came. source: its address. request_id: of the enrolment."""

    source: str = ""
    request_id: str = ""


NOT_TOLD = Arrival()


def enrol(
    uow: UnitOfWork,
    *,
    token: str,
    public_key: bytes,
    facts: MachineFacts,
    quuid: str,
    uuid: str,
    now: datetime,
    arrival: Arrival = NOT_TOLD,
) -> Machine | Waiting:
    """The machine of this key, with the names given if it is new; one that waits until somebody lets it in.

    A key that is known gets the same answer whatever became of its token: the first answer may have been lost. Who came
    by a token that somebody made is noted in the audit log, in the same transaction; the server's own agent is not.
    Raises AgentRefused for a token that is no good, Conflict when too many wait already.
    """
    known = uow.machines.by_key(public_key) or uow.enrolments.waiting_by_key(public_key)
    if known is not None:
        return known
    spent = uow.enrolments.take(digest_of(token), now)
    if spent is None:
        raise AgentRefused(NO_TOKEN)
    if spent.made_by:
        uow.audit.append(_came(spent, facts, quuid, now, arrival))
    if spent.needs_approval:
        return _waits(uow, spent, public_key, facts, quuid=quuid, uuid=uuid, now=now)
    machine = uow.machines.enrol(spent.account, public_key, facts, quuid=quuid, uuid=uuid)
    if spent.tags:
        uow.machines.put_tags(machine.id, spent.tags)
    return machine


def keeps_token(uow: UnitOfWork, token: str) -> bool:
    """Whether a machine keeps this token's word after it is enrolled."""
    known = uow.enrolments.by_digest(digest_of(token))
    return known is not None and known.for_image


def digest_of(token: str) -> bytes:
    """What a token is found by."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def name_of(digest: bytes) -> str:
    """A token's public name: it tells nothing of the word."""
    return "et-" + uuid5(NAMESPACE_OID, digest.hex()).hex[:12]


def _came(token: EnrolmentToken, facts: MachineFacts, quuid: str, now: datetime, arrival: Arrival) -> Deed:
    """A machine came in, or to the door where it must wait; no user did it, but one made the token."""
    kept: dict[str, Json] = {
        "Enrolment": token.id,
        "MadeBy": token.made_by,
        "HostName": facts.host_name,
        "Waits": token.needs_approval,
    }
    return Deed(
        account=token.account,
        at=now,
        user_id=UserId(0),
        user_name="",
        secret_id="",
        source=shortened(arrival.source),
        service="agent",
        action="EnrolMachine",
        request_id=arrival.request_id,
        target=f"Quuid {quuid}",
        parameters=parameters_text(kept),
        outcome="",
    )


def _waits(
    uow: UnitOfWork, token: EnrolmentToken, public_key: bytes, facts: MachineFacts, *, quuid: str, uuid: str,
    now: datetime,
) -> Waiting:  # fmt: skip
    others: Sequence[Waiting] = uow.enrolments.waiting(token.account)
    if len(others) >= MOST_WAITING:
        raise Conflict(f"{MOST_WAITING} machines wait for approval already: decide about them first")
    waiting = Waiting(
        id="mw-" + uuid.replace("-", "")[:12],
        account=token.account,
        token=token.id,
        public_key=public_key,
        facts=facts,
        tags=token.tags,
        quuid=quuid,
        uuid=uuid,
        since=now,
    )
    uow.enrolments.add_waiting(waiting)
    return waiting
