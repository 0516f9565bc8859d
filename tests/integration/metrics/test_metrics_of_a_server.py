"""/metrics of a whole server as a strict reader of the format reads it."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hostward.runtime.clock import SystemClock
from hostward.settings import read
from hostward.wiring.server import Server, open_server

TOKEN = "0123456789abcdef0123456789abcdef"
LABELS = {"service", "action", "code", "state", "module", "feed", "version"}
EXPECTED = {
    *("hostward_api_requests", "hostward_api_request_seconds", "hostward_rate_limited"),
    *("hostward_rate_limit_unchecked", "hostward_store_writes_waiting", "hostward_store_up"),
    *("hostward_agents_waiting", "hostward_machines", "hostward_tasks", "hostward_units", "hostward_feed_age_seconds"),
    *("process_cpu_seconds", "process_resident_memory_bytes"),
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with a token, not listening."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    settings = read({"HOSTWARD_DATA_DIR": str(tmp_path / "data"), "HOSTWARD_METRICS_TOKEN_FILE": str(token)})
    with open_server(settings, SystemClock(), names=("scan.example",)) as opened:
        yield opened


def ask(
    server: Server, path: str = "/metrics", *, method: str = "GET", client: str = "127.0.0.1",
    host: str = "127.0.0.1:8420", **headers: str,
) -> tuple[int, str]:  # fmt: skip
    """One request: status and body. headers: with _ for -."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: dict) -> None:
        sent.append(message)

    pairs = [(b"host", host.encode()), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())]
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"", "headers": pairs, "client": (client, 1),
        "scheme": "http",
    }  # fmt: skip
    asyncio.run(server.app(scope, receive, send))
    return sent[0]["status"], sent[1]["body"].decode()


def test_a_strict_reader_reads_all_of_it(server: Server) -> None:
    """Each name once, with help and type, and every number the list promises."""
    status, text = ask(server)
    families = list(text_string_to_metric_families(text))
    assert status == 200
    assert {one.name for one in families} >= EXPECTED
    assert len({one.name for one in families}) == len(families)
    assert all(one.documentation and one.type in ("counter", "gauge") for one in families)


def test_no_label_holds_what_a_client_made_up(server: Server) -> None:
    """Whatever is called, by whatever name and key."""
    for number in range(20):
        headers = {"x_tc_action": f"Evil{number}", "x_tc_version": "2018-02-28", "x_tc_timestamp": "1"}
        status, body = ask(server, "/", method="POST", authorization=f"TC3 {number}", **headers)
        assert (status, "Error" in json.loads(body)["Response"]) == (200, True)
    text = ask(server)[1]
    samples = [sample for one in text_string_to_metric_families(text) for sample in one.samples]
    assert {label for sample in samples for label in sample.labels} <= LABELS
    assert not re.search("Evil", text)
    requests = [sample for sample in samples if sample.name == "hostward_api_requests_total"]
    assert [(one.labels["action"], one.value) for one in requests] == [("none", 20)]


def test_other_machines_need_the_token(server: Server) -> None:
    """An Authorization header on this path is no request to the API."""
    far = {"client": "203.0.113.9", "host": "scan.example"}
    assert ask(server, **far)[0] == 401
    assert ask(server, authorization=f"Bearer {TOKEN}", **far)[0] == 200
    assert ask(server, authorization="Bearer wrong", **far)[0] == 401


@pytest.mark.parametrize("path", ["/metrics/", "/metricsx", "/Metrics"])
def test_only_the_path_itself_is_the_page(server: Server, path: str) -> None:
    """Others are the console's."""
    assert "hostward_api_requests" not in ask(server, path)[1]


def test_a_token_file_that_can_not_be_used_stops_the_start(tmp_path: Path) -> None:
    """Rather than a server that keeps everybody out."""
    settings = read(
        {"HOSTWARD_DATA_DIR": str(tmp_path / "data"), "HOSTWARD_METRICS_TOKEN_FILE": str(tmp_path / "none")}
    )
    with pytest.raises(Exception, match=r"metrics\.token_file"), open_server(settings, SystemClock()):
        pass
