"""What the screens of scan tasks reckon by themselves, held against the server that they stand before."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capabilities import require
from console_logic import running_logic
from hostward.api.actions import create_scan_malware_setting, scan_vul, start_baseline_detect
from hostward.api.decode import decode
from hostward.api.filters import Filters, conditions_of
from hostward.api.task_options import option_texts
from hostward.domain.bucket import Bucket, bucket_of
from hostward.domain.host_scan import FailType, Status, UnitState
from hostward.domain.ids import VulId
from hostward.domain.machine_filter import AtRisk, FailTypeIs, StatusIs
from hostward.domain.options import BaselineOptions, Category, MalwareOptions, Pattern, VulOptions
from hostward.domain.severity import Level
from hostward.scanners.baseline.catalogue import ITEMS, POLICIES, RULES, chosen_items

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LANGUAGES = st.sampled_from(["en-US", "zh-CN"])

VULS = st.builds(
    VulOptions,
    levels=st.frozensets(st.sampled_from(Level), min_size=1),
    categories=st.frozensets(st.sampled_from(Category), min_size=1),
    vul_ids=st.lists(st.integers(1, 2**53 - 1).map(VulId), max_size=4, unique=True).map(tuple),
)
PATHS = st.lists(st.sampled_from(["/srv", "/var/www", "/a, b", "/tmp/x y"]), min_size=1, unique=True).map(tuple)
MALWARE = st.one_of(
    st.builds(
        MalwareOptions, pattern=st.sampled_from([Pattern.FULL, Pattern.QUICK]), engine=st.integers(1, 3),
        memory=st.booleans(),
    ),
    st.builds(
        MalwareOptions, pattern=st.sampled_from([Pattern.ONLY_PATHS, Pattern.ALL_BUT_PATHS]),
        engine=st.integers(1, 3), memory=st.booleans(), paths=PATHS,
    ),
)  # fmt: skip


@st.composite
def baselines(draw):
    """Lists that at least one item fits."""
    item = draw(st.sampled_from(ITEMS))

    def listed(entry, table):
        return draw(st.sampled_from([(), (entry,), tuple({entry, draw(st.sampled_from(table)).id})]))

    return BaselineOptions(
        policies=listed(item.policy, POLICIES), rules=listed(item.rule, RULES), items=listed(item.id, ITEMS)
    )


@pytest.fixture(scope="module")
def logic(tmp_path_factory):
    """Functions of the screens by "module.name"."""
    require("console-tools")
    with running_logic(tmp_path_factory.mktemp("scans"), "src/screens/newscan/logic.ts") as running:
        yield running


def started(logic, module, options, content, language, quuids=()):
    """What New scan would send for a task with these options that is cloned."""
    texts = [{"Name": name, "Value": value} for name, value in option_texts(options, language)]
    answer = {"Task": {"Content": content}, "Options": texts, "TimeoutSeconds": 60}
    plan = logic("plan.planned", logic("cloned.planOf", module, answer, list(quuids)))
    assert logic("plan.problemsOf", plan) == []
    return logic("plan.startOf", plan, list(quuids) or None)


@given(options=VULS, language=LANGUAGES)
@SOME
def test_a_cloned_vulnerability_scan_asks_for_what_the_task_asked_for(logic, options, language):
    """Options survive the way into words, of either language, and back into a request."""
    content = [str(category.value) for category in options.categories]
    start = started(logic, "Vul", options, content, language)
    request = decode(scan_vul.Request, json.dumps(start["parameters"]).encode())
    assert (start["action"], scan_vul._options(request)) == ("ScanVul", options)


@given(options=MALWARE, language=LANGUAGES)
@SOME
def test_a_cloned_malware_scan_asks_for_what_the_task_asked_for(logic, options, language):
    """Paths with commas in them too."""
    start = started(logic, "Malware", options, [str(options.pattern.value)], language)
    request = decode(create_scan_malware_setting.Request, json.dumps(start["parameters"]).encode())
    assert create_scan_malware_setting._options(request) == options
    assert request.timeout_period == 60


@given(options=baselines(), language=LANGUAGES)
@SOME
def test_a_cloned_baseline_scan_checks_the_same_items(logic, options, language):
    """Policies are asked for by their rules."""
    start = started(logic, "Baseline", options, [], language)
    request = decode(start_baseline_detect.Request, json.dumps(start["parameters"]).encode())
    assert chosen_items(start_baseline_detect._options(request.param)) == chosen_items(options)


@pytest.mark.parametrize("module", ["Vul", "Malware", "Baseline"])
def test_chosen_machines_are_named_and_all_machines_are_not(logic, module):
    """Every module has its own words for both."""
    plan = logic("plan.planned", {"module": module})
    some = json.dumps(logic("plan.startOf", plan, ["q-1"])["parameters"])
    everything = json.dumps(logic("plan.startOf", plan, None)["parameters"])
    assert '["q-1"]' in some
    assert "q-1" not in everything
    assert "Quuid" not in everything


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"timeout": 0}, "timeout"),
        ({"timeout": 86_401}, "timeout"),
        ({"timeout": 1.5}, "timeout"),
        ({"vulIds": ["CVE-2026-1"]}, "vulIds"),
        ({"vulIds": ["9007199254740993"]}, "vulIds"),
        ({"module": "Malware", "pattern": "2"}, "paths"),
        ({"module": "Malware", "pattern": "3", "paths": "srv"}, "paths"),
        ({"module": "Malware", "pattern": "3", "paths": "/a/../b"}, "paths"),
        ({"module": "Malware", "pattern": "2", "paths": "\n".join(f"/{n}" for n in range(201))}, "paths"),
        ({"scope": "picked"}, "machines"),
        ({"scope": "tags"}, "machines"),
    ],
)
def test_what_the_server_would_refuse_is_told_at_its_field(logic, change, field):
    """Before anything is sent."""
    assert [problem["field"] for problem in logic("plan.problemsOf", logic("plan.planned", change))] == [field]


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("VulIds names vulnerabilities that do not exist: 7", "vulIds"),
        ("the value of Param.RuleIds must be ...", "rules"),
        ("QuuidList names machines that do not exist: q", "machines"),
        ("something else", ""),
    ],
)
def test_a_refusal_of_the_server_is_told_at_the_field_it_names(logic, message, field):
    """Or nowhere in particular, when it names none."""
    assert logic("plan.fieldOf", message) == field


def test_the_command_line_quotes_what_a_shell_would_read(logic):
    """Lists as JSON; apostrophes too."""
    start = {"action": "ScanVul", "parameters": {"VulLevels": "3,4", "QuuidList": ["it's"]}}
    line = logic("plan.commandLine", start)
    assert line == """hostward api ScanVul --VulLevels 3,4 --QuuidList '["it'\\''s"]'"""


def test_policies_and_rules_have_the_servers_numbers_and_names(logic):
    """The console's list is the catalogue's, in its order."""
    shown = logic("catalogue.policies")
    assert [(one["id"], one["en"]) for one in shown] == [(policy.id, policy.name) for policy in POLICIES]
    assert [(rule["id"], rule["en"], one["id"]) for one in shown for rule in one["rules"]] == [
        (rule.id, rule.name, rule.policy) for rule in RULES
    ]


STATES = {
    Status.SCANNING: {UnitState.PENDING, UnitState.LEASED, UnitState.RUNNING},
    Status.OK: {UnitState.OK},
    Status.FAIL: {UnitState.FAIL},
    Status.STOP: {UnitState.STOPPING, UnitState.STOPPED},
}


def lets_through(condition, state, fail, risks):
    """Whether a machine meets a condition of an export."""
    if isinstance(condition, AtRisk):
        return risks > 0
    if isinstance(condition, FailTypeIs):
        return fail in condition.values
    assert isinstance(condition, StatusIs)
    return any(state in STATES[status] for status in condition.values)


@given(buckets=st.sets(st.sampled_from([bucket.value for bucket in Bucket])).map(sorted))
@SOME
def test_an_export_of_some_parts_has_their_machines_and_no_other(logic, buckets):
    """Where no filter says it exactly there is none, instead of a wrong one."""
    filters = logic("tasks.exportFilters", buckets, "")
    if filters is None:
        return
    conditions = conditions_of([Filters(one["Name"], one["Values"], one.get("ExactMatch", False)) for one in filters])
    for state in UnitState:
        for fail in FailType if state is UnitState.FAIL else [FailType.NONE]:
            if state is UnitState.FAIL and fail is FailType.NONE:
                continue
            for risks in (0, 3) if state is UnitState.OK else (0,):
                wanted = not buckets or bucket_of(state, fail, risks).value in buckets
                assert all(lets_through(one, state, fail, risks) for one in conditions) == wanted


COUNTS = dict.fromkeys(
    ("Pending", "Leased", "Running", "Stopping", "Ok", "Offline", "Timeout", "Failed", "TooOld", "Stopped"), 0
)


@pytest.mark.parametrize(
    ("state", "progress", "counts", "phase", "percent"),
    [
        ("Scanning", 0, {"Pending": 2}, "Queued", 0),
        ("Scanning", 40, {"Running": 1, "Ok": 1}, "Scanning", 40),
        ("Scanning", 100, {"Running": 2}, "Finishing", 99),
        ("Done", 100, {"Ok": 2}, "Done", 100),
        ("Done", 100, {"Ok": 1, "Offline": 1}, "DoneWithFailures", 100),
        ("Stopping", 60, {"Stopping": 2}, "Stopping", 60),
        ("Stopped", 100, {"Stopped": 2}, "Stopped", 100),
    ],
)
def test_a_hundred_percent_is_for_what_is_over(logic, state, progress, counts, phase, percent):
    """And every state of a task has its word."""
    task = {"State": state, "Progress": progress, "Machines": 2, "Counts": {**COUNTS, **counts}}
    assert (logic("tasks.phaseOf", task), logic("tasks.shownPercent", task)) == (phase, percent)


def test_a_view_asks_for_what_the_address_says_and_nothing_unknown(logic):
    """Parts and orders that do not exist are left out."""
    view = {"tab": "x", "status": ["Failed", "Nonsense"], "q": "db", "sort": "-RiskNum", "risk": "", "level": []}
    assert logic("view.machineParameters", "Vul", 1, view) == {
        "Module": "Vul", "TaskId": 1, "Buckets": ["Failed"], "Query": "db", "Sort": "RiskNum", "Descending": True,
    }  # fmt: skip
    assert logic("view.tabOf", view) == "machines"
    assert "Sort" not in logic("view.machineParameters", "Vul", 1, {**view, "sort": "Nothing"})
