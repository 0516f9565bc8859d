"""hostward api and its programs against a server with a CA of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capabilities import client_folder, program, require
from running import Up, environment, hostward, up


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Up]:
    """A server that `hostward tls init` gave a certificate."""
    data = tmp_path_factory.mktemp("own_ca") / "data"
    made = hostward("tls", "init", "--data", str(data))
    assert made.returncode == 0, made.stderr
    with up(data, "--no-scan") as running:
        yield running


def api(server: Up, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, told of the server by its ready file alone."""
    ready = server.log.parent / "data.ready.json"
    return hostward("api", "DescribeScanState", "--ModuleType", "Vul", "--ready-file", str(ready), *arguments)


def answered(server: Up, file: Path, command: list[str], **more: str) -> dict:
    """What a program printed, run with the server's key."""
    keys = {"TENCENTCLOUD_SECRET_ID": server.ready["secret_id"], "TENCENTCLOUD_SECRET_KEY": server.ready["secret_key"]}
    done = subprocess.run(
        [*command, str(file)], env=environment() | keys | more, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    return printed.get("Response", printed)


def written(server: Up, folder: Path, language: str, name: str) -> Path:
    """A generated program in a file."""
    file = folder / name
    file.write_text(api(server, "--code", language).stdout, encoding="utf-8")
    return file


def test_the_command_trusts_the_ca_of_the_ready_file(server):
    """Nothing else has to be said."""
    done = api(server)
    assert (done.returncode, server.ready["url"].startswith("https://")) == (0, True), done.stderr


def test_the_command_finds_the_ca_in_the_data_directory(server):
    """As it finds the address in its settings; the address of this server was chosen at its start."""
    data = server.log.parent / "data"
    (data / "hostward.toml").write_text(f'listen = "{server.endpoint}"\n')
    keys = {"TENCENTCLOUD_SECRET_ID": server.ready["secret_id"], "TENCENTCLOUD_SECRET_KEY": server.ready["secret_key"]}
    done = subprocess.run(
        [sys.executable, "-m", "hostward", "api", "ListUsers", "--data", str(data)], env=environment() | keys,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, "admin" in done.stdout) == (0, True), done.stderr


def test_a_ca_that_is_not_named_is_not_trusted(server):
    """And the message says what names it."""
    keys = {"TENCENTCLOUD_SECRET_ID": server.ready["secret_id"], "TENCENTCLOUD_SECRET_KEY": server.ready["secret_key"]}
    done = subprocess.run(
        [sys.executable, "-m", "hostward", "api", "ListUsers", "--endpoint", server.ready["url"]],
        env=environment() | keys, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, "--ca-file" in done.stderr) == (1, True)


def test_a_python_program_trusts_it(server, tmp_path):
    """By the SDK's own setting."""
    require("clients")
    file = written(server, tmp_path, "python", "call.py")
    assert answered(server, file, [str(client_folder("python") / "bin" / "python")])["ScanState"] == 0


def test_a_node_program_trusts_it_as_its_first_lines_say(server, tmp_path):
    """By the variable that they name."""
    require("node")
    file = written(server, tmp_path, "node", "call.js")
    (line,) = [line for line in file.read_text().splitlines() if "NODE_EXTRA_CA_CERTS" in line]
    ca = line.partition("NODE_EXTRA_CA_CERTS=")[2]
    modules = str(client_folder("node-common") / "node_modules")
    assert answered(server, file, ["node"], NODE_PATH=modules, NODE_EXTRA_CA_CERTS=ca)["ScanState"] == 0


@pytest.mark.skipif(program("curl") is None, reason="needs curl: apt install curl")
def test_a_curl_script_trusts_it(server, tmp_path):
    """By its argument."""
    file = written(server, tmp_path, "curl", "call.sh")
    assert answered(server, file, ["bash"], PATH=os.environ["PATH"])["ScanState"] == 0
