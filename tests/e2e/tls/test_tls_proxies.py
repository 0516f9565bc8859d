"""The recipes for nginx and HAProxy, in front of a real server, with the official clients."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from capabilities import proxy
from certificates import write_pair
from recipes import adapted, recipe
from running import Up, up
from tls_client import ask, connect, get

SECONDS = 20.0
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A server on loopback, without TLS, that knows the name of its proxy from the page's own settings."""
    data = tmp_path_factory.mktemp("behind") / "data"
    data.mkdir()
    (data / "hostward.toml").write_text(recipe("behind-a-proxy", "settings"))
    with up(data, "--no-scan") as running:
        yield running


def free_port() -> int:
    """One nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running_proxy(command: list[str], port: int, log: Path) -> Iterator[None]:
    """A proxy in the foreground, from the moment it listens."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + SECONDS
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def nginx(folder: Path, server: Up, changes: dict[str, str] | None = None) -> Iterator[tuple[int, Path]]:
    """Nginx with the page's server block; its port and the certificate to trust."""
    cert, key = write_pair(folder, "scan.example.org", "127.0.0.1")
    port = free_port()
    block = adapted(
        recipe("behind-a-proxy", "nginx"),
        {
            "listen 8443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/nginx/tls/fullchain.pem": str(cert),
            "/etc/nginx/tls/privkey.pem": str(key),
            "http://127.0.0.1:8420": f"http://{server.endpoint}",
        }
        | (changes or {}),
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{block}\n}}\n"
    )
    program = proxy("nginx")
    assert program is not None
    with running_proxy([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], port, folder / "log"):
        yield port, cert


@contextmanager
def haproxy(folder: Path, server: Up, changes: dict[str, str] | None = None) -> Iterator[tuple[int, Path]]:
    """HAProxy with the page's configuration."""
    cert, key = write_pair(folder, "scan.example.org", "127.0.0.1")
    both = folder / "both.pem"
    both.write_bytes(cert.read_bytes() + key.read_bytes())
    port = free_port()
    text = adapted(
        recipe("behind-a-proxy", "haproxy"),
        {
            "bind :8443": f"bind 127.0.0.1:{port}",
            "/etc/haproxy/tls/scan.example.org.pem": str(both),
            "127.0.0.1:8420": server.endpoint,
        }
        | (changes or {}),
    )
    (folder / "haproxy.cfg").write_text(text)
    program = proxy("haproxy")
    assert program is not None
    with running_proxy([program, "-db", "-f", str(folder / "haproxy.cfg")], port, folder / "log"):
        yield port, cert


PROXIES = [
    pytest.param(nginx, marks=pytest.mark.needs("nginx"), id="nginx"),
    pytest.param(haproxy, marks=pytest.mark.needs("haproxy"), id="haproxy"),
]


@pytest.mark.parametrize("front", PROXIES)
def test_signed_calls_and_the_page_pass(behind: Up, tmp_path: Path, front) -> None:
    """By the port that the client signs, and with the scheme that it used."""
    with front(tmp_path, behind) as (port, cert):
        connection = connect(port, cert)
        for _ in range(3):
            asked = {"host": f"scan.example.org:{port}", "ModuleType": "Vul"}
            assert "ScanState" in ask(connection, behind.ready, "DescribeScanState", **asked)
        status, page = get(port, cert, "/", host=f"scan.example.org:{port}")
    assert (status, "<title>Hostward</title>" in page) == (200, True)


@pytest.mark.parametrize("front", PROXIES)
def test_the_largest_body_passes_and_a_larger_one_is_refused_in_the_apis_words(
    behind: Up, tmp_path: Path, front
) -> None:
    """Never by an error page of the proxy's, which clients can't read."""
    with front(tmp_path, behind) as (port, cert):
        host = f"127.0.0.1:{port}"
        almost = "x" * (10 * MEGABYTE - 200)
        refusals = [
            ask(connect(port, cert), behind.ready, "DescribeScanState", host=host, ModuleType=almost + more)["Error"]
            for more in ("", "x" * 400)
        ]
    assert [one["Code"] for one in refusals] == ["InvalidParameterValue", "RequestSizeLimitExceeded"]


@pytest.mark.needs("nginx")
def test_nginx_without_the_line_for_host_makes_signatures_fail(behind: Up, tmp_path: Path) -> None:
    """So that the page is right to ask for it: the port is lost."""
    line = "        proxy_set_header Host $http_host;      # not $host, which has no port\n"
    with nginx(tmp_path, behind, {line: ""}) as (port, cert):
        asked = {"host": f"127.0.0.1:{port}", "ModuleType": "Vul"}
        refused = ask(connect(port, cert), behind.ready, "DescribeScanState", **asked)
        known = {"host": "scan.example.org", "ModuleType": "Vul"}
        answer = ask(connect(port, cert), behind.ready, "DescribeScanState", **known)
    assert (refused["Error"]["Code"], "ScanState" in answer) == ("AuthFailure.SignatureFailure", True)


@pytest.mark.needs("clients")
@pytest.mark.parametrize(
    ("front", "works"),
    [
        pytest.param(nginx, False, marks=pytest.mark.needs("nginx"), id="nginx"),
        pytest.param(haproxy, True, marks=pytest.mark.needs("haproxy"), id="haproxy"),
    ],
)
def test_tccli_over_plain_http(behind: Up, tmp_path: Path, front, works: bool, tccli) -> None:
    """Its Host is a whole URL: HAProxy passes it on, nginx does not, as the page says."""
    change = {" ssl;\n": ";\n"} if front is nginx else {}
    with front(tmp_path, behind, change or {" ssl crt": " #"}) as (port, _cert):
        done = tccli(behind, f"http://127.0.0.1:{port}")
    assert (done.returncode == 0) is works, done.stdout + done.stderr
    assert ("ScanState" in done.stdout) is works


@pytest.mark.needs("clients")
@pytest.mark.parametrize("front", PROXIES)
def test_tccli_over_https(behind: Up, tmp_path: Path, front, tccli) -> None:
    """With a certificate that it trusts."""
    with front(tmp_path, behind) as (port, cert):
        done = tccli(behind, f"127.0.0.1:{port}", trust=cert)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ScanState" in json.loads(done.stdout)
