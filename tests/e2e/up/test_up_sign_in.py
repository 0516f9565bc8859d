"""From `hostward up` to a signed-in browser and out again, over real HTTP."""

import http.client
import json
from pathlib import Path
from typing import Any

import pytest

from running import Up, hostward, up


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """A server on its first start."""
    with up(tmp_path_factory.mktemp("login") / "data", "--no-scan") as running:
        yield running


class Browser:
    """Keeps the cookie and the CSRF token."""

    def __init__(self, server: Up) -> None:
        self.server, self.cookie, self.csrf = server, "", ""

    def ask(self, method: str, path: str, body: dict | None = None, **headers: str) -> tuple[int, Any]:
        """Status and parsed body."""
        sent = {"content-type": "application/json", "origin": f"http://{self.server.endpoint}"}
        sent |= {"cookie": self.cookie} if self.cookie else {}
        sent |= {"x-hostward-csrf": self.csrf} if self.csrf else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.server.endpoint, timeout=30)
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body), headers=sent)
            answer = connection.getresponse()
            raw = answer.read()
            cookie = answer.getheader("set-cookie")
        finally:
            connection.close()
        if cookie is not None:
            self.cookie = cookie.partition(";")[0]
        parsed = json.loads(raw) if raw else {}
        self.csrf = parsed.get("csrf", self.csrf)
        return answer.status, parsed

    def call(self, action: str, **members: Any) -> dict[str, Any]:
        """One action of the service hostward."""
        headers = {"x_tc_action": action, "x_tc_version": "2026-12-01"}
        _, parsed = self.ask("POST", "/", members, **headers)
        return parsed["Response"]


def test_from_the_printed_link_to_a_session_an_api_call_and_out(server: Up):
    """The way of everybody who starts Hostward for the first time."""
    url, _, token = server.ready["login"].partition("#t=")
    assert url == f"http://{server.endpoint}/login"
    printed = server.log.read_text()
    assert "(one-time, 10 min)" in printed
    assert server.ready["login"] in printed.replace("\n", "")
    browser = Browser(server)
    assert browser.ask("GET", "/console/session") == (204, {})
    status, session = browser.ask("POST", "/console/session/link", {"token": token})
    assert (status, session["user"], session["must_set_password"]) == (200, "admin", True)
    assert browser.ask("PUT", "/console/password", {"current": "", "password": "correct horse battery"})[0] == 200
    users = browser.call("ListUsers")
    assert [one["UserName"] for one in users["Users"]] == ["admin"]
    (mine,) = browser.call("ListSessions")["Sessions"]
    assert (mine["Source"], mine["Current"]) == ("127.0.0.1", True)
    assert browser.ask("DELETE", "/console/session") == (204, {})
    assert browser.call("ListUsers")["Error"]["Code"] in ("MissingParameter", "AuthFailure.InvalidAuthorization")
    assert Browser(server).ask("POST", "/console/session/link", {"token": token})[1]["error"]["code"] == "LinkOver"
    again = Browser(server)
    assert again.ask("POST", "/console/session", {"user": "admin", "password": "correct horse battery"})[0] == 200


def test_commands_reach_the_running_server(server: Up):
    """A link made beside it signs in; a session ends with a new password."""
    data = server.log.parent / "data"
    assert hostward("user", "add", "bob", "--role", "auditor", "--data", str(data)).returncode == 0
    made = hostward("user", "link", "bob", "--data", str(data))
    token = made.stdout.partition("#t=")[2].split()[0]
    browser = Browser(server)
    assert browser.ask("POST", "/console/session/link", {"token": token})[1]["user"] == "bob"
    assert browser.call("ListSchedules")["Error"]["Code"] == "AuthFailure.UnauthorizedOperation"
    assert browser.ask("PUT", "/console/password", {"password": "correct horse battery"})[0] == 200
    assert "Error" not in browser.call("ListSchedules")
    assert hostward("user", "lock", "bob", "--data", str(data)).returncode == 0
    assert browser.call("ListSchedules")["Error"]["Code"] == "AuthFailure.InvalidAuthorization"


def test_a_link_is_printed_until_there_is_a_password(tmp_path: Path):
    """Each start makes another one; the last start has none to give."""
    links = []
    for _ in range(2):
        with up(tmp_path / "data", "--no-scan") as running:
            links.append(running.ready["login"])
            running.interrupt()
    assert len({link.partition("#t=")[2] for link in links} - {""}) == 2
    with up(tmp_path / "data", "--no-scan") as running:
        browser = Browser(running)
        browser.ask("POST", "/console/session/link", {"token": running.ready["login"].partition("#t=")[2]})
        assert browser.ask("PUT", "/console/password", {"password": "correct horse battery"})[0] == 200
        running.interrupt()
    with up(tmp_path / "data", "--no-scan") as running:
        assert running.ready["login"] == ""
        running.interrupt()
