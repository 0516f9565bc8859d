"""The own CA: made once, its server certificate renewed in time."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from stat import S_IMODE

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from hostward.domain.errors import HostwardError
from hostward.wiring import tls_authority as authority
from hostward.wiring import tls_files

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a CA is to be."""
    return tmp_path / "data" / "tls"


def extension(certificate: x509.Certificate, kind: type) -> x509.ExtensionType:
    """One of its extensions."""
    return certificate.extensions.get_extension_for_class(kind).value


def test_all_files_are_the_owners_alone(folder: Path) -> None:
    """Whatever the umask is."""
    before = os.umask(0)
    try:
        authority.init(folder, (), NOW)
    finally:
        os.umask(before)
    modes = {path.name: S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"ca.pem": 0o600, "ca-key.pem": 0o600, "server.pem": 0o600}
    assert S_IMODE(folder.stat().st_mode) == 0o700


def test_keys_are_of_the_curve_p256_and_differ(folder: Path) -> None:
    """Every client knows this curve."""
    made = authority.init(folder, (), NOW)
    keys = [made.ca.public_key(), made.server.public_key()]
    assert [key.curve.name for key in keys if isinstance(key, ec.EllipticCurvePublicKey)] == ["secp256r1"] * 2
    assert keys[0] != keys[1]


def test_lives_are_ten_years_and_ninety_days(folder: Path) -> None:
    """Both begin an hour ago, for clients whose clock is behind."""
    made = authority.init(folder, (), NOW)
    lives = [(one.not_valid_before_utc, one.not_valid_after_utc) for one in (made.ca, made.server)]
    begins = NOW - timedelta(hours=1)
    assert lives == [(begins, NOW + timedelta(days=3652)), (begins, NOW + timedelta(days=90))]


def test_the_ca_may_sign_servers_only_and_the_server_nothing(folder: Path) -> None:
    """A stolen server key makes no other certificate."""
    made = authority.init(folder, (), NOW)
    ca, server = (extension(one, x509.BasicConstraints) for one in (made.ca, made.server))
    assert (ca.ca, ca.path_length, server.ca) == (True, 0, False)
    usages = [extension(one, x509.KeyUsage) for one in (made.ca, made.server)]
    assert [one.key_cert_sign for one in usages] == [True, False]
    assert list(extension(made.server, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_the_server_is_issued_by_the_ca(folder: Path) -> None:
    """And by no other of the same name."""
    made = authority.init(folder, (), NOW)
    other = authority.init(folder.parent / "other", (), NOW)
    assert authority.is_issued_by(made.server, made.ca)
    assert not authority.is_issued_by(made.server, other.ca)


def test_names_and_addresses_are_in_the_certificate(folder: Path) -> None:
    """Beside those of loopback, which are always there."""
    made = authority.init(folder, ("scan.example.org", "192.0.2.7", "2001:db8::1"), NOW)
    assert made.names == {"scan.example.org", "192.0.2.7", "2001:db8::1", *LOOPBACK}


def test_the_first_name_given_is_the_common_name(folder: Path) -> None:
    """Old tools show it."""
    made = authority.init(folder, ("scan.example.org", "a.example"), NOW)
    assert made.server.subject.rfc4514_string() == "CN=scan.example.org"


def test_a_name_too_long_for_a_common_name_is_a_name_all_the_same(folder: Path) -> None:
    """63 + 1 + 8 characters; a common name has room for 64."""
    name = "a" * 63 + ".example"
    assert name in authority.init(folder, (name,), NOW).names


def test_a_second_call_changes_nothing(folder: Path) -> None:
    """Scripts may call it each time."""
    first = authority.init(folder, ("a.example",), NOW)
    files = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = authority.init(folder, ("a.example",), NOW + timedelta(days=1))
    assert (again, {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}) == (first, files)


def test_a_new_name_makes_a_new_certificate_of_the_same_ca(folder: Path) -> None:
    """With the names it had before."""
    first = authority.init(folder, ("a.example",), NOW)
    second = authority.init(folder, ("b.example",), NOW)
    assert (second.ca, second.names) == (first.ca, {"a.example", "b.example", *LOOPBACK})


@pytest.mark.parametrize(("days", "renewed"), [(59.9, False), (60.1, True), (400, True)])
def test_the_server_certificate_is_renewed_after_two_thirds(folder: Path, days: float, renewed: bool) -> None:
    """With its names; 30 days before its end at the latest."""
    first = authority.init(folder, ("a.example",), NOW)
    second = authority.init(folder, (), NOW + timedelta(days=days))
    assert (second.server != first.server, second.names, second.ca) == (renewed, first.names, first.ca)


def test_renewal_is_due_at_the_time_it_says(folder: Path) -> None:
    """Two thirds of 90 days and an hour, counted from its begin."""
    made = authority.init(folder, (), NOW)
    assert made.renewal == NOW - timedelta(hours=1) + timedelta(days=90, hours=1) * 2 / 3


def test_no_certificate_outlives_its_ca(folder: Path) -> None:
    """In its last days the CA signs for as long as it lives."""
    made = authority.init(folder, (), NOW)
    late = authority.init(folder, (), made.ca.not_valid_after_utc - timedelta(days=3))
    assert late.server.not_valid_after_utc == made.ca.not_valid_after_utc


def test_an_expired_ca_is_told_with_the_way_out(folder: Path) -> None:
    """Nothing is replaced behind the clients' back."""
    made = authority.init(folder, (), NOW)
    with pytest.raises(HostwardError, match=r"expired on 2036.*move .* away"):
        authority.init(folder, (), made.ca.not_valid_after_utc)


def test_a_lost_ca_key_only_matters_when_it_is_needed(folder: Path) -> None:
    """It may be kept elsewhere between two renewals."""
    authority.init(folder, (), NOW)
    (folder / "ca-key.pem").unlink()
    authority.init(folder, (), NOW + timedelta(days=1))
    with pytest.raises(HostwardError, match=r"ca-key\.pem is missing"):
        authority.init(folder, (), NOW + timedelta(days=80))


@pytest.mark.parametrize("content", [b"", b"no key", "other"])
def test_a_ca_key_that_is_not_the_cas_is_refused(folder: Path, content: bytes | str) -> None:
    """It would sign what no client trusts."""
    authority.init(folder, (), NOW)
    other = authority.init(folder.parent / "other", (), NOW)
    damage = (other.folder / "ca-key.pem").read_bytes() if content == "other" else content
    (folder / "ca-key.pem").write_bytes(damage)  # type: ignore[arg-type]  # bytes by now
    with pytest.raises(HostwardError, match="put the right file back"):
        authority.init(folder, ("new.example",), NOW)


def test_a_server_certificate_of_another_ca_is_replaced(folder: Path) -> None:
    """The files were mixed up; clients trust ca.pem."""
    mine = authority.init(folder, (), NOW)
    other = authority.init(folder.parent / "other", (), NOW)
    (folder / "server.pem").write_bytes((other.folder / "server.pem").read_bytes())
    again = authority.init(folder, (), NOW)
    assert (again.ca, authority.is_issued_by(again.server, mine.ca)) == (mine.ca, True)


def test_a_folder_that_is_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    """Keys are written where they were meant to be, or nowhere."""
    folder.parent.mkdir()
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HostwardError, match="must be a folder of yours"):
        authority.init(folder, (), NOW)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_in_the_folders_place_is_refused(folder: Path) -> None:
    """In words."""
    folder.parent.mkdir()
    folder.write_text("")
    with pytest.raises(HostwardError, match="can't be used"):
        authority.init(folder, (), NOW)


def test_what_was_made_can_be_served(folder: Path) -> None:
    """Key and certificate in one file."""
    made = authority.init(folder, ("a.example",), datetime.now(UTC))
    assert isinstance(tls_files.load(made.pair).context, ssl.SSLContext)
