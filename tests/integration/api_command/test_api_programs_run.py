"""Generated programs do what they say: run against a real server, with the official clients they are for."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from api_bench import SECRET, SECRET_ID
from api_server import ApiServer, served
from capabilities import client_folder, official_clients, program, require
from hostward.api.action import VERSIONS
from hostward.api.programs import PROGRAMS
from hostward.api.programs.call import Call, Endpoint
from hostward.cli.api.key import Key
from hostward.cli.api.sending import send
from hostward.cli.api.signing import sign
from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.store.open import open_sqlite
from hostward.usecases.accounts.first_run import first_run
from small_fleet import Fleet

ODD = "数据库 a&b=c+d%20'~\"()*!$(id)`id`\\ \U0001f642"


@dataclass(frozen=True, kw_only=True)
class Runner:
    """How a program of a language is run. needs: capabilities."""

    file: str
    command: list[str]
    needs: tuple[str, ...] = ()
    path: str = ""
    environ: dict[str, str] | None = None


def runner(language: str) -> Runner:
    """The way of a language; the running test is skipped when its client is not here."""
    if language == "python":
        require("clients")
        return Runner(file="call.py", command=[str(client_folder("python") / "bin" / "python")])
    if language == "tccli":
        require("clients")
        return Runner(file="call.sh", command=["sh"], path=str(official_clients() / "bin"))
    if language == "node":
        require("node")
        modules = str(client_folder("node-common") / "node_modules")
        return Runner(file="call.js", command=["node"], environ={"NODE_PATH": modules})
    name = {"curl": "bash", "php": "php"}[language]
    if program(name) is None or program("curl") is None:
        pytest.skip(f"needs {name} and curl: apt install {name} curl")
    return Runner(file="call", command=[name])


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[ApiServer]:
    """One machine with an odd name, on SQLite, and a task over it."""
    store = open_sqlite(tmp_path_factory.mktemp("programs") / "data")
    now = SystemClock().now()
    owner = store.write_now(lambda uow: first_run(uow, secret_id=SECRET_ID, secret=SECRET, now=now))
    fleet = Fleet(store=store, account=owner.account, now=now)
    fleet.add(ODD)
    fleet.add("web-1")
    with served(store) as running:
        yield running
    store.close()


def call_of(server: ApiServer, action: str, *, service: str = "cwp", **parameters: object) -> Call:
    """A call of this server."""
    return Call(
        service=service, version=VERSIONS[service], action=action, parameters=parameters,
        endpoint=Endpoint(tls=False, host=server.endpoint),
    )  # fmt: skip


def ran(language: str, call: Call, folder: Path, *, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    """A generated program, run with the key in its environment."""
    how = runner(language)
    (folder / how.file).write_text(PROGRAMS[language](call), encoding="utf-8")
    environ = {
        "PATH": f"{how.path}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8",
        "TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": secret, **(how.environ or {}),
    }  # fmt: skip
    return subprocess.run(
        [*how.command, how.file], cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def response(language: str, call: Call, folder: Path) -> dict:
    """What it printed: the answer, with or without its envelope."""
    done = ran(language, call, folder)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    return printed.get("Response", printed)


RUN = ("python", "node", "curl", "tccli", "php")
OF_EVERY_SERVICE = ("python", "node", "curl", "php")


@pytest.mark.parametrize("language", RUN)
def test_a_program_prints_the_answer(language, server, tmp_path):
    """To its own call."""
    answer = response(language, call_of(server, "DescribeScanState", ModuleType="Vul"), tmp_path)
    assert (answer["ScanState"], len(answer["RequestId"])) == (0, 36)


@pytest.mark.parametrize("language", RUN)
def test_structures_and_odd_texts_arrive_as_they_are(language, server, tmp_path):
    """Every quote, escape and sign that a shell or an encoding could take."""
    filters = [{"Name": "Names", "Values": [ODD], "ExactMatch": True}]
    call = call_of(server, "DescribeMachines", MachineType="ALL", MachineRegion="all-regions", Filters=filters, Limit=5)
    answer = response(language, call, tmp_path)
    assert [machine["MachineName"] for machine in answer["Machines"]] == [ODD]


@pytest.mark.parametrize("language", OF_EVERY_SERVICE)
def test_a_program_calls_hostward_s_own_service(language, server, tmp_path):
    """Which no SDK has models of."""
    answer = response(language, call_of(server, "ListUsers", service="hostward"), tmp_path)
    assert [user["UserName"] for user in answer["Users"]] == ["admin"]


@pytest.mark.parametrize("language", RUN)
def test_a_program_changes_what_it_is_to_change(language, server, tmp_path):
    """A scan it starts is there afterwards."""
    started = response(language, call_of(server, "ScanVul", VulLevels="0", HostType=1, VulIds=[]), tmp_path)
    state = server.call("DescribeScanState", {"ModuleType": "Vul"}).response
    assert (started["SuccessCount"], state["TaskId"]) == (2, started["TaskId"])


@pytest.mark.parametrize("language", RUN)
def test_a_refusal_is_told(language, server, tmp_path):
    """By its code, wherever the client puts it."""
    done = ran(language, call_of(server, "DescribeScanState", ModuleType="Vul"), tmp_path, secret="wrong")
    assert "SignatureFailure" in done.stdout + done.stderr


@pytest.mark.parametrize("language", RUN)
def test_a_program_prints_no_secret(language, server, tmp_path):
    """Whether it is answered or refused."""
    done = ran(language, call_of(server, "DescribeScanState", ModuleType="Vul"), tmp_path)
    assert SECRET not in done.stdout + done.stderr + PROGRAMS[language](call_of(server, "DescribeScanState"))


KEY = Key(secret_id=SECRET_ID, secret=SECRET)


def asked(call: Call, key: Key = KEY) -> dict:
    """What the command gets for a call."""
    return dict(send(call.endpoint, sign(call, key, int(SystemClock().now().timestamp()))))


def test_the_command_s_own_signature_is_good(server):
    """With a host that has its port."""
    assert asked(call_of(server, "DescribeScanState", ModuleType="Vul"))["RequestId"]


def test_the_command_is_answered_in_its_language(server):
    """Of the call."""
    call = replace(call_of(server, "DescribeScanState"), language="zh-CN")
    assert "缺少" in asked(call)["Error"]["Message"]


def test_a_wrong_secret_is_an_error_of_the_api(server):
    """Not of the connection."""
    wrong = replace(KEY, secret="wrong")
    assert asked(call_of(server, "DescribeScanState"), wrong)["Error"]["Code"] == "AuthFailure.SignatureFailure"


def test_nobody_there_is_told_with_what_to_do():
    """A closed port."""
    call = replace(CLOSED, endpoint=Endpoint(tls=False, host="127.0.0.1:9"))
    with pytest.raises(HostwardError, match=r"can't reach http://127\.0\.0\.1:9: .*hostward up"):
        asked(call)


def test_a_server_without_tls_is_told_so(server):
    """Asked by https it answers something else."""
    call = replace(CLOSED, endpoint=Endpoint(tls=True, host=server.endpoint))
    with pytest.raises(HostwardError, match="can't reach https://"):
        asked(call)


def test_a_ca_file_that_is_gone_is_told(server):
    """Before anything is sent."""
    call = replace(CLOSED, endpoint=Endpoint(tls=True, host=server.endpoint, ca_file="/nowhere/ca.pem"))
    with pytest.raises(HostwardError, match="name a CA file that is there"):
        asked(call)


@contextmanager
def other_server(body: bytes) -> Iterator[Endpoint]:
    """Something that is no server of this API."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield Endpoint(tls=False, host=f"127.0.0.1:{running.server_port}")
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"Response": 7}', b"\xff", b"null"])
def test_what_is_no_envelope_is_told(body):
    """A proxy's page, or another server on the port."""
    with other_server(body) as endpoint, pytest.raises(HostwardError, match="is no server of this API"):
        asked(replace(CLOSED, endpoint=endpoint))


CLOSED = Call(
    service="cwp", version="2018-02-28", action="DescribeScanState", parameters={},
    endpoint=Endpoint(tls=False, host="127.0.0.1:9"),
)  # fmt: skip


def command(server: ApiServer, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    keys = {"TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": SECRET}
    where = {"TENCENTCLOUD_ENDPOINT": server.endpoint, "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-m", "hostward", "api", *arguments], env=where | keys | environ, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "environ", "status"),
    [
        (["DescribeScanState", "--ModuleType", "Vul"], {}, 0),
        (["DescribeScanState", "--ModuleType", "Trojan"], {}, 1),
        (["DescribeScanState", "--Odd", "x"], {}, 2),
        (["DescribeScanState", "--ModuleType", "Vul"], {"TENCENTCLOUD_SECRET_KEY": "wrong"}, 4),
        (["MadeUp", "--service", "cwp"], {}, 5),
        (["MadeUp"], {}, 5),
        (["DescribeScanState", "--ModuleType", "Vul"], {"TENCENTCLOUD_ENDPOINT": "127.0.0.1:9"}, 1),
    ],
)
def test_the_command_ends_with_its_status(server, arguments, environ, status):
    """And tells an error on stderr alone."""
    done = command(server, *arguments, **environ)
    assert (done.returncode, bool(done.stdout), bool(done.stderr)) == (status, status == 0, status != 0), done.stderr


def test_a_skeleton_filled_in_is_a_call(server, tmp_path):
    """From one command into the next."""
    made = command(server, "DescribeScanTaskStatus", "--generate-cli-skeleton")
    (tmp_path / "in.json").write_text(made.stdout)
    done = command(server, "DescribeScanTaskStatus", "--cli-input-json", str(tmp_path / "in.json"))
    assert json.loads(done.stdout)["State"]["Ok"] == "Done"
