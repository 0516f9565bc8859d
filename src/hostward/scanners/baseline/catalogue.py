"""The numbers and names of everything in the built-in baseline.

Numbers are permanent: an item keeps its number and code when it moves or is reworded, and a number that was once
given is never given again. The server imports this module to check and name what a caller asks for, so it stays
cheap: no file is read, nothing but the standard library and domain is imported.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hostward.domain.errors import InvalidValue
from hostward.domain.options import BaselineOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy; file: its items in policies/."""

    id: int
    name: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A group of items inside a policy."""

    id: int
    name: str
    policy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEntry:
    """An item's permanent number and code, and the group it is in."""

    id: int
    code: str
    rule: int

    @property
    def policy(self) -> int:
        """Number of the item's policy."""
        return _POLICY_OF_RULE[self.rule]


POLICIES: tuple[Policy, ...] = (
    Policy(id=1, name="Linux system", file="linux.json"),
    Policy(id=2, name="SSH server", file="ssh.json"),
    Policy(id=3, name="Accounts", file="accounts.json"),
)

RULES: tuple[Rule, ...] = (
    Rule(id=101, name="File permissions", policy=1),
    Rule(id=102, name="Kernel settings", policy=1),
    Rule(id=103, name="File system sweep", policy=1),
    Rule(id=104, name="Services and mounts", policy=1),
    Rule(id=201, name="Log-in over SSH", policy=2),
    Rule(id=202, name="SSH keys and algorithms", policy=2),
    Rule(id=301, name="Account database", policy=3),
    Rule(id=302, name="Passwords", policy=3),
)

ITEMS: tuple[ItemEntry, ...] = (
    ItemEntry(id=1001, code="HW-FIL-001", rule=101),
    ItemEntry(id=1002, code="HW-FIL-002", rule=101),
    ItemEntry(id=1003, code="HW-FIL-003", rule=101),
    ItemEntry(id=1101, code="HW-KRN-001", rule=102),
    ItemEntry(id=1102, code="HW-KRN-002", rule=102),
    ItemEntry(id=1103, code="HW-KRN-003", rule=102),
    ItemEntry(id=1201, code="HW-SWP-001", rule=103),
    ItemEntry(id=1202, code="HW-SWP-002", rule=103),
    ItemEntry(id=1203, code="HW-SWP-003", rule=103),
    ItemEntry(id=1204, code="HW-SWP-004", rule=103),
    ItemEntry(id=1301, code="HW-SVC-001", rule=104),
    ItemEntry(id=1302, code="HW-SVC-002", rule=104),
    ItemEntry(id=1303, code="HW-MNT-001", rule=104),
    ItemEntry(id=2001, code="HW-SSH-001", rule=201),
    ItemEntry(id=2002, code="HW-SSH-002", rule=201),
    ItemEntry(id=2003, code="HW-SSH-003", rule=201),
    ItemEntry(id=2004, code="HW-SSH-004", rule=201),
    ItemEntry(id=2101, code="HW-SSH-005", rule=202),
    ItemEntry(id=2102, code="HW-SSH-006", rule=202),
    ItemEntry(id=3001, code="HW-ACC-001", rule=301),
    ItemEntry(id=3002, code="HW-ACC-002", rule=301),
    ItemEntry(id=3101, code="HW-ACC-003", rule=302),
    ItemEntry(id=3102, code="HW-ACC-004", rule=302),
    ItemEntry(id=3103, code="HW-ACC-005", rule=302),
)

_POLICY_OF_RULE = {rule.id: rule.policy for rule in RULES}
_NAMES = {policy.id: policy.name for policy in POLICIES}


def policy_name(policy: int) -> str:
    """Name of a policy of the catalogue. Raises KeyError for another number."""
    return _NAMES[policy]


def check_ids(options: BaselineOptions) -> None:
    """Raise InvalidValue naming every number that the catalogue does not have, and what it does have."""
    wrong = [
        *_unknown("PolicyIds", options.policies, POLICIES),
        *_unknown("RuleIds", options.rules, RULES),
        *_unknown("ItemIds", options.items, ITEMS),
    ]
    if wrong:
        raise InvalidValue("; ".join(wrong))


def chosen_items(options: BaselineOptions) -> tuple[ItemEntry, ...]:
    """The items asked for, in catalogue order: those that fit all lists given; an empty list leaves nothing out.

    Raises InvalidValue for unknown numbers, and when no item fits all the lists.
    """
    check_ids(options)
    chosen = tuple(
        item
        for item in ITEMS
        if _fits(item.policy, options.policies) and _fits(item.rule, options.rules) and _fits(item.id, options.items)
    )
    if not chosen:
        raise InvalidValue("no item is in all of the policies, rules and items asked for: leave out one of the lists")
    return chosen


def chosen_policies(options: BaselineOptions) -> tuple[Policy, ...]:
    """The policies that the chosen items belong to, in catalogue order. Raises InvalidValue as chosen_items does."""
    used = {item.policy for item in chosen_items(options)}
    return tuple(policy for policy in POLICIES if policy.id in used)


def _fits(number: int, wanted: Sequence[int]) -> bool:
    return not wanted or number in wanted


def _unknown(
    what: str, ids: Iterable[int], table: Sequence[Policy] | Sequence[Rule] | Sequence[ItemEntry]
) -> list[str]:
    known = [entry.id for entry in table]
    wrong = sorted(set(ids) - set(known))
    if not wrong:
        return []
    return [f"{what} {', '.join(map(str, wrong))} not known: there are {', '.join(map(str, known))}"]
