"""The public name kept: programs that name no endpoint, with a hosts file of their own (a mount namespace)."""

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from capabilities import client_folder
from recipes import CA, TEXT, adapted, recipe
from running import Up, hostward, up

ADDRESS = "127.0.0.53"
"""A loopback address of this test's own, where port 443 is free."""

pytestmark = [pytest.mark.needs("netns"), pytest.mark.needs("clients")]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A server at port 443 with the page's own command for its certificate."""
    data = tmp_path_factory.mktemp("public") / "data"
    line = recipe("keep-the-public-name", "init").splitlines()[0]
    assert hostward(*shlex.split(line)[1:], "--data", str(data)).returncode == 0
    with up(data, "--no-scan", "--listen", f"{ADDRESS}:443") as running:
        yield running


@pytest.fixture
def run(reader, public: Up):
    """Run lines where the public name leads to the server, as in the page's hosts file."""
    hosts = reader.folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + adapted(recipe("keep-the-public-name", "hosts"), {"192.0.2.7": ADDRESS}))

    def shell(lines: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inside = f"mount --bind {shlex.quote(str(hosts))} /etc/hosts\n{lines}"
        key = {
            "TENCENTCLOUD_SECRET_ID": public.ready["secret_id"],
            "TENCENTCLOUD_SECRET_KEY": public.ready["secret_key"],
        }
        return subprocess.run(
            ["unshare", "--mount", "bash", "-euc", inside], capture_output=True, text=True, timeout=120,
            cwd=reader.folder, stdin=subprocess.DEVNULL, env={**reader.environment(**environment), **key},
        )  # fmt: skip

    return shell


def test_the_python_sdk_runs_without_an_endpoint(run, public: Up, reader) -> None:
    """But for the CA, the program is as it was."""
    code = adapted(recipe("keep-the-public-name", "python"), {CA: public.ready["ca_file"]})
    (reader.folder / "ask.py").write_text(code)
    done = run("python ask.py", PATH=reader.python())
    assert done.returncode == 0, done.stderr
    assert "ScanState" in json.loads(done.stdout)


def test_tccli_runs_without_an_endpoint(run, public: Up, reader) -> None:
    """As it was, once its certifi has the CA."""
    lines = adapted(recipe("keep-the-public-name", "tccli"), {CA: public.ready["ca_file"]})
    done = run(lines, PATH=reader.python(), PYTHONPATH=reader.own_certifi())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ScanState" in json.loads(done.stdout)


def test_the_python_sdk_signs_for_the_public_name_and_sends_elsewhere(reader) -> None:
    """apigw_endpoint: no DNS, no certificate for the public name."""
    lines = adapted(recipe("keep-the-public-name", "gateway"), {TEXT: reader.server.endpoint, CA: str(reader.ca)})
    code = adapted(recipe("tls", "python"), {f'http = HttpProfile(endpoint="{TEXT}", certification="{CA}")\n': lines})
    (reader.folder / "ask.py").write_text(code)
    done = reader.shell("python ask.py", PATH=reader.python())
    assert done.returncode == 0, done.stderr
    assert "ScanState" in json.loads(done.stdout)


@pytest.mark.needs("node")
def test_the_node_sdk_runs_without_an_endpoint(run, public: Up, reader) -> None:
    """The name stands where its endpoint stood."""
    modules = client_folder("node-common")
    assert modules is not None
    (reader.folder / "ask.js").write_text(adapted(recipe("tls", "node"), {TEXT: "cwp.tencentcloudapi.com"}))
    line = adapted(recipe("tls", "node-run"), {CA: public.ready["ca_file"]})
    done = run(line, NODE_PATH=str(modules / "node_modules"), PATH=os.environ["PATH"])
    assert done.returncode == 0, done.stderr
    assert "ScanState" in json.loads(done.stdout)


def test_the_hosts_file_of_the_machine_is_untouched() -> None:
    """The tests above had one of their own."""
    assert "tencentcloudapi" not in Path("/etc/hosts").read_text()
