"""Certificates and keys as files: what is taken, and what is refused in words."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certificates import write_pair
from hostward.domain.errors import HostwardError
from hostward.wiring import tls_files
from hostward.wiring.tls_files import MAX_PEM, Pair, covers, load, stamp


def pair(folder: Path, *names: str, **options: object) -> Pair:
    """Two files."""
    cert, key = write_pair(folder, *names, **options)  # type: ignore[arg-type]  # passed through
    return Pair(cert=cert, key=key)


def refusal(files: Pair) -> str:
    """The words with which they are refused."""
    with pytest.raises(HostwardError) as refused:
        load(files)
    return str(refused.value)


def test_a_pair_is_loaded_with_its_names_and_times(tmp_path: Path) -> None:
    """Names in small letters, addresses in their usual form."""
    shown = load(pair(tmp_path, "Scan.Example.ORG", "192.0.2.7", "2001:db8:0::1"))
    assert shown.names == {"scan.example.org", "192.0.2.7", "2001:db8::1"}
    assert shown.begins < datetime.now(UTC) < shown.ends


def test_one_file_may_hold_both(tmp_path: Path) -> None:
    """As some tools write them."""
    files = pair(tmp_path, "a.example")
    files.key.write_bytes(files.key.read_bytes() + files.cert.read_bytes())
    assert load(Pair(cert=files.key, key=files.key)).names == {"a.example"}


def test_rsa_keys_are_taken_too(tmp_path: Path) -> None:
    """Most public certificates have one."""
    assert load(pair(tmp_path, "a.example", kind="rsa")).names == {"a.example"}


def test_old_protocols_and_weak_ciphers_are_off(tmp_path: Path) -> None:
    """TLS 1.2 with forward secrecy and authenticated encryption, or TLS 1.3."""
    context = load(pair(tmp_path, "a.example")).context
    old = [one["name"] for one in context.get_ciphers() if "GCM" not in one["name"] and "POLY1305" not in one["name"]]
    static = [one["name"] for one in context.get_ciphers() if not one["name"].startswith(("ECDHE-", "TLS_"))]
    assert (context.minimum_version, old, static) == (ssl.TLSVersion.TLSv1_2, [], [])


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o602, 0o610])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    """With the command that mends it."""
    said = refusal(pair(tmp_path, "a.example", mode=mode))
    assert (f"mode {mode:04o}" in said, "chmod 600" in said) == (True, True)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_of_the_owner_alone_is_taken(tmp_path: Path, mode: int) -> None:
    """Writable or not."""
    files = pair(tmp_path, "a.example")
    files.key.chmod(mode)
    assert load(files).names == {"a.example"}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: to give a file to another user")
def test_a_key_of_another_user_is_refused(tmp_path: Path) -> None:
    """Who owns it can read it, whatever its mode."""
    files = pair(tmp_path, "a.example")
    os.chown(files.key, 12345, 0)
    assert "uid 12345" in refusal(files)


def test_a_link_is_followed_to_the_rights_of_its_target(tmp_path: Path) -> None:
    """Certificate tools keep links to the newest files; a link's own mode says nothing."""
    files = pair(tmp_path, "a.example")
    link = tmp_path / "live.key"
    link.symlink_to(files.key)
    assert load(Pair(cert=files.cert, key=link)).names == {"a.example"}
    files.key.chmod(0o644)
    assert "mode 0644" in refusal(Pair(cert=files.cert, key=link))


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    """A server that waits at a terminal would wait for ever."""
    assert "passphrase" in refusal(pair(tmp_path, "a.example", passphrase=b"secret"))


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    """Both files are named."""
    one, other = pair(tmp_path, "a.example"), pair(tmp_path, "b.example", name="other")
    said = refusal(Pair(cert=one.cert, key=other.key))
    assert (str(one.cert) in said, str(other.key) in said, "is not the key of" in said) == (True, True, True)


@pytest.mark.parametrize("content", [b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(tmp_path: Path, content: bytes) -> None:
    """The file is named."""
    files = pair(tmp_path, "a.example")
    files.cert.write_bytes(content)
    assert f"{files.cert} holds no certificate" in refusal(files)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    """Both files are named, since the library does not tell which it was."""
    files = pair(tmp_path, "a.example")
    files.key.write_bytes(b"no PEM")
    assert "can't be used" in refusal(files)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """With the system's own words."""
    files = pair(tmp_path, "a.example")
    files.key.unlink()
    assert f"{files.key} can't be read: No such file" in refusal(files)


def test_a_fifo_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """Opening one would block for ever."""
    files = pair(tmp_path, "a.example")
    files.key.unlink()
    os.mkfifo(files.key, 0o600)
    assert "no regular file" in refusal(files)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """Named by mistake."""
    files = pair(tmp_path, "a.example")
    assert "Is a directory" in refusal(Pair(cert=tmp_path, key=files.key))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """It is not read to its end."""
    files = pair(tmp_path, "a.example")
    with files.cert.open("r+b") as file:
        file.truncate(MAX_PEM + 1)
    assert "larger than" in refusal(files)


def test_a_certificate_without_names_is_loaded(tmp_path: Path) -> None:
    """Clients refuse it; whoever serves it is warned."""
    assert load(pair(tmp_path)).names == frozenset()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a.example", True), ("b.example", False), ("x.w.example", True), ("w.example", False),
        ("x.y.w.example", False), ("192.0.2.7", True), ("192.0.2.8", False), ("", False), (".w.example", True),
    ],
)  # fmt: skip
def test_names_cover_themselves_and_a_star_covers_one_label(host: str, expected: bool) -> None:
    """As clients compare them."""
    assert covers({"a.example", "*.w.example", "192.0.2.7"}, host) is expected


def test_a_star_covers_no_name_without_a_dot() -> None:
    """`localhost` is below nothing."""
    assert covers({"*."}, "localhost") is False


def test_the_stamp_changes_with_content_rights_and_target(tmp_path: Path) -> None:
    """And only then."""
    files = pair(tmp_path, "a.example")
    link = Pair(cert=tmp_path / "live.pem", key=files.key)
    link.cert.symlink_to(files.cert)
    stamps = [stamp(link), stamp(link)]
    files.key.chmod(0o400)
    stamps.append(stamp(link))
    other = pair(tmp_path, "b.example", name="other")
    link.cert.unlink()
    link.cert.symlink_to(other.cert)
    stamps.append(stamp(link))
    other.cert.unlink()
    stamps.append(stamp(link))
    assert (stamps[0] == stamps[1], len(set(stamps))) == (True, 4)


def test_the_fingerprint_is_that_of_openssl(tmp_path: Path) -> None:
    """People compare it by eye."""
    files = pair(tmp_path, "a.example")
    der = ssl.PEM_cert_to_DER_cert(files.cert.read_text())
    shown = tls_files.fingerprint(tls_files.read_certificate(files.cert))
    assert (bytes.fromhex(shown.replace(":", "")).hex(), len(shown)) == (
        __import__("hashlib").sha256(der).hexdigest(),
        95,
    )


def test_a_time_in_a_certificate_is_aware(tmp_path: Path) -> None:
    """It is compared with the clock's."""
    assert load(pair(tmp_path, "a.example", ends=timedelta(days=3))).ends.tzinfo is UTC
