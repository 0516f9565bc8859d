"""Machines as rows, each with the texts that it is searched by."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, insert, select, update

from hostward.domain.ids import AccountId, MachineId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.machine_filter import Text
from hostward.store.codec import words_of, words_text
from hostward.store.machine_rules import NOBODY
from hostward.store.session import Prepared, Row, Session, Value, in_chunks
from hostward.store.tables import machine, machine_text
from hostward.store.texts import clean, inner_ip, joined
from hostward.store.times import micros_or_none, time_or_none

_C = machine.c
COLUMNS = (
    *(_C.machine_id, _C.account_id, _C.quuid, _C.uuid, _C.host_name, _C.addresses, _C.wan_ip, _C.os_name),
    *(_C.agent_version, _C.host_id, _C.remark, _C.instance, _C.last_seen, _C.quarantined),
)
_TEXTS = {
    "anything": Text.ANY,
    "address": Text.ADDRESS,
    "host_name": Text.HOST_NAME,
    "instance": Text.INSTANCE,
    "os_name": Text.OS_NAME,
    "uuid": Text.UUID,
    "quuid": Text.QUUID,
}
_SAID = ("host_name", "addresses", "inner_ip", "wan_ip", "os_name", "agent_version", "host_id", "instance", "last_seen")

_THERE = _C.account_id != NOBODY
"""Not for a machine that was removed; what is asked for by account needs no such condition."""

_BY_ID = Prepared(select(*COLUMNS).where(_C.machine_id == bindparam("which"), _THERE))
_BY_KEY = Prepared(select(*COLUMNS).where(_C.public_key == bindparam("key_bytes")))
_BY_UUID = Prepared(select(*COLUMNS, _C.public_key).where(_C.uuid == bindparam("which"), _THERE))
_OF_ACCOUNT = Prepared(select(*COLUMNS).where(_C.account_id == bindparam("which")).order_by(_C.machine_id))
_INSTANCE = Prepared(select(_C.instance).where(_C.machine_id == bindparam("which"), _THERE))
_ADD = Prepared(insert(machine))
_ADD_TEXT = Prepared(insert(machine_text))
_PUT = Prepared(
    update(machine)
    .where(_C.machine_id == bindparam("which"))
    .values({**{name: bindparam(f"to_{name}") for name in _SAID}, "boot": bindparam("to_boot")})
)
_PUT_TEXT = Prepared(
    update(machine_text)
    .where(machine_text.c.machine_id == bindparam("which"))
    .values({name: bindparam(f"to_{name}") for name in _TEXTS})
)


_PUT_REMARK = Prepared(update(machine).where(_C.machine_id == bindparam("which")).values(remark=bindparam("to_remark")))
_OS_NAMES = Prepared(
    select(_C.os_name)
    .where(_C.account_id == bindparam("which"), _C.os_name != "")
    .distinct()
    .order_by(_C.os_name)
    .limit(bindparam("most"))
)


def by_id(session: Session, which: MachineId) -> Machine | None:
    """A machine by its number."""
    row = session.row(_BY_ID, which=which)
    return None if row is None else machine_of(row)


def instance_of(session: Session, which: MachineId) -> str | None:
    """The instance of a machine's agent."""
    row = session.row(_INSTANCE, which=which)
    return None if row is None else str(row[0])


def by_key(session: Session, public_key: bytes) -> Machine | None:
    """A machine by its agent's public key."""
    row = session.row(_BY_KEY, key_bytes=public_key)
    return None if row is None else machine_of(row)


def by_uuid(session: Session, uuid: str) -> tuple[Machine, bytes] | None:
    """A machine and its public key, by its agent's uuid."""
    row = session.row(_BY_UUID, which=clean(uuid))
    return None if row is None else (machine_of(row[:-1]), bytes(row[-1]))


def of_account(session: Session, account: AccountId) -> Sequence[Machine]:
    """All machines of an account, in the order they were enrolled."""
    return list(map(machine_of, session.rows(_OF_ACCOUNT, which=account)))


def by_quuids(session: Session, account: AccountId, quuids: Iterable[str]) -> Mapping[str, Machine]:
    """Those of the account's machines that have these quuids."""
    rows: list[Row] = []
    for chunk in in_chunks(sorted(set(map(clean, quuids)))):
        # Not by the account too: SQLite would rather look through all its machines (25 ms of 100,000).
        rows.extend(session.select(select(*COLUMNS).where(_C.quuid.in_(chunk))))
    return {found.quuid: found for found in map(machine_of, rows) if found.account == account}


def add(session: Session, new: Machine, public_key: bytes) -> None:
    """Store a new machine and its texts."""
    session.run(
        _ADD,
        machine_id=new.id,
        account_id=new.account,
        public_key=public_key,
        quuid=new.quuid,
        uuid=new.uuid,
        remark=new.remark,
        boot="",
        processes="",
        next_key=None,
        quarantined=None,
        **_said(new),
    )
    session.run(_ADD_TEXT, machine_id=new.id, account_id=new.account, **_texts(new))


def put(session: Session, changed: Machine, boot: str) -> None:
    """Store what a new session says of a machine."""
    said = {f"to_{name}": value for name, value in _said(changed).items()}
    session.run(_PUT, which=changed.id, to_boot=clean(boot), **said)
    session.run(_PUT_TEXT, which=changed.id, **{f"to_{name}": value for name, value in _texts(changed).items()})


def put_remark(session: Session, changed: Machine) -> None:
    """Store a machine's remark."""
    session.run(_PUT_REMARK, which=changed.id, to_remark=changed.remark)
    session.run(_PUT_TEXT, which=changed.id, **{f"to_{name}": value for name, value in _texts(changed).items()})


def os_names(session: Session, account: AccountId, limit: int) -> Sequence[str]:
    """The names of operating systems of an account's machines, sorted."""
    return [row[0] for row in session.rows(_OS_NAMES, which=account, most=limit)]


def machine_of(row: Row) -> Machine:
    """The machine of a row."""
    which, account, quuid, uuid, host_name, addresses, wan_ip, os_name = row[:8]
    agent_version, host_id, remark, instance, last_seen, quarantined = row[8:]
    return Machine(
        id=MachineId(which),
        account=AccountId(account),
        quuid=quuid,
        uuid=uuid,
        facts=MachineFacts(
            host_name=host_name,
            addresses=words_of(addresses),
            wan_ip=wan_ip,
            os_name=os_name,
            agent_version=agent_version,
            machine_id=host_id,
        ),
        remark=remark,
        instance=instance,
        last_seen=time_or_none(last_seen),
        quarantined=time_or_none(quarantined),
    )


def _said(said: Machine) -> dict[str, Value]:
    return {
        "host_name": said.facts.host_name,
        "addresses": words_text(said.facts.addresses),
        "inner_ip": inner_ip(said.facts.addresses),
        "wan_ip": said.facts.wan_ip,
        "os_name": said.facts.os_name,
        "agent_version": said.facts.agent_version,
        "host_id": said.facts.machine_id,
        "instance": said.instance,
        "last_seen": micros_or_none(said.last_seen),
    }


def _texts(said: Machine) -> dict[str, Value]:
    return {column: joined(said, text) for column, text in _TEXTS.items()}
