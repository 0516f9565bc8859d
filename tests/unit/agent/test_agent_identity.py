"""Who an agent is, on the disk."""

from pathlib import Path

import pytest

from hostward.agent.identity import KEY_FILE, NAMES_FILE, load
from hostward.protocol.hello import Enrolled

NAMES = Enrolled(quuid="q-1", uuid="u-1")


def test_a_new_agent_makes_a_key_of_its_own(tmp_path: Path) -> None:
    """32 bytes to be known by, and no names yet."""
    identity = load(tmp_path / "agent", "machine")
    assert (identity.is_new, identity.names, len(identity.public_key)) == (True, None, 32)


def test_the_key_stays_the_same(tmp_path: Path) -> None:
    """The machine is known by it for ever."""
    first, second = load(tmp_path, "machine"), load(tmp_path, "machine")
    assert (second.public_key, second.is_new) == (first.public_key, False)


def test_two_agents_have_two_keys(tmp_path: Path) -> None:
    """Nothing is shared."""
    assert load(tmp_path / "a", "machine").public_key != load(tmp_path / "b", "machine").public_key


def test_the_key_is_private_to_its_owner(tmp_path: Path) -> None:
    """Mode 0600, in a folder of mode 0700."""
    load(tmp_path / "agent", "machine")
    assert (tmp_path / "agent").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "agent" / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_names_are_kept_once_the_agent_is_enrolled(tmp_path: Path) -> None:
    """Another process has them too."""
    load(tmp_path, "machine").enrolled(NAMES)
    names = load(tmp_path, "machine").names
    assert names is not None
    assert (names.quuid, names.uuid) == ("q-1", "u-1")


def test_an_agent_that_finds_another_machine_becomes_another_agent(tmp_path: Path) -> None:
    """A copy of a machine (a golden image) must not speak as the original."""
    original = load(tmp_path, "machine").enrolled(NAMES)
    copy = load(tmp_path, "another machine")
    assert (copy.is_new, copy.names) == (True, None)
    assert copy.public_key != original.public_key


def test_the_copy_stays_what_it_became(tmp_path: Path) -> None:
    """It is new only once."""
    load(tmp_path, "machine").enrolled(NAMES)
    copy = load(tmp_path, "another machine")
    later = load(tmp_path, "another machine")
    assert (later.public_key, later.is_new) == (copy.public_key, False)


@pytest.mark.parametrize(("enrolled_on", "found"), [("machine", ""), ("", "machine"), ("", "")])
def test_a_machine_without_an_id_is_no_other_machine(tmp_path: Path, enrolled_on: str, found: str) -> None:
    """Containers often have none: nothing can be said then."""
    first = load(tmp_path, enrolled_on).enrolled(NAMES)
    second = load(tmp_path, found)
    assert (second.public_key, second.is_new) == (first.public_key, False)


def test_a_damaged_key_is_replaced_and_its_names_are_given_up(tmp_path: Path) -> None:
    """The names belong to the key that is lost."""
    load(tmp_path, "machine").enrolled(NAMES)
    (tmp_path / KEY_FILE).write_bytes(b"short")
    identity = load(tmp_path, "machine")
    assert (identity.is_new, identity.names) == (True, None)


def test_damaged_names_are_asked_for_again(tmp_path: Path) -> None:
    """The key is enough to get them back."""
    first = load(tmp_path, "machine").enrolled(NAMES)
    (tmp_path / NAMES_FILE).write_bytes(b"{")
    identity = load(tmp_path, "machine")
    assert (identity.public_key, identity.names, identity.is_new) == (first.public_key, None, False)


def test_a_folder_that_can_not_be_made_is_an_error(tmp_path: Path) -> None:
    """The operator is told."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        load(tmp_path / "file" / "agent", "machine")


def test_a_half_written_file_of_an_earlier_crash_is_in_nobodys_way(tmp_path: Path) -> None:
    """It is written anew."""
    (tmp_path / (KEY_FILE + ".new")).write_bytes(b"half")
    assert load(tmp_path, "machine").is_new
    assert not load(tmp_path, "machine").is_new
