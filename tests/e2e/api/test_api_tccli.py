"""tccli, unmodified, in the ways that people type it: options, files, environment, configuration."""

import json
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api_bench import SECRET, SECRET_ID
from api_server import ApiServer
from client_cases import DETAILS, MACHINES, NAMES, ODD, TASK

pytestmark = pytest.mark.needs("clients")
PATIENCE = 120
AT_ONCE = 2
Done = subprocess.CompletedProcess


@dataclass(frozen=True, kw_only=True)
class Command:
    """arguments come after "tccli cwp". files: by name, in the home folder; {endpoint} is filled in."""

    arguments: list[str]
    check: Callable[[Done], None]
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    names_endpoint: bool = True


def answer(done: Done) -> dict:
    """The answer that was printed."""
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def names(expected: list[str]) -> Callable[[Done], None]:
    """The page holds these machines."""

    def check(done: Done) -> None:
        assert [row["HostName"] for row in answer(done)["ScanTaskDetailList"]] == expected

    return check


def refused(code: str, *words: str) -> Callable[[Done], None]:
    """Exit status 255 and one line with code, message and RequestId."""

    def check(done: Done) -> None:
        said = done.stdout + done.stderr
        assert (done.returncode, f"code:{code} " in said, "requestId:" in said) == (255, True, True), said
        assert [word for word in words if word not in said] == []

    return check


PAGE = [DETAILS, "--ModuleType", "Vul", "--TaskId", str(TASK)]
COMMANDS = {
    "a page of a hundred": Command(arguments=[*PAGE, "--Limit", "100"], check=names(NAMES[:100])),
    "an odd name": Command(
        arguments=[*PAGE, "--Filters", json.dumps([{"Name": "HostName", "Values": [ODD], "ExactMatch": True}])],
        check=names([ODD]),
    ),
    "unfolded arguments": Command(
        arguments=[
            *PAGE, "--cli-unfold-argument",
            "--Filters.0.Name", "HostName", "--Filters.0.Values", "host-007", "host-008",
        ],
        check=names(["host-007", "host-008"]),
    ),
    "parameters in a file": Command(
        arguments=[DETAILS, "--cli-input-json", "file://ask.json"],
        files={"ask.json": json.dumps({"ModuleType": "Vul", "TaskId": TASK, "Offset": 119})},
        check=names([ODD]),
    ),
    "a part of the answer": Command(
        arguments=[*PAGE, "--filter", "TotalCount"], check=lambda done: _same(json.loads(done.stdout), MACHINES)
    ),
    "an empty list": Command(arguments=[*PAGE, "--Offset", "500"], check=names([])),
    "an endpoint from the configuration": Command(
        arguments=[*PAGE, "--Limit", "1"],
        files={
            ".tccli/default.configure": '{"_sys_param":{"output":"json","region":"ap-guangzhou"},'
            '"cwp":{"endpoint":"http://{endpoint}","version":"2018-02-28"}}'
        },
        check=names(NAMES[:1]), names_endpoint=False,
    ),
    "nested parameters": Command(
        arguments=["StartBaselineDetect", "--Param", '{"HostIds":["q-host-004"]}'],
        check=lambda done: _same(sorted(answer(done)), ["RequestId", "TaskId"]),
    ),
    "a wrong secret": Command(
        arguments=PAGE, env={"TENCENTCLOUD_SECRET_KEY": "wrong"}, check=refused("AuthFailure.SignatureFailure")
    ),
    "a made-up token": Command(
        arguments=PAGE, env={"TENCENTCLOUD_TOKEN": "made up"}, check=refused("AuthFailure.TokenFailure")
    ),
    "Chinese": Command(
        arguments=["DescribeScanState", "--ModuleType", "x", "--language", "zh-CN"],
        check=refused("InvalidParameterValue", "无效"),
    ),
    "an action that is not served": Command(
        arguments=["DescribeRansomDefenseStrategyList", "--Limit", "1", "--Offset", "0"],
        check=refused("UnsupportedOperation"),
    ),
}  # fmt: skip


def _same(actual: object, expected: object) -> None:
    assert actual == expected


@pytest.fixture(scope="module")
def outcomes(
    clients: Path, busy_server: ApiServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Future[Done]]:
    """Every command, two at a time: most of each is loading Python."""

    def run(name: str) -> Done:
        command, home = COMMANDS[name], tmp_path_factory.mktemp("home")
        for file, text in command.files.items():
            (home / file).parent.mkdir(exist_ok=True)
            (home / file).write_text(text.replace("{endpoint}", busy_server.endpoint), encoding="utf-8")
        plain = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        own = {
            "HOME": str(home), "TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": SECRET,
            "TENCENTCLOUD_REGION": "ap-guangzhou", "PYTHONIOENCODING": "utf-8",
        }  # fmt: skip
        arguments = [str(clients / "bin/tccli"), "cwp", *command.arguments]
        arguments += ["--endpoint", f"http://{busy_server.endpoint}"] if command.names_endpoint else []
        return subprocess.run(
            arguments, capture_output=True, text=True, timeout=PATIENCE, env=plain | own | command.env, cwd=home
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {name: pool.submit(run, name) for name in COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_tccli_does_what_was_typed(outcomes: dict[str, Future[Done]], name: str):
    """Answers on stdout, refusals with status 255."""
    COMMANDS[name].check(outcomes[name].result())
