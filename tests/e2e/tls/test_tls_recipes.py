"""Every recipe of docs/howto/tls.md, run as it stands there with the official clients."""

import json
from pathlib import Path

import pytest

from capabilities import client_folder
from recipes import CA, TEXT, adapted, all_recipes, recipe
from running import hostward

RUN_HERE = {
    ("tls", "given"), ("tls", "init"), ("tls", "show"), ("tls", "python"), ("tls", "python-async"),
    ("tls", "python-async-run"), ("tls", "node"), ("tls", "node-run"), ("tls", "tccli"), ("tls", "curl"),
}  # fmt: skip
ELSEWHERE = {
    ("behind-a-proxy", "settings"), ("behind-a-proxy", "nginx"), ("behind-a-proxy", "haproxy"),
    ("keep-the-public-name", "init"), ("keep-the-public-name", "hosts"), ("keep-the-public-name", "python"),
    ("keep-the-public-name", "tccli"), ("keep-the-public-name", "gateway"),
}  # fmt: skip


INTERNATIONAL = """
const sdk = "tencentcloud-sdk-nodejs-intl-en/tencentcloud";
const Credential = require(`${sdk}/common/credential`);
const ClientProfile = require(`${sdk}/common/profile/client_profile`);
const HttpProfile = require(`${sdk}/common/profile/http_profile`);
const { Client, Models } = require(`${sdk}/cwp`).v20180228;

const key = new Credential(process.env.TENCENTCLOUD_SECRET_ID, process.env.TENCENTCLOUD_SECRET_KEY);
const http = new HttpProfile();
http.endpoint = "scan.example.org:8443";
const client = new Client(key, "ap-guangzhou", new ClientProfile(undefined, http));
const ask = new Models.DescribeScanStateRequest();
ask.from_json_string('{"ModuleType": "Vul"}');
client.DescribeScanState(ask, (error, answer) => {
  if (error) { console.error(error); process.exit(1); }
  console.log(answer.to_json_string());
});
"""
"""How the international SDK asks; the page only says that it needs the same variable."""


def answered(done) -> bool:
    """Whether a client printed a real answer."""
    assert done.returncode == 0, done.stderr + done.stdout
    printed = json.loads(done.stdout)
    return "ScanState" in printed and "RequestId" in printed


def test_every_recipe_of_these_pages_is_run_by_a_test() -> None:
    """A new one is not forgotten."""
    mine = {one for one in all_recipes() if one[0] in ("tls", "behind-a-proxy", "keep-the-public-name")}
    assert mine == RUN_HERE | ELSEWHERE


@pytest.mark.needs("clients")
def test_the_python_sdk_takes_the_ca_as_certification(reader) -> None:
    """As it stands on the page."""
    code = adapted(recipe("tls", "python"), {TEXT: reader.server.endpoint, CA: str(reader.ca)})
    (reader.folder / "ask.py").write_text(code)
    assert answered(reader.shell("python ask.py", PATH=reader.python()))


@pytest.mark.needs("clients")
def test_the_python_sdk_refuses_the_server_without_the_ca(reader) -> None:
    """Otherwise the recipe above would prove nothing."""
    code = adapted(recipe("tls", "python"), {TEXT: reader.server.endpoint, f', certification="{CA}"': ""})
    (reader.folder / "ask.py").write_text(code)
    done = reader.shell("python ask.py", PATH=reader.python())
    assert (done.returncode, "CERTIFICATE_VERIFY_FAILED" in done.stderr) == (1, True)


@pytest.mark.needs("clients")
def test_the_asynchronous_python_sdk_takes_the_ca_from_the_environment(reader) -> None:
    """And does not do without it."""
    code = adapted(recipe("tls", "python-async"), {TEXT: reader.server.endpoint})
    (reader.folder / "ask.py").write_text(code)
    run = adapted(recipe("tls", "python-async-run"), {CA: str(reader.ca)})
    assert answered(reader.shell(run, PATH=reader.python()))
    assert "CERTIFICATE_VERIFY_FAILED" in reader.shell("python ask.py", PATH=reader.python()).stderr


@pytest.mark.needs("clients")
def test_the_asynchronous_python_sdk_fails_with_certification(reader) -> None:
    """What the page warns of is still so."""
    change = {f'endpoint="{TEXT}"': f'endpoint="{reader.server.endpoint}", certification="{reader.ca}"'}
    (reader.folder / "ask.py").write_text(adapted(recipe("tls", "python-async"), change))
    done = reader.shell("python ask.py", PATH=reader.python())
    assert (done.returncode, "SSL" in done.stderr) == (1, True)


@pytest.mark.needs("node")
@pytest.mark.parametrize("kind", ["node-common", "node-intl"])
def test_the_node_sdks_take_the_ca_from_the_environment(reader, kind: str) -> None:
    """The international one by the same lines, but for its name."""
    modules = client_folder(kind)
    assert modules is not None
    changes = {TEXT: reader.server.endpoint}
    code = adapted(recipe("tls", "node"), changes) if kind == "node-common" else adapted(INTERNATIONAL, changes)
    (reader.folder / "ask.js").write_text(code)
    run = adapted(recipe("tls", "node-run"), {CA: str(reader.ca)})
    assert answered(reader.shell(run, NODE_PATH=str(modules / "node_modules")))
    refused = reader.shell("node ask.js", NODE_PATH=str(modules / "node_modules"))
    assert (refused.returncode, "unable to verify" in refused.stderr) == (1, True)


@pytest.mark.needs("clients")
def test_tccli_takes_the_ca_from_its_certifi(reader) -> None:
    """Both lines of the page, on a certifi of the test's own."""
    lines = adapted(recipe("tls", "tccli"), {TEXT: reader.server.endpoint, CA: str(reader.ca)})
    assert answered(reader.shell(lines, PATH=reader.python(), PYTHONPATH=reader.own_certifi()))


@pytest.mark.needs("clients")
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"])
def test_tccli_takes_the_ca_from_nowhere_else(reader, variable: str) -> None:
    """As the page says, so that nobody spends an afternoon on it."""
    line = adapted(recipe("tls", "tccli"), {TEXT: reader.server.endpoint}).splitlines()[1]
    done = reader.shell(line, PATH=reader.python(), **{variable: str(reader.ca)})
    assert (done.returncode, "CERTIFICATE_VERIFY_FAILED" in done.stdout + done.stderr) == (255, True)


def test_curl_takes_the_ca(reader) -> None:
    """And the name on the page, led to this machine."""
    line = adapted(recipe("tls", "curl"), {TEXT: f"scan.example.org:{reader.port}", CA: str(reader.ca)})
    line = adapted(line, {"curl ": f"curl --resolve scan.example.org:{reader.port}:127.0.0.1 "})
    done = reader.shell(line)
    assert (done.returncode, done.stdout) == (0, "ok\n")


def test_the_commands_of_the_page_are_those_of_the_program(tmp_path: Path) -> None:
    """Init and show as written; the addresses of up and its options are read by the tests of up."""
    for line in recipe("tls", "init").splitlines()[:1] + recipe("tls", "show").splitlines()[:1]:
        done = hostward(*line.split()[1:], "--data", str(tmp_path))
        assert done.returncode == 0, done.stderr
    options = hostward("up", "--help").stdout
    used = [word for name in ("given", "init") for word in recipe("tls", name).split() if word.startswith("--")]
    assert [word for word in used if word not in options and word != "--name"] == []
