"""`hostward up` over TLS: with an own CA, with given files, and refusals in words."""

import socket
import ssl
import time
from pathlib import Path

import pytest

from certificates import write_pair
from running import Up, hostward, up
from tls_client import ask, connect, get, shown

SECONDS = 120.0


def port_of(running: Up) -> int:
    """Where it listens."""
    return int(running.endpoint.rpartition(":")[2])


def comes_true(condition) -> bool:
    """Whether it does within a while."""
    deadline = time.monotonic() + SECONDS
    while not (now := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return now


def init(data: Path, *names: str) -> Path:
    """An own CA; its file."""
    done = hostward("tls", "init", "--data", str(data), *(part for name in names for part in ("--name", name)))
    assert done.returncode == 0, done.stderr
    return data / "tls" / "ca.pem"


def test_an_own_ca_is_served_and_its_agent_works_over_it(tmp_path: Path) -> None:
    """A whole scan goes through TLS; what is printed names https and the CA."""
    ca = init(tmp_path / "data", "scan.example.org")
    with up(tmp_path / "data", "--no-scan") as running:
        port = port_of(running)
        assert (running.ready["url"], running.ready["ca_file"]) == (f"https://127.0.0.1:{port}", str(ca))
        assert [get(port, ca, name=name) for name in ("127.0.0.1", "localhost", "scan.example.org")] == [
            (200, "ok\n")
        ] * 3
        connection = connect(port, ca)
        call = {"host": f"127.0.0.1:{port}", "VulLevels": "0", "HostType": 1}
        task = ask(connection, running.ready, "ScanVul", **call)["TaskId"]

        def whole() -> bool:
            asked = {"host": f"127.0.0.1:{port}", "ModuleType": "Vul", "TaskId": task}
            return ask(connection, running.ready, "DescribeScanTaskDetails", **asked).get("ScanProgress") == 100

        assert comes_true(whole)
        assert get(port, ca, "/")[0] == 200
        printed = running.log.read_text()
    assert (f"https://127.0.0.1:{port}" in printed, str(ca) in printed, "http://" in printed) == (True, True, False)


def test_the_page_is_for_names_of_the_certificate_and_the_settings(tmp_path: Path) -> None:
    """Others are refused, and who is not on this machine is told no path of it."""
    ca = init(tmp_path / "data", "scan.example.org")
    (tmp_path / "data" / "hostward.toml").write_text('[server]\nnames = "Front.Example.NET"\n')
    with up(tmp_path / "data", "--no-scan") as running:
        port = port_of(running)
        hosts = ("scan.example.org", "SCAN.example.org:1", "front.example.net", "evil.example", "x.scan.example.org")
        assert [get(port, ca, host=host)[0] for host in hosts] == [200, 200, 200, 421, 421]
        page = get(port, ca, "/", host="scan.example.org")[1]
    assert str(ca) not in page


def test_a_wildcard_address_needs_tls_and_shows_a_name(tmp_path: Path) -> None:
    """0.0.0.0 is no address to ask at."""
    refused = hostward("up", "--data", str(tmp_path / "data"), "--listen", "0.0.0.0:0")
    assert (refused.returncode, "needs TLS" in refused.stderr, "hostward tls init" in refused.stderr) == (1, True, True)
    ca = init(tmp_path / "data", "scan.example.org")
    with up(tmp_path / "data", "--no-scan", "--listen", "0.0.0.0:0") as running:
        port = port_of(running)
        assert running.endpoint == f"scan.example.org:{port}"
        assert get(port, ca) == (200, "ok\n")


def test_given_files_are_served_whatever_name_they_are_for(tmp_path: Path) -> None:
    """The agent of the same process needs no name of theirs; the rest of its port is closed to all."""
    cert, key = write_pair(tmp_path, "scan.example.org")
    with up(tmp_path / "data", "--no-scan", "--tls-cert", str(cert), "--tls-key", str(key)) as running:
        port = port_of(running)
        assert (running.endpoint, running.ready["ca_file"]) == (f"scan.example.org:{port}", "")
        assert get(port, cert, name="scan.example.org") == (200, "ok\n")
        with pytest.raises(ssl.SSLCertVerificationError):
            get(port, cert, name="127.0.0.1")


def test_new_files_are_taken_without_dropping_a_connection(tmp_path: Path) -> None:
    """Handshakes get the new certificate; a pair that is broken changes nothing until it is whole."""
    cert, key = write_pair(tmp_path, "127.0.0.1")
    (tmp_path / "next").mkdir()
    new_cert, new_key = write_pair(tmp_path / "next", "127.0.0.1")
    with up(tmp_path / "data", "--no-scan", "--tls-cert", str(cert), "--tls-key", str(key)) as running:
        port, host = port_of(running), {"host": running.endpoint}
        connection, before = connect(port, cert), shown(port)
        key.write_bytes(new_key.read_bytes())  # does not belong to the certificate yet
        assert comes_true(lambda: "new certificate refused" in running.log.read_text())
        assert shown(port) == before
        new_cert.rename(cert)
        assert comes_true(lambda: shown(port) != before)
        assert get(port, cert) == (200, "ok\n")
        answer = ask(connection, running.ready, "DescribeScanState", ModuleType="Vul", **host)
        assert ("Error" in answer, connection.sock is None) == (False, False)
        assert "is not the key of" in running.log.read_text()


def test_a_name_added_later_is_served_at_once(tmp_path: Path) -> None:
    """`tls init --name` beside a server that runs."""
    ca = init(tmp_path / "data")
    with up(tmp_path / "data", "--no-scan") as running:
        port, before = port_of(running), shown(port_of(running))
        init(tmp_path / "data", "late.example.org")
        assert comes_true(lambda: shown(port) != before)
        assert get(port, ca, name="late.example.org") == (200, "ok\n")


@pytest.mark.parametrize(
    ("mode", "options", "said"),
    [
        (0o644, ("--tls-cert", "{cert}", "--tls-key", "{key}"), "chmod 600"),
        (0o600, ("--tls-cert", "{cert}"), "--tls-key) is missing"),
        (0o600, ("--tls-key", "{key}"), "--tls-cert) is missing"),
        (0o600, ("--tls-cert", "{key}", "--tls-key", "{key}"), "holds no certificate"),
    ],
)
def test_files_that_can_not_be_used_are_refused_in_words(
    tmp_path: Path, mode: int, options: tuple[str, ...], said: str
) -> None:
    """One line, exit status 1, nothing listens."""
    cert, key = write_pair(tmp_path, "a.example", mode=mode)
    arguments = [option.format(cert=cert, key=key) for option in options]
    refused = hostward("up", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", "--once", *arguments)
    assert (refused.returncode, said in refused.stderr, refused.stderr.count("\n")) == (1, True, 1)


def test_a_tls_folder_without_a_ca_is_no_reason_to_serve_http(tmp_path: Path) -> None:
    """Somebody wanted TLS; half of it is an error."""
    (tmp_path / "data" / "tls").mkdir(parents=True)
    refused = hostward("up", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", "--once")
    assert (refused.returncode, "holds no CA" in refused.stderr) == (1, True)


def test_plain_http_gets_no_answer_on_the_tls_port(tmp_path: Path) -> None:
    """Nor does it end the server, or fill its log."""
    ca = init(tmp_path / "data")
    with up(tmp_path / "data", "--no-scan") as running:
        port, size = port_of(running), len(running.log.read_text())
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
                raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert b"HTTP/1.1 200" not in raw.recv(100)
        assert get(port, ca) == (200, "ok\n")
        assert len(running.log.read_text()) - size < 2000
