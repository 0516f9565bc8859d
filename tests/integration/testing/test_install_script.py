"""scripts/install.sh on machines that lack something, with a Python that only pretends."""

import shutil
import subprocess
from pathlib import Path

import pytest

from source_tree import ROOT

TOOLS = ("sh", "cat", "cksum", "dirname", "find", "grep", "head", "mkdir", "printf", "rm", "sort", "tail", "xargs")
FAKE_PYTHON = """#!/bin/sh
# Answers what install.sh asks of an interpreter. FAKE_LACKS and FAKE_PIP say what goes wrong.
case "$*" in
  *sys.exit*) [ "$FAKE_LACKS" != version ] ;;
  *ensurepip*) [ "$FAKE_LACKS" != ensurepip ] ;;
  *%d.%d*) echo 3.12 ;;
  "-m venv "*) mkdir -p "$3/bin" && cat "$0" >"$3/bin/python" && chmod 755 "$3/bin/python" ;;
  "-m pip "*) echo "pip $*" >>calls; if [ -n "$FAKE_PIP" ]; then echo "$FAKE_PIP"; exit 1; fi ;;
esac
"""


class Checkout:
    """A copy of what install.sh works on, and a machine with a few tools and that Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.tools = folder / "tools"
        for part in ("scripts", "requirements"):
            shutil.copytree(ROOT / part, self.folder / part)
        (self.folder / "src" / "hostward").mkdir(parents=True)
        (self.folder / "web").mkdir()
        for part in ("pyproject.toml", "hatch_build.py", "src/hostward/__init__.py", "web/package.json"):
            shutil.copy(ROOT / part, self.folder / part)
        self.tools.mkdir()
        for tool in (*TOOLS, "chmod"):
            (self.tools / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
        self.python = self.tools / "python3"
        self.python.write_text(FAKE_PYTHON)
        self.python.chmod(0o755)

    def install(self, group: str = "run", **variables: str) -> tuple[int, str]:
        """Run the script; returns its status and all it said."""
        env = {"PATH": str(self.tools), "FAKE_LACKS": "", "FAKE_PIP": "", **variables}
        script = [str(self.folder / "scripts" / "install.sh"), group]
        done = subprocess.run(script, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def calls(self) -> list[str]:
        """How pip was called so far."""
        log = self.folder / "calls"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh one."""
    return Checkout(tmp_path)


INSTALLING = "hostward: installing what run needs (once, about a minute) ...\n"


def test_the_first_time_says_one_line_and_the_second_nothing(checkout: Checkout) -> None:
    """What is installed is not installed again."""
    assert (checkout.install(), checkout.install(), len(checkout.calls())) == ((0, INSTALLING), (0, ""), 3)


def test_packages_come_with_hashes_and_the_project_without_its_dependencies(checkout: Checkout) -> None:
    """Nothing that was not tested gets in, and no index is named."""
    checkout.install()
    assert [call.removeprefix("pip -m pip install --quiet ") for call in checkout.calls()] == [
        "--require-hashes -r requirements/build.txt -r requirements/run.txt",
        "--require-hashes -r requirements/node.txt",
        "--no-deps --no-build-isolation -e .",
    ]


@pytest.mark.parametrize("changed", ["requirements/run.txt", "requirements/build.txt", "pyproject.toml"])
def test_a_changed_file_is_installed_anew(checkout: Checkout, changed: str) -> None:
    """After an update of the checkout, one command is still enough."""
    checkout.install()
    with (checkout.folder / changed).open("a") as file:
        file.write("\n# changed\n")
    assert checkout.install() == (0, INSTALLING)


def test_the_requirements_of_tests_do_not_concern_running(checkout: Checkout) -> None:
    """Groups are installed when they are needed."""
    checkout.install()
    (checkout.folder / "requirements" / "test.txt").write_text("# changed\n")
    assert checkout.install() == (0, "")


def test_a_moved_checkout_is_installed_anew(checkout: Checkout, tmp_path: Path) -> None:
    """The environment holds the old place in its scripts."""
    checkout.install()
    checkout.folder = checkout.folder.rename(tmp_path / "moved")
    assert checkout.install() == (0, INSTALLING)


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    """As after an upgrade of the distribution."""
    checkout.install()
    (checkout.folder / ".venv" / "bin" / "python").write_text("#!/nonexistent/python\n")
    assert checkout.install() == (0, INSTALLING)


def test_an_interrupted_installation_is_taken_up(checkout: Checkout) -> None:
    """A failure leaves no mark that says all is well."""
    assert checkout.install(FAKE_PIP="Failed to establish a new connection")[0] == 1
    assert checkout.install() == (0, INSTALLING)


def last_line(told: tuple[int, str]) -> str:
    """What was said last, of a run that failed."""
    status, said = told
    assert status == 1
    return said.splitlines()[-1]


def test_without_python_the_error_says_which_to_install(checkout: Checkout) -> None:
    """And how to name one that lies elsewhere."""
    checkout.python.unlink()
    said = last_line(checkout.install())
    assert ("no Python 3.11 or newer" in said, "apt install python3 python3-venv" in said) == (True, True)


def test_an_old_python_is_not_taken(checkout: Checkout) -> None:
    """Version 3.10 lacks what the code uses."""
    assert "no Python 3.11 or newer" in last_line(checkout.install(FAKE_LACKS="version"))


def test_a_python_that_is_named_and_missing_is_named_in_the_error(checkout: Checkout) -> None:
    """Another one is not taken in its place."""
    assert "looked for python3.99" in last_line(checkout.install(PYTHON="python3.99"))


def test_a_python_without_venv_names_the_package_that_has_it(checkout: Checkout) -> None:
    """Debian ships it apart."""
    assert "apt install python3.12-venv" in last_line(checkout.install(FAKE_LACKS="ensurepip"))


@pytest.mark.parametrize(
    ("pip_says", "told"),
    [
        ("NewConnectionError: Failed to establish a new connection", "see the network, the proxy"),
        ("ERROR: Could not find a version that satisfies x (from versions: none)", "see the network, the proxy"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "its hash differs"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("error: command 'gcc' failed", "see above"),
    ],
)
def test_a_failure_of_pip_is_told_in_words_with_what_to_do(checkout: Checkout, pip_says: str, told: str) -> None:
    """Pages of pip's own output help few."""
    assert told in last_line(checkout.install(FAKE_PIP=pip_says))


def test_an_unknown_group_is_refused(checkout: Checkout) -> None:
    """A misspelt one must not count as installed."""
    assert "no group tests" in last_line(checkout.install("tests"))
