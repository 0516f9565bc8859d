"""Feeds from a publisher on this machine: what is fetched, what is refused, and what goes on to count."""

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hostward.domain.errors import InvalidValue
from hostward.feeds import fetch as fetching
from hostward.feeds.table import Source, chosen, source_of
from hostward.store.memory import MemoryStore
from hostward.usecases.records import FeedHealth, FeedStatus
from hostward.usecases.vulnerabilities.feed_health import FIRST_RETRY
from hostward.wiring.feed_renewal import FOLDER, Renewed, due, is_due, renew
from receivers import Receiver, Reply, receiver

NOW = datetime(2026, 12, 1, tzinfo=UTC)
FILE = "known_exploited_vulnerabilities.json"


class StandingClock:
    """It is always NOW."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    """A store of its own."""
    with closing(MemoryStore()) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxy this machine has, the loopback is reached without it."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def kev(count: int) -> bytes:
    """A catalogue with so many entries."""
    entries = [{"cveID": f"CVE-2026-{1000 + number}"} for number in range(count)]
    return json.dumps({"catalogVersion": "1", "vulnerabilities": entries}).encode()


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def kev_source() -> Source:
    """The row of the catalogue."""
    source = source_of("kev")
    assert source is not None
    return source


def renewed(store: MemoryStore, folder: Path, mirror: str) -> Renewed:
    """Try once."""
    return renew(store, StandingClock(), kev_source(), data_dir=folder, mirror=mirror)


def health(store: MemoryStore) -> FeedHealth:
    """What is known of the tries."""
    return store.read_now(lambda uow: uow.advisories.health())[0]


def count(store: MemoryStore) -> int:
    """How many entries count."""
    return sum(status.advisories for status in store.read_now(lambda uow: uow.advisories.feeds()))


def test_a_feed_is_fetched_from_a_mirror_and_kept(store: MemoryStore, tmp_path: Path) -> None:
    """At the mirror's own path; the file stays for bundles."""
    with receiver(answer(kev(3), 'ETag: "one"')) as server:
        found = renewed(store, tmp_path, server.url("/feeds"))
    assert (found.outcome, found.said, count(store)) == ("imported", "3 advisories", 3)
    assert server.got[0].startswith(b"GET /feeds/kev/known_exploited_vulnerabilities.json HTTP/1.1\r\n")
    assert (tmp_path / FOLDER / "kev" / FILE).read_bytes() == kev(3)
    assert (health(store).checked, health(store).validator) == (NOW, 'etag "one"')


def test_what_is_the_same_is_not_sent_again(store: MemoryStore, tmp_path: Path) -> None:
    """The server is told what is here, and says that nothing changed."""
    with receiver(answer(kev(3), 'ETag: "one"'), answer(b"", status="304 Not Modified")) as server:
        renewed(store, tmp_path, server.url("/"))
        found = renewed(store, tmp_path, server.url("/"))
    assert (found.outcome, count(store)) == ("unchanged", 3)
    assert b'If-None-Match: "one"' in server.got[1].replace(b"If-none-match", b"If-None-Match")


def test_another_mirror_is_asked_for_everything(store: MemoryStore, tmp_path: Path) -> None:
    """What one server calls its content says nothing to another."""
    with receiver(answer(kev(3), 'ETag: "one"')) as one, receiver(answer(kev(3), 'ETag: "one"')) as other:
        renewed(store, tmp_path, one.url("/"))
        found = renewed(store, tmp_path, other.url("/"))
    assert (found.outcome, b"none-match" in other.got[0].lower()) == ("unchanged", False)


def gone(connection: socket.socket) -> None:
    """An answer that ends in the middle."""
    connection.sendall(answer(kev(10)[:50], length=len(kev(10))))


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (answer(b"", status="503 Busy"), "answers 503"),
        (answer(b"", status="404 Not Found"), "answers 404"),
        (answer(b"<html>Please sign in</html>"), "is not what feed kev looks like"),
        (answer(kev(10)[:-20]), "not a whole KEV catalogue"),
        (answer(kev(0)), "no advisory in it"),
        (answer(kev(2)), "2 advisories where there were 10"),
        (gone, "cut short|IncompleteRead"),
        (answer(b"", "Location: ftp://127.0.0.1/x", status="302 Found"), "not followed"),
        (answer(b"", "Location: file:///etc/passwd", status="302 Found"), "not allowed"),
        (answer(b"", "Location: /again", status="302 Found"), "redirect"),
        (b"no HTTP at all\r\n\r\n", "no HTTP|BadStatusLine|HTTP"),
    ],
    ids=["busy", "missing", "page", "damaged", "empty", "shrunk", "cut", "ftp", "file", "circle", "noise"],
)
def test_a_feed_that_can_not_be_had_keeps_its_old_data(
    store: MemoryStore, tmp_path: Path, reply: Reply, problem: str
) -> None:
    """The problem is remembered with the feed, and what was kept for bundles is still the good file."""
    with receiver(answer(kev(10), 'ETag: "good"'), reply) as server:
        renewed(store, tmp_path, server.url("/"))
        found = renewed(store, tmp_path, server.url("/"))
    assert (found.outcome, count(store)) == ("failed", 10)
    assert any(word in found.said for word in problem.split("|")), found.said
    assert (health(store).failed, health(store).failures, health(store).problem) == (NOW, 1, found.said)
    assert [path.name for path in (tmp_path / FOLDER / "kev").iterdir()] == [FILE]
    assert (tmp_path / FOLDER / "kev" / FILE).read_bytes() == kev(10)


def test_a_success_ends_the_failures(store: MemoryStore, tmp_path: Path) -> None:
    """Only the last word counts."""
    with receiver(answer(b"", status="500 No"), answer(b"", status="500 No"), answer(kev(1))) as server:
        failures = [health_after(store, tmp_path, server) for _ in range(3)]
    assert failures == [1, 2, 0]


def health_after(store: MemoryStore, folder: Path, server: Receiver) -> int:
    """How many tries in a row failed after one more."""
    renewed(store, folder, server.url("/"))
    return health(store).failures


def test_a_redirect_is_followed(store: MemoryStore, tmp_path: Path) -> None:
    """Publishers move their files."""
    with receiver(answer(b"", "Location: /moved", status="302 Found"), answer(kev(2))) as server:
        found = renewed(store, tmp_path, server.url("/"))
    assert (found.outcome, count(store)) == ("imported", 2)


def test_a_password_goes_to_its_own_host_and_into_no_message(store: MemoryStore, tmp_path: Path) -> None:
    """Neither what is remembered nor another host learns it."""
    with receiver(answer(b"", status="403 No")) as other:
        moved = answer(b"", f"Location: {other.url('/x')}", status="302 Found")
        with receiver(moved) as server:
            found = renewed(store, tmp_path, server.url("/").replace("127.0.0.1", "me:s3cr3t@127.0.0.1"))
    assert (b"Authorization: Basic " in server.got[0], b"Authorization" in other.got[0]) == (True, False)
    assert "s3cr3t" not in f"{found}{health(store)}"


def test_https_is_never_left_for_http() -> None:
    """Who stands between could else send anything."""
    request = fetching.Request("https://example.org/x")
    with pytest.raises(fetching.FeedError, match="not followed"):
        fetching._Redirects().redirect_request(request, None, 302, "", None, "http://example.org/x")  # type: ignore[arg-type]  # not looked at


def test_a_feed_without_an_address_that_stays_comes_from_a_mirror(store: MemoryStore, tmp_path: Path) -> None:
    """Without one it is said what to do."""
    source = source_of("amazon:2023")
    assert source is not None
    found = renew(store, StandingClock(), source, data_dir=tmp_path)
    assert (found.outcome, health(store).fault) == ("failed", "unreachable")
    assert "put amazon/2023/updateinfo.xml.gz into a mirror (feeds.mirror), or import the file" in found.said
    update = (
        '<updates><update from="linux-security@amazon.com" type="security"><id>A</id><references><reference '
        'id="CVE-2026-1"/></references><package name="x" version="1" release="1.amzn2023"/></update></updates>'
    )
    (tmp_path / "mirror/amazon/2023").mkdir(parents=True)
    (tmp_path / "mirror" / source.file).write_bytes(gzip.compress(update.encode()))
    found = renew(store, StandingClock(), source, data_dir=tmp_path, mirror=str(tmp_path / "mirror"))
    assert (found.outcome, found.said, count(store)) == ("imported", "1 advisories", 1)


def test_what_is_too_large_is_not_taken(store: MemoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it says so or just goes on."""
    monkeypatch.setattr(fetching, "MAX_BYTES", 100)
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5000
    with receiver(answer(kev(10)), endless) as server:
        found = [renewed(store, tmp_path, server.url("/")).outcome for _ in range(2)]
    assert (found, count(store)) == (["failed", "failed"], 0)


def test_a_mirror_may_be_a_folder(store: MemoryStore, tmp_path: Path) -> None:
    """Looked at again only when the file changed."""
    file = tmp_path / "mirror" / "kev" / FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(kev(2))
    outcomes = [renewed(store, tmp_path / "data", str(tmp_path / "mirror")).said for _ in range(2)]
    file.write_bytes(kev(3))
    outcomes.append(renewed(store, tmp_path / "data", str(tmp_path / "mirror")).said)
    assert outcomes == ["2 advisories", "not changed at its source", "3 advisories"]
    file.unlink()
    assert "No such file" in renewed(store, tmp_path / "data", str(tmp_path / "mirror")).said
    assert count(store) == 3


@pytest.mark.parametrize("mirror", ["ftp://example.org/", "https://", "http://[::1", "gopher://x/y"])
def test_a_mirror_that_is_no_web_address_is_refused(store: MemoryStore, tmp_path: Path, mirror: str) -> None:
    """Only http and https are spoken."""
    with pytest.raises(InvalidValue, match="no address to fetch from"):
        renewed(store, tmp_path, mirror)


HOUR = timedelta(hours=1)
STATUS = FeedStatus(feed="kev", advisories=1, ecosystems=(), imported=NOW, digest="")
WELL = FeedHealth(feed="kev", checked=NOW)
BAD = FeedHealth(feed="kev", checked=NOW, failed=NOW, failures=1)


@pytest.mark.parametrize(
    ("status", "known", "after", "expected"),
    [
        (None, FeedHealth(feed="kev"), timedelta(0), True),
        (STATUS, WELL, 5 * HOUR, False),
        (STATUS, WELL, 6 * HOUR, True),
        (STATUS, BAD, FIRST_RETRY / 2, False),
        (STATUS, BAD, FIRST_RETRY, True),
        (STATUS, FeedHealth(feed="kev", failed=NOW, failures=3), 3 * FIRST_RETRY, False),
        (STATUS, FeedHealth(feed="kev", failed=NOW, failures=3), 4 * FIRST_RETRY, True),
        (STATUS, FeedHealth(feed="kev", failed=NOW, failures=900), 6 * HOUR, True),
    ],
)
def test_a_feed_is_due_after_its_interval_and_sooner_after_a_failure(
    status: FeedStatus | None, known: FeedHealth, after: timedelta, *, expected: bool
) -> None:
    """Failures double the wait up to the interval."""
    assert is_due(status, known, NOW + after, 6 * HOUR) is expected


def test_only_what_is_due_is_renewed(store: MemoryStore, tmp_path: Path) -> None:
    """One that was just looked at is not."""
    with receiver(answer(kev(1))) as server:
        renewed(store, tmp_path, server.url("/"))
    assert [one.name for one in due(store, chosen(["kev", "epss"]), NOW, HOUR)] == ["epss"]


def test_feeds_are_chosen_by_name_or_by_what_it_begins_with() -> None:
    """The usual ones for no name; one that nobody has is an error."""
    assert [one.name for one in chosen(["osv:PyPI", "alpine:v3.20"])] == [
        "osv:PyPI", "alpine:v3.20:main", "alpine:v3.20:community",
    ]  # fmt: skip
    usual = {one.name for one in chosen([])}
    assert ("debian" in usual, "kev" in usual, "osv:Debian" in usual, "cve" in usual) == (True, True, False, False)
    with pytest.raises(InvalidValue, match="no feed is called osv:Nowhere"):
        chosen(["osv:Nowhere"])
