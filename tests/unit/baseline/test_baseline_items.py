"""The built-in items as data: complete, well typed, and nothing left unread."""

import json
import re
from typing import Any

import msgspec
import pytest

from hostward.scanners.baseline import sshd_config
from hostward.scanners.baseline.catalogue import ITEMS, POLICIES
from hostward.scanners.baseline.item import Check, Item
from hostward.scanners.baseline.items import PolicyFile, decode, load, policy_bytes
from hostward.scanners.baseline.operators import OPERATORS
from hostward.scanners.baseline.patterns import matches
from hostward.scanners.baseline.probes import (
    accounts,
    groups,
    homes,
    logging,
    login_defs,
    pam,
    pam_setting,
    search_path,
    sudoers,
    sweep,
)
from hostward.scanners.baseline.probes.sshd import DEFAULTS
from hostward.scanners.baseline.probes.table import PROBES

FILES = {policy.id: decode(policy_bytes(policy.file)) for policy in POLICIES}
LOADED = load(ITEMS)
CHECKS = [check for item in LOADED for check in (*item.checks, *item.applies_if)]


def test_files_and_catalogue_agree() -> None:
    """Every number has its item in its policy's file, under the same code, and no item is left over."""
    in_files = {(number, item.id, item.code) for number, file in FILES.items() for item in file.items}
    assert in_files == {(entry.policy, entry.id, entry.code) for entry in ITEMS}


def test_files_name_their_policy() -> None:
    """A file can't be taken for another's."""
    assert [file.policy for file in FILES.values()] == [policy.id for policy in POLICIES]


def test_every_key_of_the_files_is_read() -> None:
    """A misspelt key would silently be its default."""
    for policy in POLICIES:
        raw = json.loads(policy_bytes(policy.file))
        assert _unread(raw, msgspec.to_builtins(decode(policy_bytes(policy.file)))) == []


def _unread(raw: Any, read: Any, where: str = "") -> list[str]:
    if isinstance(raw, dict):
        missing = [f"{where}.{key}" for key in raw if key not in read]
        return missing + [
            found for key in raw if key in read for found in _unread(raw[key], read[key], f"{where}.{key}")
        ]
    if isinstance(raw, list):
        return [found for a, b in zip(raw, read, strict=True) for found in _unread(a, b, where)]
    return [] if raw == read else [where]


@pytest.mark.parametrize("item", LOADED, ids=[item.code for item in LOADED])
def test_item_is_complete(item: Item) -> None:
    """People get a title, words, a script and the meaning of "not applicable" for every item."""
    texts = [item.title, item.remediation.text, item.remediation.script, item.not_applicable]
    assert all(text.strip() == text and len(text) > 10 for text in texts)
    assert len(item.checks) > 0
    assert len(set(item.profiles)) == len(item.profiles) > 0


def test_titles_are_unique() -> None:
    """Two items with one title can't be told apart on a screen."""
    assert len({item.title for item in LOADED}) == len(LOADED)


def test_checks_name_known_probes_and_operators() -> None:
    """A name that is not there would be an error verdict on every machine."""
    assert {check.probe for check in CHECKS} <= {probe.name for probe in PROBES}
    assert {check.op for check in CHECKS} <= set(OPERATORS)


def test_patterns_compile() -> None:
    """A broken pattern would be an error verdict on every machine."""
    patterns = [check.select for check in CHECKS if check.select]
    patterns += [str(check.expected) for check in CHECKS if check.op == "matches"]
    assert [matches(pattern, "") for pattern in patterns] == [False] * len(patterns)


def test_queries_and_keywords_are_known() -> None:
    """What probes are asked must be in their tables."""
    tables = (accounts, groups, homes, logging, search_path, sudoers, sweep)
    for table in tables:
        probe = table.__name__.rpartition(".")[2]
        assert {check.target[0] for check in CHECKS if check.probe == probe} <= set(table.QUERIES), probe
    assert {word.lower() for check in CHECKS if check.probe == "sshd" for word in check.target} <= set(DEFAULTS)
    assert {word for check in CHECKS if check.probe == "login_defs" for word in check.target} <= set(
        login_defs.DEFAULTS
    )
    assert {check.target[1:] for check in CHECKS if check.probe == "pam_setting"} <= set(pam_setting.DEFAULTS)
    assert {check.target[0].rpartition(":")[2] for check in CHECKS if check.probe == "pam"} <= set(pam.KINDS)


def test_every_query_is_asked_by_an_item() -> None:
    """A query that no item asks is code that nobody runs."""
    for table in (accounts, groups, homes, logging, search_path, sudoers, sweep):
        probe = table.__name__.rpartition(".")[2]
        assert set(table.QUERIES) == {check.target[0] for check in CHECKS if check.probe == probe}, probe


def test_references_are_section_numbers() -> None:
    """A name, an edition and a number: nothing of a benchmark's words."""
    references = [reference for item in LOADED for reference in item.references]
    assert [
        text for text in references if not re.fullmatch(r"CIS Debian Linux 12 1\.1\.0: [1-9](\.[0-9]+)+", text)
    ] == []


def test_both_profile_levels_name_their_machines() -> None:
    """An item has one level, and says for which machines it is meant."""
    for item in LOADED:
        assert len({"L1", "L2"} & set(item.profiles)) == 1, item.code
        assert len({"server", "workstation"} & set(item.profiles)) >= 1, item.code


def test_patterns_have_words_for_people() -> None:
    """Nobody should have to read a pattern to know what is expected."""
    assert [check for check in CHECKS if check.op == "matches" and not check.words] == []


def test_no_parameter_is_left_unfilled() -> None:
    """Loading fills in the defaults."""
    assert [check for check in CHECKS if str(check.expected).startswith("$")] == []


def test_parameter_takes_another_value() -> None:
    """What an operator of the platform sets replaces the default."""
    (raw,) = [item for item in FILES[2].items if item.code == "HW-SSH-001"]
    assert raw.bound({"allowed": ("no",)}).checks[0].expected == ("no",)


def test_unknown_parameter_is_refused() -> None:
    """A misspelt name must not be taken for an effect."""
    (raw,) = [item for item in FILES[2].items if item.code == "HW-SSH-001"]
    with pytest.raises(ValueError, match="HW-SSH-001 has no parameter allow"):
        raw.bound({"allow": ("no",)})


def test_undeclared_parameter_in_a_check_is_refused() -> None:
    """An item that uses what it does not declare is broken."""
    (raw,) = [item for item in FILES[2].items if item.code == "HW-SSH-002"]
    broken = Check(probe="sshd", target=("x",), op="equals", expected="$lost")
    item = Item(**{name: getattr(raw, name) for name in raw.__dataclass_fields__} | {"checks": (broken,)})
    with pytest.raises(ValueError, match="uses the parameter lost"):
        item.bound()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"policy": "1", "items": []}',
        b'{"policy": 1, "items": [{"id": 1}]}',
        b'{"policy": 1}',
    ],
)
def test_wrong_policy_file_is_refused(data: bytes) -> None:
    """The types are checked on the way in."""
    with pytest.raises((msgspec.ValidationError, msgspec.DecodeError)):
        decode(data)


def test_level_outside_the_scale_is_refused() -> None:
    """Levels are 1 to 4."""
    raw = json.loads(policy_bytes("ssh.json"))
    raw["items"][0]["level"] = 5
    with pytest.raises(msgspec.ValidationError, match="level"):
        decode(json.dumps(raw).encode())


def test_there_are_at_least_64_items() -> None:
    """What the second milestone promised."""
    assert len(LOADED) >= 64
    assert isinstance(FILES[1], PolicyFile)


def test_remediation_scripts_name_the_file_that_sshd_reads() -> None:
    """The place to change is the place that is judged."""
    scripts = [item.remediation.script for item in LOADED if item.code in {"HW-SSH-001", "HW-SSH-002", "HW-SSH-003"}]
    assert all(sshd_config.CONFIG in script for script in scripts)
