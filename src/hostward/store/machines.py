"""Machines, enrolment and sessions in SQL."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, update

from hostward.domain.account import AgentSession
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, MachineId, TagId
from hostward.domain.machine import Machine, MachineFacts
from hostward.store import counters, ignore_rows, labels, machine_pages, machine_rows, machine_tags
from hostward.store.machine_rules import CHALLENGES_KEPT, ELSEWHERE
from hostward.store.sealing import Sealer
from hostward.store.session import Prepared, Session
from hostward.store.tables import agent_session
from hostward.store.tables import machine as machines
from hostward.store.texts import clean, cleaned
from hostward.store.times import micros, span, time_of
from hostward.store.upsert import adding
from hostward.usecases.records import Label, MachineCondition, MachineOrder, MachinePage

_SEEN = Prepared(
    update(machines)
    .where(
        machines.c.machine_id == bindparam("which"),
        or_(machines.c.last_seen.is_(None), machines.c.last_seen < bindparam("now")),
    )
    .values(last_seen=bindparam("now"))
)
_S = agent_session.c
_ADD_SESSION = adding(agent_session, key=("challenge",))
_FORGET_SESSIONS = Prepared(
    delete(agent_session).where(_S.machine_id == bindparam("of_machine"), _S.expires < bindparam("before"))
)
_SESSION = Prepared(
    select(_S.session_id, _S.machine_id, _S.instance, _S.secret, _S.expires).where(_S.session_id == bindparam("which"))
)


class SqlMachines:
    """ports.Machines."""

    def __init__(self, session: Session, sealer: Sealer) -> None:
        self._session = session
        self._sealer = sealer

    def enrol(self, account: AccountId, public_key: bytes, facts: MachineFacts, *, quuid: str, uuid: str) -> Machine:
        """The machine of this key. Raises Conflict when it is one of another account."""
        known = machine_rows.by_key(self._session, public_key)
        if known is None:
            number = MachineId(counters.take(self._session, "machine"))
            # Another agent process may have enrolled the same key while we waited for the counter.
            known = machine_rows.by_key(self._session, public_key)
            if known is None:
                new = Machine(id=number, account=account, quuid=quuid, uuid=uuid, facts=cleaned(facts))
                machine_rows.add(self._session, new, public_key)
                return new
        if known.account != account:
            raise Conflict(ELSEWHERE)
        return known

    def get(self, machine: MachineId) -> Machine | None:
        """A machine by its number."""
        return machine_rows.by_id(self._session, machine)

    def instance(self, machine: MachineId) -> str | None:
        """The process of its agent that opened the newest session; None for no such machine."""
        return machine_rows.instance_of(self._session, machine)

    def by_key(self, public_key: bytes) -> Machine | None:
        """The machine that enrolled with this key."""
        return machine_rows.by_key(self._session, public_key)

    def by_uuid(self, uuid: str) -> tuple[Machine, bytes] | None:
        """A machine and its public key, by its agent's uuid."""
        return machine_rows.by_uuid(self._session, uuid)

    def of_account(self, account: AccountId) -> Sequence[Machine]:
        """All machines of an account, in the order they were enrolled."""
        return machine_rows.of_account(self._session, account)

    def by_quuids(self, account: AccountId, quuids: Iterable[str]) -> Mapping[str, Machine]:
        """Those of the account's machines that have these quuids."""
        return machine_rows.by_quuids(self._session, account, quuids)

    def page(
        self,
        account: AccountId,
        conditions: Sequence[MachineCondition],
        *,
        limit: int,
        offset: int,
        order: MachineOrder = MachineOrder.ENROLMENT,
        descending: bool = False,
    ) -> MachinePage:
        """A page of the account's machines that meet all the conditions."""
        return machine_pages.page(
            self._session, account, conditions, limit=limit, offset=offset, order=order, descending=descending
        )

    def put_tags(self, machine: MachineId, tags: Sequence[str]) -> None:
        """Make these the machine's tags. Raises NotFound for a machine that does not exist."""
        known = self.get(machine)
        if known is None:
            raise NotFound(f"there is no machine {machine}")
        for tag in tags:
            labels.add(self._session, known.account, tag)
        machine_tags.put(self._session, known.account, machine, tags)
        ignore_rows.tags_changed(self._session, known.account)

    def tags(self, machines: Sequence[MachineId]) -> Mapping[MachineId, tuple[str, ...]]:
        """The tags of these machines, sorted; machines without any are left out."""
        return machine_tags.of(self._session, machines)

    def tagged(self, account: AccountId, tags: Sequence[str]) -> frozenset[MachineId]:
        """The account's machines that have one of these tags."""
        return machine_tags.tagged(self._session, account, tags)

    def put_remark(self, machine: MachineId, remark: str) -> None:
        """Make this the machine's remark. Raises NotFound for a machine that does not exist."""
        known = self.get(machine)
        if known is None:
            raise NotFound(f"there is no machine {machine}")
        machine_rows.put_remark(self._session, replace(known, remark=clean(remark)))

    def os_names(self, account: AccountId, *, limit: int) -> Sequence[str]:
        """The names of operating systems of the account's machines."""
        return machine_rows.os_names(self._session, account, limit)

    def labels(self, account: AccountId, conditions: Sequence[MachineCondition]) -> Sequence[Label]:
        """The account's tags, with their machines counted that meet the conditions."""
        return labels.counted(self._session, account, conditions)

    def label_names(self, account: AccountId) -> Mapping[TagId, str]:
        """The account's tags by their numbers."""
        return labels.known(self._session, account)

    def add_label(self, account: AccountId, name: str) -> TagId:
        """The number of the account's tag of this name."""
        return labels.add(self._session, account, name)

    def rename_label(self, account: AccountId, before: str, after: str) -> None:
        """Call a tag otherwise, on its machines too."""
        labels.rename(self._session, account, before, after)

    def drop_labels(self, account: AccountId, names: Sequence[str]) -> None:
        """Remove tags, from machines too."""
        labels.drop(self._session, account, names)
        ignore_rows.tags_changed(self._session, account)

    def seen(self, machine: MachineId, now: datetime) -> None:
        """The agent was heard of; an earlier word that comes late changes nothing."""
        self._session.run(_SEEN, which=machine, now=micros(now))

    def put_facts(self, machine: MachineId, facts: MachineFacts, *, boot: str, instance: str, now: datetime) -> None:
        """What a new session says of the machine."""
        known = self.get(machine)
        if known is None:
            raise NotFound(f"there is no machine {machine}")
        changed = replace(known, facts=cleaned(facts), instance=clean(instance), last_seen=now)
        machine_rows.put(self._session, changed, boot)

    def add_session(self, session: AgentSession, challenge: bytes) -> bool:
        """Store a session; False when its challenge was used before. Long expired ones of the machine are removed."""
        machine = self.get(MachineId(session.machine))
        if machine is None:
            raise NotFound(f"there is no machine {session.machine}")
        expires = micros(session.expires)
        self._session.run(_FORGET_SESSIONS, of_machine=machine.id, before=expires - span(CHALLENGES_KEPT))
        added = self._session.run(
            _ADD_SESSION(self._session.dialect.name),
            session_id=session.id,
            account_id=machine.account,
            machine_id=machine.id,
            instance=clean(session.instance),
            secret=self._sealer.seal(session.secret, _owner(session.id)),
            expires=expires,
            challenge=hashlib.sha256(challenge).digest(),
        )
        return added == 1

    def session(self, session: str) -> AgentSession | None:
        """A session by its id, expired or not."""
        row = self._session.row(_SESSION, which=clean(session))
        if row is None:
            return None
        which, machine, instance, secret, expires = row
        return AgentSession(
            id=which,
            machine=machine,
            instance=instance,
            secret=self._sealer.open(secret, _owner(which)),
            expires=time_of(expires),
        )


def _owner(session: str) -> str:
    return f"agent_session:{session}"
