"""What scans report, as rows: one table a kind of item."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, bindparam, delete, insert, select

from hostward.domain.finding import MalwareFinding, NotScanned
from hostward.domain.package import Evidence, HostFacts, Package, Restart
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome, Verdict
from hostward.store import package_rows, tables
from hostward.store.codec import probes_of, probes_text, words_of, words_text
from hostward.store.session import Prepared, Row, Value
from hostward.store.tables import package_version
from hostward.store.texts import clean_all
from hostward.usecases.records import Item

PLACE = ("machine_id", "lease_id", "batch", "place", "account_id")
"""Where a row stands: the first columns of every one of these tables."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of item is stored: its table, an item to a row's values, and a row's columns to an item.

    names: of all columns, in the table's order: PLACE, then the kind's own, whose values are given in that order too.
    """

    item: type[Item]
    table: Table
    names: tuple[str, ...]
    values: Callable[[Any], tuple[Value, ...]]
    read: Callable[[Row], Item]
    add: Prepared
    rows: Prepared
    drop: Prepared


def kind_of(item: Item) -> Kind:
    """The kind of an item."""
    return _BY_TYPE[type(item)]


def _kind(
    item: type[Item], table: Table, values: Callable[[Any], tuple[Value, ...]], read: Callable[[Row], Item]
) -> Kind:
    own = [column for column in table.c if column.name not in PLACE]
    query: Select[Any] = select(table.c.batch, table.c.place, *own)
    if table is tables.machine_package:
        query = select(table.c.batch, table.c.place, *package_rows.COLUMNS, table.c.path).join_from(
            table, package_version, package_version.c.package_id == table.c.package_id
        )
    of_lease = (table.c.machine_id == bindparam("of_machine"), table.c.lease_id == bindparam("of_lease"))
    return Kind(
        item=item,
        table=table,
        names=tuple(column.name for column in table.c),
        values=values,
        read=read,
        add=Prepared(insert(table)),
        rows=Prepared(query.where(*of_lease)),
        drop=Prepared(delete(table).where(*of_lease)),
    )


def _finding_values(item: MalwareFinding) -> tuple[Value, ...]:
    rule, title, engine, sha256 = clean_all(item.rule, item.title, item.engine, item.sha256)
    matches = words_text(item.matches)
    return item.path, item.member, rule, title, engine, item.level._value_, item.size, sha256, matches


def _finding(row: Row) -> MalwareFinding:
    path, member, rule, title, engine, level, size, sha256, matches = row
    return MalwareFinding(
        path=path,
        member=member,
        rule=rule,
        title=title,
        engine=engine,
        level=Level(level),
        size=size,
        sha256=sha256,
        matches=words_of(matches),
    )


def _not_scanned_values(item: NotScanned) -> tuple[Value, ...]:
    return item.path, *clean_all(item.reason, item.detail)


def _not_scanned(row: Row) -> NotScanned:
    path, reason, detail = row
    return NotScanned(path=path, reason=reason, detail=detail)


def _verdict_values(item: Verdict) -> tuple[Value, ...]:
    texts = clean_all(item.policy, item.item, item.title, item.reason, item.remediation)
    policy, name, title, reason, remediation = texts
    evidence = probes_text(item.evidence)
    return policy, name, title, item.level._value_, item.outcome._value_, reason, evidence, remediation


def _verdict(row: Row) -> Verdict:
    policy, item, title, level, outcome, reason, evidence, remediation = row
    return Verdict(
        policy=policy,
        item=item,
        title=title,
        level=Level(level),
        outcome=Outcome(outcome),
        reason=reason,
        evidence=probes_of(evidence),
        remediation=remediation,
    )


def _package_values(item: Package) -> tuple[Value, ...]:
    """Without the number of its version, which the caller knows and puts before."""
    return (item.path,)


def _package(row: Row) -> Package:
    return package_rows.package_of(row[:6], row[6])


def _evidence_values(item: Evidence) -> tuple[Value, ...]:
    return clean_all(item.ecosystem, item.source, item.source_version, item.cve, item.fixed, item.urgency)


def evidence_of(row: Row) -> Evidence:
    """The evidence of a row."""
    ecosystem, source, source_version, cve, fixed, urgency = row
    return Evidence(
        ecosystem=ecosystem, source=source, source_version=source_version, cve=cve, fixed=fixed, urgency=urgency
    )


def _facts_values(item: HostFacts) -> tuple[Value, ...]:
    return clean_all(item.os_id, item.os_version, item.os_name, item.running_kernel)


def facts_of(row: Row) -> HostFacts:
    """The facts of a row."""
    os_id, os_version, os_name, running_kernel = row
    return HostFacts(os_id=os_id, os_version=os_version, os_name=os_name, running_kernel=running_kernel)


def _restart_values(item: Restart) -> tuple[Value, ...]:
    unit, package, reason = clean_all(item.unit, item.package, item.reason)
    return unit, package, item.path, item.processes, reason


def restart_of(row: Row) -> Restart:
    """What is to be started again, of its row."""
    unit, package, path, processes, reason = row
    return Restart(unit=unit, package=package, path=bytes(path), processes=processes, reason=reason)


PACKAGES = _kind(Package, tables.machine_package, _package_values, _package)
EVIDENCE = _kind(Evidence, tables.host_evidence, _evidence_values, evidence_of)
FACTS = _kind(HostFacts, tables.host_facts, _facts_values, facts_of)
RESTARTS = _kind(Restart, tables.host_restart, _restart_values, restart_of)
KINDS: Sequence[Kind] = (
    PACKAGES,
    EVIDENCE,
    FACTS,
    RESTARTS,
    _kind(MalwareFinding, tables.malware_finding, _finding_values, _finding),
    _kind(NotScanned, tables.not_scanned, _not_scanned_values, _not_scanned),
    _kind(Verdict, tables.baseline_verdict, _verdict_values, _verdict),
)
_BY_TYPE = {kind.item: kind for kind in KINDS}
