"""The configuration of an agent on a host of its own, and what it leaves for `agent status`."""

import fcntl
import os
from pathlib import Path
from threading import Timer

import pytest

from hostward.agent import config
from hostward.agent import events as on
from hostward.agent.events import Trouble
from hostward.agent.status import LOCK_FILE, STATUS_FILE, Reporter, Status, held, is_running, look
from hostward.domain.errors import HostwardError, InvalidValue
from hostward.protocol.job import Work
from hostward.runtime.clock import SystemClock


def test_a_configuration_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """With the CA and the proxy; a slash at the end of the server's address is nothing."""
    written = config.write(
        tmp_path / "etc", server="https://scan.example:8420/", data=tmp_path, ca=b"PEM", proxy="http://p:3128"
    )
    assert config.read(tmp_path / "etc") == written
    assert (written.server, written.ca_file) == ("https://scan.example:8420", tmp_path / "etc/ca.pem")
    assert written.environ({"A": "b"}) == {"A": "b", "https_proxy": "http://p:3128"}


@pytest.mark.parametrize("server", ["http://scan.example:8420", "scan.example", "ftp://scan.example"])
def test_a_server_that_is_not_to_be_spoken_to_is_refused(tmp_path: Path, server: str) -> None:
    """Plain HTTP serves this machine alone."""
    with pytest.raises(InvalidValue):
        config.write(tmp_path, server=server, data=tmp_path)


@pytest.mark.parametrize("text", ["", "{}", '{"server": 1}', '{"server": "https://a", "colour": "red"}'])
def test_a_configuration_that_can_not_be_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name."""
    (tmp_path / "agent.json").write_text(text)
    with pytest.raises(HostwardError, match=r"agent\.json"):
        config.read(tmp_path)


def test_without_a_configuration_people_are_told_what_to_do(tmp_path: Path) -> None:
    """The line that installs."""
    with pytest.raises(HostwardError, match="hostward machine enroll"):
        config.read(tmp_path)


def reporter(folder: Path) -> Reporter:
    """Of an agent that just started."""
    status = Status(pid=1, version="0.1.0", server="https://s", started=1.0)
    return Reporter(folder / STATUS_FILE, status, SystemClock())


def test_trouble_is_told_until_the_server_answers(tmp_path: Path) -> None:
    """And the time of the last answer from then on."""
    told = reporter(tmp_path)
    seen = [look(tmp_path)]
    for event in (
        on.Failed(request=1, trouble=Trouble.NETWORK, message="no route"),
        on.SessionOpened(request=2, expires_in=1, hold=1, heartbeat=1),
        on.WorkCame(request=3, work=Work(generation=1)),
        on.Failed(request=4, trouble=Trouble.NETWORK, message="no route"),
    ):
        told.take(event)
        seen.append(look(tmp_path))
    assert [each.status and each.status.trouble for each in seen] == ["", "no route", "", "", "no route"]
    assert [each.answered > 0 for each in seen] == [False, False, True, True, True]


def test_a_quiet_poll_writes_nothing(tmp_path: Path) -> None:
    """Only the file's time moves: an agent at rest does not wear a disk out."""
    told = reporter(tmp_path)
    told.take(on.SessionOpened(request=1, expires_in=1, hold=1, heartbeat=1))
    before = (tmp_path / STATUS_FILE).stat()
    told.take(on.WorkCame(request=2, work=Work(generation=1)))
    after = (tmp_path / STATUS_FILE).stat()
    assert (after.st_ino, after.st_mtime_ns > before.st_mtime_ns) == (before.st_ino, True)


def test_two_agents_never_share_a_folder(tmp_path: Path) -> None:
    """The second is told; when the first is gone the folder is free."""
    with held(tmp_path):
        assert is_running(tmp_path)
        with pytest.raises(HostwardError, match="already"), held(tmp_path):
            pass
    assert not is_running(tmp_path)


def test_who_looks_whether_an_agent_runs_keeps_none_from_starting(tmp_path: Path) -> None:
    """A look has the lock for a moment; an agent that starts just then waits for it to be over."""
    (tmp_path / LOCK_FILE).touch()
    looking = os.open(tmp_path / LOCK_FILE, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    over = Timer(0.1, os.close, [looking])
    over.start()
    with held(tmp_path):
        assert is_running(tmp_path)
    over.join()


def test_a_folder_without_an_agent_is_described(tmp_path: Path) -> None:
    """Nothing runs, nothing is enrolled."""
    seen = look(tmp_path)
    assert (seen.is_running, seen.names, seen.status, seen.answered, seen.spooled, seen.has_token) == (
        False, None, None, 0.0, 0, False,
    )  # fmt: skip
