"""hostward tls: what it prints, and what it refuses."""

from pathlib import Path

import pytest
from cryptography import x509

from hostward.wiring.tls_files import fingerprint
from running import hostward


def test_init_prints_file_fingerprint_and_what_clients_need(tmp_path: Path) -> None:
    """All a person needs to go on."""
    done = hostward("tls", "init", "--data", str(tmp_path), "--name", "scan.example.org")
    ca = tmp_path / "tls" / "ca.pem"
    digest = fingerprint(x509.load_pem_x509_certificate(ca.read_bytes()))
    wanted = (str(ca), digest, "scan.example.org", "certification=", "NODE_EXTRA_CA_CERTS=", "certifi", "--cacert")
    assert (done.returncode, [word for word in wanted if word not in done.stdout]) == (0, [])


def test_init_again_changes_nothing_and_says_so(tmp_path: Path) -> None:
    """Idempotent."""
    hostward("tls", "init", "--data", str(tmp_path), "--name", "a.example")
    before = {path: path.read_bytes() for path in (tmp_path / "tls").iterdir()}
    again = hostward("tls", "init", "--data", str(tmp_path), "--name", "A.example.")
    assert again.stdout.startswith("Nothing to do")
    assert {path: path.read_bytes() for path in (tmp_path / "tls").iterdir()} == before


def test_init_with_a_new_name_keeps_the_ca(tmp_path: Path) -> None:
    """Clients that trust it need nothing new."""
    hostward("tls", "init", "--data", str(tmp_path))
    ca = (tmp_path / "tls" / "ca.pem").read_bytes()
    more = hostward("tls", "init", "--data", str(tmp_path), "--name", "b.example")
    assert more.stdout.startswith("Kept the CA and made a new certificate")
    assert (tmp_path / "tls" / "ca.pem").read_bytes() == ca


@pytest.mark.parametrize(
    "name", ["scan.example.org:8443", "https://a.example", "a b", "", "-a", "*.example.org", "a/b", "1.2"]
)
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything is written."""
    refused = hostward("tls", "init", "--data", str(tmp_path / "data"), "--name", name)
    assert (refused.returncode, "without a port" in refused.stderr, (tmp_path / "data").exists()) == (2, True, False)


def test_show_prints_what_init_did_and_the_ca_itself(tmp_path: Path) -> None:
    """--pem is fit for a file, and holds no key."""
    made = hostward("tls", "init", "--data", str(tmp_path))
    shown = hostward("tls", "show", "--data", str(tmp_path))
    pem = hostward("tls", "show", "--data", str(tmp_path), "--pem").stdout
    assert made.stdout.endswith(shown.stdout)
    assert (pem, "PRIVATE" in pem) == ((tmp_path / "tls" / "ca.pem").read_text(), False)


def test_show_without_a_ca_says_how_to_make_one(tmp_path: Path) -> None:
    """Exit status 1."""
    refused = hostward("tls", "show", "--data", str(tmp_path))
    assert (refused.returncode, "hostward tls init" in refused.stderr) == (1, True)


def test_init_works_where_the_settings_already_ask_for_an_open_address(tmp_path: Path) -> None:
    """What needs TLS must not keep it from being made."""
    (tmp_path / "hostward.toml").write_text('listen = "0.0.0.0:8443"\n')
    assert hostward("tls", "init", "--data", str(tmp_path)).returncode == 0
