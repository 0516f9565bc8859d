"""How many more vulnerabilities each machine has since an edition counts, without a look at those it leaves alone."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import bindparam, func, select, update

from hostward.domain.ids import AccountId
from hostward.domain.module import Module
from hostward.store import packed
from hostward.store.event_tables import evident, installed, package_match
from hostward.store.fleet import KeptStanding
from hostward.store.machine_sets import Sums, sets_of
from hostward.store.package_matches import Rematched
from hostward.store.session import Prepared, Row, Session, in_chunks
from hostward.store.tables import current_result, current_vul

_R, _I, _E, _C = current_result.c, installed.c, evident.c, package_match.c
_SHIFT = Prepared(
    update(current_result)
    .where(_R.machine_id == bindparam("of_machine"), _R.module == Module.VUL.value)
    .values(risks=bindparam("to_risks"))
)


def shift(session: Session, kept: KeptStanding, changed: Rematched) -> None:
    """Let the risks of machines, and their account's sums, follow what an edition changed."""
    packages = {package for side in (changed.before, changed.after) for some in side.values() for package in some}
    holders = sets_of(_holders(session, sorted(packages)))
    own = sets_of(_evident(session, sorted(changed.after)))
    aside = sets_of(_set_aside(session, changed.after.keys()))
    more, less = Sums(), Sums()
    for vul, packages_now in changed.after.items():
        before = _union(holders, changed.before[vul]) | own.get(vul, 0)
        after = _union(holders, packages_now) | own.get(vul, 0)
        counted = ~aside.get(vul, 0)
        more.add(after & ~before & counted)
        less.add(before & ~after & counted)
    gained, lost = more.counts(), less.counts()
    moved = {machine: gained.get(machine, 0) - lost.get(machine, 0) for machine in gained.keys() | lost.keys()}
    move(session, kept, {machine: by for machine, by in moved.items() if by})


def gone(session: Session, machine: int, vuls: Collection[int]) -> frozenset[int]:
    """Those of a machine's vulnerabilities that an import has taken back since its results came."""
    open_now: set[int] = set()
    ever: set[int] = set()
    for chunk in in_chunks(sorted(vuls)):
        matched = (
            select(_C.vul_id, _I.until, _C.until)
            .join_from(installed, package_match, _C.package_id == _I.package_id)
            .where(_I.machine_id == machine, _C.vul_id.in_(chunk))
        )
        said = select(_E.vul_id, _E.until).where(_E.machine_id == machine, _E.vul_id.in_(chunk))
        for vul, *ends in (*session.select(matched), *session.select(said)):
            ever.add(vul)
            if all(end is None for end in ends):
                open_now.add(vul)
    return frozenset(ever - open_now)


def move(session: Session, kept: KeptStanding, moved: Mapping[int, int]) -> None:
    """So many more risks than before for each of these machines, and for their accounts."""
    risks: list[tuple[int, int, int]] = []
    for chunk in in_chunks(sorted(moved)):
        query = select(_R.machine_id, _R.account_id, _R.risks).where(
            _R.machine_id.in_(chunk), _R.module == Module.VUL.value
        )
        risks.extend((row[0], row[1], row[2]) for row in session.select(query.with_for_update()))
    new = {machine: max(before + moved[machine], 0) for machine, _, before in risks}
    session.many(_SHIFT, [{"of_machine": machine, "to_risks": now} for machine, now in new.items()])
    for machine, account, before in risks:
        now = new[machine]
        kept.shifted(AccountId(account), Module.VUL, risks=now - before, at_risk=(now > 0) - (before > 0))


def _union(holders: Mapping[int, int], packages: Iterable[int]) -> int:
    machines = 0
    for package in packages:
        machines |= holders.get(package, 0)
    return machines


def _holders(session: Session, packages: Sequence[int]) -> Iterable[Row]:
    for chunk in in_chunks(packages):
        yield from session.select(
            select(_I.package_id, _I.machine_id).where(_I.package_id.in_(chunk), _I.until.is_(None))
        )


def _evident(session: Session, vuls: Sequence[int]) -> Iterable[Row]:
    for chunk in in_chunks(vuls):
        yield from session.select(select(_E.vul_id, _E.machine_id).where(_E.vul_id.in_(chunk), _E.until.is_(None)))


def _set_aside(session: Session, vuls: Collection[int]) -> Iterable[Row]:
    """The vulnerabilities that rules set aside when their machines' results came: they are not among the risks."""
    query = select(current_vul.c.machine_id, current_vul.c.ignored).where(func.length(current_vul.c.ignored) > 0)
    for machine, ignored in session.select(query):
        yield from ((vul, machine) for vul in packed.unpack(ignored) if vul in vuls)
