"""A certificate that changes while handshakes go on, and who looks after it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certificates import write_pair
from hostward.settings import Address, Settings, read
from hostward.wiring import tls_authority
from hostward.wiring.tls import HostNames, LiveCertificate, Tls, Watch, chosen, shown_host
from hostward.wiring.tls_files import Pair
from tls_client import shown


@dataclass
class Turned:
    """A clock that stands still until it is turned."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        """Where it stands."""
        return self.time

    def monotonic(self) -> float:
        """The same, as a number."""
        return self.time.timestamp()


@contextmanager
def answering(live: LiveCertificate) -> Iterator[int]:
    """A server that shakes hands and echoes; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def echo(raw: socket.socket) -> None:
        try:
            with live.context.wrap_socket(raw, server_side=True) as connection:
                while data := connection.recv(100):
                    connection.sendall(data)
        except (OSError, ssl.SSLError):
            raw.close()

    def serve() -> None:
        while not over.is_set():
            raw, _ = listener.accept()
            threading.Thread(target=echo, args=(raw,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    over.set()
    listener.close()


def pair(folder: Path, *names: str) -> Pair:
    """Two files."""
    cert, key = write_pair(folder, *names)
    return Pair(cert=cert, key=key)


def settings(data: Path, **variables: str) -> Settings:
    """Settings of a data directory."""
    return read({"HOSTWARD_DATA_DIR": str(data), **variables})


def test_handshakes_take_the_newest_and_open_connections_go_on(tmp_path: Path) -> None:
    """With and without a server name in the handshake."""
    files = pair(tmp_path, "localhost", "127.0.0.1")
    live = LiveCertificate(files, Turned())
    with answering(live) as port:
        trusting = ssl.create_default_context(cafile=str(files.cert))
        with socket.create_connection(("127.0.0.1", port)) as raw:
            with trusting.wrap_socket(raw, server_hostname="localhost") as connection:
                before = shown(port)
                pair(tmp_path, "localhost")
                assert (live.refresh(), live.refresh()) == (True, False)
                connection.sendall(b"still here")
                assert connection.recv(100) == b"still here"
        after = shown(port)
        renamed = ssl.create_default_context(cafile=str(files.cert))
        with socket.create_connection(("127.0.0.1", port)) as raw:
            with renamed.wrap_socket(raw, server_hostname="localhost") as connection:
                assert connection.getpeercert(binary_form=True) == after
    assert before != after


def test_each_change_is_taken_not_only_the_first(tmp_path: Path) -> None:
    """The second renewal works as the first did."""
    files = pair(tmp_path, "127.0.0.1")
    live = LiveCertificate(files, Turned())
    seen = []
    with answering(live) as port:
        for _ in range(3):
            seen.append(shown(port))
            pair(tmp_path, "127.0.0.1")
            live.refresh()
    assert len(set(seen)) == 3


@pytest.mark.parametrize("damage", ["gone", "other key", "open", "garbage"])
def test_what_can_not_be_used_changes_nothing_until_it_can(tmp_path: Path, damage: str) -> None:
    """And is taken once it is mended, a mere chmod included."""
    files = pair(tmp_path, "127.0.0.1")
    live = LiveCertificate(files, Turned())
    first = live.shown
    (tmp_path / "next").mkdir()
    new = pair(tmp_path / "next", "127.0.0.1", "b.example")
    files.cert.write_bytes(new.cert.read_bytes())
    key = new.key.read_bytes()
    if damage == "gone":
        files.key.unlink()
    elif damage == "garbage":
        files.key.write_bytes(b"-----BEGIN")
    elif damage == "open":
        files.key.write_bytes(key)
        files.key.chmod(0o644)
    assert (live.refresh(), live.shown) == (False, first)
    if damage != "open":
        files.key.write_bytes(key)
    files.key.chmod(0o600)
    assert (live.refresh(), "b.example" in live.shown.names) == (True, True)


def test_a_pair_that_is_broken_from_the_start_is_an_error(tmp_path: Path) -> None:
    """There is no old one to stay."""
    files = pair(tmp_path, "127.0.0.1")
    files.key.chmod(0o644)
    with pytest.raises(Exception, match="chmod 600"):
        LiveCertificate(files, Turned())


def test_tls_1_1_is_refused(tmp_path: Path) -> None:
    """Whatever the client is willing to do."""
    files = pair(tmp_path, "127.0.0.1")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with answering(LiveCertificate(files, Turned())) as port:
        with socket.create_connection(("127.0.0.1", port)) as raw, pytest.raises(ssl.SSLError):
            old.wrap_socket(raw)


def test_an_own_certificate_is_renewed_by_the_server_that_runs(tmp_path: Path) -> None:
    """At two thirds of its life, by the same CA, with its names; a handshake gets it at once."""
    clock = Turned()
    tls_authority.init(tmp_path / "tls", ("a.example",), clock.time)
    tls = chosen(settings(tmp_path), clock)
    assert tls is not None
    watch = Watch(tls)
    with answering(tls.live) as port:
        first = shown(port)
        clock.time += timedelta(days=59)
        watch.once()
        assert shown(port) == first
        clock.time += timedelta(days=2)
        watch.once()
        assert shown(port) != first
    assert tls.live.shown.names == {"a.example", "localhost", "127.0.0.1", "::1"}
    assert tls.live.shown.ends == (clock.time + timedelta(days=90)).replace(microsecond=0)


def test_a_renewal_that_fails_leaves_the_old_one_and_is_told_once(tmp_path: Path, capsys) -> None:
    """There are 30 days to put the key back."""
    clock = Turned()
    own = tls_authority.init(tmp_path / "tls", (), clock.time)
    tls = chosen(settings(tmp_path), clock)
    assert tls is not None
    key = (own.folder / "ca-key.pem").read_bytes()
    (own.folder / "ca-key.pem").unlink()
    clock.time += timedelta(days=61)
    watch, before = Watch(tls), tls.live.shown
    for _ in range(3):
        watch.once()
    told = capsys.readouterr()
    assert (tls.live.shown, (told.out + told.err).count("certificate not renewed")) == (before, 1)
    (own.folder / "ca-key.pem").write_bytes(key)
    watch.once()
    assert tls.live.shown != before


def test_the_watch_looks_by_itself_and_stops(tmp_path: Path) -> None:
    """In a thread that ends."""
    files = pair(tmp_path, "127.0.0.1")
    taken = threading.Event()
    clock = Turned()

    class Told(LiveCertificate):
        def refresh(self) -> bool:
            new = super().refresh()
            if new:
                taken.set()
            return new

    watch = Watch(Tls(live=Told(files, clock), clock=clock), seconds=0.01)
    watch.start()
    pair(tmp_path, "127.0.0.1")
    assert taken.wait(20)
    watch.stop()
    assert "hostward-tls" not in {thread.name for thread in threading.enumerate()}


def test_an_own_ca_is_made_fit_for_the_address_that_is_listened_on(tmp_path: Path) -> None:
    """The agent of the same process asks at that address, and checks the name."""
    clock = Turned()
    tls_authority.init(tmp_path / "tls", (), clock.time)
    tls = chosen(settings(tmp_path, HOSTWARD_LISTEN="192.0.2.7:8443"), clock)
    assert tls is not None
    assert "192.0.2.7" in tls.live.shown.names


def test_given_files_come_before_an_own_ca(tmp_path: Path) -> None:
    """Who names files means them."""
    clock = Turned()
    tls_authority.init(tmp_path / "tls", (), clock.time)
    files = pair(tmp_path, "given.example")
    given = {"HOSTWARD_TLS_CERT": str(files.cert), "HOSTWARD_TLS_KEY": str(files.key)}
    tls = chosen(settings(tmp_path, **given), clock)
    assert tls is not None
    assert (tls.live.shown.names, tls.ca_file) == ({"given.example"}, None)


def test_without_files_and_ca_there_is_no_tls_on_loopback(tmp_path: Path) -> None:
    """As on the first day."""
    assert chosen(settings(tmp_path), Turned()) is None


@pytest.mark.parametrize("address", ["0.0.0.0:1", "[::]:1", "192.0.2.7:1", "scan.example.org:1", "[2001:db8::1]:1"])
def test_an_address_others_can_reach_needs_tls(tmp_path: Path, address: str) -> None:
    """One message with both ways out, and where the address came from."""
    with pytest.raises(Exception, match="needs TLS") as refused:
        chosen(settings(tmp_path, HOSTWARD_LISTEN=address), Turned())
    said = str(refused.value)
    wanted = (address, "environment HOSTWARD_LISTEN", "hostward tls init", "--tls-cert")
    assert [word for word in wanted if word not in said] == []


@pytest.mark.parametrize(
    ("names", "bound", "configured", "expected"),
    [
        (None, "127.0.0.1", "", "127.0.0.1"),
        (("127.0.0.1", "a.example"), "127.0.0.1", "", "127.0.0.1"),
        (("a.example",), "127.0.0.1", "", "a.example"),
        (("a.example",), "127.0.0.1", "front.example", "front.example"),
        (("127.0.0.1", "a.example"), "0.0.0.0", "", "a.example"),
        (("127.0.0.1",), "0.0.0.0", "", "127.0.0.1"),
        (("::1",), "::", "", "::1"),
        (("*.example",), "192.0.2.7", "", "192.0.2.7"),
        (("192.0.2.7",), "192.0.2.7", "front.example", "192.0.2.7"),
    ],
)
def test_clients_are_told_a_host_that_the_certificate_is_for(
    tmp_path: Path, names: tuple[str, ...] | None, bound: str, configured: str, expected: str
) -> None:
    """Where there is one."""
    clock = Turned()
    tls = None if names is None else Tls(live=LiveCertificate(pair(tmp_path, *names), clock), clock=clock)
    asked = settings(tmp_path, HOSTWARD_SERVER_NAMES=configured)
    assert shown_host(asked, tls, bound) == expected


def test_names_follow_the_certificate(tmp_path: Path) -> None:
    """A renewed one may be for others; those of the settings stay."""
    clock = Turned()
    live = LiveCertificate(pair(tmp_path, "a.example", "*.w.example"), clock)
    names = HostNames(("front.example",), Tls(live=live, clock=clock))
    asked = ("a.example", "x.w.example", "front.example", "b.example", 7)
    before = [name in names for name in asked]
    pair(tmp_path, "b.example")
    live.refresh()
    assert (before, [name in names for name in asked]) == (
        [True, True, True, False, False],
        [False, False, True, True, False],
    )


def test_an_address_prints_as_it_is_written() -> None:
    """IPv6 hosts in brackets, as in a URL."""
    assert [str(Address(host=host, port=1)) for host in ("a.example", "::1")] == ["a.example:1", "[::1]:1"]
