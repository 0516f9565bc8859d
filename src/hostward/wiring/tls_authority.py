"""An own certificate authority in a folder, and the server certificate that it signs.

Files, all of mode 0600 in a folder of mode 0700: ca.pem (what clients trust), ca-key.pem, server.pem (the server's
key and certificate in one file, so that the two are replaced together).
"""

import fcntl
import ipaddress
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hostward.domain.errors import HostwardError
from hostward.runtime import private_file
from hostward.wiring.tls_files import Pair, covers, names_of, read_certificate

FOLDER = "tls"
CA_FILE = "ca.pem"
CA_KEY_FILE = "ca-key.pem"
SERVER_FILE = "server.pem"

CA_LIFE = timedelta(days=3652)
"""Ten years: clients are given it by hand."""

SERVER_LIFE = timedelta(days=90)
RENEWED_AT = 2 / 3
"""Of its life a certificate is renewed: 30 days are left to notice that it failed."""

BACKDATED = timedelta(hours=1)
"""How far clocks of clients may be behind without refusing a new certificate."""

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
MAX_COMMON_NAME = 64
"""Characters of a common name (RFC 5280, upper bounds)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An own CA as stored. ca, server: its certificate and the server's; pair: what a server is given."""

    folder: Path
    ca: x509.Certificate
    server: x509.Certificate

    @property
    def ca_file(self) -> Path:
        """What clients trust."""
        return self.folder / CA_FILE

    @property
    def pair(self) -> Pair:
        """Certificate and key, in one file."""
        return Pair(cert=self.folder / SERVER_FILE, key=self.folder / SERVER_FILE)

    @property
    def names(self) -> frozenset[str]:
        """What the server's certificate is for."""
        return names_of(self.server, self.folder / SERVER_FILE)

    @property
    def renewal(self) -> datetime:
        """When the server's certificate is to be renewed."""
        return renewal(self.server)


def exists(folder: Path) -> bool:
    """Whether `init` was ever called for this folder."""
    return (folder / CA_FILE).exists()


def opened(folder: Path) -> Authority:
    """What is stored. Raises HostwardError."""
    return Authority(
        folder=folder, ca=read_certificate(folder / CA_FILE), server=read_certificate(folder / SERVER_FILE)
    )


def init(folder: Path, names: Collection[str], now: datetime) -> Authority:
    """A CA and a server certificate for these names, loopback and those it was for before; what will do is kept.

    names: host names in small letters and addresses. Raises HostwardError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder):
            return _initialised(folder, names, now)
    except OSError as error:
        raise HostwardError(f"{folder} can't be used: {error.strerror}; it must be a folder of yours") from error


def renewal(certificate: x509.Certificate) -> datetime:
    """When a certificate is to be renewed."""
    begins = certificate.not_valid_before_utc
    return begins + (certificate.not_valid_after_utc - begins) * RENEWED_AT


def is_issued_by(server: x509.Certificate, ca: x509.Certificate) -> bool:
    """Whether the CA signed it."""
    try:
        server.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _initialised(folder: Path, names: Collection[str], now: datetime) -> Authority:
    if not exists(folder):
        _make_ca(folder, now)
    ca = read_certificate(folder / CA_FILE)
    if ca.not_valid_after_utc <= now:
        raise HostwardError(
            f"{folder / CA_FILE} expired on {ca.not_valid_after_utc:%Y-%m-%d}: move {folder} away, run hostward tls "
            "init, and give the new CA to the clients"
        )
    before = read_certificate(folder / SERVER_FILE) if (folder / SERVER_FILE).exists() else None
    known = names_of(before, folder / SERVER_FILE) if before is not None else frozenset()
    wanted = [*LOOPBACK_NAMES, *(name for name in names if name not in LOOPBACK_NAMES)]
    missing = [name for name in wanted if not covers(known, name)]
    if before is None or missing or now >= renewal(before) or not is_issued_by(before, ca):
        _make_server(folder, ca, [*missing, *sorted(known)], now)
    return opened(folder)


def _make_ca(folder: Path, now: datetime) -> None:
    """Key first: a CA whose key is lost could never sign."""
    key = generate_private_key(SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Hostward"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Hostward CA {identifier.digest.hex()[:8]}"),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    private_file.replace(folder / CA_KEY_FILE, _pem(key))
    private_file.replace(folder / CA_FILE, made.public_bytes(Encoding.PEM))


def _make_server(folder: Path, ca: x509.Certificate, names: list[str], now: datetime) -> None:
    key, ca_key = generate_private_key(SECP256R1()), _ca_key(folder, ca)
    common = next((name for name in names if name not in LOOPBACK_NAMES and len(name) <= MAX_COMMON_NAME), "localhost")
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(now - BACKDATED, ca.not_valid_before_utc))
        .not_valid_after(min(now + SERVER_LIFE, ca.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    private_file.replace(folder / SERVER_FILE, _pem(key) + made.public_bytes(Encoding.PEM))


def _ca_key(folder: Path, ca: x509.Certificate) -> EllipticCurvePrivateKey:
    path = folder / CA_KEY_FILE
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise HostwardError(f"{path} is missing: put it back, a server certificate can't be signed without") from error
    except (ValueError, TypeError) as error:
        raise HostwardError(f"{path} holds no key that can be used: put the right file back") from error
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != ca.public_key():
        raise HostwardError(f"{path} is not the key of {folder / CA_FILE}: put the right file back")
    return key


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One at a time, whichever process it is in. A link in the folder's place is refused."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
