"""A strict client over TLS: it trusts one CA, checks names, and signs what it asks."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tc3

NAME = "localhost"


def context(ca_file: Path | str) -> ssl.SSLContext:
    """Trusts this CA and nothing else."""
    return ssl.create_default_context(cafile=str(ca_file))


def get(
    port: int, ca_file: Path | str, path: str = "/healthz", *, host: str = "", name: str = "127.0.0.1",
    address: str = "127.0.0.1",
) -> tuple[int, str]:  # fmt: skip
    """Status and body. host: the Host header; name: what the certificate must be for."""
    connection = connect(port, ca_file, name=name, address=address)
    connection.request("GET", path, headers={"host": host or f"{name}:{port}"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def connect(
    port: int, ca_file: Path | str, *, name: str = "127.0.0.1", address: str = "127.0.0.1"
) -> http.client.HTTPConnection:
    """A connection of which the handshake is done."""
    connection = http.client.HTTPConnection(address, port, timeout=20)
    raw = socket.create_connection((address, port), timeout=20)
    connection.sock = context(ca_file).wrap_socket(raw, server_hostname=name)
    return connection


def shown(port: int, address: str = "127.0.0.1") -> bytes:
    """The certificate (DER) a new handshake gets."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((address, port), timeout=20) as raw, anybody.wrap_socket(raw) as connection:
        certificate = connection.getpeercert(binary_form=True)
    assert certificate is not None
    return certificate


def ask(
    connection: http.client.HTTPConnection, ready: Mapping[str, Any], action: str, *, host: str, **members: Any
) -> dict[str, Any]:
    """The Response of a signed call over an open connection."""
    body, stamp = json.dumps(members).encode(), int(time.time())
    headers = {"host": host, "content-type": "application/json"}
    authorization = tc3.sign(
        secret_id=ready["secret_id"], secret=ready["secret_key"], headers=headers, body=body, timestamp=stamp
    )
    common = {"x-tc-action": action, "x-tc-version": "2018-02-28", "x-tc-timestamp": str(stamp)}
    connection.request("POST", "/", body=body, headers={**headers, **common, "authorization": authorization})
    return json.loads(connection.getresponse().read())["Response"]
