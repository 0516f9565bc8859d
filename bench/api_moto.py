"""moto_server's DescribeInstances of 100 instances, beside DescribeScanTaskDetails of 100 machines, for bench/api.py.

moto stands in for a cloud in other people's tests: another program that answers a cloud's list call. It runs in an
environment of its own, outside this repository:

    python -m venv /tmp/moto && /tmp/moto/bin/pip install 'moto[server,ec2]'
    python bench/api.py --moto /tmp/moto/bin/python
"""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
TICK = os.sysconf("SC_CLK_TCK")
ROWS = 100
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDbench/20260101/us-east-1/ec2/aws4_request, "
    "SignedHeaders=host, Signature=0",
}
RUN = f"Action=RunInstances&Version=2016-11-15&ImageId=ami-12c6146b&MinCount={ROWS}&MaxCount={ROWS}"
DESCRIBE = "Action=DescribeInstances&Version=2016-11-15"


@contextmanager
def moto(python: str) -> Iterator[tuple[int, int]]:
    """A moto_server with 100 instances: its port and pid."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    command = [python, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            call(port, RUN)
            yield port, process.pid
        finally:
            process.terminate()


def cpu_seconds(pid: int) -> float:
    """CPU seconds of a process that has a thread a call: those that have ended count too (proc(5): stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def describe(port: int, count: int) -> int:
    """Ask so many times; returns the rows of the last answer."""
    answer = b""
    for _ in range(count):
        answer = call(port, DESCRIBE)
    return answer.count(b"<instanceId>")


def call(port: int, body: str) -> bytes:
    """One call on a connection of its own: its server keeps none open."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("POST", "/", body, HEADERS)
        return connection.getresponse().read()
    finally:
        connection.close()


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("moto_server ended: is moto[server,ec2] installed for that Python?")
        try:
            socket.create_connection((HOST, port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("moto_server does not answer")
