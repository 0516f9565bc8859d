"""The private apt: what its configuration says, and what is told of its problems."""

import shutil
import subprocess
from pathlib import Path

import pytest

from hostward.scanners.vul import apt, child

needs_apt = pytest.mark.skipif(
    shutil.which("apt-get", path=child.PATH) is None or shutil.which("dpkg-deb", path=child.PATH) is None,
    reason="apt-get and dpkg-deb are not installed",
)


def effective(private: apt.Apt) -> dict[str, str]:
    """The configuration that apt has with ours on top, name -> value."""
    argv = ["apt-config", "-c", str(private.home / "hostward.conf"), "dump"]
    dump = subprocess.run(argv, capture_output=True, text=True, env=child.environment(private.home), check=True)
    lines = [line.rstrip(";").partition(" ") for line in dump.stdout.splitlines()]
    return {name: value.strip('"') for name, _, value in lines}


@needs_apt
def test_everything_that_is_written_lies_in_the_private_folder(tmp_path: Path) -> None:
    """Lists, caches, state and logs; the machine's own are never touched."""
    found = effective(apt.prepare(tmp_path / "apt"))
    names = ["Dir::State", "Dir::State::lists", "Dir::State::status", "Dir::Cache", "Dir::Cache::archives", "Dir::Log"]
    assert [name for name in names if not found[name].startswith(str(tmp_path))] == []
    assert found["Dir::Cache::pkgcache"].startswith(str(tmp_path))


@needs_apt
def test_hooks_of_the_machine_are_cleared(tmp_path: Path) -> None:
    """Whatever the machine runs around an update or an installation is not run here."""
    private = apt.prepare(tmp_path / "apt")
    config = private.home / "hostward.conf"
    hooks = "".join(f'{hook} {{ "evil"; }};\n' for hook in apt.HOOKS)
    config.write_text(hooks)
    assert "evil" in effective(private).values()
    apt.prepare(tmp_path / "apt")
    config.write_text(hooks + config.read_text())
    assert "evil" not in effective(private).values()


@needs_apt
def test_nothing_but_package_lists_is_fetched(tmp_path: Path) -> None:
    """No translations, no sources, no contents."""
    found = effective(apt.prepare(tmp_path / "apt"))
    assert found["Acquire::Languages::"] == "none"
    assert found["Acquire::IndexTargets::deb-src::Sources::DefaultEnabled"] == "false"
    assert found["Acquire::GzipIndexes"] == "false"


@needs_apt
def test_the_machines_sources_are_asked_for_the_machine(tmp_path: Path) -> None:
    """Its own sources and keys stay in force."""
    found = effective(apt.prepare(tmp_path / "apt"))
    assert found["Dir::Etc::sourceparts"] == "sources.list.d"


@needs_apt
def test_another_root_brings_its_sources_and_this_machine_none(tmp_path: Path) -> None:
    """Neither sources nor keys nor credentials of this machine are mixed in."""
    found = effective(apt.prepare(tmp_path / "apt", other_arch="arm64"))
    names = ["sourceparts", "trusted", "netrc", "netrcparts"]
    assert {found[f"Dir::Etc::{name}"] for name in names} == {"/dev/null"}
    assert found["Dir::Etc::sourcelist"] == f"{tmp_path}/apt/sources/hostward.sources"
    assert found["APT::Architecture"] == "arm64"


@needs_apt
def test_a_folder_name_that_apt_could_misread_is_refused(tmp_path: Path) -> None:
    """Nothing is quoted, so nothing may need it."""
    with pytest.raises(apt.Unusable, match="scratch folder"):
        apt.prepare(tmp_path / 'a"; evil')


def test_a_machine_without_apt_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason names what is missing."""
    monkeypatch.setattr(child, "PATH", str(tmp_path))
    with pytest.raises(apt.Unusable, match="apt-get and dpkg-deb are not installed"):
        apt.prepare(tmp_path / "apt")


def test_package_names_are_never_options() -> None:
    """They stand behind the end of the options."""
    command = apt.Apt(home=Path("/x")).download(["-oEvil=1"])
    assert command.index("--") < command.index("-oEvil=1")


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("Get:1 x\nReading package lists...\n", ""),
        ("W: a warning\nE: the error\n", "E: the error"),
        ("Hit:1 x\nErr:2 http://x y\n", "Err:2 http://x y"),
        ("W: Failed to fetch http://me:secret@x.example/d  no\n", "W: Failed to fetch http://x.example/d  no"),
        ("E: " + "x" * 1000, "E: " + "x" * 297),
    ],
)
def test_the_first_problem_is_told_without_credentials(output: str, expected: str) -> None:
    """An error before a warning, one short line."""
    assert apt.problem(output) == expected
