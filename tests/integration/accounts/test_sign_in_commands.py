"""hostward user passwd, link and totp on a data directory, without a server and beside one."""

import asyncio
import os
import pty
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hostward.cli import hostward
from hostward.domain.credential import Credential
from hostward.runtime.clock import SystemClock
from hostward.store.open import open_store
from hostward.store.passwords import Passwords
from hostward.usecases.accounts import sign_in
from hostward.usecases.accounts.first_run import first_run

PASSWORD = "correct horse battery"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory in which a server has run once."""
    folder = tmp_path / "data"
    with closing(open_store(folder)) as store:
        now = SystemClock().now()
        store.write_now(lambda uow: first_run(uow, secret_id="AKIDfirst", secret="s3cr3t", now=now))
    return folder


def invoke(data: Path, *words: str, text: str | None = None) -> Result:
    """A command on the data directory. text: its standard input."""
    return CliRunner().invoke(hostward, [*words, "--data", str(data)], input=text)


def stored(data: Path) -> Credential:
    """What is stored of the administrator."""
    with closing(open_store(data)) as store:
        return store.read_now(lambda uow: uow.credentials.of(uow.accounts.users(1)[0].id))


def matches(data: Path, password: str) -> bool:
    """Whether it is the administrator's password."""
    with closing(Passwords()) as passwords:
        return asyncio.run(passwords.matches(stored(data).password, password))


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_a_password_comes_from_standard_input(data: Path, ending: str) -> None:
    """The line without its end."""
    result = invoke(data, "user", "passwd", "admin", "--stdin", text=PASSWORD + ending)
    assert (result.exit_code, PASSWORD in result.output) == (0, False)
    assert matches(data, PASSWORD)


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        (("admin", "--stdin"), "short\n", "12 to 1024 characters"),
        (("admin", "--stdin"), "", "12 to 1024 characters"),
        (("tom", "--stdin"), PASSWORD, "there is no user tom"),
        (("admin",), PASSWORD, "--stdin"),
    ],
)
def test_a_password_that_can_not_be_set_is_told_why(data: Path, words: tuple, text: str, said: str) -> None:
    """And nothing is changed."""
    result = invoke(data, "user", "passwd", *words, text=text)
    assert result.exit_code != 0
    assert said in result.output + str(result.exception)
    assert stored(data).password == ""


def test_a_terminal_is_asked_twice_and_shows_nothing(data: Path) -> None:
    """Two different ones are asked for again."""
    main, other = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOSTWARD_")}
    command = [sys.executable, "-m", "hostward", "user", "passwd", "admin", "--data", str(data)]
    process = subprocess.Popen(
        command, stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True
    )
    os.close(other)
    shown = b""
    for prompt, answer in (
        (b"admin: ", PASSWORD),
        (b"Again: ", "other"),
        (b"admin: ", PASSWORD),
        (b"Again: ", PASSWORD),
    ):
        shown = b""
        while not shown.endswith(prompt):
            shown += os.read(main, 1)
        os.write(main, answer.encode() + b"\n")
    rest = b""
    try:
        while chunk := os.read(main, 1024):
            rest += chunk
    except OSError:  # the other end is closed
        pass
    assert process.wait(20) == 0, rest
    os.close(main)
    assert (PASSWORD.encode() in shown + rest, matches(data, PASSWORD)) == (False, True)


def test_a_link_signs_in_once(data: Path) -> None:
    """As it was printed."""
    result = invoke(data, "user", "link", "admin")
    found = re.match(r"http://127\.0\.0\.1:8420/login#t=(\S{40,}) ", result.output)
    assert (result.exit_code, found is not None) == (0, True), result.output
    assert found is not None
    browser = sign_in.Browser(source="", user_agent="", id="s", token="t", csrf="c")
    now = SystemClock().now()
    with closing(open_store(data)) as store:
        session = store.write_now(lambda uow: sign_in.by_link(uow, token=found[1], browser=browser, now=now))
        assert session.user.name == "admin"
        with pytest.raises(sign_in.Refused):
            store.write_now(lambda uow: sign_in.by_link(uow, token=found[1], browser=browser, now=now))


@pytest.mark.parametrize(
    ("url", "begin", "code"),
    [("https://scan.example.org/", "https://scan.example.org/login#t=", 0), ("scan.example.org", "Usage:", 2)],
)
def test_a_link_stands_behind_the_address_that_was_named(data: Path, url: str, begin: str, code: int) -> None:
    """What is no address is refused before a link is made."""
    result = invoke(data, "user", "link", "admin", "--url", url)
    assert (result.exit_code, result.output.startswith(begin)) == (code, True), result.output


def test_a_link_without_an_address_says_so(data: Path) -> None:
    """No port and no name: nothing is made up."""
    (data / "hostward.toml").write_text('listen = "127.0.0.1:0"\n')
    result = invoke(data, "user", "link", "admin")
    assert (result.output.startswith("/login#t="), "Put the address of the console before it" in result.output) == (
        True,
        True,
    )


def test_one_time_codes_are_turned_off(data: Path) -> None:
    """For who has lost the device; turning them on is not for others to do."""
    with closing(open_store(data)) as store:
        user = store.read_now(lambda uow: uow.accounts.users(1)[0])
        store.write_now(lambda uow: uow.credentials.put(user, Credential(totp=b"secret", totp_on=True)))
    assert invoke(data, "user", "totp", "admin").exit_code == 2
    assert stored(data).needs_code
    result = invoke(data, "user", "totp", "admin", "--off")
    assert (result.exit_code, result.output) == (0, "user admin signs in with the password alone\n")
    assert not stored(data).needs_code


def test_commands_leave_entries_without_the_password(data: Path) -> None:
    """Under the name of the user of this machine."""
    invoke(data, "user", "passwd", "admin", "--stdin", text=PASSWORD)
    invoke(data, "user", "link", "admin")
    with closing(open_store(data)) as store:
        deeds = [one.deed for one in store.read_now(lambda uow: list(uow.audit.entries(1)))]
    assert [(one.action, one.target, one.source) for one in deeds] == [
        ("SetUserPassword", "UserName admin", "cli"),
        ("CreateLoginLink", "UserName admin", "cli"),
    ]
    assert PASSWORD not in str(deeds)
