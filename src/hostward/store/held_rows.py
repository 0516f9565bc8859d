"""What machines held while something was said of it: of one machine, of one vulnerability, and what has ended."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from hostward.domain.advisory import FixStatus
from hostward.domain.ids import AccountId, MachineId, VulId
from hostward.domain.vul_event import Span
from hostward.store.event_tables import evident, installed, package_match
from hostward.store.package_rows import COLUMNS, package_of
from hostward.store.session import Row, Session, in_chunks
from hostward.store.tables import machine, package_version
from hostward.store.times import EPOCH, time_of, time_or_none
from hostward.store.vul_spans import Advice, Held

_I, _C, _E, _V, _M = installed.c, package_match.c, evident.c, package_version.c, machine.c
_MEET = and_(
    _C.package_id == _I.package_id,
    or_(_C.until.is_(None), _C.until > _I.since),
    or_(_I.until.is_(None), _I.until > _C.since),
)
_MATCHED = (
    select(
        *(_I.machine_id, _I.since, _I.until, *COLUMNS, _I.path),
        *(_C.vul_id, _C.feed, _C.advisory_id, _C.fixed, _C.status, _C.since, _C.until),
    )
    .join_from(installed, package_match, _MEET)
    .join(package_version, _V.package_id == _I.package_id)
    .join(machine, _M.machine_id == _I.machine_id)
)
_SAID = (
    select(
        *(_E.machine_id, _E.since, _E.until, *COLUMNS, _E.path),
        *(_E.vul_id, _E.said_by, _E.fixed, _E.status),
    )
    .join_from(evident, package_version, _V.package_id == _E.package_id)
    .join(machine, _M.machine_id == _E.machine_id)
)

ByMachine = dict[MachineId, list[Held]]


class HeldRows:
    """Reads of one transaction. Quarantined machines hold nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_pairs(self, account: AccountId, of_machine: MachineId, vuls: Sequence[VulId]) -> list[Held]:
        """What ever brought these vulnerabilities to one machine."""
        found: ByMachine = {}
        for chunk in in_chunks(vuls):
            self._read(
                found,
                account,
                [_I.machine_id == of_machine, _C.vul_id.in_(chunk)],
                [_E.machine_id == of_machine, _E.vul_id.in_(chunk)],
            )
        return found.get(of_machine, [])

    def of_vul(self, account: AccountId, vul: VulId, machines: Sequence[MachineId]) -> ByMachine:
        """What ever brought one vulnerability to these machines."""
        found: ByMachine = {}
        for chunk in in_chunks(machines):
            self._read(
                found,
                account,
                [_I.machine_id.in_(chunk), _C.vul_id == vul],
                [_E.machine_id.in_(chunk), _E.vul_id == vul],
            )
        return found

    def ended(self, account: AccountId, *, machine: MachineId | None, vul: VulId | None) -> ByMachine:
        """What brought something once and does no more; of one machine, of one vulnerability, or all."""
        found: ByMachine = {}
        of = [] if machine is None else [_I.machine_id == machine]
        of += [] if vul is None else [_C.vul_id == vul]
        own = [] if machine is None else [_E.machine_id == machine]
        own += [] if vul is None else [_E.vul_id == vul]
        # Two readings: what ended on a machine, and what feeds took back, are few and found by themselves.
        self._read(found, account, [*of, _I.until.is_not(None)], [*own, _E.until.is_not(None)])
        self._read(found, account, [*of, _I.until.is_(None), _C.until.is_not(None)], None)
        return found

    def _read(
        self,
        found: ByMachine,
        account: AccountId,
        matched: Sequence[ColumnElement[bool]],
        said: Sequence[ColumnElement[bool]] | None,
    ) -> None:
        for row in self._rows(account, _MATCHED.where(_I.account_id == account, *matched)):
            found.setdefault(MachineId(row[0]), []).append(_held(row))
        if said is not None:
            for row in self._rows(account, _SAID.where(_E.account_id == account, *said)):
                found.setdefault(MachineId(row[0]), []).append(_told(row))

    def _rows(self, account: AccountId, query: Select[Any]) -> Iterable[Row]:
        return self._session.select(query.where(_M.account_id == account, _M.quarantined.is_(None)))


def _held(row: Row) -> Held:
    _, since, until, *words, path, vul, feed, advisory, fixed, status, said_since, said_until = row
    return Held(
        package=package_of(words, path),
        span=Span(time_of(since), time_or_none(until)),
        advice=Advice(
            vul=VulId(vul),
            said_by=f"{feed} {advisory}",
            fixed=fixed,
            status=FixStatus(status),
            span=Span(time_of(said_since), time_or_none(said_until)),
        ),
    )


def _told(row: Row) -> Held:
    _, since, until, *words, path, vul, said_by, fixed, status = row
    return Held(
        package=package_of(words, path),
        span=Span(time_of(since), time_or_none(until)),
        advice=Advice(vul=VulId(vul), said_by=said_by, fixed=fixed, status=FixStatus(status), span=Span(EPOCH)),
    )
