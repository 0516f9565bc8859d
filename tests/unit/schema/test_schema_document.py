"""The document of a service says what its structs and tables say."""

import json
import subprocess
import sys
from typing import Annotated

import msgspec
import pytest

from hostward.api.action import VERSIONS
from hostward.api.actions import ACTIONS
from hostward.api.decode import INT64, UINT64, Uint64
from hostward.api.schema import ActionSchema, ServiceSchema, encoded, service_schema
from hostward.api.schema.fields import Kind, fields_of, kind_of, structures_of
from hostward.api.schema.texts import FieldText
from hostward.cli.api.telling import found
from hostward.domain.permission import GRANTS

SERVICES = tuple(VERSIONS)


class Inner(msgspec.Struct, rename="pascal"):
    """Something inside, of a member that has its words in shared.json."""

    quuid: str


class Outer(msgspec.Struct, rename="pascal", kw_only=True):
    """One of each kind."""

    text: str
    count: Uint64 = 7
    rows: list[Inner] = []
    codes: list[Uint64] = []
    flag: bool = False
    one: Inner
    share: float = 0.0


OUTER = {name: FieldText(en=name, zh=name) for name in ("Text", "Count", "Rows", "Codes", "Flag", "One", "Share")}


def action(service: str, name: str) -> ActionSchema:
    """An action as the document has it."""
    return found(service_schema(service), name)


def field(service: str, name: str, parameter: str):
    """A parameter as the document has it."""
    return next(one for one in action(service, name).request if one.name == parameter)


@pytest.mark.parametrize("service", SERVICES)
def test_every_action_of_the_table_is_there_sorted_by_name(service):
    """The table is the only source."""
    expected = sorted(one.name for one in ACTIONS if one.service == service)
    assert [one.name for one in service_schema(service).actions] == expected


@pytest.mark.parametrize("one", ACTIONS, ids=lambda one: one.name)
def test_the_fields_are_those_of_the_structs_in_their_order(one):
    """With RequestId after the answer's own."""
    shown = action(one.service, one.name)
    for fields, struct, more in ((shown.request, one.request, []), (shown.response, one.response, ["RequestId"])):
        assert [each.name for each in fields] == [each.encode_name for each in msgspec.structs.fields(struct)] + more


@pytest.mark.parametrize("one", ACTIONS, ids=lambda one: one.name)
def test_permission_and_roles_are_those_of_the_table(one):
    """Who may call it can be read off the document."""
    shown = action(one.service, one.name)
    assert shown.permission == one.permission
    assert set(shown.roles) == {role.value for role in GRANTS[one.permission].roles}
    assert shown.changes == one.changes


@pytest.mark.parametrize("service", SERVICES)
def test_every_structure_that_a_field_names_is_there(service):
    """And none that no field names."""
    schema = service_schema(service)
    fields = [each for one in schema.actions for each in (*one.request, *one.response)]
    fields += [each for inside in schema.structures.values() for each in inside]
    assert {each.structure for each in fields if each.structure} == schema.structures.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_is_json_that_reads_back_as_itself(service):
    """A typed reader gets what a typed writer had."""
    back = msgspec.json.decode(encoded(service).body, type=ServiceSchema)
    assert back.actions == service_schema(service).actions
    assert back.structures.keys() == service_schema(service).structures.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_another_process_makes_the_same_bytes(service):
    """Whatever the hash seed: a cache may compare ETags of replicas."""
    script = f"from hostward.api.schema import encoded; print(encoded({service!r}).etag)"
    made = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={"PYTHONHASHSEED": "4"}, check=True
    )
    assert made.stdout.strip() == encoded(service).etag


def test_the_two_services_have_different_etags():
    """An ETag stands for its bytes."""
    assert len({encoded(service).etag for service in SERVICES}) == 2


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (str, Kind(name="string")),
        (bool, Kind(name="boolean")),
        (int, Kind(name="integer")),
        (float, Kind(name="number")),
        (Annotated[int, INT64], Kind(name="integer", whole=INT64)),
        (list[str], Kind(name="array", item=Kind(name="string"))),
        (Inner, Kind(name="object", struct=Inner)),
        (Annotated[msgspec.Raw, list[Inner]], Kind(name="array", item=Kind(name="object", struct=Inner))),
    ],
    ids=str,
)
def test_a_hint_has_its_kind(hint, expected):
    """Raw JSON has the kind that is said beside it."""
    assert kind_of(hint) == expected


@pytest.mark.parametrize("hint", [dict, dict[str, int], bytes, None, msgspec.Raw, object])
def test_a_hint_that_the_api_has_no_type_for_is_refused(hint):
    """Rather than shown as something it is not."""
    with pytest.raises(TypeError, match="no type of this API"):
        kind_of(hint)


def test_a_field_has_what_its_struct_says():
    """Type, element, structure, default, range."""
    shown = {one.name: one for one in fields_of(Outer, OUTER, "x", is_request=True)}
    count, rows, codes = shown["Count"], shown["Rows"], shown["Codes"]
    assert (count.type, count.required, count.default) == ("integer", False, 7)
    assert (count.minimum, count.maximum) == (UINT64.minimum, UINT64.maximum)
    assert (rows.type, rows.item, rows.structure, rows.default) == ("array", "object", "Inner", [])
    assert (codes.type, codes.item, codes.maximum) == ("array", "integer", UINT64.maximum)
    assert (shown["Text"].required, shown["Text"].default) == (True, msgspec.UNSET)
    assert (shown["One"].type, shown["One"].structure) == ("object", "Inner")


def test_a_field_of_an_answer_is_neither_required_nor_has_a_default():
    """Answers have every member always."""
    shown = fields_of(Outer, OUTER, "x", is_request=False)
    assert {(one.required, one.default) for one in shown} == {(msgspec.UNSET, msgspec.UNSET)}


def test_limits_of_the_texts_are_narrower_than_those_of_the_type():
    """The text's win where it has some."""
    own = OUTER | {"Count": FieldText(en="c", zh="c", maximum=9)}
    count = next(one for one in fields_of(Outer, own, "x", is_request=True) if one.name == "Count")
    assert (count.minimum, count.maximum) == (0, 9)


def test_structures_below_a_struct_are_found_once_for_each_place():
    """With their fields."""
    names = [name for name, _ in structures_of(Outer, is_request=True) if name == "Inner"]
    assert names == ["Inner", "Inner"]


def test_choices_have_the_type_of_their_field():
    """Numbers as numbers, words as words."""
    assert [one.value for one in field("cwp", "ScanVul", "HostType").choices] == [1, 2]
    assert [one.value for one in field("cwp", "ScanVul", "ScanMethod").choices] == [0]
    modules = field("cwp", "DescribeScanTaskDetails", "ModuleType").choices
    assert [one.value for one in modules] == ["Malware", "Vul", "Baseline"]


def test_a_code_of_the_list_that_is_never_sent_says_so():
    """A reader need not handle it."""
    errors = {one.code: one for one in service_schema("cwp").errors}
    assert (errors["InternalError"].sent, errors["DryRunOperation"].sent) == (True, False)


def test_members_of_the_document_are_in_camel_case():
    """One style for whoever reads it."""
    document = json.loads(encoded("cwp").body)
    details = next(one for one in document["actions"] if one["name"] == "DescribeScanTaskDetails")
    filters = next(one for one in details["request"] if one["name"] == "Filters")
    assert (filters["structure"], filters["leastItems"], filters["mostItems"]) == ("Filters", 0, 10)
    assert document["requestBytes"] == {"get": 32768, "form": 1048576, "json": 10485760}
