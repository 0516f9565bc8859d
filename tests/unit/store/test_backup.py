"""store.backup and store.restore: one moment of a data directory in a file, and back; all of it or nothing."""

import hashlib
import io
import json
import os
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from hostward.domain.account import Role
from hostward.domain.errors import DataDirectoryError
from hostward.domain.ids import AccountId
from hostward.domain.module import Module
from hostward.store import migrate
from hostward.store.archive import MANIFEST
from hostward.store.backup import backup
from hostward.store.lease_jump import JUMP
from hostward.store.lock import lock
from hostward.store.open import DATABASE_FILE, RESTORING, open_sqlite, open_store
from hostward.store.restore import restore
from hostward.store.sealing import KEY_FILE
from hostward.usecases.accounts.keys import NewKey, create
from small_fleet import Fleet, finding
from store_samples import NOW

OWNER = AccountId(1)


def made(data: Path, machines: int = 6) -> None:
    """A data directory with a key, settings, a CA, and a task that half of its machines have finished."""
    with closing(open_sqlite(data)) as store:
        account = store.write_now(lambda uow: uow.accounts.add_account("default"))
        store.write_now(lambda uow: uow.accounts.add_user(account, "admin", Role.ADMINISTRATOR))
        new = NewKey(secret_id="AKIDone", secret="the secret")
        store.write_now(lambda uow: create(uow, account=account, user="admin", new=new, now=NOW))
        fleet = Fleet(store=store, account=account)
        for number in range(machines):
            fleet.add(f"m{number}")
        fleet.start()
        for machine in fleet.machines[: machines // 2]:
            fleet.finish(machine, fleet.lease(machine), finding(f"/{machine.quuid}"))
        for machine in fleet.machines[machines // 2 :]:
            fleet.lease(machine)
    (data / "hostward.toml").write_text('[api]\ntime_zone = "UTC"\n')
    (data / "tls").mkdir()
    (data / "tls" / "ca.pem").write_text("a CA")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that no test changes."""
    data = tmp_path_factory.mktemp("original") / "data"
    made(data)
    return data


@pytest.fixture(scope="module")
def archive(original: Path) -> Path:
    """A backup of it."""
    file = original.parent / "a.backup"
    backup(original, file, NOW)
    return file


def told(data: Path) -> tuple[str, int, int, int]:
    """What a directory's database holds: the key's secret, and machines of its task that are done, leased and risky."""
    with closing(open_sqlite(data)) as store:
        (key,) = store.read_now(lambda uow: uow.accounts.keys(OWNER))
        task = store.read_now(lambda uow: uow.tasks.newest(OWNER, Module.MALWARE))
        assert store.read_now(lambda uow: uow.tasks.recount(task.id)) == task.tally
        return key.secret, task.tally.ok, task.tally.leased, task.tally.risk_events


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_comes_back_whole(archive: Path, tmp_path: Path) -> None:
    """Into a directory that was not there: database, key, settings and CA, of mode 0600."""
    done = restore(archive, tmp_path / "new", NOW, replace=False)
    assert (done.tasks, done.kept, done.manifest.schema) == (1, None, migrate.HEAD)
    assert told(tmp_path / "new") == ("the secret", 3, 3, 3)
    assert (tmp_path / "new" / "hostward.toml").read_text() == '[api]\ntime_zone = "UTC"\n'
    assert (tmp_path / "new" / "tls" / "ca.pem").read_text() == "a CA"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert not (tmp_path / "new" / RESTORING).exists()


def test_a_backup_is_a_private_tar_with_a_manifest(archive: Path) -> None:
    """Tar itself can read it; the first file says what the others are."""
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as tar:
        inside = tar.getnames()
        manifest = json.loads(tar.extractfile(MANIFEST).read())
    assert inside == [MANIFEST, DATABASE_FILE, KEY_FILE, "hostward.toml", "tls/ca.pem"]
    assert [entry["name"] for entry in manifest["files"]] == inside[1:]
    assert (manifest["format"], manifest["created"]) == ("hostward-backup", "2026-12-01T02:03:04Z")
    assert names(archive.parent) == ["a.backup", "data"]


def test_a_backup_takes_no_other_files_place(original: Path, tmp_path: Path) -> None:
    """Nor that of a link that leads nowhere."""
    (tmp_path / "there").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("there", "link"):
        with pytest.raises(DataDirectoryError, match="choose a new name"):
            backup(original, tmp_path / name, NOW)
    assert (tmp_path / "there").read_text() == "mine"


def test_what_can_not_be_backed_up_is_said(original: Path, tmp_path: Path) -> None:
    """No database, no key, no folder for the file; nothing is left behind."""
    with pytest.raises(DataDirectoryError, match="there is no database"):
        backup(tmp_path, tmp_path / "x", NOW)
    made(tmp_path / "data", 1)
    (tmp_path / "data" / KEY_FILE).unlink()
    with pytest.raises(DataDirectoryError, match=KEY_FILE):
        backup(tmp_path / "data", tmp_path / "x", NOW)
    with pytest.raises(DataDirectoryError, match="No such file"):
        backup(original, tmp_path / "missing" / "x", NOW)
    assert names(tmp_path) == ["data"]


def test_a_backup_while_a_scan_runs_is_of_one_moment(tmp_path: Path) -> None:
    """Each of several, taken while machines report: its counts agree, and the scan goes on from there to its end."""
    data = tmp_path / "data"
    with closing(open_store(data)) as store:
        account = store.write_now(lambda uow: uow.accounts.add_account("default"))
        fleet = Fleet(store=store, account=account)
        for number in range(60):
            fleet.add(f"m{number}")
        task = fleet.start()
        started, stop = threading.Event(), threading.Event()

        def report() -> None:
            for machine in fleet.machines:
                fleet.finish(machine, fleet.lease(machine), finding("/a"), finding("/b"))
                started.set()
                if stop.is_set():
                    return

        reporting = threading.Thread(target=report)
        reporting.start()
        started.wait(20)
        for number in range(3):
            backup(data, tmp_path / f"{number}.backup", NOW)
        stop.set()
        reporting.join(20)
    for number in range(3):
        elsewhere = tmp_path / str(number)
        restore(tmp_path / f"{number}.backup", elsewhere, NOW, replace=False)
        finished(elsewhere, fleet, task)


def finished(data: Path, before: Fleet, task: int) -> None:
    """The server of a restored directory brings its task to the end: no result is lost or counted twice."""
    with closing(open_store(data)) as store:
        fleet = Fleet(store=store, account=before.account, now=before.now + timedelta(seconds=30))
        fleet.server_started, fleet.machines = fleet.now, before.machines
        for machine in fleet.machines:
            for job in fleet.poll(machine).jobs:
                fleet.finish(machine, job.lease, finding("/a"), finding("/b"))
        tally = fleet.task(task).tally
        assert (tally.is_done, tally.ok, tally.risk_events) == (True, 60, 120)
        assert fleet.recount(task) == tally


def test_leases_after_a_restore_are_none_that_an_agent_may_still_hold(archive: Path, tmp_path: Path) -> None:
    """Numbers given after the backup was made are never given again; leases from before it cost no attempt."""
    restore(archive, tmp_path / "new", NOW, replace=False)
    with closing(open_store(tmp_path / "new")) as store:
        assert store.write_now(lambda uow: uow.tasks.next_lease()) > JUMP


def test_data_is_never_overwritten_unasked(original: Path, archive: Path, tmp_path: Path) -> None:
    """Not a database, nor a settings file alone; --replace keeps what was there beside the new."""
    made(tmp_path / "data", 2)
    (tmp_path / "data" / "agent").mkdir()
    (tmp_path / "data" / "agent" / "agent.key").write_text("this machine")
    before = files(tmp_path / "data")
    with pytest.raises(DataDirectoryError, match="--replace"):
        restore(archive, tmp_path / "data", NOW, replace=False)
    assert files(tmp_path / "data") | {"lock": b""} == before | {"lock": b""}
    done = restore(archive, tmp_path / "data", NOW, replace=True)
    assert done.kept == tmp_path / "data.before-20261201T020304Z"
    assert files(done.kept) | {"lock": b""} == before | {"lock": b""}
    assert told(tmp_path / "data")[1] == 3
    assert (tmp_path / "data" / "agent" / "agent.key").read_text() == "this machine"
    only_settings = tmp_path / "settings"
    only_settings.mkdir()
    (only_settings / "hostward.toml").write_text("")
    with pytest.raises(DataDirectoryError, match=r"hostward\.toml.*--replace"):
        restore(archive, only_settings, NOW, replace=False)


def test_a_directory_in_use_is_not_restored_into(archive: Path, tmp_path: Path) -> None:
    """Whoever holds its lock is named."""
    (tmp_path / "data").mkdir()
    with lock(tmp_path / "data"), pytest.raises(DataDirectoryError, match=f"in use by process {os.getpid()}"):
        restore(archive, tmp_path / "data", NOW, replace=True)


def test_an_interrupted_restore_is_no_database(archive: Path, tmp_path: Path) -> None:
    """No server begins an empty one beside half-restored files; the restore can be run again."""
    (tmp_path / "data" / RESTORING).mkdir(parents=True)
    (tmp_path / "data" / KEY_FILE).write_bytes(b"half")
    with pytest.raises(DataDirectoryError, match="run hostward db restore again"):
        open_store(tmp_path / "data")
    restore(archive, tmp_path / "data", NOW, replace=False)
    assert told(tmp_path / "data")[0] == "the secret"


def test_what_killed_restores_left_is_swept_and_old_data_is_not(archive: Path, tmp_path: Path) -> None:
    """Beside the directory are folders that were never in use, and such that hold what was replaced before."""
    made(tmp_path / "data", 1)
    for name in ("data.before-0", "data.before-1/restoring", "data.before-2/agent"):
        (tmp_path / name).mkdir(parents=True)
    restore(archive, tmp_path / "data", NOW, replace=True)
    assert names(tmp_path) == ["data", "data.before-2", "data.before-20261201T020304Z"]


Change = Callable[[dict, dict[str, bytes]], None]


def forged(archive: Path, target: Path, change: Change, extra: tuple[tarfile.TarInfo, bytes] | None = None) -> Path:
    """The backup, its manifest and files changed; hashes are made anew where the file is still named."""
    with tarfile.open(archive) as tar:
        contents = {info.name: tar.extractfile(info).read() for info in tar}
    manifest = json.loads(contents.pop(MANIFEST))
    change(manifest, contents)
    for entry in manifest["files"]:
        if entry["name"] in contents:
            data = contents[entry["name"]]
            entry |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in {MANIFEST: json.dumps(manifest).encode(), **contents}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        if extra is not None:
            tar.addfile(extra[0], io.BytesIO(extra[1]))
    return target


def _set(**members: object) -> Change:
    return lambda manifest, _: manifest.update(members)


def _named(name: str) -> Change:
    """A file that no backup has, in the manifest too."""

    def change(manifest: dict, contents: dict[str, bytes]) -> None:
        manifest["files"].append({"name": name, "size": 1, "sha256": "0" * 64})
        contents[name] = b"x"

    return change


def _database(*statements: str) -> Change:
    """The database changed by these."""

    def change(_: dict, contents: dict[str, bytes]) -> None:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(contents[DATABASE_FILE])
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        contents[DATABASE_FILE] = connection.serialize()

    return change


def _without(name: str) -> Change:
    def change(manifest: dict, contents: dict[str, bytes]) -> None:
        manifest["files"] = [entry for entry in manifest["files"] if entry["name"] != name]
        del contents[name]

    return change


def _contents(**changed: bytes) -> Change:
    return lambda _, contents: contents.update({name.replace("_", "."): data for name, data in changed.items()})


HOSTILE: dict[str, tuple[Change, str]] = {
    "another format": (_set(format="zip"), "of format 'zip'"),
    "a later format": (_set(format_version=2), "this program reads"),
    "a newer schema": (_set(schema="9999"), "newer Hostward"),
    "an odd schema": (_set(schema="../x"), "newer Hostward"),
    "a member nobody knows": (_set(more=1), "manifest can't be read"),
    "no files": (_set(files=[]), "it has no hostward.db"),
    "a path upwards": (_named("../../etc/cron.d/x"), "no file of a backup"),
    "an absolute path": (_named("/etc/passwd"), "no file of a backup"),
    "another file": (_named("agent/agent.key"), "no file of a backup"),
    "a file twice": (lambda m, _: m["files"].append(dict(m["files"][0])), "names a file twice"),
    "no key": (_without(KEY_FILE), "it has no secret.key"),
    "a key too large": (_contents(secret_key=b"x" * 2000), "can't be 2000 bytes"),
    "a key of another": (_contents(secret_key=b"x" * 32), "is not the key of this database"),
    "no database": (_contents(hostward_db=b"x" * 5000), "no database of Hostward's"),
    "another schema inside": (_set(schema="0001"), "its manifest says 0001"),
    "counts that do not add up": (_database("UPDATE task SET ok = ok + 1, leased = leased - 1"), "does not add up"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_backup_that_is_not_right_changes_nothing(archive: Path, tmp_path: Path, kind: str) -> None:
    """Whatever is wrong with it: one error in words, and the data there as it was."""
    change, words = HOSTILE[kind]
    bad = forged(archive, tmp_path / "bad", change)
    data = tmp_path / "data"
    data.mkdir()
    (data / DATABASE_FILE).write_bytes(b"mine")
    with pytest.raises(DataDirectoryError, match=words):
        restore(bad, data, NOW, replace=True)
    assert (data / DATABASE_FILE).read_bytes() == b"mine"
    assert names(tmp_path) == ["bad", "data"]
    with pytest.raises(DataDirectoryError, match=words):
        restore(bad, tmp_path / "empty", NOW, replace=False)
    left = names(tmp_path / "empty") if (tmp_path / "empty").exists() else []
    assert set(left) <= {"lock"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.XHDTYPE])
def test_only_plain_files_are_taken(archive: Path, tmp_path: Path, kind: bytes) -> None:
    """No link, folder, pipe or extended header in the place of a file."""
    data = bytearray(archive.read_bytes())
    head = tarfile.TarInfo.frombuf(bytes(data[:512]), "ascii", "strict")
    place = 512 + -(-head.size // 512) * 512
    info = tarfile.TarInfo(DATABASE_FILE)
    info.type, info.linkname = kind, "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    data[place : place + 512] = info.tobuf(tarfile.GNU_FORMAT)
    (tmp_path / "bad").write_bytes(data)
    with pytest.raises(DataDirectoryError, match="no plain file"):
        restore(tmp_path / "bad", tmp_path / "data", NOW, replace=False)


@pytest.mark.parametrize("where", [0, 100, 600, 3000, -600, -1])
def test_a_backup_that_was_cut_or_altered_is_refused(archive: Path, tmp_path: Path, where: int) -> None:
    """Anywhere: its end is part of it, and every byte of a file is hashed."""
    whole = archive.read_bytes()
    (tmp_path / "cut").write_bytes(whole[:where])
    with pytest.raises(DataDirectoryError, match="nothing was changed"):
        restore(tmp_path / "cut", tmp_path / "data", NOW, replace=False)
    altered = bytearray(whole)
    altered[len(whole) // 2] ^= 1
    (tmp_path / "altered").write_bytes(altered)
    with pytest.raises(DataDirectoryError, match="is damaged"):
        restore(tmp_path / "altered", tmp_path / "data", NOW, replace=False)


def test_nothing_may_follow_the_last_file(archive: Path, tmp_path: Path) -> None:
    """A file that the manifest does not name is not passed over."""
    info = tarfile.TarInfo("more")
    info.size = 1
    bad = forged(archive, tmp_path / "bad", lambda *_: None, extra=(info, b"x"))
    with pytest.raises(DataDirectoryError, match="more in it"):
        restore(bad, tmp_path / "data", NOW, replace=False)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """By its name; no directory is made for it."""
    with pytest.raises(DataDirectoryError, match="nothing: No such file"):
        restore(tmp_path / "nothing", tmp_path / "data", NOW, replace=False)
    assert not (tmp_path / "data").exists()


def test_a_directory_that_can_not_be_exchanged_is_left_alone(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a mount point: the message says what to do instead."""
    made(tmp_path / "data", 1)
    before = files(tmp_path / "data")

    class NoLibrary:
        """A C library that knows no renameat2."""

    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: NoLibrary())
    with pytest.raises(DataDirectoryError, match="can't be replaced in one step"):
        restore(archive, tmp_path / "data", NOW, replace=True)
    assert files(tmp_path / "data") | {"lock": b""} == before | {"lock": b""}
    assert names(tmp_path) == ["data"]
