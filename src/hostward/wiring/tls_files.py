"""A certificate and its key as files: checked with care, and made into what a server shows."""

import base64
import hashlib
import os
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_IMODE, S_ISREG
from typing import NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hostward.domain.errors import HostwardError

MAX_PEM = 1024 * 1024
"""Bytes of a certificate with its chain or of a key; what is larger is some other file."""

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption only (RFC 9325, section 4.2). TLS 1.3 has no others."""

OTHERS = 0o077
"""Rights of group and world: a private key gives them none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Where a certificate and its key are, both PEM. One file may hold both."""

    cert: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A certificate that is shown to clients. names: host names and addresses; fingerprint: SHA-256, in hex.

    pin: base64 of the SHA-256 of its public key, as curl's --pinnedpubkey has it. root: the certificate that signs
    itself at the end of the chain, PEM: a private CA; "" where the chain ends at one that clients know.
    """

    context: ssl.SSLContext
    names: frozenset[str]
    begins: datetime
    ends: datetime
    fingerprint: str
    pin: str
    root: str


def load(pair: Pair) -> Shown:
    """What these files hold, ready to be served. Raises HostwardError that says what to mend."""
    certificate = read_certificate(pair.cert)
    _check_key(pair.key)
    return Shown(
        context=_context(pair),
        names=names_of(certificate, pair.cert),
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        fingerprint=fingerprint(certificate),
        pin=pin_of(certificate),
        root=_root(pair.cert),
    )


def read_certificate(path: Path) -> x509.Certificate:
    """The first certificate of a file. Raises HostwardError."""
    data, _ = _read(path)
    try:
        return x509.load_pem_x509_certificate(data)
    except ValueError as error:
        raise HostwardError(f"{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----): {error}") from error


def names_of(certificate: x509.Certificate, path: Path) -> frozenset[str]:
    """Host names (small letters) and addresses a certificate is for; none without that extension.

    Raises HostwardError when the extension can't be read.
    """
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    except ValueError as error:
        raise HostwardError(f"{path}: its names can't be read: {error}") from error
    hosts = (name.lower() for name in names.get_values_for_type(x509.DNSName))
    addresses = (str(address) for address in names.get_values_for_type(x509.IPAddress))
    return frozenset((*hosts, *addresses))


def covers(names: Collection[str], host: str) -> bool:
    """Whether one of the names is this host's; `*.example.org` is any one label before example.org (RFC 6125)."""
    _, dot, parent = host.partition(".")
    return host in names or (bool(dot) and f"*.{parent}" in names)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate as people compare it: AB:CD:..."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def pin_of(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate's public key in base64 (RFC 7469, section 2.4)."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def _root(path: Path) -> str:
    data, _ = _read(path)
    last = x509.load_pem_x509_certificates(data)[-1]
    return last.public_bytes(Encoding.PEM).decode() if last.issuer == last.subject else ""


Stamp = tuple[object, ...]


def stamp(pair: Pair) -> Stamp:
    """Another value whenever one of the files, its rights or what a link leads to changed."""
    return (_one_stamp(pair.cert), _one_stamp(pair.key))


def _one_stamp(path: Path) -> tuple[int, ...]:
    try:
        now = path.stat()
    except OSError:
        return ()
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)


def _check_key(path: Path) -> None:
    _, rights = _read(path)
    if S_IMODE(rights.st_mode) & OTHERS:
        raise HostwardError(f"{path} can be read by others (mode {S_IMODE(rights.st_mode):04o}): run chmod 600 {path}")
    if rights.st_uid not in (0, os.geteuid()):
        raise HostwardError(f"{path} belongs to another user (uid {rights.st_uid}): run chown {os.geteuid()} {path}")


def _read(path: Path) -> tuple[bytes, os.stat_result]:
    """A regular file's content and rights; links are followed, as those of certificate tools are."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            rights = os.fstat(fd)
            if not S_ISREG(rights.st_mode):
                raise HostwardError(f"{path} is no regular file: name a file in PEM")
            data = file.read(MAX_PEM + 1)
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        said = error.strerror if isinstance(error, OSError) else error
        raise HostwardError(f"{path} can't be read: {said}") from error
    if len(data) > MAX_PEM:
        raise HostwardError(f"{path} is larger than {MAX_PEM:,} bytes: this is no certificate or key")
    return data, rights


def _context(pair: Pair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])

    def no_passphrase() -> NoReturn:
        raise HostwardError(f"{pair.key} has a passphrase, and nobody is there to type it: store the key without one")

    try:
        context.load_cert_chain(pair.cert, pair.key, password=no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise HostwardError(f"{pair.key} is not the key of {pair.cert}: give two that belong together") from error
        raise HostwardError(f"{pair.cert} and {pair.key} can't be used: {error.reason or error}") from error
    except OSError as error:
        raise HostwardError(f"{pair.cert} and {pair.key} can't be read: {error.strerror}") from error
    return context
