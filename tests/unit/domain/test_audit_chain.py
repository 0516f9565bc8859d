"""The audit log's chain, and what its entries keep."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.audit import (
    GENESIS,
    MAX_PARAMETERS,
    MAX_TEXT,
    REDACTED,
    AuditEntry,
    Deed,
    Head,
    canonical,
    checked,
    linked,
    parameters_text,
    shortened,
)
from hostward.domain.ids import AccountId, UserId

NOW = datetime(2026, 12, 1, 2, 3, 4, 5, tzinfo=UTC)
DEED = Deed(
    account=AccountId(1), at=NOW, user_id=UserId(2), user_name="ann", secret_id="AKID1", source="10.0.0.1",
    service="hostward", action="CreateUser", request_id="r", target="UserName bob", parameters="{}", outcome="",
)  # fmt: skip


def chain(length: int = 5) -> list[AuditEntry]:
    """A whole chain."""
    entries: list[AuditEntry] = []
    head = Head()
    for number in range(length):
        entries.append(linked(replace(DEED, request_id=f"r{number}"), head))
        head = head_of(entries)
    return entries


def head_of(entries: list[AuditEntry]) -> Head:
    """The end of a chain."""
    return Head(number=entries[-1].number, digest=entries[-1].digest) if entries else Head()


def test_the_canonical_form_is_fixed() -> None:
    """Byte for byte: a log that was written by one version is verified by another."""
    assert canonical(DEED, 7, GENESIS) == (
        b'{"account":1,"action":"CreateUser","at":"2026-12-01T02:03:04.000005Z","number":7,"outcome":"",'
        b'"parameters":"{}","previous":"0000000000000000000000000000000000000000000000000000000000000000",'
        b'"request_id":"r","secret_id":"AKID1","service":"hostward","source":"10.0.0.1","target":"UserName bob",'
        b'"user_id":2,"user_name":"ann"}'
    )


def test_a_digest_is_that_of_the_canonical_form() -> None:
    """SHA-256, which anybody can compute again."""
    entry = linked(DEED, Head())
    assert entry.digest == hashlib.sha256(canonical(DEED, 1, GENESIS)).hexdigest()


def test_the_zone_of_a_time_does_not_matter() -> None:
    """The same moment has the same form."""
    east = NOW.astimezone(timezone(timedelta(hours=8)))
    assert canonical(replace(DEED, at=east), 1, GENESIS) == canonical(DEED, 1, GENESIS)


@pytest.mark.parametrize("length", [0, 1, 5])
def test_a_whole_chain_is_told_so(length: int) -> None:
    """With its head, to be written down."""
    entries = chain(length)
    found = checked(entries, head_of(entries))
    assert (found.entries, found.head, found.problem) == (length, head_of(entries), "")


@pytest.mark.parametrize("field", [field for field in Deed.__slots__ if field not in ("account", "at", "user_id")])
def test_an_edited_entry_is_named(field: str) -> None:
    """Whichever of its texts was edited."""
    entries = chain()
    entries[2] = replace(entries[2], deed=replace(entries[2].deed, **{field: "edited"}))
    found = checked(entries, head_of(entries))
    assert (found.entries, found.problem) == (2, "entry 3 was changed after it was written")


@pytest.mark.parametrize("change", [{"account": AccountId(2)}, {"user_id": UserId(9)}, {"at": NOW + timedelta(days=1)}])
def test_an_entry_of_another_time_or_user_is_named(change: dict) -> None:
    """Numbers and times are part of what is hashed."""
    entries = chain()
    entries[0] = replace(entries[0], deed=replace(entries[0].deed, **change))
    assert "entry 1 was changed" in checked(entries, head_of(entries)).problem


@pytest.mark.parametrize("gone", [0, 1, 3])
def test_a_missing_entry_is_named(gone: int) -> None:
    """At the beginning or in the middle."""
    entries = chain()
    del entries[gone]
    found = checked(entries, head_of(entries))
    assert (found.entries, found.problem.split(":")[0]) == (gone, f"entry {gone + 1} is missing")


def test_an_entry_hashed_anew_does_not_fit_the_next() -> None:
    """Who edits one must edit all after it."""
    entries = chain()
    entries[1] = linked(replace(DEED, user_name="eve"), Head(number=1, digest=entries[0].digest))
    assert "entry 3 does not follow entry 2" in checked(entries, head_of(entries)).problem


def test_entries_cut_off_the_end_show_against_the_kept_head() -> None:
    """As long as that was not edited too."""
    entries = chain()
    found = checked(entries[:3], head_of(entries))
    assert (found.entries, found.problem) == (3, "entries after 3 are gone: the stored head is entry 5")


def test_entries_and_head_cut_off_show_against_a_head_written_down() -> None:
    """Wherever it was written down."""
    entries = chain()
    found = checked(entries[:3], head_of(entries[:3]), known=head_of(entries))
    assert "before entry 5 that you gave" in found.problem


def test_a_chain_written_anew_shows_against_a_head_written_down() -> None:
    """All hashes fit, but they are others."""
    entries, head = [], Head()
    for number in range(5):
        entries.append(linked(replace(DEED, user_name="eve", request_id=f"r{number}"), head))
        head = head_of(entries)
    assert checked(entries, head).problem == ""
    assert "another than the one whose hash you gave" in checked(entries, head, known=head_of(chain(3))).problem


@pytest.mark.parametrize("length", range(6))
def test_a_longer_chain_holds_every_head_it_had(length: int) -> None:
    """What was written down long ago still proves what is before it."""
    entries = chain()
    assert checked(entries, head_of(entries), known=head_of(chain(length))).problem == ""


@pytest.mark.parametrize(
    "name", ["SecretKey", "secret", "Password", "DbPasswd", "Token", "X-TC-Token", "PrivateKey", "Credentials",
             "Authorization", "TmpSecretKey", "Signature"]
)  # fmt: skip
def test_secrets_are_never_kept(name: str) -> None:
    """At any depth."""
    kept = parameters_text({name: "s3cr3t", "A": [{name: {"deep": "s3cr3t"}}]})
    assert ("s3cr3t" in kept, json.loads(kept)[name]) == (False, REDACTED)


@pytest.mark.parametrize("name", ["SecretId", "TmpSecretId", "AccessKeyId", "UserName", "Quuid"])
def test_names_of_keys_are_kept(name: str) -> None:
    """They say whose key it was."""
    assert json.loads(parameters_text({name: "AKID1"})) == {name: "AKID1"}


def test_long_lists_are_cut_and_counted() -> None:
    """A scan of a million machines is one entry of a page."""
    kept = json.loads(parameters_text({"QuuidList": [f"q-{number}" for number in range(1_000_000)]}))
    assert (len(kept["QuuidList"]), kept["QuuidList"][-1]) == (21, "... 999980 more")


def test_long_texts_are_cut() -> None:
    """Their beginning says what they were."""
    kept = json.loads(parameters_text({"Remark": "x" * 10_000}))
    assert kept == {"Remark": "x" * (MAX_TEXT - 3) + "..."}
    assert (shortened("x" * MAX_TEXT), len(shortened("x" * 999))) == ("x" * MAX_TEXT, MAX_TEXT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=300), inner, max_size=30),
    max_leaves=60,
)


@given(st.dictionaries(st.text(max_size=300), JSON, max_size=40))
def test_parameters_of_any_shape_fit(parameters: dict) -> None:
    """Never longer than the limit, always JSON in ASCII."""
    kept = parameters_text(parameters)
    assert len(kept) <= MAX_PARAMETERS
    assert kept.isascii()
    assert isinstance(json.loads(kept), dict)


@given(st.lists(st.sampled_from(["edit", "drop", "swap"]), min_size=1, max_size=2), st.data())
def test_no_tampering_goes_unseen(steps: list[str], data: st.DataObject) -> None:
    """Entries edited, taken out or exchanged."""
    entries = chain(8)
    whole = list(entries)
    for step in steps:
        at = data.draw(st.integers(0, len(entries) - 2))
        if step == "edit":
            entries[at] = replace(entries[at], deed=replace(entries[at].deed, outcome=f"x{at}"))
        elif step == "drop":
            del entries[at]
        else:
            entries[at], entries[at + 1] = entries[at + 1], entries[at]
    found = checked(entries, head_of(whole))
    assert (found.problem == "") is (entries == whole)
