"""The search: what of the findings counts, and what is said of the rest."""

from collections.abc import Generator
from pathlib import Path

import pytest

from archives_made import jar, pom, put
from hostward.domain.package import Package
from hostward.scanners.contract import Progress
from hostward.scanners.malware.mounts import Mounts
from hostward.scanners.vul import java, unjudged
from hostward.scanners.vul import search as searching
from hostward.scanners.vul.search import Search, search
from language_trees import lock, module, wheel, write
from programs_made import go_program

SITE = "usr/lib/python3/dist-packages"
NOBODYS = frozenset[bytes]()


def searched(root: Path, limit: int = 1000) -> Search:
    """The end of a search below root."""
    steps: Generator[Progress, None, Search] = search(root, Mounts(), limit=limit)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found = end.value
            assert isinstance(found, Search)
            return found


def names(found: Search, owned: frozenset[bytes] = NOBODYS) -> list[str]:
    """Names of the packages that count."""
    return [package.name for package in found.packages(owned)]


def reasons(found: Search, owned: frozenset[bytes] = NOBODYS) -> list[str]:
    """What is said."""
    return [remark.reason for remark in found.remarks(owned)]


def test_packages_of_all_kinds_are_found_in_one_walk(tmp_path: Path) -> None:
    """Python and npm."""
    wheel(tmp_path / SITE, "requests", "2.28.1")
    module(tmp_path / "srv/web", "node_modules/tar", "tar", "4.4.1")
    assert names(searched(tmp_path)) == ["tar", "requests"]


def test_what_a_distribution_owns_is_not_given_again(tmp_path: Path) -> None:
    """It is judged as the distribution's package, with its backported fixes."""
    path = wheel(tmp_path / SITE, "urllib3", "1.26.12")
    wheel(tmp_path / "usr/local/lib/python3/dist-packages", "urllib3", "1.26.5")
    found = searched(tmp_path)
    owned = frozenset({b"/" + bytes(path.relative_to(tmp_path))})
    assert owned < found.paths()
    assert [package.version for package in found.packages(owned)] == ["1.26.5"]


def test_what_a_distribution_owns_is_not_said_to_be_unjudged(tmp_path: Path) -> None:
    """Its own Java archives are judged as its packages; others are counted."""
    for place in ("usr/share/java/a.jar", "opt/b.jar", "opt/c.jar"):
        put(tmp_path / place, jar({"a.class": b""}))
    said = reasons(searched(tmp_path), frozenset({b"/usr/share/java/a.jar"}))
    assert said == [f"2 {java.NAMELESS}: not judged yet"]


@pytest.mark.parametrize(
    ("place", "data"),
    [
        ("usr/share/java/app.war", jar({"WEB-INF/lib/a.jar": jar(pom("org.example", "a", "1.0"))})),
        ("usr/bin/tool", go_program("go1.21.5", ("mod", "example.com/tool", "v1.0.0", "h1:="))),
        ("usr/share/rubygems-integration/all/specifications/rack-2.0.1.gemspec", b""),
        ("usr/share/php/vendor/composer/installed.json", b'[{"name": "a/b", "version": "1.0"}]'),
        ("usr/share/wordpress/wp-includes/version.php", b"<?php\n$wp_version = '6.1';\n"),
    ],
    ids=["java", "go", "ruby", "php", "wordpress"],
)
def test_files_of_a_distributions_package_are_the_distributions(tmp_path: Path, place: str, data: bytes) -> None:
    """Whatever kind of package they hold, also one inside a file."""
    put(tmp_path / place, data).chmod(0o755)
    found = searched(tmp_path)
    assert len(found.packages(NOBODYS)) >= 1
    assert found.packages(found.paths()) == ()
    assert found.paths() == {f"/{place}".encode()}


def test_a_locked_gem_counts_only_when_its_version_is_installed_nowhere(tmp_path: Path) -> None:
    """RubyGems keeps all gems in folders of its own."""
    write(tmp_path / "srv/app/Gemfile.lock", "GEM\n  specs:\n    a (1.0)\n    b (2.0)\n\nDEPENDENCIES\n  a\n")
    write(tmp_path / "var/lib/gems/3.1.0/specifications/a-1.0.gemspec")
    found = [(each.name, each.path) for each in searched(tmp_path).packages(NOBODYS)]
    assert sorted(found) == [
        ("a", b"/var/lib/gems/3.1.0/specifications/a-1.0.gemspec"),
        ("b", b"/srv/app/Gemfile.lock"),
    ]


def test_each_kind_has_one_line(tmp_path: Path) -> None:
    """However many there are."""
    for name in ("a.jar", "b.jar"):
        put(tmp_path / name, jar({"a.class": b""}))
    write(tmp_path / "yarn.lock")
    assert reasons(searched(tmp_path)) == [
        f"2 {java.NAMELESS}: not judged yet",
        f"1 {unjudged.LOCKS}: not judged yet",
    ]


def test_a_lock_file_counts_for_what_is_not_installed_beside_it(tmp_path: Path) -> None:
    """What lies at its place counts as it lies there, in whichever version."""
    packages = {"node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "2.0.0"}}
    lock(tmp_path / "web", {"lockfileVersion": 3, "packages": packages})
    module(tmp_path / "web", "node_modules/a", "a", "1.5.0")
    found = searched(tmp_path).packages(NOBODYS)
    assert sorted((package.name, package.version) for package in found) == [("a", "1.5.0"), ("b", "2.0.0")]


def test_the_same_package_of_two_lock_files_side_by_side_counts_for_each(tmp_path: Path) -> None:
    """Each with its own path."""
    packages = {"node_modules/a": {"version": "1.0.0"}}
    for name in ("package-lock.json", "npm-shrinkwrap.json"):
        lock(tmp_path, {"lockfileVersion": 3, "packages": packages}, name)
    assert [package.path for package in searched(tmp_path).packages(NOBODYS)] == [
        b"/npm-shrinkwrap.json",
        b"/package-lock.json",
    ]


def test_damage_is_counted_with_an_example(tmp_path: Path) -> None:
    """The first path is named, with the reason."""
    write(tmp_path / SITE / "a-1.dist-info/METADATA")
    write(tmp_path / "node_modules/b/package.json", "{")
    [reason] = reasons(searched(tmp_path))
    assert reason.startswith("2 language packages can't be read: /node_modules/b/package.json: ")


def test_damage_at_a_lock_files_place_counts_as_installed(tmp_path: Path) -> None:
    """The lock file does not say what lies there now."""
    write(tmp_path / "node_modules/a/package.json", "{")
    lock(tmp_path, {"packages": {"node_modules/a": {"version": "1.0.0"}}})
    assert names(searched(tmp_path)) == []


def test_results_are_bounded_and_the_rest_is_said(tmp_path: Path) -> None:
    """A hostile tree can't fill the memory."""
    for name in "abcd":
        wheel(tmp_path / SITE, name, "1")
    found = searched(tmp_path, limit=2)
    assert len(found.packages(NOBODYS)) == 2
    assert reasons(found) == ["2 language packages beyond the limit of one scan are not judged"]


def test_gaps_are_said_with_the_first_paths(tmp_path: Path) -> None:
    """Three of them, the rest counted."""
    found = Search(gaps={"folders lie too deep": [f"/{number}" for number in range(5)]})
    assert reasons(found) == ["folders lie too deep: /0, /1, /2 and 2 more"]


def test_container_stores_and_other_roots_are_left_to_others(tmp_path: Path) -> None:
    """They have distributions of their own."""
    (tmp_path / "var/lib/docker/overlay2/x").mkdir(parents=True)
    write(tmp_path / "srv/jail/etc/os-release")
    (tmp_path / "srv/jail/usr").mkdir()
    found = searched(tmp_path)
    assert (found.stores, found.roots, reasons(found)) == (["/var/lib/docker/overlay2"], ["/srv/jail"], [])


def test_signs_of_life_come_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a scan can be stopped within a second."""
    monkeypatch.setattr(searching, "STEP", 2)
    for name in "abcd":
        (tmp_path / name).mkdir()
    steps = list(search(tmp_path, Mounts()))
    assert [step.doing for step in steps] == ["looking for language packages"] * 4
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_an_empty_root_gives_nothing(tmp_path: Path) -> None:
    """No package, and nothing to say."""
    found = searched(tmp_path)
    assert (found.packages(NOBODYS), reasons(found)) == ((), [])
    assert all(isinstance(package, Package) for package in found.packages(NOBODYS))
