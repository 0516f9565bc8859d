"""How vulnerabilities are named in the answers of several actions, and what their filters have in common."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from hostward.api.filters import MAX_VALUE_CHARS
from hostward.api.texts import FIXED_IN, MORE_PACKAGES, NO_FIX_KNOWN, Language
from hostward.api.values import count_between, one_of, wrong_value
from hostward.domain.matching import level_or_unknown
from hostward.domain.options import Category
from hostward.domain.severity import Level
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import Bringer, VulEvent

EXPLOITED: Final = "KEV"
"""The label of what CISA's catalogue of exploited vulnerabilities lists."""

NOT_SUPPORTED: Final = "0"
"""FixSwitch, SupportDefense, Method: nothing is fixed or fended off by itself, and versions are compared."""

WINDOWS: Final = "5"
EMERGENCY: Final = "0"
CATEGORIES: Final = (*(str(category.value) for category in sorted(Category)), WINDOWS, EMERGENCY)
"""VulCategory: 0 is what is known to be exploited; 5 is of Windows, which nothing here has."""

MOST_PACKAGES: Final = 5
"""Packages named in a description; more are counted."""

ORDERS: Final = ("", "asc", "desc", "ASC", "DESC")


class AnyFilter(Protocol):
    """The API's types Filter and Filters."""

    name: str
    values: list[str]


def filters_of(
    filters: Sequence[AnyFilter], names: Iterable[str], *, most: int, most_values: int
) -> dict[str, tuple[str, ...]]:
    """The values of each filter by its name; of one that comes twice, those that are in both.

    Names are compared without regard to case. Raises ApiError InvalidParameterValue.
    """
    known = {name.lower(): name for name in names}
    found: dict[str, tuple[str, ...]] = {}
    for index, one in enumerate(count_between("Filters", filters, 0, most)):
        name = known.get(one.name.lower())
        if name is None:
            wrong_value(f"Filters.{index}.Name", one.name, ", ".join(known.values()))
        values = tuple(count_between(f"Filters.{index}.Values", one.values, 1, most_values))
        for value in values:
            if len(value) > MAX_VALUE_CHARS:
                wrong_value(f"Filters.{index}.Values ({name})", value, f"up to {MAX_VALUE_CHARS} characters")
        found[name] = tuple(value for value in found[name] if value in values) if name in found else values
    return found


def words_of(name: str, values: Sequence[str], accepted: Sequence[str]) -> frozenset[str]:
    """The values of a filter that knows only some words."""
    return frozenset(one_of(f"Filters ({name})", value, accepted) for value in values)


def levels_of(values: Sequence[str]) -> frozenset[Level]:
    """The values of the filter Level."""
    return frozenset(
        Level(int(word)) for word in words_of("Level", values, [str(level.value) for level in sorted(Level)])
    )


def descends(order: str, *, default: bool) -> bool:
    """Order: asc or desc; "" means the default."""
    return default if not one_of("Order", order, ORDERS) else order.lower() == "desc"


def name_of(vul: TaskVul) -> str:
    """Its title, or its id where it has none."""
    return ": ".join(filter(None, (vul.component, vul.title or vul.key)))


def level_of(vul: TaskVul) -> int:
    """The level that is shown."""
    return level_or_unknown(vul.level, vul.level_source)[0].value


def labels_of(vul: TaskVul) -> str:
    """Its labels, split by commas."""
    return EXPLOITED if vul.kev else ""


def brought_by(event: VulEvent, language: Language) -> str:
    """The packages that bring a vulnerability to a machine, or brought it last, and what fixes each."""
    shown = [_package(one, language) for one in event.packages[:MOST_PACKAGES]]
    more = len(event.packages) - len(shown)
    return "; ".join([*shown, MORE_PACKAGES.said(language, {"count": more})] if more > 0 else shown)


def _package(one: Bringer, language: Language) -> str:
    words: dict[str, object] = {"name": one.package.name, "version": one.package.version, "fixed": one.fixed}
    return (FIXED_IN if one.fixed else NO_FIX_KNOWN).said(language, words)
