"""What the API Explorer checks, finds, makes up and remembers."""

import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console_logic import Refused, exact
from hostward.api.action import VERSIONS
from hostward.api.actions import ACTIONS
from hostward.api.decode import decode
from hostward.api.errors import ApiError
from hostward.api.schema import Field, encoded

ENOUGH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCHEMAS = {service: json.loads(encoded(service).body) for service in VERSIONS}
BY_NAME = {(service, one["name"]): one for service, schema in SCHEMAS.items() for one in schema["actions"]}
KEYS = sorted(BY_NAME)
SHAPES = {(one.service, one.name): one.request for one in ACTIONS}
TYPES_OF_MISTAKES = ("UnknownParameter", "MissingParameter", "InvalidParameter")

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)


def mistakes(logic, key: tuple[str, str], request: object) -> list[dict]:
    """What the form says of a request. A text is the request's JSON as it stands."""
    return logic("validate.validate", BY_NAME[key]["request"], SCHEMAS[key[0]]["structures"], exact(request))


def reported(logic, key: tuple[str, str], request: object) -> tuple[str, str] | None:
    """The code, and the parameter, that it expects from the server."""
    first = logic("validate.reported", mistakes(logic, key, request))
    return first and (first["code"], first["path"])


def refused(key: tuple[str, str], request: object) -> tuple[str, str] | None:
    """The same of the server's reading, before any value is looked at."""
    try:
        decode(SHAPES[key], json.dumps(request).encode())
    except ApiError as refusal:
        return str(refusal.code), refusal._values["name"]
    return None


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[1])
def test_golden_requests_that_were_answered_have_no_mistake(logic, key):
    """What the server takes, the form takes."""
    for one in BY_NAME[key]["examples"]:
        if "Error" not in one["answer"]["Response"]:
            assert mistakes(logic, key, one["request"]) == [], one["name"]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[1])
def test_no_request_at_all_is_refused_as_the_server_refuses_it(logic, key):
    """The same code, naming the same parameter."""
    assert reported(logic, key, {}) == refused(key, {})


def wrong_values() -> st.SearchStrategy:
    """Values of any type, so that most are of the wrong one."""
    return st.one_of(
        st.none(), st.booleans(), st.text(max_size=4), st.integers(), st.just(1.5), st.just([]), st.just({}),
        st.just([{}]), st.just(["x"]), st.just("5"), st.just([{"Name": "Status", "Values": ["Ok"]}]),
    )  # fmt: skip


@ENOUGH
@given(data=st.data())
def test_a_request_of_the_wrong_shape_is_refused_with_the_server_s_code(logic, data):
    """Unknown before missing before type, whichever comes first in the body."""
    key = data.draw(st.sampled_from(KEYS))
    names = [one["name"] for one in BY_NAME[key]["request"]] + ["NoSuchThing"]
    request = data.draw(st.dictionaries(st.sampled_from(names), wrong_values(), max_size=4))
    expected = refused(key, request)
    found = reported(logic, key, request)
    if expected is None or expected[0] not in TYPES_OF_MISTAKES:
        assert found is None or found[0] == "InvalidParameterValue"
    else:
        assert found is not None
        assert found[0] == expected[0]


DETAILS = ("cwp", "DescribeScanTaskDetails")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Limit": 101}, ("InvalidParameterValue", "Limit")),
        ({"Limit": 0}, ("InvalidParameterValue", "Limit")),
        ({"Limit": "20"}, None),
        ({"ModuleType": "vul"}, ("InvalidParameterValue", "ModuleType")),
        ({"Filters": [{"Name": "Nope", "Values": ["x"]}]}, ("InvalidParameterValue", "Filters.0.Name")),
        ({"Filters": [{"Name": "status", "Values": ["Ok", "No"]}]}, ("InvalidParameterValue", "Filters.0.Values.1")),
        ({"Filters": [{"Name": "HostName", "Values": []}]}, ("InvalidParameterValue", "Filters.0.Values")),
        ({"Filters": [{"Name": "IP", "Values": ["1"]}] * 11}, ("InvalidParameterValue", "Filters")),
        ({"Filters": [{"Name": "STATUS", "Values": ["Ok"], "ExactMatch": True}]}, None),
    ],
)
def test_values_are_checked_by_the_schema(logic, change, expected):
    """Ranges, choices, counts, names and values of filters."""
    assert reported(logic, DETAILS, {"ModuleType": "Vul", "TaskId": 1} | change) == expected


@pytest.mark.parametrize(
    ("task", "fits"), [(2**64 - 1, True), (2**64, False), (2**53 + 1, True), (0, False), (-1, False)]
)
def test_integers_of_64_bits_are_compared_exactly(logic, task, fits):
    """Where a double would round."""
    request = f'{{"ModuleType": "Vul", "TaskId": {task}}}'
    assert (reported(logic, DETAILS, request) is None) == fits


@ENOUGH
@given(value=JSON, indent=st.sampled_from([0, 2]))
def test_json_comes_back_as_it_was(logic, value, indent):
    """Read, written, and read by Python."""
    assert json.loads(logic("exact.stringify", exact(json.dumps(value)), indent)) == json.loads(json.dumps(value))


@pytest.mark.parametrize("number", ["18446744073709551615", "-0", "1e400", "0.10", "123456789012345678901234567890"])
def test_a_number_keeps_its_digits(logic, number):
    """Whatever a double makes of it."""
    assert logic("exact.stringify", exact(f'{{"A":[{number}]}}')) == f'{{"A":[{number}]}}'


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ('{"A": 1,}', "syntax", 1, 9),
        ('{\n "A": 01}', "syntax", 2, 8),
        ('{"A": 1, "A": 2}', "twice", 1, 10),
        ("[" * 40, "deep", 1, 34),
        ("{} {}", "syntax", 1, 4),
        ("NaN", "syntax", 1, 1),
        ("", "syntax", 1, 1),
    ],
)
def test_what_is_no_json_says_where(logic, text, reason, line, column):
    """A person finds the place."""
    with pytest.raises(Refused) as refusal:
        logic("exact.parse", text)
    said = refusal.value.said
    assert (said["reason"], said["line"], said["column"]) == (reason, line, column)


ENTRIES = [
    {
        "service": service,
        "name": name,
        "en": one["documentation"]["en"],
        "zh": one["documentation"]["zh"],
        "served": True,
    }
    for (service, name), one in BY_NAME.items()
] + [{"service": "cwp", "name": name, "en": "", "zh": "", "served": False} for name in SCHEMAS["cwp"]["unserved"]]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("DescribeScanTaskDetails", "DescribeScanTaskDetails"),
        ("dstd", "DescribeScanTaskDetails"),
        ("desc taskdet", "DescribeScanTaskDetails"),
        ("task again", "ScanTaskAgain"),
        ("apikey create", "CreateApiKey"),
        ("scnvl", "ScanVul"),
        ("RansomDefenseRollback", "RansomDefenseRollback"),
    ],
)
def test_an_action_is_found_by_a_few_letters(logic, query, first):
    """Name, initials, parts in any order, letters left out."""
    hits = logic("search.search", ENTRIES, query)
    assert hits[0]["entry"]["name"] == first


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[1])
def test_every_action_is_the_first_for_its_own_name(logic, key):
    """In any case."""
    hits = logic("search.search", ENTRIES, key[1].lower(), 3)
    assert (hits[0]["entry"]["service"], hits[0]["entry"]["name"]) == key
    assert hits[0]["marks"] == list(range(len(key[1])))


def test_an_action_is_found_by_words_of_either_language(logic):
    """Those of its description."""
    for query in ("how far a scan task is", "扫描任务的进度"):
        assert "DescribeScanTaskDetails" in [one["entry"]["name"] for one in logic("search.search", ENTRIES, query)]


def test_nothing_is_found_for_nonsense_and_everything_for_nothing(logic):
    """An empty query filters nothing."""
    assert logic("search.search", ENTRIES, "qqqzzz") == []
    assert len(logic("search.search", ENTRIES, " ")) == len(ENTRIES)


def conforms(field: dict, value: object, structures: dict) -> bool:
    """Whether a value is one that the schema's field can have in an answer."""
    if field["type"] == "array":
        inner = field | {"type": field.get("item") or "string"}
        return isinstance(value, list) and all(conforms(inner, one, structures) for one in value)
    if field["type"] == "object":
        inside = structures.get(field.get("structure", ""), [])
        names = [one["name"] for one in inside]
        return isinstance(value, dict) and list(value) == names and all(
            conforms(one, value[one["name"]], structures) for one in inside
        )  # fmt: skip
    kind = {"string": str, "integer": int, "number": (int, float), "boolean": bool}[field["type"]]
    chosen = not field.get("choices") or value in [one["value"] for one in field["choices"]]
    return isinstance(value, kind) and isinstance(value, bool) == (field["type"] == "boolean") and chosen


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[1])
def test_a_mock_is_an_answer_of_the_schema(logic, key):
    """Made or taken from an example, and the same for the same seed."""
    action, structures = BY_NAME[key], SCHEMAS[key[0]]["structures"]
    for seed in (0, 7):
        made = logic("mock.mock", action, structures, seed, True)
        assert made == logic("mock.mock", action, structures, seed, True)
        response = made["answer"]["Response"]
        assert conforms({"type": "object", "structure": "R"}, response, structures | {"R": action["response"]})
    taken = logic("mock.mock", action, structures, 1)
    examples = {one["name"]: one["answer"] for one in action["examples"]}
    assert taken["answer"] == examples.get(taken["example"], taken["answer"])
    assert "Error" not in taken["answer"]["Response"]


def test_mocks_of_other_seeds_differ(logic):
    """Else a seed would be for nothing."""
    key = ("cwp", "DescribeMachines")
    made = [logic("mock.mock", BY_NAME[key], SCHEMAS["cwp"]["structures"], seed, True)["answer"] for seed in range(5)]
    assert len({json.dumps(one) for one in made}) == 5
    assert all(one["Response"]["TotalCount"] == len(one["Response"]["Machines"]) for one in made)


PAST = {
    "at": 1, "service": "cwp", "action": "ScanVul", "parameters": "", "status": 200, "code": "", "ms": 1.5,
    "caller": "key", "requestId": "r",
}  # fmt: skip


def test_the_past_is_kept_newest_first_and_can_be_forgotten(logic):
    """Fifty calls, no more."""
    store = {"$storage": "order"}
    for at in range(60):
        logic("history.remember", store, PAST | {"at": at}, exact({"TaskId": at}))
    kept = logic("history.past", store)
    assert ([one["at"] for one in kept], len(kept)) == (list(range(59, 9, -1)), 50)
    assert logic("history.parametersOf", kept[0]) == {"TaskId": {"$num": "59"}}
    assert logic("history.forget", store) == logic("history.past", store) == []


@pytest.mark.parametrize("name", ["SecretKey", "Password", "Token", "newPassword", "Credentials"])
def test_no_secret_is_kept(logic, name):
    """At any depth."""
    store = {"$storage": name}
    logic("history.remember", store, PAST, exact({"A": [{name: "hunter2"}], name: "hunter2", "UserName": "ana"}))
    kept = logic("history.past", store)[0]["parameters"]
    assert ("hunter2" in kept, "ana" in kept) == (False, True)


def test_a_past_that_is_too_long_or_broken_costs_nothing_else(logic):
    """The call is kept without its parameters; a broken store is an empty one."""
    store = {"$storage": "long"}
    logic("history.remember", store, PAST, exact({"A": "x" * 9000}))
    assert logic("history.past", store)[0]["parameters"] == ""
    assert logic("history.parametersOf", PAST | {"parameters": "[1"}) == {}


@pytest.mark.parametrize(
    ("ours", "theirs", "kinds"),
    [
        ("a\nb\nc", "a\nb\nc", ["same", "same", "same"]),
        ("a\nb\nc", "a\nx\nc", ["same", "ours", "theirs", "same"]),
        ("a\nb", "a", ["same", "ours"]),
        ("a", "a\nb", ["same", "theirs"]),
    ],
)
def test_a_difference_is_shown_by_lines(logic, ours, theirs, kinds):
    """Both texts can be read off it."""
    lines = logic("diff.diff", ours, theirs)
    assert [one["kind"] for one in lines] == kinds
    for kind, text in (("ours", ours), ("theirs", theirs)):
        assert "\n".join(one["text"] for one in lines if one["kind"] in ("same", kind)) == text


def test_the_part_of_a_line_that_differs_is_marked(logic):
    """From its first to its last other sign."""
    lines = logic("diff.diff", "host:127.0.0.1:8420", "host:127.0.0.1")
    assert [one["part"] for one in lines] == [[14, 19], [14, 14]]


def test_the_schema_s_structs_are_those_that_the_explorer_reads():
    """A member that is renamed there would be lost here."""
    used = {"name", "type", "required", "documentation", "item", "structure", "default", "unit", "minimum", "maximum",
            "leastItems", "mostItems", "format", "choices", "filters"}  # fmt: skip
    assert {one.encode_name for one in msgspec.structs.fields(Field)} == used
