"""The stream over a real server: sign in, follow, see a commit, lose the session, hear that the server stops."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hostward.console import events as events_module
from hostward.runtime.clock import SystemClock
from hostward.settings import Address, read
from hostward.usecases.accounts.sign_in import first_link
from hostward.wiring.server import Server, open_server
from hostward.wiring.serving import Serving, listen
from store_samples import Scan, enrol, judged, leased, new_task, running


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Server, int]]:
    """A server on a free port."""
    settings = read({"HOSTWARD_DATA_DIR": str(folder)})
    with listen(Address(host="127.0.0.1", port=0)) as listener, open_server(settings, SystemClock()) as server:
        running_ = Serving(server.app, listener)
        running_.start()
        try:
            yield server, listener.getsockname()[1]
        finally:
            server.events.close()
            running_.stop()


def signed_in(server: Server, port: int) -> tuple[str, str]:
    """Cookie and CSRF token of the administrator's browser."""
    now, user = server.clock.now(), server.owner.key.user
    server.store.write_now(lambda uow: first_link(uow, user=user, token="a-token", now=now))
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps({"token": "a-token"})
    asking.request("POST", "/console/session/link", body, {"Content-Type": "application/json"})
    answer = asking.getresponse()
    cookie, csrf = answer.getheader("set-cookie", "").partition(";")[0], json.loads(answer.read())["csrf"]
    headers = {"Content-Type": "application/json", "Cookie": cookie, "X-Hostward-CSRF": csrf}
    asking.request("PUT", "/console/password", json.dumps({"password": "correct horse battery"}), headers)
    assert asking.getresponse().status == 200
    return cookie, csrf


def events(stream: http.client.HTTPResponse) -> Iterator[dict]:
    """What the stream says, one after the other; the reason of its end comes last."""
    while line := stream.readline():
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def task_on(server: Server) -> Scan:
    """A task over two machines."""
    account = server.owner.account

    def work(uow):
        machines = [enrol(uow, account, number) for number in range(2)]
        return machines, new_task(uow, account, machines).id

    machines, task = server.store.write_now(work)
    return Scan(store=server.store, account=account, machines=machines, id=task)


def test_a_commit_reaches_the_browser_and_the_end_of_the_session_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over HTTP, with the cookie that signing in gave."""
    monkeypatch.setattr(events_module, "CHECK", 0.05)
    with serving(tmp_path / "data") as (server, port):
        cookie, csrf = signed_in(server, port)
        task = task_on(server)
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        asking.request("GET", f"/console/events?topic=task:Vul:{task.id}", headers={"Cookie": cookie})
        stream = asking.getresponse()
        assert (stream.status, stream.getheader("content-type")) == (200, "text/event-stream; charset=utf-8")
        told = events(stream)
        assert next(told)["patch"]["Counts"]["Pending"] == 2
        task.step(0, leased(), running(), judged())
        assert any(event["patch"].get("Counts", {}).get("Ok") == 1 for event in told)
        other = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        other.request("DELETE", "/console/session", headers={"Cookie": cookie, "X-Hostward-CSRF": csrf})
        assert other.getresponse().status == 204
        assert list(told)[-1] == {"reason": events_module.SESSION_OVER}


def test_the_end_of_the_server_is_told(tmp_path: Path) -> None:
    """So that it does not wait for those who follow."""
    with serving(tmp_path / "data") as (server, port):
        cookie, _ = signed_in(server, port)
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        asking.request("GET", "/console/events?topic=overview&topic=machines", headers={"Cookie": cookie})
        told = events(asking.getresponse())
        assert {next(told)["topic"], next(told)["topic"]} == {"overview", "machines"}
    assert list(told)[-1] == {"reason": events_module.SERVER_STOPS}


def test_without_a_cookie_there_is_no_stream(tmp_path: Path) -> None:
    """And no word about what there is."""
    with serving(tmp_path / "data") as (_, port):
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        asking.request("GET", "/console/events?topic=tasks")
        answer = asking.getresponse()
        assert (answer.status, json.loads(answer.read())["error"]["code"]) == (401, "NotSignedIn")
