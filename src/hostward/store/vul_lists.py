"""Lists of the vulnerabilities that an account's machines have now, chosen and counted by sets of machines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hostward.domain.ids import VulId
from hostward.domain.matching import category_of
from hostward.domain.severity import Level
from hostward.store.fleet_sets import Fleet
from hostward.store.ignored_sets import IgnoredSets
from hostward.store.machine_sets import NOBODY, Sums
from hostward.store.upgrades import Closed, Component
from hostward.store.vul_spans import level_of
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import VulQuery


@dataclass(frozen=True, slots=True)
class Chosen:
    """A vulnerability and those of its machines that a query asks for. ignored: which of these set it aside."""

    vul: TaskVul
    machines: int
    ignored: int


def chosen(
    fleet: Fleet,
    known: Mapping[VulId, TaskVul],
    aside: IgnoredSets,
    wanted: VulQuery,
    among: int,
    *,
    only: VulId | None = None,
) -> Iterator[Chosen]:
    """What is there now, by number: vul_spans.chosen() without an event. among: a set; only: no other vulnerability."""
    text = wanted.text.casefold()
    for which in sorted(fleet.present) if only is None else (only,):
        vul = known.get(which)
        if vul is None or not _is_wanted(vul, wanted):
            continue
        machines = fleet.present.get(which, NOBODY) & among
        if machines:
            machines = _narrowed(fleet, vul, wanted, text, machines)
        ignored = aside.of(which) & machines if machines else NOBODY
        if wanted.ignored is not None:
            machines = ignored if wanted.ignored else machines & ~ignored
            ignored &= machines
        if machines:
            yield Chosen(vul, machines, ignored)


def _is_wanted(vul: TaskVul, wanted: VulQuery) -> bool:
    return (
        (not wanted.levels or level_of(vul) in wanted.levels)
        and (not wanted.categories or not vul.category or vul.category in wanted.categories)
        and (wanted.kev is None or vul.kev is wanted.kev)
    )


def _narrowed(fleet: Fleet, vul: TaskVul, wanted: VulQuery, text: str, machines: int) -> int:
    """Those of the machines whose packages are wanted too."""
    by_name = bool(text) and not any(text in word.casefold() for word in (vul.key, vul.title))
    by_category = bool(wanted.categories) and not vul.category
    if not (by_name or by_category or wanted.fixable is not None):
        return machines
    named = fixable = in_category = NOBODY
    left = machines
    for each in fleet.bringers(vul.id):
        if text in each.named.name.casefold():
            named |= each.machines
        if any(each.fixed):
            fixable |= each.machines
        # The first package in their order tells what a vulnerability counts as that says nothing itself.
        if category_of(each.named.ecosystem).value in wanted.categories:
            in_category |= each.machines & left
        left &= ~each.machines
    if by_name:
        machines &= named
    if by_category:
        machines &= in_category
    if wanted.fixable is not None:
        machines &= fixable if wanted.fixable else ~fixable
    return machines


def levels(found: Iterable[Chosen]) -> dict[Level, int]:
    """How many vulnerabilities of each level; those without any are left out."""
    return dict(sorted(Counter(level_of(one.vul) for one in found).items()))


def numbers(found: Iterable[Chosen]) -> dict[int, int]:
    """How many of them each machine has; those without any are left out."""
    sums = Sums()
    for one in found:
        sums.add(one.machines)
    return sums.counts()


def closed(fleet: Fleet, found: Iterable[Chosen]) -> dict[Component, Closed]:
    """What upgrades close of what was chosen: see upgrades.closed_by()."""
    components: dict[Component, Closed] = {}
    for one in found:
        bringers = fleet.bringers(one.vul.id)
        for component in {(each.named.ecosystem, each.named.source) for each in bringers}:
            own = kept_open = NOBODY
            for each in bringers:
                if (each.named.ecosystem, each.named.source) == component and all(each.fixed):
                    own |= each.machines
                else:
                    kept_open |= each.machines
            machines = own & ~kept_open & one.machines
            if machines:
                fixed = (
                    words
                    for each in bringers
                    if each.machines & machines and (each.named.ecosystem, each.named.source) == component
                    for words in each.fixed
                )
                components.setdefault(component, Closed()).add(one.vul.id, machines, fixed)
    return components
