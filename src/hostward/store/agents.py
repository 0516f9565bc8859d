"""The life of agents in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, MachineId
from hostward.domain.machine import Machine
from hostward.domain.processes import Processes
from hostward.store import machine_rows
from hostward.store.codec import processes_of, processes_text
from hostward.store.event_tables import evident, installed
from hostward.store.fleet import KeptStanding
from hostward.store.machine_rules import KEY_IN_USE, NOBODY, key_of_removed
from hostward.store.session import Prepared, Session
from hostward.store.tables import (
    agent_session,
    current_result,
    current_vul,
    known_vuls,
    machine,
    machine_tag,
    machine_text,
)
from hostward.store.times import micros, micros_or_none

_M, _R = machine.c, current_result.c
_THIS = _M.machine_id == bindparam("which")
_PROCESSES = Prepared(select(_M.processes).where(_THIS))
_PUT_PROCESSES = Prepared(update(machine).where(_THIS).values(processes=bindparam("to_processes")))
_QUARANTINE = Prepared(update(machine).where(_THIS).values(quarantined=bindparam("since"), processes=""))
_NEXT_KEY = Prepared(select(_M.next_key).where(_THIS))
_PUT_NEXT_KEY = Prepared(update(machine).where(_THIS).values(next_key=bindparam("key_bytes")))
_TURN_KEY = Prepared(
    update(machine).where(_THIS, _M.next_key.is_not(None)).values(public_key=_M.next_key, next_key=None)
)
_SILENT = Prepared(
    select(*machine_rows.COLUMNS)
    .where(_M.account_id != NOBODY, _M.last_seen < bindparam("before"))
    .order_by(_M.last_seen, _M.machine_id)
    .limit(bindparam("most"))
)
_REMOVE = Prepared(
    update(machine)
    .where(_THIS)
    .values(account_id=NOBODY, public_key=bindparam("key_bytes"), next_key=None, processes="", quarantined=None)
)
_REMOVE_TEXT = Prepared(
    update(machine_text).where(machine_text.c.machine_id == bindparam("which")).values(account_id=NOBODY)
)
_DROPPED = tuple(
    Prepared(delete(table).where(table.c.machine_id == bindparam("which")))
    for table in (agent_session, machine_tag, current_result, current_vul, known_vuls, installed, evident)
)


class SqlAgents:
    """ports.Agents."""

    def __init__(self, session: Session, kept: KeptStanding) -> None:
        self._session = session
        self._kept = kept

    def processes(self, machine: MachineId) -> Processes:
        """Which of its processes spoke."""
        row = self._session.row(_PROCESSES, which=machine)
        return Processes() if row is None else processes_of(row[0])

    def put_processes(self, machine: MachineId, processes: Processes) -> None:
        """Keep which of its processes spoke."""
        self._session.run(_PUT_PROCESSES, which=machine, to_processes=processes_text(processes))

    def quarantine(self, machine: MachineId, since: datetime | None) -> None:
        """Keep the agent out, or let it in again."""
        self._session.run(_QUARANTINE, which=machine, since=micros_or_none(since))

    def next_key(self, machine: MachineId) -> bytes | None:
        """The key that is to follow the machine's present one."""
        row = self._session.row(_NEXT_KEY, which=machine)
        return None if row is None or row[0] is None else bytes(row[0])

    def put_next_key(self, machine: MachineId, key: bytes) -> None:
        """Let this key speak for the machine beside its present one."""
        if machine_rows.by_key(self._session, key) is not None:
            raise Conflict(KEY_IN_USE)
        self._session.run(_PUT_NEXT_KEY, which=machine, key_bytes=key)

    def turn_key(self, machine: MachineId) -> None:
        """The key that is to follow becomes the machine's only one."""
        following = self.next_key(machine)
        holder = None if following is None else machine_rows.by_key(self._session, following)
        if holder is not None and holder.id != machine:
            raise Conflict(KEY_IN_USE)
        self._session.run(_TURN_KEY, which=machine)

    def silent(self, before: datetime, limit: int) -> Sequence[Machine]:
        """Machines that were heard of, but not since this time."""
        rows = self._session.rows(_SILENT, before=micros(before), most=limit)
        return list(map(machine_rows.machine_of, rows))

    def remove(self, account: AccountId, machine: MachineId) -> None:
        """The account has this machine no more."""
        known = machine_rows.by_id(self._session, machine)
        if known is None or known.account != account:
            raise NotFound(f"there is no machine {machine}")
        self._kept.removed(account, machine)
        for statement in _DROPPED:
            self._session.run(statement, which=machine)
        self._session.run(_REMOVE, which=machine, key_bytes=key_of_removed(machine))
        self._session.run(_REMOVE_TEXT, which=machine)
