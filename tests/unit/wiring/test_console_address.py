"""Where the console is, as far as the settings tell."""

from pathlib import Path

import pytest

from hostward.settings import read
from hostward.wiring.console_address import console_url


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "http://127.0.0.1:8420"),
        ({"listen": "[::1]:9000"}, "http://[::1]:9000"),
        ({"server.names": "scan.example.org"}, "https://scan.example.org"),
        ({"server.names": "2001:db8::5"}, "https://[2001:db8::5]"),
        ({"listen": "192.0.2.7:8443", "tls.cert": "/c.pem"}, "https://192.0.2.7:8443"),
        ({"listen": "192.0.2.7:8443", "tls.cert": "/c.pem", "server.names": "a.example"}, "https://a.example:8443"),
        ({"listen": "0.0.0.0:8443", "tls.cert": "/c.pem", "server.names": "a.example"}, "https://a.example:8443"),
        ({"listen": "0.0.0.0:8443", "tls.cert": "/c.pem"}, ""),
        ({"listen": "127.0.0.1:0"}, ""),
    ],
)
def test_the_address_of_the_console(tmp_path: Path, given: dict[str, str], expected: str) -> None:
    """Behind a proxy it is the proxy's; where it can't be told nothing is made up."""
    assert console_url(read({}, command_line={"data_dir": str(tmp_path), **given})) == expected


def test_an_own_ca_means_https(tmp_path: Path) -> None:
    """It is served as soon as it was made."""
    (tmp_path / "tls").mkdir()
    assert console_url(read({}, command_line={"data_dir": str(tmp_path)})) == "https://127.0.0.1:8420"
