"""The command line itself."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from hostward.cli import COMMANDS, hostward


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a user types it."""
    return subprocess.run(
        [sys.executable, "-m", "hostward", *arguments], capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def test_help_names_every_command():
    """From the table."""
    shown = run("--help")
    assert shown.returncode == 0
    assert all(f"  {name}" in shown.stdout for name in COMMANDS)


def test_version_is_one_line():
    """Before anything is imported."""
    assert run("--version").stdout.startswith("hostward ")


def test_help_imports_no_server():
    """Nobody waits for a database library to read help."""
    code = (
        "import sys; sys.argv = ['hostward', '--help']\n"
        "from hostward.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "assert not {'sqlalchemy', 'uvicorn', 'rich', 'structlog'} & set(sys.modules), set(sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_an_agent_s_command_imports_no_server():
    """What a host installs has no database library at all."""
    code = (
        "import sys, hostward.cli.agent; sys.exit(bool({'sqlalchemy', 'uvicorn', 'hostward.store'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_command_is_a_usage_error():
    """Exit 2."""
    assert run("nonsense").returncode == 2


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_of_the_table_exists(name: str):
    """Its help can be shown."""
    assert run(name, "--help").returncode == 0


def test_a_name_that_is_not_in_the_table_is_no_command():
    """No module is imported by a name a user gives."""
    assert hostward.get_command(None, "os") is None  # type: ignore[arg-type]  # no context is looked at


def test_ctrl_c_anywhere_is_130_and_one_word(monkeypatch: pytest.MonkeyPatch):
    """Also in a command that does not catch it itself: click alone would say 1, as for a failure."""

    def interrupted(_self: click.Command, _ctx: click.Context) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Command, "invoke", interrupted)
    ended = CliRunner().invoke(hostward, ["feed", "import", "x"])
    assert (ended.exit_code, ended.stderr) == (130, "stopped\n")


def test_a_known_trouble_is_one_line(tmp_path):
    """No traceback for what a user can mend."""
    file = tmp_path / "file"
    file.write_text("")
    shown = run("feed", "import", "--data", str(file), "x")
    assert (shown.returncode, shown.stderr.count("\n")) == (1, 1)
    assert shown.stderr.startswith("error: ")
