"""What is installed on a machine over time, in SQL: spans of the packages that count there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from sqlalchemy import Table, and_, bindparam, delete, exists, literal, null, select, update

from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.matching import hidden_reason, kernel_release, match_evidence
from hostward.domain.module import Module
from hostward.store import vul_rows
from hostward.store.event_tables import evident, installed, package_match
from hostward.store.package_rows import COLUMNS, package_of
from hostward.store.result_rows import EVIDENCE, FACTS, evidence_of, facts_of
from hostward.store.session import Prepared, Session, Value, in_chunks
from hostward.store.tables import current_result, machine, machine_package, package_version
from hostward.store.upsert import Upsert, adding_from, upserting

Key = tuple[Value, ...]
"""The values of a table's key but for machine and since."""

SCAN = 20_000
"""Package versions looked for in one reading of all inventories (SQLite takes 32,766 values in a statement)."""

_I, _E, _P, _V, _R = installed.c, evident.c, machine_package.c, package_version.c, current_result.c
_OF_LEASE = (_P.machine_id == bindparam("of_machine"), _P.lease_id == bindparam("of_lease"))
_HAVE = select(_P.package_id, *COLUMNS, _P.path).join_from(
    machine_package, package_version, _V.package_id == _P.package_id
)
_ALL = Prepared(_HAVE.where(*_OF_LEASE))
_ADVISED = Prepared(_HAVE.where(*_OF_LEASE, exists().where(package_match.c.package_id == _P.package_id)))
_ACCOUNT = Prepared(select(machine.c.account_id).where(machine.c.machine_id == bindparam("of_machine")))
_OPEN_INSTALLED = Prepared(
    select(_I.since, _I.package_id, _I.path).where(_I.machine_id == bindparam("of_machine"), _I.until.is_(None))
)
_OPEN_EVIDENT = Prepared(
    select(_E.since, _E.package_id, _E.path, _E.vul_id).where(
        _E.machine_id == bindparam("of_machine"), _E.until.is_(None)
    )
)
_KEY = ("machine_id", "package_id", "path", "since")
_NAMES = (*_KEY, "until", "account_id")
_CURRENT = and_(_R.machine_id == _P.machine_id, _R.lease_id == _P.lease_id, _R.module == Module.VUL.value)


_PUT_INSTALLED = upserting(installed, key=_KEY, change=lambda new: {"until": new["until"]})
_PUT_EVIDENT = upserting(
    evident,
    key=("machine_id", "package_id", "path", "vul_id", "since"),
    change=lambda new: {name: new[name] for name in ("until", "said_by", "fixed", "status")},
)


class _Spans:
    """A table of spans by machine, and how its rows end."""

    def __init__(self, opened: Prepared, put: Upsert, names: Sequence[str], table: Table) -> None:
        columns = table.c
        this = and_(
            columns.machine_id == bindparam("of_machine"),
            columns.since == bindparam("of_since"),
            *(columns[name] == bindparam(f"of_{name}", type_=columns[name].type) for name in names),
        )
        self._opened = opened
        self._put = put
        self._names = names
        self._end = Prepared(update(table).where(this).values(until=bindparam("at")))
        self._never = Prepared(delete(table).where(this))

    def replaced(
        self, session: Session, of_machine: MachineId, account: int, now: Mapping[Key, dict[str, Value]], at: int
    ) -> None:
        """These are the machine's now. What ends at the moment at which it began has never been."""
        have = {_key(row[1:]): row[0] for row in session.rows(self._opened, of_machine=of_machine)}
        gone = [(self._where(of_machine, key, since), since) for key, since in have.items() if key not in now]
        session.many(self._never, [where for where, since in gone if since >= at])
        session.many(self._end, [{**where, "at": at} for where, since in gone if since < at])
        self.begin(session, of_machine, account, {key: now[key] for key in now if key not in have}, at)

    def begin(
        self, session: Session, of_machine: MachineId, account: int, new: Mapping[Key, dict[str, Value]], at: int
    ) -> None:
        """These are new on the machine."""
        fixed: dict[str, Value] = {"machine_id": of_machine, "account_id": account, "since": at, "until": None}
        rows = [{**fixed, **dict(zip(self._names, key, strict=True)), **words} for key, words in new.items()]
        session.many(self._put(session.dialect.name), rows)

    def _where(self, of_machine: MachineId, key: Key, since: int) -> dict[str, Value]:
        named = {f"of_{name}": value for name, value in zip(self._names, key, strict=True)}
        return {"of_machine": of_machine, "of_since": since, **named}


_INSTALLED = _Spans(_OPEN_INSTALLED, _PUT_INSTALLED, ("package_id", "path"), installed)
_EVIDENT = _Spans(_OPEN_EVIDENT, _PUT_EVIDENT, ("package_id", "path", "vul_id"), evident)


def replaced(session: Session, of_machine: MachineId, lease: LeaseId, at: int) -> None:
    """The lease's packages are the machine's now. Those that no feed ever spoke of are left out."""
    row = session.row(_ACCOUNT, of_machine=of_machine)
    if row is None:
        return
    kernel = _kernel(session, of_machine, lease)
    rows = session.rows(_ADVISED, of_machine=of_machine, of_lease=lease)
    counting: dict[Key, dict[str, Value]] = {
        (number, bytes(path)): {} for number, *words, path in rows if not hidden_reason(package_of(words, path), kernel)
    }
    _INSTALLED.replaced(session, of_machine, row[0], counting, at)
    _EVIDENT.replaced(session, of_machine, row[0], _evident(session, of_machine, lease, kernel), at)


def advised(session: Session, packages: Iterable[int], at: int) -> None:
    """Of these versions nothing was ever said until now: find where they are installed."""
    kernels: list[int] = []
    others: list[int] = []
    for chunk in in_chunks(sorted(packages)):
        for number, *words in session.select(select(_V.package_id, *COLUMNS).where(_V.package_id.in_(chunk))):
            is_kernel = kernel_release(package_of(words, b"")) is not None
            (kernels if is_kernel else others).append(number)
    # What counts on every machine goes from table to table: it is a million of rows where a fleet is large.
    for chunk in in_chunks(others, SCAN):
        columns = (_P.machine_id, _P.package_id, _P.path, literal(at), null(), _R.account_id)
        query = select(*columns).join_from(machine_package, current_result, _CURRENT).where(_P.package_id.in_(chunk))
        session.change(adding_from(installed, _NAMES, query, key=_KEY, dialect=session.dialect.name))
    _kernels_advised(session, kernels, at)


def _kernels_advised(session: Session, packages: Sequence[int], at: int) -> None:
    """Those of a kernel count where it runs."""
    kernel: Callable[[MachineId, LeaseId], str] = cache(lambda one, lease: _kernel(session, one, lease))
    query = select(_P.machine_id, _P.lease_id, _R.account_id, _P.package_id, *COLUMNS, _P.path)
    query = query.join_from(machine_package, current_result, _CURRENT).join(
        package_version, _V.package_id == _P.package_id
    )
    rows: list[dict[str, Value]] = []
    for chunk in in_chunks(packages, SCAN):
        for of_machine, lease, account, number, *words, path in session.select(query.where(_P.package_id.in_(chunk))):
            if not hidden_reason(package_of(words, path), kernel(of_machine, lease)):
                key = {"machine_id": of_machine, "package_id": number, "path": bytes(path)}
                rows.append({**key, "since": at, "until": None, "account_id": account})
    session.many(_PUT_INSTALLED(session.dialect.name), rows)


def _evident(session: Session, of_machine: MachineId, lease: LeaseId, kernel: str) -> dict[Key, dict[str, Value]]:
    said = [evidence_of(row[2:]) for row in sorted(session.rows(EVIDENCE.rows, of_machine=of_machine, of_lease=lease))]
    if not said:
        return {}
    numbers = vul_rows.ids(session, dict.fromkeys(one.cve for one in said))
    found: dict[Key, dict[str, Value]] = {}
    for number, *words, path in session.rows(_ALL, of_machine=of_machine, of_lease=lease):
        package = package_of(words, path)
        for one in said:
            match = match_evidence(package, one, kernel)
            if match is not None and not match.hidden:
                values: dict[str, Value] = {
                    "said_by": match.evidence,
                    "fixed": match.fixed,
                    "status": match.status.value,
                }
                found.setdefault((number, bytes(path), numbers[one.cve]), values)
    return found


def _kernel(session: Session, of_machine: MachineId, lease: LeaseId) -> str:
    """What the host said last of its running kernel, "" when it said nothing."""
    facts = sorted(session.rows(FACTS.rows, of_machine=of_machine, of_lease=lease))
    return facts_of(facts[-1][2:]).running_kernel if facts else ""


def _key(values: Sequence[Value]) -> Key:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)
