"""Filters of an account's vulnerabilities and of the machines that have them, as callers write them.

A value of the cloud's that nothing here can have lets nothing through; a filter that nothing could be judged by is
refused with the reason.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final, Protocol

from hostward.api.filters import MAX_VALUES
from hostward.api.machine_filters import NONE, PRO, tag_number
from hostward.api.texts import A_SCORE, A_TIME_OR_TWO, NO_ATTACK_LEVELS
from hostward.api.values import count_between, one_of, without_effect, wrong_value
from hostward.api.vul_names import NOT_SUPPORTED, WINDOWS, levels_of, name_of, words_of
from hostward.domain.machine_filter import Text as MachineText
from hostward.domain.machine_filter import TextIs
from hostward.domain.options import Category
from hostward.usecases.machines.listing import online
from hostward.usecases.records import Labelled, MachineCondition, TaskVul
from hostward.usecases.vul_event_ports import FleetVul, VulQuery
from hostward.usecases.vulnerabilities.fleet_counts import Narrow
from hostward.usecases.vulnerabilities.fleet_list import State, Wanted

STATUS: Final = "Status"
LEVEL: Final = "Level"
NAME: Final = "VulName"
CATEGORY: Final = "VulCategory"
UUID: Final = "Uuid"
LABELS: Final = "Labels"
SCORE: Final = "CvssScore"
MODIFIED: Final = "ModifyTime"
ATTACKS: Final = "AttackLevel"
ALIAS: Final = "AliasName"
TAGS: Final = "TagIds"
VERSION: Final = "Version"
INSTANCE_STATE: Final = "InstanceState"
SWITCHES: Final = ("IsSupportDefense", "IsSupportAutoFix")

STATUSES: Final = ("0", "1", "2", "3", "5", "6", "7", "8")
"""2 deleted, 6 being fixed, 7 being rolled back and 8 not fixed are no states of events here."""

KNOWN_EXPLOITED: Final = "KNOWN_EXPLOITED"
NETWORK: Final = "NETWORK"
LOCAL: Final = "LOCAL"
RUNNING: Final = "RUNNING"
UNKNOWN: Final = "UNKNOWN"
INSTANCE_STATES: Final = (
    "PENDING", "LAUNCH_FAILED", RUNNING, "STOPPED", "STARTING", "STOPPING", "REBOOTING", "SHUTDOWN", "TERMINATING",
    UNKNOWN,
)  # fmt: skip
"""A machine whose agent is heard of is RUNNING, another one UNKNOWN; the rest are a cloud's."""

VERSIONS: Final = (PRO, "Flagship", "BASIC_VERSION")
"""Version: every machine here has the first one."""

LABEL_WORDS: Final = (KNOWN_EXPLOITED, NETWORK, LOCAL, "EXP", "POC", "NEED_FIX", "RESTART")
"""Labels; the last four are given to nothing here."""

_CATEGORIES: Final = (*(str(category.value) for category in sorted(Category)), WINDOWS)
EVERYTHING: Final = 0
EXPLOITED: Final = 6
"""VulCategory of what is known to be exploited, in the actions that count."""
_COUNTED: Final = (EVERYTHING, *(category.value for category in sorted(Category)), int(WINDOWS), EXPLOITED)

_VECTOR: Final = re.compile(r"(?:^|/)AV:([NL])(?:/|$)")
_REACH: Final[Mapping[str, str]] = {"N": NETWORK, "L": LOCAL}
_SCORE: Final = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?")
_TIME: Final = "%Y-%m-%d %H:%M:%S"
_HIGHEST: Final = 10.0

Test = Callable[[FleetVul], bool]


class AnyFilter(Protocol):
    """The API's types Filter and Filters."""

    name: str
    values: list[str]
    exact_match: bool


def states_of(filters: Mapping[str, Sequence[str]]) -> frozenset[State] | None:
    """What the filter Status asks for, empty for everything; None where nothing here can be in such a state."""
    if STATUS not in filters:
        return frozenset()
    known = {str(state.value): state for state in State}
    words = words_of(STATUS, filters[STATUS], STATUSES)
    return frozenset(known[word] for word in words & known.keys()) or None


def categories_of(filters: Mapping[str, Sequence[str]]) -> frozenset[int] | None:
    """What the filter VulCategory asks for, empty for everything; None for Windows alone, which nothing here has."""
    if CATEGORY not in filters:
        return frozenset()
    words = words_of(CATEGORY, filters[CATEGORY], _CATEGORIES)
    return frozenset(int(word) for word in words - {WINDOWS}) or None


def narrow_of(category: int, follow: int) -> Narrow:
    """VulCategory and IsFollowVul of the actions that count."""
    chosen = one_of("VulCategory", category, _COUNTED)
    followed = bool(one_of("IsFollowVul", follow, (0, 1)))
    categories = frozenset({chosen}) if chosen not in {EVERYTHING, EXPLOITED} else frozenset[int]()
    return Narrow(categories=categories, exploited=followed or chosen == EXPLOITED)


def text_of(filters: Mapping[str, Sequence[str]], name: str) -> str:
    """The one text of a filter, "" without it."""
    return count_between(f"Filters ({name})", filters[name], 1, 1)[0] if filters.get(name) else ""


def is_exact(filters: Iterable[AnyFilter], name: str) -> bool:
    """Whether a filter asks for the whole of its text."""
    return any(one.exact_match for one in filters if one.name.lower() == name.lower())


def lets_some_through(filters: Mapping[str, Sequence[str]]) -> bool:
    """Whether anything can meet the filters of what is done here for nothing, and those that were given twice."""
    return all(filters.values()) and all(
        NOT_SUPPORTED in words_of(name, filters[name], ("0", "1")) for name in SWITCHES if name in filters
    )


def called(text: str) -> Test:
    """It has exactly this name, id or package, in any case."""
    wanted = text.casefold()

    def test(one: FleetVul) -> bool:
        known = one.known
        return wanted in {word.casefold() for word in (name_of(known), known.title, known.key, known.component)}

    return test


def labelled(words: frozenset[str]) -> Test:
    """It has one of these labels."""
    return lambda one: not words.isdisjoint(labels(one.known))


def scored_above(text: str) -> Test:
    """Its CVSS score is above this; one that nobody gives is 0."""
    if not _SCORE.fullmatch(text) or float(text) > _HIGHEST:
        wrong_value(f"Filters ({SCORE})", text, A_SCORE)
    least = float(text)
    return lambda one: (one.known.cvss or 0.0) > least


def seen_between(values: Sequence[str], zone: tzinfo) -> Test:
    """It was last seen from the first time on, and until the second one; both included."""
    where = f"Filters ({MODIFIED})"
    since, *until = (_time(where, value, zone) for value in count_between(where, values, 1, 2))
    return lambda one: since <= one.last_seen and all(one.last_seen.replace(microsecond=0) <= last for last in until)


def labels(vul: TaskVul) -> list[str]:
    """The labels of a vulnerability, in the words of VulInfoList."""
    reach = _VECTOR.search(vul.vector)
    return [*([KNOWN_EXPLOITED] if vul.kev else []), *([_REACH[reach[1]]] if reach else [])]


def wanted_of(filters: Mapping[str, Sequence[str]], zone: tzinfo, *, exact: bool) -> Wanted | None:
    """Which vulnerabilities the filters leave, but for those of machines; None where nothing here can meet them.

    exact: VulName is the whole of a name.
    """
    states, categories, tests = states_of(filters), categories_of(filters), tests_of(filters, zone, exact=exact)
    query = VulQuery(
        text=text_of(filters, NAME), levels=levels_of(filters.get(LEVEL, ())), categories=categories or frozenset()
    )
    if states is None or categories is None or not lets_some_through(filters):
        return None
    return Wanted(query=query, states=states, also=_all(tests) if tests else None)


def _all(tests: Sequence[Test]) -> Test:
    return lambda one: all(test(one) for test in tests)


def tests_of(filters: Mapping[str, Sequence[str]], zone: tzinfo, *, exact: bool) -> list[Test]:
    """What the filters ask for besides what the store can choose by. exact: VulName is the whole of a name."""
    if ATTACKS in filters:
        without_effect(f"Filters ({ATTACKS})", NO_ATTACK_LEVELS)
    tests: list[Test] = []
    if exact and filters.get(NAME):
        tests.append(called(text_of(filters, NAME)))
    if filters.get(LABELS):
        tests.append(labelled(words_of(LABELS, filters[LABELS], LABEL_WORDS)))
    if filters.get(SCORE):
        tests.append(scored_above(text_of(filters, SCORE)))
    if filters.get(MODIFIED):
        tests.append(seen_between(filters[MODIFIED], zone))
    return tests


def machine_conditions(
    filters: Mapping[str, Sequence[str]], now: datetime, *, exact: bool
) -> tuple[MachineCondition, ...]:
    """What the filters ask of machines; () for nothing. exact: AliasName is the whole of a host name."""
    conditions: list[MachineCondition] = []
    if ALIAS in filters:
        conditions.append(TextIs(text=MachineText.HOST_NAME, values=tuple(filters[ALIAS]), exact=exact))
    if UUID in filters:
        conditions.append(TextIs(text=MachineText.UUID, values=tuple(filters[UUID]), exact=True))
    if TAGS in filters:
        conditions.append(Labelled(values=_tag_numbers(filters[TAGS])))
    if VERSION in filters and PRO not in words_of(VERSION, filters[VERSION], VERSIONS):
        conditions.append(NONE)
    if INSTANCE_STATE in filters:
        conditions += _running(words_of(INSTANCE_STATE, filters[INSTANCE_STATE], INSTANCE_STATES), now)
    return tuple(conditions)


def _running(words: frozenset[str], now: datetime) -> list[MachineCondition]:
    known = words & {RUNNING, UNKNOWN}
    if len(known) == 1:
        return [online(now, wanted=RUNNING in known)]
    return [] if known else [NONE]


def _tag_numbers(values: Sequence[str]) -> tuple[int, ...]:
    """Numbers of tags, in texts parted by commas."""
    parts = [part.strip() for value in values for part in value.split(",")]
    return tuple(tag_number(f"Filters ({TAGS})", part) for part in count_between(TAGS, parts, 0, MAX_VALUES))


def _time(where: str, value: str, zone: tzinfo) -> datetime:
    try:
        # Its zone is given on the same line.
        return datetime.strptime(value, _TIME).replace(tzinfo=zone)
    except ValueError:
        wrong_value(where, value, A_TIME_OR_TWO)
