"""The numbers that the API speaks of."""

import subprocess
import sys

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.options import BaselineOptions
from hostward.scanners.baseline import catalogue
from hostward.scanners.baseline.catalogue import ITEMS, POLICIES, RULES, chosen_items, chosen_policies, policy_name


def _codes(options: BaselineOptions) -> list[str]:
    return [entry.code for entry in chosen_items(options)]


def test_empty_lists_choose_everything() -> None:
    """As the API has it."""
    assert chosen_items(BaselineOptions()) == ITEMS


def test_policy_chooses_its_items() -> None:
    """All of them and no other."""
    assert {code[:6] for code in _codes(BaselineOptions(policies=(2,)))} == {"HW-SSH"}


def test_rule_chooses_its_items() -> None:
    """All of them and no other."""
    assert _codes(BaselineOptions(rules=(305,))) == [f"HW-SUD-00{number}" for number in range(1, 8)]


def test_items_come_in_the_catalogue_order() -> None:
    """Whatever the order asked for."""
    assert _codes(BaselineOptions(items=(3001, 1001))) == ["HW-FIL-001", "HW-ACC-001"]


def test_several_lists_must_all_fit() -> None:
    """Each list narrows the choice."""
    assert _codes(BaselineOptions(policies=(2, 3), items=(2001, 1001))) == ["HW-SSH-001"]


def test_lists_that_exclude_each_other_are_refused() -> None:
    """A scan of nothing would look like a clean machine."""
    with pytest.raises(InvalidValue, match="no item is in all"):
        chosen_items(BaselineOptions(policies=(1,), items=(2001,)))


def test_unknown_numbers_are_named_with_those_that_exist() -> None:
    """All of them, of every list, at once."""
    with pytest.raises(InvalidValue, match="PolicyIds 0, 99 not known: there are 1, 2, 3; ItemIds 7 not known"):
        catalogue.check_ids(BaselineOptions(policies=(99, 1, 0), items=(7,)))


def test_known_numbers_are_accepted() -> None:
    """Every number of the tables."""
    catalogue.check_ids(
        BaselineOptions(
            policies=tuple(policy.id for policy in POLICIES),
            rules=tuple(rule.id for rule in RULES),
            items=tuple(item.id for item in ITEMS),
        )
    )


def test_policies_of_a_choice() -> None:
    """What the API shows as the scan's content."""
    assert [policy.name for policy in chosen_policies(BaselineOptions(items=(3001, 2001)))] == [
        "SSH server",
        "Accounts",
    ]


def test_policy_name_of_a_number() -> None:
    """A number that is not there is a defect of the caller."""
    assert policy_name(2) == "SSH server"
    with pytest.raises(KeyError):
        policy_name(99)


def test_numbers_codes_and_names_are_unique() -> None:
    """A number means one thing for ever."""
    for values in (
        [policy.id for policy in POLICIES],
        [policy.name for policy in POLICIES],
        [rule.id for rule in RULES],
        [rule.name for rule in RULES],
        [item.id for item in ITEMS],
        [item.code for item in ITEMS],
    ):
        assert len(set(values)) == len(values)


def test_tables_refer_to_each_other() -> None:
    """Every rule has a policy and items, every item a rule."""
    assert {rule.policy for rule in RULES} == {policy.id for policy in POLICIES}
    assert {item.rule for item in ITEMS} == {rule.id for rule in RULES}


def test_published_numbers_stay() -> None:
    """Numbers are permanent: this list only grows."""
    published = {
        (1001, "HW-FIL-001"),
        (1002, "HW-FIL-002"),
        (1003, "HW-FIL-003"),
        (1101, "HW-KRN-001"),
        (1102, "HW-KRN-002"),
        (1103, "HW-KRN-003"),
        (1201, "HW-SWP-001"),
        (1202, "HW-SWP-002"),
        (1203, "HW-SWP-003"),
        (1204, "HW-SWP-004"),
        (1301, "HW-SVC-001"),
        (1302, "HW-SVC-002"),
        (1303, "HW-MNT-001"),
        (2001, "HW-SSH-001"),
        (2002, "HW-SSH-002"),
        (2003, "HW-SSH-003"),
        (2004, "HW-SSH-004"),
        (2101, "HW-SSH-005"),
        (2102, "HW-SSH-006"),
        (3001, "HW-ACC-001"),
        (3002, "HW-ACC-002"),
        (3101, "HW-ACC-003"),
        (3102, "HW-ACC-004"),
        (3103, "HW-ACC-005"),
    }
    assert published - {(item.id, item.code) for item in ITEMS} == set()


def test_import_is_cheap() -> None:
    """The server imports the catalogue: it must bring neither RE2 nor a JSON decoder nor the probes."""
    program = (
        "import sys; import hostward.scanners.baseline.catalogue; "
        "print([name for name in sys.modules if name in ('re2', 'msgspec') or '.baseline.' in name])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": _src()})
    assert ran.stdout.strip() == "['hostward.scanners.baseline.catalogue']"


def _src() -> str:
    return str(catalogue.__file__).partition("/hostward/scanners/")[0]
