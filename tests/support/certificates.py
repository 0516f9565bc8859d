"""Certificates for tests, made by openssl's rules but not by the product's code."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LONG_AGO, LATER = timedelta(days=-1), timedelta(days=365)


def write_pair(
    folder: Path, *names: str, name: str = "server", passphrase: bytes = b"", kind: str = "ec",
    ends: timedelta = LATER, mode: int = 0o600,
) -> tuple[Path, Path]:  # fmt: skip
    """A certificate that signs itself and its key: the two files. names: hosts and addresses it is for."""
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
    now, subject = datetime.now(UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now + LONG_AGO).not_valid_after(now + ends)
    )  # fmt: skip
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    guard = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    cert_file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    cert_file.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_file.unlink(missing_ok=True)
    key_file.touch(mode)
    key_file.chmod(mode)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, guard))
    return cert_file, key_file


def trusting(ca_file: Path) -> ssl.SSLContext:
    """What a strict client trusts: this CA and nothing else."""
    return ssl.create_default_context(cafile=str(ca_file))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
