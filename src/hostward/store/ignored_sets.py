"""On which machines rules set a vulnerability aside: domain.ignoring, for all machines of an account at once."""

from collections.abc import Iterable

from hostward.domain.ids import AccountId, VulId
from hostward.domain.ignoring import IgnoreRule, Part, Scope
from hostward.store import machine_tags
from hostward.store.fleet_sets import Fleet
from hostward.store.ignore_rows import KeptRules
from hostward.store.machine_sets import NOBODY, set_of
from hostward.store.session import Session


class IgnoredSets:
    """What the rules of an account that hold say of its machines."""

    def __init__(self, session: Session, rules: KeptRules, account: AccountId, fleet: Fleet) -> None:
        self._session = session
        self._rules = rules
        self._account = account
        self._fleet = fleet
        self._ruled = rules.ruled(account)

    def of(self, which: VulId) -> int:
        """The machines that have the vulnerability and ignore it: a rule reaches each package that brings it there."""
        if which not in self._ruled:
            return NOBODY
        have = self._fleet.present.get(which, NOBODY)
        meant = [(rule, self._reach(rule)) for rule in self._rules.of_vul(self._account, which)]
        whole = _union(reach for rule, reach in meant if rule.product is None)
        covering = [(rule, reach) for rule, reach in meant if rule.product is not None]
        if not covering:
            return have & whole
        counting = NOBODY
        for each in self._fleet.bringers(which):
            named = each.named
            part = Part(name=named.name, source=named.source, version=named.version, ecosystem=named.ecosystem)
            counting |= each.machines & ~_union(reach for rule, reach in covering if rule.covers(part))
        return have & (whole | ~counting)

    def _reach(self, rule: IgnoreRule) -> int:
        everybody = ~NOBODY
        match rule.scope:
            case Scope.ALL:
                return everybody
            case Scope.CHOSEN:
                return set_of(rule.machines)
            case Scope.EXCEPT:
                return everybody & ~set_of(rule.machines)
            case Scope.TAGGED:
                return set_of(list(machine_tags.tagged(self._session, self._account, rule.tags)))


def _union(sets: Iterable[int]) -> int:
    found = NOBODY
    for one in sets:
        found |= one
    return found
