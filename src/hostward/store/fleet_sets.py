"""Which machines of an account hold which package versions: sets, kept in memory between reads.

installed and evident are the truth, and change with a machine's own results, with an edition, and with the machine.
Each reader compares what is kept with its own snapshot and reads only what is different there; so nobody sees a state
that never was, and no writer pays for readers.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import TypeVar

from sqlalchemy import bindparam, select

from hostward.domain.ids import AccountId, VulId
from hostward.domain.module import Module
from hostward.store import advice_sets
from hostward.store.advice_sets import Advice, Named
from hostward.store.event_tables import evident, installed
from hostward.store.machine_sets import NOBODY, set_of
from hostward.store.session import Prepared, Session, in_chunks
from hostward.store.tables import current_result, machine

ACCOUNTS = 32
"""Of so many accounts the sets are kept, those asked for last."""

_I, _E, _M, _R = installed.c, evident.c, machine.c, current_result.c
_MACHINES = Prepared(
    select(_R.machine_id, _R.lease_id, _R.at)
    .join_from(current_result, machine, _M.machine_id == _R.machine_id)
    .where(_M.account_id == bindparam("of_account"), _M.quarantined.is_(None), _R.module == Module.VUL.value)
)

Own = tuple[int, int, str]
"""What a machine's changelogs say: a package version, a vulnerability and what fixes it."""
Key = TypeVar("Key", int, Own)
Results = tuple[int, int]
"""Lease and time of a machine's own results."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """An account's machines in one state. ever: package versions of which holders were looked for."""

    advice: Advice
    machines: Mapping[int, Results]
    ever: frozenset[int]
    holders: Mapping[int, int]
    own: Mapping[Own, int]
    present: Mapping[VulId, int]
    """The machines that have each vulnerability; those that nobody has are left out."""
    own_of: Mapping[VulId, Sequence[tuple[int, str, int]]]
    """Package version, what fixes it and machines, of what machines say themselves."""

    def bringers(self, which: VulId) -> "list[Bringing]":
        """The package versions that bring a vulnerability to some machine, in their order."""
        names = self.advice.names
        found = [
            Bringing(names[each.package], each.fixed, machines)
            for each in self.advice.said.get(which, ())
            if (machines := self.holders.get(each.package, NOBODY))
        ]
        found += [
            Bringing(names[package], (fixed,), machines) for package, fixed, machines in self.own_of.get(which, ())
        ]
        return sorted(found, key=lambda one: one.named)

    def last_seen(self, machines: int) -> int:
        """When the newest results of any of these machines came, microseconds; 0 for none."""
        return max((at for which, (_, at) in self.machines.items() if machines >> which & 1), default=0)


@dataclass(frozen=True, slots=True)
class Bringing:
    """A package version that brings a vulnerability to these machines. fixed: see advice_sets.Said."""

    named: Named
    fixed: tuple[str, ...]
    machines: int


class FleetSets:
    """The sets of a store. Readers of any thread share them; a transaction that writes must have some of its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._advice: Advice | None = None
        self._fleets: OrderedDict[AccountId, Fleet] = OrderedDict()

    def of(self, session: Session, account: AccountId) -> Fleet:
        """The account's machines as they are in this snapshot."""
        with self._lock:
            self._advice = advice_sets.brought_up_to_date(session, self._advice)
            fleet = _brought_up_to_date(session, account, self._fleets.get(account), self._advice)
            self._fleets[account] = fleet
            self._fleets.move_to_end(account)
            while len(self._fleets) > ACCOUNTS:
                self._fleets.popitem(last=False)
        return fleet


def _brought_up_to_date(session: Session, account: AccountId, before: Fleet | None, advice: Advice) -> Fleet:
    if before is None:
        before = Fleet(advice, {}, advice.ever, {}, {}, {}, {})
    now: dict[int, Results] = {row[0]: (row[1], row[2]) for row in session.rows(_MACHINES, of_account=account)}
    changed = [which for which, results in now.items() if before.machines.get(which) != results]
    gone = before.machines.keys() - now.keys()
    first = advice.ever - before.ever
    if not changed and not gone and not first and advice is before.advice:
        return before
    holders, own = dict(before.holders), dict(before.own)
    if changed or gone:
        others = ~set_of([*changed, *gone])
        holders = {package: left for package, machines in holders.items() if (left := machines & others)}
        own = {key: left for key, machines in own.items() if (left := machines & others)}
    _add(holders, _holders(session, changed))
    _add(own, _own(session, changed))
    if first and before.machines:
        # Of these nothing was ever said until an import came, and so they were in no span; see inventory.advised().
        _add(holders, _holders_of(session, account, sorted(first), set_of(list(now))))
    return _joined(session, replace(before, advice=advice, machines=now, ever=advice.ever, holders=holders, own=own))


def _joined(session: Session, fleet: Fleet) -> Fleet:
    """With what follows from its sets."""
    present: dict[VulId, int] = {}
    holders = fleet.holders
    for which, some in fleet.advice.said.items():
        machines = NOBODY
        for package, _ in some:
            machines |= holders.get(package, NOBODY)
        if machines:
            present[which] = machines
    own_of: dict[VulId, list[tuple[int, str, int]]] = {}
    for (package, number, fixed), machines in sorted(fleet.own.items()):
        own_of.setdefault(VulId(number), []).append((package, fixed, machines))
        present[VulId(number)] = present.get(VulId(number), NOBODY) | machines
    fleet.advice.named(session, {*holders, *(package for package, _, _ in fleet.own)})
    fleet.advice.known(session, list(present))
    return replace(fleet, present=present, own_of=own_of)


def _add(sets: dict[Key, int], more: Mapping[Key, int]) -> None:
    for key, machines in more.items():
        sets[key] = sets.get(key, NOBODY) | machines


def _holders(session: Session, machines: Sequence[int]) -> dict[int, int]:
    rows = (
        (package, which)
        for chunk in in_chunks(machines)
        for package, which in session.select(
            select(_I.package_id, _I.machine_id).where(_I.machine_id.in_(chunk), _I.until.is_(None))
        )
    )
    return _sets(rows)


def _own(session: Session, machines: Sequence[int]) -> dict[Own, int]:
    found: dict[Own, list[int]] = {}
    columns = (_E.machine_id, _E.package_id, _E.vul_id, _E.fixed)
    for chunk in in_chunks(machines):
        query = select(*columns).where(_E.machine_id.in_(chunk), _E.until.is_(None))
        for which, package, number, fixed in session.select(query):
            found.setdefault((package, number, fixed), []).append(which)
    return {key: set_of(some) for key, some in found.items()}


def _holders_of(session: Session, account: AccountId, packages: Sequence[int], among: int) -> dict[int, int]:
    rows = (
        (package, which)
        for chunk in in_chunks(packages)
        for package, which in session.select(
            select(_I.package_id, _I.machine_id).where(
                _I.package_id.in_(chunk), _I.account_id == account, _I.until.is_(None)
            )
        )
    )
    return {package: left for package, some in _sets(rows).items() if (left := some & among)}


def _sets(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Bits are set as rows come: no list of all of them is ever held."""
    bits: dict[int, bytearray] = {}
    for package, which in rows:
        some = bits.get(package)
        if some is None:
            some = bits[package] = bytearray()
        place = which >> 3
        if place >= len(some):
            some.extend(bytes(place + 1 - len(some)))
        some[place] |= 1 << (which & 7)
    return {package: int.from_bytes(some, "little") for package, some in bits.items()}
