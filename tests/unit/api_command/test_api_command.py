"""The command without a server: lists, skeletons, programs, refusals and their exit status."""

import json

import pytest
from click.testing import CliRunner

from hostward.api.actions import ACTIONS
from hostward.api.decode import decode
from hostward.cli.api.command import command
from hostward.cli.api.telling import skeleton, status_of, tell

KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDenv", "TENCENTCLOUD_SECRET_KEY": "env-secret"}
HERE = ("--endpoint", "127.0.0.1:8420")


def run(*arguments: str, env: dict | None = None, stdin: str = ""):
    """One call of the command in a process that has no key unless given."""
    empty = dict.fromkeys([*KEYS, "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_ENDPOINT"])
    return CliRunner().invoke(command, list(arguments), env=empty | (env or {}), input=stdin)


def test_the_list_has_every_action_with_its_permission():
    """A line each."""
    lines = run("--list").stdout.splitlines()
    assert [line.split()[:3] for line in lines] == [
        [action.service, action.name, action.permission]
        for action in sorted(ACTIONS, key=lambda a: (a.service, a.name))
    ]


@pytest.mark.parametrize(("word", "name"), [("apikey", "CreateApiKey"), ("ROTATE", "RotateApiKey")])
def test_the_list_can_be_searched(word, name):
    """By name or words, whatever the case."""
    assert name in run("--list", word).stdout


def test_a_word_that_is_nowhere_lists_nothing():
    """And is no error."""
    result = run("--list", "zebra")
    assert (result.exit_code, result.stdout) == (0, "")


def test_the_list_speaks_chinese():
    """As everything of the API."""
    assert "启动漏洞扫描" in run("--list", "ScanVul", "--language", "zh-CN").stdout


@pytest.mark.parametrize("action", ACTIONS, ids=lambda one: one.name)
def test_a_skeleton_is_a_request_that_the_action_can_read(action):
    """Of the right names and types, all of them."""
    made = skeleton(action.service, action.name)
    decode(action.request, json.dumps(made).encode())
    assert json.loads(run(action.name, "--generate-cli-skeleton").stdout) == made


def test_a_skeleton_of_an_action_that_is_not_known_is_wrong_usage():
    """There is nothing to make it from."""
    assert run("NewAction", "--service", "cwp", "--generate-cli-skeleton").exit_code == 2


def test_without_an_action_the_usage_is_told():
    """With what shows them."""
    result = run()
    assert (result.exit_code, "--list shows them" in result.stderr) == (2, True)


def test_a_name_that_nobody_has_is_not_found_and_the_nearest_is_told():
    """Exit status 5."""
    result = run("DescribeScanTaskDetail", *HERE)
    assert (result.exit_code, "did you mean DescribeScanTaskDetails" in result.stderr) == (5, True)


@pytest.mark.parametrize("name", ["", "a b", "x\ny", 'Action"', "A" * 65, "数据"])
def test_what_can_be_no_action_is_never_put_into_a_program(name):
    """Even with a service named."""
    assert run(name, "--service", "cwp", "--code", "node", *HERE).exit_code in (2, 5)


def test_a_real_action_that_is_not_served_is_asked_for():
    """The server says that it is not."""
    result = run("DescribeVulList", *HERE, "--code", "python")
    assert (result.exit_code, "'DescribeVulList'" in result.stdout) == (0, True)


def test_without_a_key_nothing_is_sent():
    """Exit status 4."""
    result = run("DescribeScanState", "--ModuleType", "Vul", *HERE)
    assert (result.exit_code, "TENCENTCLOUD_SECRET_ID" in result.stderr) == (4, True)


def test_an_error_can_be_told_as_json():
    """For programs."""
    result = run("DescribeScanState", *HERE, "-o", "json")
    assert json.loads(result.stderr)["error"].keys() == {"code", "message", "requestId"}


def test_the_signature_is_shown_and_nothing_sent():
    """No server listens there."""
    result = run("DescribeScanState", "--ModuleType=Vul", "--endpoint", "127.0.0.1:1", "--show-signature", env=KEYS)
    assert (result.exit_code, "Canonical request" in result.stdout) == (0, True)
    assert "env-secret" not in result.output


def test_a_program_needs_no_key():
    """It takes its own."""
    result = run("DescribeScanState", "--ModuleType", "Vul", *HERE, "--code", "go")
    assert (result.exit_code, result.stdout.startswith("// Needs")) == (0, True)


def test_parameters_come_from_a_file_and_the_command_line_wins(tmp_path):
    """As tccli has it, file:// included."""
    path = tmp_path / "in.json"
    path.write_text('{"ModuleType": "Vul", "TaskId": 1}')
    for name in (str(path), f"file://{path}"):
        result = run("DescribeScanTaskDetails", "--cli-input-json", name, "--TaskId", "2", *HERE, "--code", "tccli")
        assert "--ModuleType Vul --TaskId 2" in result.stdout


def test_parameters_come_from_stdin():
    """A dash stands for it."""
    result = run("ScanVul", "--cli-input-json", "-", *HERE, "--code", "tccli", stdin='{"VulLevels": "1"}')
    assert "--VulLevels 1" in result.stdout


@pytest.mark.parametrize("content", ["", "[]", "{", "7", "[" * 100_000])
def test_a_file_that_is_no_object_is_wrong_usage(tmp_path, content):
    """The message names it."""
    path = tmp_path / "in.json"
    path.write_text(content)
    result = run("ScanVul", "--cli-input-json", str(path), *HERE, "--code", "curl")
    assert (result.exit_code, "in.json is not one JSON object" in result.stderr) == (2, True)


def test_a_wrong_parameter_is_wrong_usage():
    """Before anything is sent."""
    assert run("ScanVul", "--Odd", "1", *HERE, env=KEYS).exit_code == 2


def test_the_service_follows_from_the_name():
    """Nobody has to say it."""
    assert "'hostward', '2026-12-01'" in run("ListUsers", *HERE, "--code", "python").stdout
    assert "'cwp', '2018-02-28'" in run("ScanVul", *HERE, "--code", "python").stdout


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AuthFailure", 4), ("AuthFailure.SignatureFailure", 4), ("AuthFailure.UnauthorizedOperation", 4),
        ("UnauthorizedOperation", 4), ("ResourceNotFound", 5), ("ResourceNotFound.MachineNotFound", 5),
        ("InvalidAction", 5), ("NoSuchVersion", 5), ("InvalidParameterValue", 1), ("FailedOperation", 1),
        ("InternalError", 1), ("", 1), ("AuthFailureOther", 1),
    ],
)  # fmt: skip
def test_a_code_has_its_exit_status(code, status):
    """Of access, of what is not there, of anything else."""
    assert status_of(code) == status


def test_an_answer_is_told_on_stdout_as_it_is(capsys):
    """Chinese stays readable."""
    assert tell({"State": "扫描中", "RequestId": "r"}, "text") == 0
    assert json.loads(capsys.readouterr().out) == {"State": "扫描中", "RequestId": "r"}


def test_an_error_is_told_on_stderr_with_code_and_request(capsys):
    """Nothing of it on stdout, which another program reads."""
    assert tell({"Error": {"Code": "FailedOperation", "Message": "no"}, "RequestId": "r"}, "text") == 1
    out = capsys.readouterr()
    assert (out.out, out.err) == ("", "error: no (FailedOperation, RequestId r)\n")
