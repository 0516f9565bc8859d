"""hostward feed: update, import, status, export, on a data directory of its own and beside a server."""

import asyncio
import base64
import json
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.cli import hostward
from hostward.runtime.clock import SystemClock
from hostward.settings import read
from hostward.store.open import open_store
from hostward.wiring import feed_bundle
from hostward.wiring.control import SOCKET_FILE, Control
from hostward.wiring.feed_desk import VERB
from hostward.wiring.feed_updater import FeedUpdater
from hostward.wiring.local_api import LocalApi, NoHub

KEV_FILE = "kev/known_exploited_vulnerabilities.json"
EPSS_FILE = "epss/epss_scores-current.csv.gz"

Run = Callable[..., Result]


def kev(count: int) -> bytes:
    """A catalogue with so many entries."""
    entries = [{"cveID": f"CVE-2026-{1000 + number}"} for number in range(count)]
    return json.dumps({"catalogVersion": "1", "vulnerabilities": entries}).encode()


def epss(count: int) -> bytes:
    """Scores of so many vulnerabilities."""
    lines = [f"CVE-2026-{1000 + number},0.5,0.9" for number in range(count)]
    return "\n".join(["cve,epss,percentile", *lines]).encode()


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A folder that feeds are fetched from."""
    folder = tmp_path / "mirror"
    for name, content in ((KEV_FILE, kev(10)), (EPSS_FILE, epss(5))):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory that nothing was done with."""
    return tmp_path / "data"


def run(data: Path, *words: object) -> Result:
    """Hostward feed with these words."""
    return CliRunner().invoke(hostward, ["feed", *map(str, words), "--data", str(data)])


def states(data: Path) -> dict[str, dict[str, object]]:
    """What status says, by feed."""
    return {row["feed"]: row for row in json.loads(run(data, "status", "-o", "json").stdout)}


def updated(data: Path, mirror: Path) -> Result:
    """Renew the two feeds that the mirror has."""
    return run(data, "update", "kev", "epss", "--mirror", mirror)


def test_feeds_are_updated_and_shown(data: Path, mirror: Path) -> None:
    """A second time nothing changed."""
    assert updated(data, mirror).stdout == "kev: 10 advisories\nepss: 5 advisories\n"
    assert updated(data, mirror).stdout == "kev: not changed at its source\nepss: not changed at its source\n"
    shown = run(data, "status")
    assert (shown.exit_code, re.findall(r"^(\w+) +(\w+) +(\d+)", shown.stdout, re.MULTILINE)) == (
        0, [("epss", "current", "5"), ("kev", "current", "10")],
    )  # fmt: skip


def test_a_broken_feed_degrades_itself_alone(data: Path, mirror: Path) -> None:
    """The others are renewed; status says so and exits with 1."""
    updated(data, mirror)
    (mirror / KEV_FILE).write_bytes(b"<html>")
    (mirror / EPSS_FILE).write_bytes(epss(6))
    found = updated(data, mirror)
    assert (found.exit_code, found.stdout) == (1, "epss: 6 advisories\n")
    assert "error: kev: " in found.stderr
    assert run(data, "status").exit_code == 1
    rows = states(data)
    assert [(rows[name]["state"], rows[name]["advisories"]) for name in ("kev", "epss")] == [
        ("failing", 10), ("current", 6),
    ]  # fmt: skip
    assert "is not what feed kev looks like" in str(rows["kev"]["problem"])


def test_a_name_that_no_feed_has_is_one_clear_error(data: Path) -> None:
    """Nothing is fetched."""
    found = run(data, "update", "osv:Nowhere")
    assert (found.exit_code, "no feed is called" in f"{found.exception}{found.output}") == (1, True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A data directory, a bundle of what was fetched there, and the key that it is signed with."""
    data = tmp_path_factory.mktemp("made") / "data"
    # What a mirror in a folder holds is not copied; a bundle has what was fetched.
    for name, content in ((KEV_FILE, kev(10)), (EPSS_FILE, epss(5))):
        (data / "feeds" / name).parent.mkdir(parents=True)
        (data / "feeds" / name).write_bytes(content)
    updated(data, data / "feeds")
    file = data.with_name("feeds.zip")
    said = run(data, "export", file)
    assert said.exit_code == 0, said.output
    key = re.search(r"--key (\S+)", said.stdout)
    assert key is not None
    return data, file, key[1]


@pytest.fixture
def bundle(made: tuple[Path, Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy of the bundle, and its key."""
    shutil.copyfile(made[1], tmp_path / "feeds.zip")
    return tmp_path / "feeds.zip", made[2]


def test_a_bundle_brings_feeds_to_a_machine_without_internet(
    made: tuple[Path, Path, str], bundle: tuple[Path, str], tmp_path: Path
) -> None:
    """As current as they were where it was made."""
    file, key = bundle
    found = run(tmp_path / "other", "import", file, "--key", key)
    assert (found.exit_code, found.stdout) == (0, "epss: 5 advisories\nkev: 10 advisories\n")
    ours, theirs = states(made[0]), states(tmp_path / "other")
    assert theirs["kev"]["current_at"] == ours["kev"]["current_at"]
    assert list((tmp_path / "other").glob(".bundle-*")) == []


def test_a_key_may_be_trusted_by_a_setting(bundle: tuple[Path, str], tmp_path: Path) -> None:
    """So that a machine can be fed without a hand."""
    file, key = bundle
    other = tmp_path / "other"
    other.mkdir()
    (other / "hostward.toml").write_text(f'[feeds]\ntrusted_keys = "{key}"\n')
    assert run(other, "import", file).exit_code == 0


STRANGER = base64.b64encode(Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()).decode()


@pytest.mark.parametrize(
    ("keys", "problem"),
    [((), "no key is trusted"), ((STRANGER,), "not signed by a trusted key"), (("abc",), "is no public key")],
    ids=["none", "a stranger's", "no key"],
)
def test_a_bundle_without_a_trusted_signature_is_refused(
    bundle: tuple[Path, str], tmp_path: Path, keys: tuple[str, ...], problem: str
) -> None:
    """Nothing of it is imported."""
    words = [word for key in keys for word in ("--key", key)]
    found = run(tmp_path / "other", "import", bundle[0], *words)
    assert (found.exit_code, problem in f"{found.output}{found.exception}") == (1, True)
    assert list((tmp_path / "other").glob(".bundle-*")) == []
    with closing(open_store(tmp_path / "other")) as store:
        assert store.read_now(lambda uow: uow.advisories.feeds()) == []


def changed(file: Path, **replaced: bytes) -> Path:
    """The bundle with other content in some of its members."""
    other = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, replaced.get(name.replace(".", "_"), old.read(name)))
    return other


@pytest.mark.parametrize(
    "replaced",
    [{"kev": kev(11)}, {"kev": b""}, {"feeds_json": b"{}"}, {"feeds_sig": bytes(64)}, {"feeds_sig": b"x"}],
    ids=["another file", "empty file", "another list", "another signature", "short signature"],
)
def test_a_bundle_that_was_changed_is_refused(
    bundle: tuple[Path, str], tmp_path: Path, replaced: dict[str, bytes]
) -> None:
    """Whatever was changed in it."""
    file, key = bundle
    found = run(tmp_path / "other", "import", changed(file, **replaced), "--key", key)
    assert found.exit_code == 1
    assert re.search("not what was signed|was changed", found.output), found.output
    assert "kev" not in states(tmp_path / "other")


def test_a_bundle_that_was_cut_off_is_refused(bundle: tuple[Path, str], tmp_path: Path) -> None:
    """A copy that broke off."""
    file, key = bundle
    file.write_bytes(file.read_bytes()[:-50])
    assert run(tmp_path / "other", "import", file, "--key", key).exit_code == 1


def test_a_bundle_takes_no_other_files_place(made: tuple[Path, Path, str]) -> None:
    """A name that is there is an error; the private key is its owner's."""
    data = made[0]
    found = run(data, "export", made[1])
    assert (found.exit_code, "choose a new name" in str(found.exception)) == (1, True), found.exception
    assert (data / feed_bundle.KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_without_fetched_feeds_there_is_no_bundle(data: Path, tmp_path: Path) -> None:
    """It says what to do first."""
    with closing(open_store(data)):
        pass
    found = run(data, "export", tmp_path / "x.zip")
    assert (found.exit_code, "hostward feed update" in f"{found.output}{found.exception}") == (1, True)


@contextmanager
def serving(data: Path) -> Iterator[None]:
    """A server's control socket on the directory, which it holds."""
    started, loop = threading.Event(), asyncio.new_event_loop()
    settings, clock = read(command_line={"data_dir": str(data)}), SystemClock()

    async def serve(task: list["asyncio.Task[None]"]) -> None:
        store = open_store(data)
        updater = FeedUpdater(store=store, clock=clock, settings=settings, changed=store.pulse.beat)
        api = LocalApi(store=store, hub=NoHub(), clock=clock, settings=settings)
        task.append(asyncio.create_task(Control(api, data, {VERB: updater.asked}).serve()))
        while not (data / SOCKET_FILE).exists():  # noqa: ASYNC110  # the socket tells nobody that it is there
            await asyncio.sleep(0.01)
        started.set()
        try:
            await task[0]
        except asyncio.CancelledError:
            store.close()

    tasks: list[asyncio.Task[None]] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(tasks)))
    thread.start()
    try:
        assert started.wait(30)
        yield
    finally:
        loop.call_soon_threadsafe(tasks[0].cancel)
        thread.join(30)
        loop.close()


def test_a_running_server_does_it_itself(data: Path, mirror: Path, tmp_path: Path) -> None:
    """It holds the directory; its answer is what the command says."""
    file = tmp_path / "kev.json"
    file.write_bytes(kev(10))
    with serving(data):
        assert updated(data, mirror).stdout == "kev: 10 advisories\nepss: 5 advisories\n"
        broken = run(data, "import", file, tmp_path / "missing")
        assert (broken.exit_code, broken.stdout) == (1, "kev: 10 advisories\n")
        assert run(data, "update", "nothing").exit_code == 1


def test_the_server_renews_what_is_due(data: Path, mirror: Path) -> None:
    """By the settings' names and mirror; what it just did is not due."""
    data.mkdir()
    (data / "hostward.toml").write_text(f'[feeds]\nupdate_hours = 6\nnames = "kev, epss"\nmirror = "{mirror}"\n')
    settings = read(command_line={"data_dir": str(data)})
    with closing(open_store(data)) as store:
        updater = FeedUpdater(store=store, clock=SystemClock(), settings=settings, changed=store.pulse.beat)
        asyncio.run(updater.tick())
        first = store.read_now(lambda uow: uow.advisories.health())
        (mirror / KEV_FILE).unlink()
        asyncio.run(updater.tick())
        second = store.read_now(lambda uow: uow.advisories.health())
    assert ([one.feed for one in first], second) == (["epss", "kev"], first)
