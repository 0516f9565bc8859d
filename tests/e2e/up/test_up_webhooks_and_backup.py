"""A real server tells a receiver of its scans, once each though it is killed; its backup goes on where it was taken."""

import hashlib
import hmac
import http.client
import json
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import planted
from hostward.domain.ids import TaskId
from hostward.store.backup import backup
from hostward.store.open import read_sqlite
from receivers import Receiver, receiver
from running import Up, hostward, start

SERVICE = {"service": "hostward", "version": "2026-12-01"}
PATIENCE = 30.0


def listening(data: Path) -> Up:
    """A server whose webhooks may reach this machine."""
    data.mkdir(mode=0o700, exist_ok=True)
    (data / "hostward.toml").write_text('[notifications]\nallow_private = "127.0.0.1/32"\n')
    return start(data, "--no-scan")


def scan(server: Up, folder: Path) -> int:
    """Begin a malware scan of a folder."""
    return server.call("CreateScanMalwareSetting", ScanPattern=2, HostType=1, CustomPaths=[str(folder)])["TaskId"]


def messages(there: Receiver, secret: str, count: int) -> list[dict]:
    """The first so many different messages, each checked as the documentation says."""
    deadline, found = time.monotonic() + PATIENCE, {}
    while len(found) < count:
        assert time.monotonic() < deadline, found
        for request in list(there.got):
            head, _, body = request.partition(b"\r\n\r\n")
            said = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
            stamped = said["X-Hostward-Timestamp"].encode() + b"." + body
            mac = hmac.new(secret.encode(), stamped, hashlib.sha256).hexdigest()
            assert said["X-Hostward-Signature"] == f"v1={mac}"
            found[said["X-Hostward-Delivery"]] = json.loads(body)
        time.sleep(0.05)
    return list(found.values())


def test_scans_are_told_once_whatever_is_killed(tmp_path: Path) -> None:
    """Nobody listens when the scan ends and the server is killed then: after its next start both messages arrive."""
    folder = planted.tree(tmp_path / "tree", files=5, planted=2)
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    server = listening(tmp_path / "data")
    made = server.call(
        "CreateWebhook", **SERVICE, Name="on call", Url=f"http://127.0.0.1:{port}/in", Level=1,
        Events=["scan.finished", "finding.new"],
    )  # fmt: skip
    task = scan(server, folder)
    server.finished("Malware", task)
    server.kill()
    server = start(tmp_path / "data", "--no-scan")
    with receiver(port=port) as there:
        assert server.call("TestWebhook", **SERVICE, WebhookId=1)["Status"] == 200  # hastens what waits
        test, new, ended = messages(there, made["Secret"], 3)
    assert (test["event"], new["event"], ended["event"]) == ("test", "finding.new", "scan.finished")
    assert (new["task_id"], new["count"], new["first_results"]) == (task, 2, True)
    assert (ended["task_id"], ended["state"], ended["risks"]["events"]) == (task, "Done", 2)
    assert server.call("ListWebhookDeliveries", **SERVICE, WebhookId=1)["TotalCount"] == 2
    assert server.interrupt() == 0


def test_a_backup_of_a_running_scan_goes_on_after_its_restore(tmp_path: Path) -> None:
    """Taken beside the server; restored over a later state, the scan it was taken in ends with all its findings."""
    data, file = tmp_path / "data", tmp_path / "one.backup"
    folder = planted.tree(tmp_path / "tree", files=1500, planted=3)
    server = listening(data)
    task = scan(server, folder)
    backup(data, file, datetime.now(UTC))  # at once: the command takes a second to begin
    backed_up = hostward("db", "backup", f"{file}.later", "--data", str(data))
    assert (backed_up.returncode, "holds secrets" in backed_up.stdout) == (0, True), backed_up.stderr
    server.finished("Malware", task)
    in_use = hostward("db", "restore", str(file), "--data", str(data), "--replace")
    assert (in_use.returncode, f"in use by process {server.process.pid}" in in_use.stderr) == (1, True)
    server.kill()
    unasked = hostward("db", "restore", str(file), "--data", str(data))
    assert (unasked.returncode, "--replace" in unasked.stderr) == (1, True)
    restored = hostward("db", "restore", str(file), "--data", str(data), "--replace")
    assert (restored.returncode, "counted anew: 1, all agree" in restored.stdout) == (0, True), restored.stderr
    stored = read_sqlite(data, lambda uow: uow.tasks.get(TaskId(task)))
    assert not stored.tally.is_done  # else nothing would be left to go on with
    server = start(data, "--no-scan")
    details = server.finished("Malware", task)
    assert (details["RiskEventCount"], details["ScanTaskDetailList"][0]["Status"]) == (3, "Ok")
    assert server.interrupt() == 0


def test_postgresql_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    """One line says which; the password is in none."""
    (tmp_path / "hostward.toml").write_text('[database]\nurl = "postgresql://ward:hunter2@db.example.com/hostward"\n')
    for command, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        done = hostward("db", command, str(tmp_path / "x"), "--data", str(tmp_path))
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
        assert f"{tool} " in done.stderr
        assert "hunter2" not in done.stderr


def test_the_receiver_of_the_documentation_checks_signatures(tmp_path: Path) -> None:
    """It is the very program of the page: it takes what is signed with its secret, and nothing else."""
    page = (Path(__file__).parents[3] / "docs" / "howto" / "webhooks.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    (tmp_path / "receiver.py").write_text(program.replace("8000", str(port)))
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "receiver.py")], env={"SECRET": "s3cret"}, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        stamp = str(int(time.time()))
        answers = [
            _posted(port, "s3cret", stamp), _posted(port, "another", stamp), _posted(port, "s3cret", "1700000000")
        ]  # fmt: skip
    finally:
        process.kill()
        told = process.communicate(timeout=10)[0].decode()
    assert (answers, told.count('"event": "test"') + told.count("'event': 'test'")) == ([200, 403, 403], 1)


def _posted(port: int, secret: str, stamp: str) -> int:
    """The status that a message signed so gets."""
    body = b'{"event":"test"}'
    mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {
        "X-Hostward-Event": "test", "X-Hostward-Delivery": "d" * 32, "X-Hostward-Timestamp": stamp,
        "X-Hostward-Signature": f"v1={mac}",
    }  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", "/", body=body, headers=headers)
            return connection.getresponse().status
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        finally:
            connection.close()
