"""The repository as a stranger gets it: nothing of one machine in it, and nothing that went stale."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import hostward
from capabilities import CAPABILITIES
from source_tree import ROOT, shown, texts

INDEXES = ("pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "-index" + "-url", "--find" + "-links")
PLACES = re.compile(r"(^|[^A-Za-z0-9_.~-])/(work|farm|root/\.pyenv|home/[a-z]+/src)/", re.MULTILINE)
WORDS = re.compile("TO" + "DO|FIX" + "ME|X" + "XX")
GROUPS = ("build", "clients-python", "clients-python-intl", "run", "test")
NODE_GROUPS = ("clients-node-common", "clients-node-intl")
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;]+)", re.MULTILINE)


def requirements(group: str) -> str:
    """The pinned requirements of a group."""
    return (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")


def versions(group: str) -> dict[str, set[str]]:
    """The versions of each package of a group: more than one where they differ by Python or system."""
    pins: dict[str, set[str]] = {}
    for name, version in PIN.findall(requirements(group)):
        pins.setdefault(name, set()).add(version)
    return pins


@pytest.mark.parametrize("address", INDEXES)
def test_no_file_names_a_package_index(address: str) -> None:
    """Where packages come from is the business of whoever installs them."""
    assert [shown(path) for path, text in texts() if address in text] == []


def test_no_file_names_a_place_on_a_machine_of_ours() -> None:
    """Such a path works for one person and tells of them to all."""
    assert [shown(path) for path, text in texts() if PLACES.search(text)] == []


def test_no_source_says_that_it_is_unfinished() -> None:
    """What is missing stands in the README or an issue, where operators see it."""
    code = {".py", ".sh", ".toml", ".html", ".js", ".css"}
    assert [shown(path) for path, text in texts() if path.suffix in code and WORDS.search(text)] == []


@pytest.mark.parametrize("group", GROUPS)
def test_every_requirement_is_pinned_with_hashes(group: str) -> None:
    """Installing refuses a package whose content is not the tested one."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", requirements(group).strip())
    bad = [block.splitlines()[0] for block in blocks if not PIN.match(block) or "--hash=sha256:" not in block]
    assert (bad, len(blocks) > 1) == ([], True)


def test_groups_of_one_environment_agree_on_versions() -> None:
    """run, build and test are installed into the same place: the last would overwrite the others."""
    first, *others = (versions(group) for group in ("run", "build", "test"))
    for other in others:
        shared = first.keys() & other.keys()
        assert {name: other[name] for name in shared} == {name: first[name] for name in shared}
        first |= other


def test_what_the_project_asks_for_is_pinned() -> None:
    """A dependency added to pyproject.toml alone would not be installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["server"]
    names = {re.split(r"[\[<>=;~ ]", one)[0].lower() for one in asked}
    assert names - versions("run").keys() == set()


def test_what_the_groups_ask_for_is_pinned() -> None:
    """A line added to a .in file without `make lock` would not be installed."""
    for group in ("build", "clients-python", "clients-python-intl", "test"):
        asked = (ROOT / "requirements" / f"{group}.in").read_text(encoding="utf-8").splitlines()
        names = {line.strip().lower() for line in asked if line.strip() and not line.startswith("#")}
        assert names - versions(group).keys() == set()


@pytest.mark.parametrize("group", NODE_GROUPS)
def test_every_node_package_is_pinned_with_its_hash_and_without_an_address(group: str) -> None:
    """Npm then asks whatever registry its own settings name, and refuses what is not the tested package."""
    folder = ROOT / "requirements" / group
    asked = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    own = packages.pop("")
    assert own["dependencies"] == asked
    assert {name: packages[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert [name for name, one in packages.items() if not one["integrity"].startswith("sha512-")] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []


def test_the_reference_of_settings_is_current() -> None:
    """It is written from the table by `make docs`."""
    script = ROOT / "scripts" / "write_reference.py"
    spec = spec_from_file_location("write_reference", script)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.SETTINGS_PAGE.read_text(encoding="utf-8") == module.settings_page(), "run make docs"


def test_the_changelog_has_the_version_of_the_program() -> None:
    """Operators read there what a version changes."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(hostward.__version__)}\]", text, re.MULTILINE)


def test_the_licence_is_apache_2() -> None:
    """The text that pyproject.toml names is there in full."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert ("Apache License" in text, "END OF TERMS AND CONDITIONS" in text) == (True, True)


LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")
PROMISED = {Path("docs/images/first-run.svg")}
"""Drawn from a real run by whoever makes a release."""


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=shown)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    """A reader who follows one finds the page."""
    targets = {(path.parent / target).resolve() for target in LINK.findall(path.read_text(encoding="utf-8"))}
    missing = {target.relative_to(ROOT) for target in targets if not target.exists()}
    assert missing - PROMISED == set()


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    """docs/adr/README.md is the way to them."""
    folder = ROOT / "docs" / "adr"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [int(record[:4]) for record in records] == list(range(1, len(records) + 1))
    assert [record for record in records if record not in listed] == []


def test_ci_requires_only_what_the_tests_know() -> None:
    """A misspelt name in .ci/run would require nothing."""
    line = re.search(r"HOSTWARD_TEST_REQUIRE=([a-z,]+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert line is not None
    assert set(line[1].split(",")) - set(CAPABILITIES) == set()


def test_the_interpreter_is_one_that_the_project_supports() -> None:
    """pyproject.toml says from which Python on."""
    assert sys.version_info >= (3, 11)


def test_a_bench_that_misses_its_bars_keeps_no_other_from_running(tmp_path: Path) -> None:
    """`make bench` runs all of them, names those that missed in the end, and fails then."""
    for name, status in (("first", 1), ("second", 0), ("third", 3)):
        text = f"import pathlib, sys; pathlib.Path(__file__ + '.ran').touch(); sys.exit({status})"
        (tmp_path / f"{name}.py").write_text(text)
    benches = sorted(map(str, tmp_path.glob("*.py")))
    chosen = [f"BENCH={' '.join(benches)}", f"BIN={Path(sys.executable).parent}"]
    done = subprocess.run(
        ["make", "-o", "install-test", "bench", *chosen], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert len(list(tmp_path.glob("*.ran"))) == len(benches)
    assert done.returncode != 0
    assert f"bars missed: {benches[0]} {benches[2]}\n" in done.stderr
