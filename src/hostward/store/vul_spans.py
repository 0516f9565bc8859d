"""Events from spans: what every store does alike once it has read what is installed and what is said of it."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from hostward.domain.advisory import FixStatus
from hostward.domain.ids import AccountId, MachineId, VulId
from hostward.domain.ignoring import Part
from hostward.domain.matching import category_of, level_or_unknown
from hostward.domain.package import Package
from hostward.domain.severity import Level
from hostward.domain.vul_event import EventStatus, History, Span, Stay, event_id, history_of, stay_of
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import Bringer, FleetVul, VulEvent, VulOrder, VulQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What one advisory, or the host's changelog, says of a package version, and how long it did.

    level and cvss: of this advisory; where it has none, what is known of the vulnerability in general counts.
    """

    vul: VulId
    said_by: str
    fixed: str
    status: FixStatus
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A package version that was on a machine and counted there for some time, with one thing said of it."""

    package: Package
    span: Span
    advice: Advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A package that was on a machine and counted there for some time."""

    package: Package
    span: Span


Spanned = TypeVar("Spanned", bound="Advice | Held | Installed")


def moved(
    before: Iterable[Spanned], now: Mapping[Hashable, Spanned], key: Callable[[Spanned], Hashable], at: datetime
) -> tuple[Spanned, ...]:
    """The spans once these are what there is: others end, new ones begin, those that go on have their newest words.

    What ends at the moment at which it began has never been.
    """
    kept: list[Spanned] = []
    new = dict(now)
    for one in before:
        if one.span.until is not None:
            kept.append(one)
        elif (going_on := new.pop(key(one), None)) is not None:
            kept.append(replace(going_on, span=one.span))
        elif one.span.since < at:
            kept.append(replace(one, span=Span(one.span.since, at)))
    return (*kept, *(replace(one, span=Span(at)) for one in new.values()))


class SetAside(Protocol):
    """Which vulnerabilities rules set aside on a machine."""

    def ignored(
        self, account: AccountId, machine: MachineId, brought: Mapping[VulId, tuple[Part, ...]]
    ) -> frozenset[VulId]:
        """Those of these vulnerabilities, each with the packages that bring it now."""
        ...


def events(
    account: AccountId, machine: MachineId, held: Iterable[Held], *, seen: datetime, aside: SetAside
) -> list[VulEvent]:
    """A machine's events, by vulnerability. seen: when its present inventory came."""
    stays: dict[VulId, list[tuple[Stay, Held]]] = {}
    for one in held:
        stay = stay_of(one.span, one.advice.span)
        if stay is not None:
            stays.setdefault(one.advice.vul, []).append((stay, one))
    found = [_event(machine, vul, some, seen) for vul, some in sorted(stays.items())]
    brought = {each.vul: tuple(map(_part, each.packages)) for each in found if each.status is EventStatus.PRESENT}
    ignored = aside.ignored(account, machine, brought)
    return [replace(each, ignored=True) if each.vul in ignored else each for each in found] if ignored else found


def _part(bringer: Bringer) -> Part:
    package = bringer.package
    return Part(name=package.name, source=package.source, version=package.version, ecosystem=package.ecosystem)


def _event(machine: MachineId, vul: VulId, found: Sequence[tuple[Stay, Held]], seen: datetime) -> VulEvent:
    history = history_of(stay for stay, _ in found)
    last = [one for stay, one in found if stay.until == history.fixed]
    bringers = {(one.package, one.advice.said_by): _bringer(one) for one in last}
    there = history.fixed is None
    return VulEvent(
        id=event_id(machine, vul),
        machine=machine,
        vul=vul,
        status=EventStatus.PRESENT if there else EventStatus.FIXED,
        oldest=history.oldest,
        first_seen=history.first_seen,
        last_seen=max([seen, *(stay.until or stay.since for stay, _ in found)]) if there else _end(history),
        fixed=history.fixed,
        cause=history.cause,
        reopened=history.reopened,
        ignored=False,
        packages=tuple(bringers[which] for which in sorted(bringers, key=_place)),
    )


def _end(history: History) -> datetime:
    return history.first_seen if history.fixed is None else history.fixed


def _bringer(one: Held) -> Bringer:
    advice = one.advice
    return Bringer(package=one.package, fixed=advice.fixed, status=advice.status, said_by=advice.said_by)


def _place(which: tuple[Package, str]) -> tuple[str, str, str, str, bytes, str]:
    package, said_by = which
    return package.name, package.version, package.arch, package.ecosystem, package.path, said_by


def chosen(found: Iterable[VulEvent], known: Mapping[VulId, TaskVul], wanted: VulQuery) -> list[VulEvent]:
    """The events that a query asks for."""
    return [event for event in found if event.vul in known and _is_wanted(event, known[event.vul], wanted)]


def _is_wanted(event: VulEvent, vul: TaskVul, wanted: VulQuery) -> bool:
    text = wanted.text.casefold()
    words = (vul.key, vul.title, *(each.package.name for each in event.packages))
    return (
        (wanted.status is None or event.status is wanted.status)
        and (not wanted.levels or level_of(vul) in wanted.levels)
        and (not wanted.categories or _category(event, vul) in wanted.categories)
        and (wanted.kev is None or vul.kev is wanted.kev)
        and (wanted.ignored is None or event.ignored is wanted.ignored)
        and (wanted.fixable is None or any(each.fixed for each in event.packages) is wanted.fixable)
        and (wanted.machines is None or event.machine in wanted.machines)
        and (not text or any(text in word.casefold() for word in words))
    )


def level_of(vul: TaskVul) -> Level:
    """The level that counts."""
    return level_or_unknown(vul.level, vul.level_source)[0]


def _category(event: VulEvent, vul: TaskVul) -> int:
    return vul.category or category_of(event.packages[0].package.ecosystem).value


def over_machines(found: Iterable[VulEvent], known: Mapping[VulId, TaskVul]) -> list[FleetVul]:
    """The same events, a vulnerability at a time."""
    by_vul: dict[VulId, list[VulEvent]] = {}
    for event in found:
        by_vul.setdefault(event.vul, []).append(event)
    return [_fleet_vul(known[vul], of_vul) for vul, of_vul in sorted(by_vul.items())]


def _fleet_vul(vul: TaskVul, found: Sequence[VulEvent]) -> FleetVul:
    there = [event for event in found if event.status is EventStatus.PRESENT]
    ignored = sum(event.ignored for event in there)
    shown = min(there or found, key=lambda event: event.machine)
    return FleetVul(
        known=replace(shown_by(vul, shown), machines=len(there) - ignored),
        status=EventStatus.PRESENT if there else EventStatus.FIXED,
        fixed_machines=len(found) - len(there),
        ignored_machines=ignored,
        first_seen=min(event.oldest for event in found),
        last_seen=max(event.last_seen for event in found),
    )


def shown_by(vul: TaskVul, event: VulEvent) -> TaskVul:
    """With the words of the package that brings it on the first of its machines."""
    package = event.packages[0]
    return replace(
        vul,
        component=package.package.name,
        fixed=package.fixed,
        ecosystem=package.package.ecosystem,
        category=_category(event, vul),
    )


def in_order(found: Iterable[FleetVul], wanted: VulQuery) -> list[FleetVul]:
    """Sorted as asked; equal ones by number, rising."""
    by_number = sorted(found, key=lambda one: one.known.id)
    return sorted(
        by_number,
        key=lambda one: rank(one.known, one.known.machines, one.first_seen, one.last_seen, wanted.order),
        reverse=wanted.descending,
    )


def rank(
    vul: TaskVul, machines: int, first_seen: datetime, last_seen: datetime, order: VulOrder
) -> tuple[float, ...] | tuple[datetime]:
    """Its place in a list that rises. machines: those on which it counts."""
    cvss = -1.0 if vul.cvss is None else vul.cvss
    match order:
        case VulOrder.LEVEL:
            return (level_of(vul).value, cvss, machines)
        case VulOrder.CVSS:
            return (cvss,)
        case VulOrder.EPSS:
            return (-1.0 if vul.epss is None else vul.epss,)
        case VulOrder.MACHINES:
            return (machines,)
        case VulOrder.FIRST_SEEN:
            return (first_seen,)
        case VulOrder.LAST_SEEN:
            return (last_seen,)
