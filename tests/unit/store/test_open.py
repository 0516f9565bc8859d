"""Opening a store, old, new, damaged or held."""

import sqlite3
import stat
from pathlib import Path

import pytest

from hostward.domain.account import ApiKey, Role
from hostward.domain.errors import DataDirectoryError
from hostward.store.open import DATABASE_FILE, open_postgresql, open_sqlite, open_store
from hostward.store.sealing import KEY_FILE
from hostward.store.store import SqlStore
from store_samples import NOW, account

NO_DATABASE = b"no database at all, but long enough to be looked at"


def add_key(store: SqlStore) -> ApiKey:
    """A new key of a new account."""
    user = store.write_now(lambda uow: uow.accounts.add_user(uow.accounts.add_account("a"), "ann", Role.OPERATOR))
    key = ApiKey(secret_id="AKID1", secret="very secret words", user=user, created=NOW)
    store.write_now(lambda uow: uow.accounts.add_key(key))
    return key


def test_a_data_directory_is_made_private(tmp_path: Path) -> None:
    """The folder, the database, its log and the key are their owner's alone."""
    folder = tmp_path / "deep" / "data"
    store = open_sqlite(folder)
    account(store)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    store.close()
    names = (DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm", KEY_FILE)
    assert modes == {"data": 0o700, **dict.fromkeys(names, 0o600)}


def test_what_was_stored_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    """Secrets too: the key file is found again."""
    store = open_sqlite(tmp_path)
    key = add_key(store)
    store.close()
    again = open_sqlite(tmp_path)
    assert again.read_now(lambda uow: uow.accounts.key("AKID1")) == key
    again.close()


def test_secrets_are_not_in_the_database(tmp_path: Path) -> None:
    """Whoever takes the file away without the key file has none of them."""
    store = open_sqlite(tmp_path)
    add_key(store)
    store.close()
    assert b"very secret words" not in (tmp_path / DATABASE_FILE).read_bytes()


def test_a_lost_key_file_is_told_of(tmp_path: Path) -> None:
    """A database of another key opens, and its secrets do not."""
    store = open_sqlite(tmp_path)
    add_key(store)
    store.close()
    (tmp_path / KEY_FILE).unlink()
    again = open_sqlite(tmp_path)
    with pytest.raises(DataDirectoryError, match=KEY_FILE):
        again.read_now(lambda uow: uow.accounts.key("AKID1"))
    again.close()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    """With its revision, and untouched."""
    open_sqlite(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE_FILE) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(DataDirectoryError, match=r"9999.*newer Hostward"):
        open_sqlite(tmp_path)


@pytest.mark.parametrize("content", [NO_DATABASE, b"SQLite format 3\0" + bytes(84)])
def test_a_damaged_database_is_told_of(tmp_path: Path, content: bytes) -> None:
    """By its name, and it is not written to."""
    (tmp_path / DATABASE_FILE).write_bytes(content)
    with pytest.raises(DataDirectoryError, match=DATABASE_FILE):
        open_sqlite(tmp_path)
    assert (tmp_path / DATABASE_FILE).read_bytes() == content


def test_a_database_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """Nothing outside of the directory is opened."""
    (tmp_path / DATABASE_FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataDirectoryError, match=DATABASE_FILE):
        open_sqlite(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_is_no_data_directory(tmp_path: Path) -> None:
    """The message names it."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataDirectoryError, match="file"):
        open_store(tmp_path / "file")


def test_a_server_holds_its_directory(tmp_path: Path) -> None:
    """A second one is refused until the first has closed."""
    first = open_store(tmp_path)
    with pytest.raises(DataDirectoryError, match="in use"):
        open_store(tmp_path)
    first.close()
    open_store(tmp_path).close()


def test_a_directory_that_failed_to_open_is_not_held(tmp_path: Path) -> None:
    """Once it is repaired it opens."""
    (tmp_path / DATABASE_FILE).write_bytes(NO_DATABASE)
    with pytest.raises(DataDirectoryError, match=DATABASE_FILE):
        open_store(tmp_path)
    (tmp_path / DATABASE_FILE).unlink()
    open_store(tmp_path).close()


def test_a_server_that_does_not_answer_is_told_of() -> None:
    """Without the password that the address may hold."""
    with pytest.raises(DataDirectoryError) as refused:
        open_postgresql("postgresql://ann:hidden@127.0.0.1:1/none", bytes(32))
    assert ("127.0.0.1:1/none" in str(refused.value), "hidden" in str(refused.value)) == (True, False)


@pytest.mark.needs("postgres")
def test_a_server_keeps_its_data_in_postgresql(tmp_path: Path, postgres_database: str) -> None:
    """The directory holds the key and the lock, and no database."""
    store = open_store(tmp_path, postgres_database)
    key = add_key(store)
    store.close()
    again = open_store(tmp_path, postgres_database)
    assert again.read_now(lambda uow: uow.accounts.key("AKID1")) == key
    again.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", KEY_FILE]
