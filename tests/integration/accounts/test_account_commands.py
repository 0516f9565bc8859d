"""hostward user, key, audit and request on a data directory, without a server and beside one."""

import asyncio
import json
import re
import shlex
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hostward.cli import hostward
from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.settings import read
from hostward.store.lock import lock
from hostward.store.open import DATABASE_FILE, open_store
from hostward.usecases.accounts.first_run import first_run
from hostward.wiring import control
from hostward.wiring.control import SOCKET_FILE, Control
from hostward.wiring.local_api import LocalApi, NoHub

Run = Callable[..., str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory in which a server has run once."""
    folder = tmp_path / "data"
    with closing(open_store(folder)) as store:
        clock = SystemClock()
        store.write_now(lambda uow: first_run(uow, secret_id="AKIDfirst", secret="s3cr3t", now=clock.now()))
    return folder


def invoke(data: Path, *words: str) -> Result:
    """A command on the data directory."""
    return CliRunner().invoke(hostward, [*words, "--data", str(data)])


@pytest.fixture
def run(data: Path) -> Run:
    """A command that must succeed: its output."""

    def ran(*words: str) -> str:
        result = invoke(data, *words)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    return ran


@contextmanager
def serving(data: Path) -> Iterator[None]:
    """A server's control socket on the directory, which it holds."""
    settings = read({}, command_line={"data_dir": str(data)})
    with closing(open_store(data)) as store:
        api = LocalApi(store=store, hub=NoHub(), clock=SystemClock(), settings=settings)
        loop = asyncio.new_event_loop()
        task = loop.create_task(Control(api, data).serve())
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            while control.ask(data, "ListUsers", {}) is None:
                threading.Event().wait(0.01)
            yield
        finally:
            loop.call_soon_threadsafe(task.cancel)
            done = asyncio.run_coroutine_threadsafe(asyncio.wait([task]), loop)
            done.result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()


@pytest.fixture(params=["alone", "beside a server"])
def both(request: pytest.FixtureRequest, data: Path) -> Iterator[None]:
    """Without a server, and beside one."""
    if request.param == "alone":
        yield
        return
    with serving(data):
        yield


def test_users_are_made_and_changed(both: None, run: Run) -> None:
    """Every command says what is so now."""
    assert run("user", "add", "ann", "--role", "operator", "--tag", "env=prod") == (
        "user ann is operator, limited to machines with env=prod\n"
    )
    assert run("user", "role", "ann", "auditor") == "user ann is auditor\n"
    assert run("user", "disable", "ann") == "user ann is disabled\n"
    assert run("user", "lock", "ann") == "user ann is locked\n"
    assert run("user", "tags", "ann") == "user ann sees all machines\n"
    rows = [line.split() for line in run("user", "ls").splitlines()]
    assert rows[1:] == [
        ["admin", "administrator", "enabled", "all", "machines"],
        ["ann", "auditor", "disabled,", "locked", "all", "machines"],
    ]
    assert run("user", "enable", "ann") + run("user", "unlock", "ann") == (
        "user ann is enabled\nuser ann is not locked\n"
    )


def test_a_key_is_made_for_a_shell(both: None, run: Run) -> None:
    """Two lines that a shell reads as two variables."""
    run("user", "add", "ann", "--role", "operator")
    lines = [shlex.split(line) for line in run("key", "create", "ann", "-o", "env").splitlines()]
    assert [line[0] for line in lines] == ["export", "export"]
    values = dict(line[1].split("=", 1) for line in lines)
    assert (list(values), values["TENCENTCLOUD_SECRET_ID"][:4]) == (
        ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"], "AKID",
    )  # fmt: skip
    assert len(values["TENCENTCLOUD_SECRET_KEY"]) == 32


def test_keys_go_their_way(both: None, run: Run) -> None:
    """Made, changed over, disabled, enabled, removed."""
    run("user", "add", "ann", "--role", "operator")
    first = json.loads(run("key", "create", "ann", "-o", "json"))["SecretId"]
    said = run("key", "rotate", first, "--overlap", "60")
    second = re.search(r"SecretId   (\w+)", said)
    assert second is not None
    assert f"{first} works until" in said
    assert run("key", "disable", second[1]) == f"{second[1]} is disabled\n"
    states = {line.split()[0]: line.split()[2] for line in run("key", "ls", "ann").splitlines()[1:]}
    assert states == {first: "enabled", second[1]: "disabled"}
    assert run("key", "enable", second[1]) + run("key", "rm", first) == (
        f"{second[1]} is enabled\n{first} is removed\n"
    )
    assert [one["SecretId"] for one in json.loads(run("key", "ls", "-o", "json"))] == ["AKIDfirst", second[1]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "disable", "admin"), "left without an administrator"),
        (("user", "role", "tom", "auditor"), "there is no user tom"),
        (("user", "add", "a b", "--role", "auditor"), "is no user name"),
        (("key", "rm", "AKIDnone"), "there is no key AKIDnone"),
        (("key", "create", "tom"), "there is no user tom"),
    ],
)
def test_a_refusal_is_told_in_words(both: None, data: Path, words: tuple[str, ...], said: str) -> None:
    """As the API says it."""
    result = invoke(data, *words)
    assert isinstance(result.exception, HostwardError)
    assert said in str(result.exception)


def test_commands_are_in_the_audit_log(both: None, run: Run) -> None:
    """Under the user of the machine, and done or refused alike."""
    run("user", "add", "ann", "--role", "operator")
    (entry,) = json.loads(run("audit", "list", "-o", "json"))
    assert (entry["user"].startswith("local:"), entry["source"], entry["action"], entry["target"]) == (
        True, "cli", "CreateUser", "UserName ann",
    )  # fmt: skip
    assert entry["parameters"] == {"UserName": "ann", "Role": "operator", "Tags": []}
    assert "CreateUser" in run("audit", "list", "-n", "1")


def test_entries_of_every_account_are_listed(run: Run, data: Path) -> None:
    """Each with its account, since each account counts its own; --account shows one alone."""
    run("user", "add", "ann", "--role", "operator")
    with closing(open_store(data)) as store:
        second = store.write_now(lambda uow: uow.accounts.add_account("second"))
        (first,) = store.read_now(lambda uow: uow.audit.entries(uow.accounts.first()))
        deed = replace(first.deed, account=second, user_name="bob", at=first.deed.at + timedelta(seconds=1))
        store.write_now(lambda uow: uow.audit.append(deed))
    listed = json.loads(run("audit", "list", "-o", "json"))
    assert [(one["account"], one["number"], one["user"]) for one in listed] == [
        (second, 1, "bob"), (first.deed.account, 1, first.deed.user_name),
    ]  # fmt: skip
    heads, newest, _ = run("audit", "list").splitlines()
    assert (heads.split()[0], newest.split()[:2]) == ("ACCOUNT", [str(second), "1"])
    alone = run("audit", "list", "--account", str(second)).splitlines()
    assert (len(alone), alone[0].split()[0]) == (2, "#")


def test_a_request_is_found_by_its_id(both: None, run: Run, data: Path) -> None:
    """With all that is known of it; an unknown one is told with exit status 1."""
    run("user", "add", "ann", "--role", "operator")
    request_id = json.loads(run("audit", "list", "-o", "json"))[0]["request_id"]
    facts = json.loads(run("request", request_id, "-o", "json"))
    assert (facts["action"], facts["outcome"], facts["source"]) == ("hostward CreateUser", "answered", "cli")
    assert "UserName ann" in run("request", request_id)
    result = invoke(data, "request", "nothing")
    assert (result.exit_code, "no request nothing is known" in result.output) == (1, True)


def test_a_whole_log_is_told_with_its_head(both: None, run: Run) -> None:
    """And with that head it is told again, also when it has grown."""
    run("user", "add", "ann", "--role", "operator")
    said = run("audit", "verify")
    head = re.search(r"head (1:[0-9a-f]{64})", said)
    assert head is not None
    run("user", "lock", "ann")
    assert "account 1: 2 entries, whole" in run("audit", "verify", "--head", head[1])


EDITS = {
    "an edit": ("UPDATE audit_entry SET target = 'UserName eve' WHERE number = 2", "entry 2 was changed"),
    "an edit of the time": ("UPDATE audit_entry SET at = at + 1 WHERE number = 1", "entry 1 was changed"),
    "an edit of the outcome": ("UPDATE audit_entry SET outcome = 'X' WHERE number = 3", "entry 3 was changed"),
    "a deletion": ("DELETE FROM audit_entry WHERE number = 2", "entry 2 is missing"),
    "a deletion of the first": ("DELETE FROM audit_entry WHERE number = 1", "entry 1 is missing"),
    "a deletion of the last": ("DELETE FROM audit_entry WHERE number = 3", "entries after 2 are gone"),
    "an exchange": ("UPDATE audit_entry SET digest = previous WHERE number = 2", "entry 2 was changed"),
    "a new previous": ("UPDATE audit_entry SET previous = digest WHERE number = 2", "entry 2 does not follow"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_log_that_was_tampered_with_is_told(data: Path, run: Run, name: str) -> None:
    """Exit status 1, and which entry is the first bad one."""
    for user in ("ann", "bob", "tom"):
        run("user", "add", user, "--role", "operator")
    statement, said = EDITS[name]
    with closing(sqlite3.connect(data / DATABASE_FILE)) as database, database:
        database.execute(statement)
    result = invoke(data, "audit", "verify")
    assert (result.exit_code, said in result.output) == (1, True), result.output


def test_a_log_cut_off_with_its_head_is_told_by_a_head_kept_elsewhere(data: Path, run: Run) -> None:
    """Which nobody who edits the database can know."""
    for user in ("ann", "bob"):
        run("user", "add", user, "--role", "operator")
    head = re.search(r"head (\S+)", run("audit", "verify"))
    assert head is not None
    with closing(sqlite3.connect(data / DATABASE_FILE)) as database, database:
        (digest,) = database.execute("SELECT digest FROM audit_entry WHERE number = 1").fetchone()
        database.execute("DELETE FROM audit_entry WHERE number = 2")
        database.execute("UPDATE audit_head SET number = 1, digest = ?", (digest,))
    assert "1 entries, whole" in run("audit", "verify")
    result = invoke(data, "audit", "verify", "--head", head[1])
    assert (result.exit_code, "before entry 2 that you gave" in result.output) == (1, True)


@pytest.mark.parametrize("head", ["", "1", "1:abc", "x:" + "0" * 64])
def test_a_head_that_is_none_is_a_usage_error(data: Path, head: str) -> None:
    """Before anything is read."""
    assert invoke(data, "audit", "verify", "--head", head).exit_code == 2


@pytest.mark.parametrize("words", [("user", "ls"), ("audit", "verify"), ("audit", "list"), ("request", "x")])
def test_a_directory_in_which_nothing_is_stored_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    """And nothing is made in it."""
    result = invoke(tmp_path / "typo", *words)
    assert (isinstance(result.exception, HostwardError), (tmp_path / "typo").exists()) == (True, False)
    assert "start hostward up once" in str(result.exception)


def test_a_directory_that_another_process_holds_is_told(data: Path) -> None:
    """One that answers no calls: a feed that is being imported."""
    with lock(data):
        result = invoke(data, "user", "ls")
    assert "is in use by process" in str(result.exception)


def test_the_socket_of_a_server_that_was_killed_is_passed_over(data: Path, run: Run) -> None:
    """Nobody answers there; the next server puts its own in its place."""
    with socket.socket(socket.AF_UNIX) as left, control._at(data) as address:
        left.bind(address)
    assert "admin" in run("user", "ls")
    with serving(data):
        assert "admin" in run("user", "ls")
    assert not (data / SOCKET_FILE).exists()


def test_only_the_owner_can_open_the_socket(data: Path) -> None:
    """Whatever the umask is."""
    with serving(data):
        assert (data / SOCKET_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "line", [b"\n", b"{\n", b"[]\n", b'{"action": 1, "parameters": {}}\n', b'{"action": "ListUsers"}\n', b"x" * 100_000]
)
def test_what_is_no_call_ends_its_connection_alone(data: Path, run: Run, line: bytes) -> None:
    """The next one is answered."""
    with serving(data):
        with socket.socket(socket.AF_UNIX) as connection, control._at(data) as address:
            connection.connect(address)
            connection.sendall(line)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
        assert "admin" in run("user", "ls")


def test_a_deep_directory_has_a_socket_too(tmp_path: Path) -> None:
    """An address has 108 bytes only."""
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    with closing(open_store(deep)) as store:
        store.write_now(lambda uow: first_run(uow, secret_id="AKID1", secret="s", now=SystemClock().now()))
    with serving(deep):
        answer = control.ask(deep, "ListUsers", {})
    assert answer is not None
    assert answer["TotalCount"] == 1


def test_a_server_without_an_account_says_so(tmp_path: Path) -> None:
    """It can't be asked before its first start is over."""
    settings = read({}, command_line={"data_dir": str(tmp_path)})
    with closing(open_store(tmp_path)) as store:
        api = LocalApi(store=store, hub=NoHub(), clock=SystemClock(), settings=settings)
        with pytest.raises(HostwardError, match="no account yet"):
            asyncio.run(api.call("ListUsers", {}, by="local:root"))


def test_a_user_without_a_name_is_called_by_number() -> None:
    """As in a container."""
    assert control.user_of(4_000_000_000 % 2**31) == f"local:{4_000_000_000 % 2**31}"
