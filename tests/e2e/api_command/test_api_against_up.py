"""hostward api and the documents of a server that was started as people start it."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hostward.api.schema import encoded
from running import Up, environment, up


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Up]:
    """A server without a scan."""
    with up(tmp_path_factory.mktemp("api") / "data", "--no-scan") as running:
        yield running


def api(server: Up, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Hostward api with the server's ready file."""
    ready = server.log.with_suffix("").parent / "data.ready.json"
    return subprocess.run(
        [sys.executable, "-m", "hostward", "api", *arguments, "--ready-file", str(ready)], env=environment(),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def fetched(server: Up, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One GET."""
    connection = http.client.HTTPConnection(server.endpoint, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(("service", "version"), [("cwp", "2018-02-28"), ("hostward", "2026-12-01")])
def test_the_document_is_served_without_a_signature(server, service, version):
    """To the byte what the program makes, and once only to who has it."""
    path = f"/schema/{service}/{version}.json"
    status, headers, body = fetched(server, path)
    assert (status, body, headers["etag"]) == (200, encoded(service).body, encoded(service).etag)
    assert fetched(server, path, **{"If-None-Match": headers["etag"]})[0] == 304


def test_the_document_is_not_for_a_foreign_host(server):
    """As the console is not."""
    assert fetched(server, "/schema/cwp/2018-02-28.json", Host="evil.example")[0] == 421


def test_the_document_s_path_is_no_way_into_the_api(server):
    """A reserved path stays reserved, whatever headers come along."""
    status, _, body = fetched(server, "/schema/cwp/2018-02-28.json", Authorization="TC3-HMAC-SHA256 x")
    assert (status, body) == (200, encoded("cwp").body)


def test_a_call_with_the_ready_file_is_answered(server):
    """Address and key come from it."""
    done = api(server, "DescribeScanState", "--ModuleType", "Malware")
    assert (done.returncode, json.loads(done.stdout)["ScanState"]) == (0, 0)


def test_a_user_is_made_and_listed(server):
    """Hostward's own service, by the same command."""
    assert api(server, "CreateUser", "--UserName", "reader", "--Role", "auditor", "--Tags", "[]").returncode == 0
    users = json.loads(api(server, "ListUsers").stdout)["Users"]
    assert [user["UserName"] for user in users] == ["admin", "reader"]


def test_an_error_as_json_has_code_message_and_request(server):
    """On stderr, for programs."""
    done = api(server, "DescribeScanState", "--ModuleType", "Trojan", "-o", "json")
    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["code"], len(error["requestId"])) == (1, "InvalidParameterValue", 36)
