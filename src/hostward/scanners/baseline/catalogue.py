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
    Rule(id=105, name="Logging and audit", policy=1),
    Rule(id=106, name="Kernel modules and memory images", policy=1),
    Rule(id=107, name="Banners and software sources", policy=1),
    Rule(id=201, name="Log-in over SSH", policy=2),
    Rule(id=202, name="SSH keys and algorithms", policy=2),
    Rule(id=203, name="SSH sessions", policy=2),
    Rule(id=301, name="Account database", policy=3),
    Rule(id=302, name="Passwords", policy=3),
    Rule(id=303, name="Shells", policy=3),
    Rule(id=304, name="Log-in rules (PAM)", policy=3),
    Rule(id=305, name="sudo", policy=3),
    Rule(id=306, name="Home folders", policy=3),
)

ITEMS: tuple[ItemEntry, ...] = (
    ItemEntry(id=1001, code="HW-FIL-001", rule=101),
    ItemEntry(id=1002, code="HW-FIL-002", rule=101),
    ItemEntry(id=1003, code="HW-FIL-003", rule=101),
    ItemEntry(id=1004, code="HW-FIL-004", rule=101),
    ItemEntry(id=1005, code="HW-FIL-005", rule=101),
    ItemEntry(id=1006, code="HW-FIL-006", rule=101),
    ItemEntry(id=1007, code="HW-FIL-007", rule=101),
    ItemEntry(id=1008, code="HW-FIL-008", rule=101),
    ItemEntry(id=1009, code="HW-FIL-009", rule=101),
    ItemEntry(id=1010, code="HW-FIL-010", rule=101),
    ItemEntry(id=1011, code="HW-FIL-011", rule=101),
    ItemEntry(id=1012, code="HW-FIL-012", rule=101),
    ItemEntry(id=1013, code="HW-FIL-013", rule=101),
    ItemEntry(id=1014, code="HW-FIL-014", rule=101),
    ItemEntry(id=1015, code="HW-FIL-015", rule=101),
    ItemEntry(id=1016, code="HW-FIL-016", rule=101),
    ItemEntry(id=1101, code="HW-KRN-001", rule=102),
    ItemEntry(id=1102, code="HW-KRN-002", rule=102),
    ItemEntry(id=1103, code="HW-KRN-003", rule=102),
    ItemEntry(id=1104, code="HW-KRN-004", rule=102),
    ItemEntry(id=1105, code="HW-KRN-005", rule=102),
    ItemEntry(id=1106, code="HW-KRN-006", rule=102),
    ItemEntry(id=1107, code="HW-KRN-007", rule=102),
    ItemEntry(id=1108, code="HW-KRN-008", rule=102),
    ItemEntry(id=1109, code="HW-KRN-009", rule=102),
    ItemEntry(id=1110, code="HW-KRN-010", rule=102),
    ItemEntry(id=1111, code="HW-KRN-011", rule=102),
    ItemEntry(id=1112, code="HW-KRN-012", rule=102),
    ItemEntry(id=1113, code="HW-KRN-013", rule=102),
    ItemEntry(id=1114, code="HW-KRN-014", rule=102),
    ItemEntry(id=1115, code="HW-KRN-015", rule=102),
    ItemEntry(id=1116, code="HW-KRN-016", rule=102),
    ItemEntry(id=1117, code="HW-KRN-017", rule=102),
    ItemEntry(id=1118, code="HW-KRN-018", rule=102),
    ItemEntry(id=1201, code="HW-SWP-001", rule=103),
    ItemEntry(id=1202, code="HW-SWP-002", rule=103),
    ItemEntry(id=1203, code="HW-SWP-003", rule=103),
    ItemEntry(id=1204, code="HW-SWP-004", rule=103),
    ItemEntry(id=1301, code="HW-SVC-001", rule=104),
    ItemEntry(id=1302, code="HW-SVC-002", rule=104),
    ItemEntry(id=1303, code="HW-MNT-001", rule=104),
    ItemEntry(id=1305, code="HW-SVC-003", rule=104),
    ItemEntry(id=1306, code="HW-SVC-004", rule=104),
    ItemEntry(id=1307, code="HW-SVC-005", rule=104),
    ItemEntry(id=1308, code="HW-SVC-006", rule=104),
    ItemEntry(id=1309, code="HW-SVC-007", rule=104),
    ItemEntry(id=1310, code="HW-MNT-002", rule=104),
    ItemEntry(id=1311, code="HW-MNT-003", rule=104),
    ItemEntry(id=1501, code="HW-LOG-001", rule=105),
    ItemEntry(id=1502, code="HW-LOG-002", rule=105),
    ItemEntry(id=1601, code="HW-MOD-001", rule=106),
    ItemEntry(id=1602, code="HW-MOD-002", rule=106),
    ItemEntry(id=1603, code="HW-MOD-003", rule=106),
    ItemEntry(id=1604, code="HW-COR-001", rule=106),
    ItemEntry(id=1605, code="HW-COR-002", rule=106),
    ItemEntry(id=1701, code="HW-BAN-001", rule=107),
    ItemEntry(id=1702, code="HW-PKG-001", rule=107),
    ItemEntry(id=2001, code="HW-SSH-001", rule=201),
    ItemEntry(id=2002, code="HW-SSH-002", rule=201),
    ItemEntry(id=2003, code="HW-SSH-003", rule=201),
    ItemEntry(id=2004, code="HW-SSH-004", rule=201),
    ItemEntry(id=2005, code="HW-SSH-007", rule=201),
    ItemEntry(id=2006, code="HW-SSH-008", rule=201),
    ItemEntry(id=2007, code="HW-SSH-009", rule=201),
    ItemEntry(id=2008, code="HW-SSH-010", rule=201),
    ItemEntry(id=2009, code="HW-SSH-011", rule=201),
    ItemEntry(id=2010, code="HW-SSH-012", rule=201),
    ItemEntry(id=2011, code="HW-SSH-013", rule=201),
    ItemEntry(id=2101, code="HW-SSH-005", rule=202),
    ItemEntry(id=2102, code="HW-SSH-006", rule=202),
    ItemEntry(id=2103, code="HW-SSH-014", rule=202),
    ItemEntry(id=2201, code="HW-SSH-015", rule=203),
    ItemEntry(id=2202, code="HW-SSH-016", rule=203),
    ItemEntry(id=2203, code="HW-SSH-017", rule=203),
    ItemEntry(id=2204, code="HW-SSH-018", rule=203),
    ItemEntry(id=2205, code="HW-SSH-019", rule=203),
    ItemEntry(id=3001, code="HW-ACC-001", rule=301),
    ItemEntry(id=3002, code="HW-ACC-002", rule=301),
    ItemEntry(id=3003, code="HW-ACC-006", rule=301),
    ItemEntry(id=3004, code="HW-ACC-007", rule=301),
    ItemEntry(id=3005, code="HW-ACC-008", rule=301),
    ItemEntry(id=3006, code="HW-ACC-009", rule=301),
    ItemEntry(id=3007, code="HW-ACC-010", rule=301),
    ItemEntry(id=3008, code="HW-ACC-011", rule=301),
    ItemEntry(id=3009, code="HW-ACC-012", rule=301),
    ItemEntry(id=3010, code="HW-ACC-013", rule=301),
    ItemEntry(id=3101, code="HW-ACC-003", rule=302),
    ItemEntry(id=3102, code="HW-ACC-004", rule=302),
    ItemEntry(id=3103, code="HW-ACC-005", rule=302),
    ItemEntry(id=3104, code="HW-ACC-014", rule=302),
    ItemEntry(id=3105, code="HW-ACC-015", rule=302),
    ItemEntry(id=3106, code="HW-ACC-016", rule=302),
    ItemEntry(id=3107, code="HW-ACC-017", rule=302),
    ItemEntry(id=3301, code="HW-ACC-018", rule=303),
    ItemEntry(id=3302, code="HW-ACC-019", rule=303),
    ItemEntry(id=3401, code="HW-PAM-001", rule=304),
    ItemEntry(id=3402, code="HW-PAM-002", rule=304),
    ItemEntry(id=3403, code="HW-PAM-003", rule=304),
    ItemEntry(id=3404, code="HW-PAM-004", rule=304),
    ItemEntry(id=3405, code="HW-PAM-005", rule=304),
    ItemEntry(id=3406, code="HW-PAM-006", rule=304),
    ItemEntry(id=3407, code="HW-PAM-007", rule=304),
    ItemEntry(id=3408, code="HW-PAM-008", rule=304),
    ItemEntry(id=3501, code="HW-SUD-001", rule=305),
    ItemEntry(id=3502, code="HW-SUD-002", rule=305),
    ItemEntry(id=3503, code="HW-SUD-003", rule=305),
    ItemEntry(id=3504, code="HW-SUD-004", rule=305),
    ItemEntry(id=3505, code="HW-SUD-005", rule=305),
    ItemEntry(id=3506, code="HW-SUD-006", rule=305),
    ItemEntry(id=3507, code="HW-SUD-007", rule=305),
    ItemEntry(id=3601, code="HW-HOM-001", rule=306),
    ItemEntry(id=3602, code="HW-HOM-002", rule=306),
    ItemEntry(id=3603, code="HW-HOM-003", rule=306),
    ItemEntry(id=3604, code="HW-HOM-004", rule=306),
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
