"""Nothing of the API is without words in both languages, and no words are about what is not there."""

import re
from itertools import chain

import msgspec
import pytest

from hostward.api.actions import ACTIONS
from hostward.api.errors import COMMON, Code
from hostward.api.schema import Field, service_schema
from hostward.api.schema.fields import kind_of
from hostward.api.schema.texts import (
    TEXTS,
    Undocumented,
    action_text,
    error_text,
    error_texts,
    field_text,
    shared_texts,
    structure_texts,
)

SERVICES = ("cwp", "hostward")
HAN = re.compile(r"[一-鿿]")


def every_field() -> list[tuple[str, Field]]:
    """Every field of both services with where it is."""
    found = []
    for service in SERVICES:
        schema = service_schema(service)
        for action in schema.actions:
            found += [(f"{action.name}.{one.name}", one) for one in chain(action.request, action.response)]
        found += [(f"{name}.{one.name}", one) for name, fields in schema.structures.items() for one in fields]
    return found


def structures() -> dict[str, type]:
    """Every struct below a request or an answer, by name."""
    found: dict[str, type] = {}

    def walk(struct: type) -> None:
        for one in msgspec.structs.fields(struct):
            below = kind_of(one.type).innermost.struct
            if below is not None:
                assert found.setdefault(below.__name__, below) is below, f"two structures {below.__name__}"
                walk(below)

    for action in ACTIONS:
        walk(action.request)
        walk(action.response)
    return found


@pytest.mark.parametrize("action", ACTIONS, ids=lambda one: f"{one.service}-{one.name}")
def test_every_action_is_documented_in_both_languages(action):
    """Its file is there, and each text is one of its language."""
    text = action_text(action.service, action.name)
    assert (text.en.endswith("."), HAN.search(text.en), bool(HAN.search(text.zh))) == (True, None, True)


def test_every_field_is_documented_in_both_languages():
    """Words that are missing are named."""
    wrong = [
        where
        for where, one in every_field()
        if HAN.search(one.documentation.en) or not HAN.search(one.documentation.zh) or not one.documentation.en
    ]
    assert wrong == []


def test_every_choice_has_a_meaning_in_both_languages():
    """A code without one says nothing."""
    wrong = [
        (where, choice.value)
        for where, one in every_field()
        for choice in one.choices
        if not choice.documentation.en or not HAN.search(choice.documentation.zh)
    ]
    assert wrong == []


def test_a_field_without_words_is_an_error_that_says_where_they_belong():
    """The message names field and file."""
    with pytest.raises(Undocumented, match=r"Nowhere is neither in texts/cwp/X\.json nor in texts/shared\.json"):
        field_text({}, "Nowhere", "cwp/X.json")


def test_an_action_without_a_file_is_an_error_that_names_it():
    """A new action fails the tests until it is documented."""
    with pytest.raises(Undocumented, match=r"texts/cwp/NoSuchAction\.json"):
        action_text("cwp", "NoSuchAction")


def test_a_code_without_words_is_an_error_that_names_it():
    """A new code fails the tests until it is documented."""
    with pytest.raises(Undocumented, match="the code Odd"):
        error_text("Odd")


def test_no_file_is_about_an_action_that_is_gone():
    """Files and actions are the same set."""
    files = {(folder, file.name) for folder in SERVICES for file in (TEXTS / folder).iterdir()}
    assert files == {(action.service, f"{action.name}.json") for action in ACTIONS}


def test_no_file_is_about_a_structure_that_is_gone():
    """Each has its structure, and no two structures share a name."""
    assert {file.name[:-5] for file in (TEXTS / "structures").iterdir()} <= structures().keys()


def test_no_words_are_about_a_field_that_is_gone():
    """Every entry of a file names a field of its struct."""
    left = []
    for action in ACTIONS:
        text = action_text(action.service, action.name)
        for entries, struct in ((text.request, action.request), (text.response, action.response)):
            names = {one.encode_name for one in msgspec.structs.fields(struct)}
            left += [f"{action.name}.{name}" for name in entries if name not in names]
    for name, struct in structures().items():
        names = {one.encode_name for one in msgspec.structs.fields(struct)}
        left += [f"{name}.{entry}" for entry in structure_texts(name) if entry not in names]
    assert left == []


def test_every_shared_text_is_used():
    """One that nobody uses is about a field that is gone."""
    names = {where.partition(".")[2] for where, _ in every_field()}
    assert shared_texts().keys() - names == set()


def test_every_code_that_is_sent_has_cause_and_remedy():
    """And no other has: it would be a promise."""
    assert error_texts().keys() == {str(code) for code in Code}


def test_every_code_of_an_action_is_in_the_service_s_list():
    """A reader finds each explained."""
    for service in SERVICES:
        schema = service_schema(service)
        listed = {one.code for one in schema.errors}
        assert {code for action in schema.actions for code in action.errors} == listed
        assert listed >= COMMON
