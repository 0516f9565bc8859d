"""Ruby gems: installed ones, and lock files."""

from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import ruby
from hostward.scanners.vul.language import ANYWHERE, Damaged, Item, Locked
from language_trees import looked, write

SPECS = "var/lib/gems/3.1.0/specifications"
STUB = '# stub: rack-test 2.0.1 ruby lib\n\nGem::Specification.new do |s|\n  s.name = "no".freeze\n'
FIELDS = "Gem::Specification.new do |s|\n  s.name = \"rack-test\"\n  s.version = '2.0.1'\nend\n"
VERSION = 'Gem::Specification.new do |s|\n  s.name = "rack-test"\n  s.version = Gem::Version.new("2.0.1")\nend\n'
LOCK = """GIT
  remote: https://example.org/x.git
  specs:
    own (1.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.13.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.6.0)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri

BUNDLED WITH
   2.3.7
"""


def given(items: list[Item]) -> list[tuple[str, str, str]]:
    """Ecosystem, name and version of what is installed."""
    return [(each.ecosystem, each.name, each.version) for each in items if isinstance(each, Package)]


@pytest.mark.parametrize(
    "text", [STUB, FIELDS, VERSION, "computed = File.read('VERSION')\n"], ids=["stub", "fields", "class", "file name"]
)
def test_an_installed_gem_is_told_by_its_specification(tmp_path: Path, text: str) -> None:
    """By its stub line, its fields, or the name of the file."""
    write(tmp_path / SPECS / "rack-test-2.0.1-x86_64-linux.gemspec", text)
    assert given(looked(ruby.look, tmp_path)) == [("RubyGems", "rack-test", "2.0.1")]


def test_gems_that_come_with_ruby_count(tmp_path: Path) -> None:
    """They lie in a folder of their own."""
    write(tmp_path / "usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec", "")
    assert given(looked(ruby.look, tmp_path)) == [("RubyGems", "json", "2.6.1")]


def test_a_gemspec_elsewhere_is_source(tmp_path: Path) -> None:
    """Nothing was installed by it."""
    write(tmp_path / "srv/src/rack.gemspec", FIELDS)
    assert looked(ruby.look, tmp_path) == []


def test_a_specification_that_says_nothing_is_damaged(tmp_path: Path) -> None:
    """It is named."""
    write(tmp_path / SPECS / "odd.gemspec", "")
    [item] = looked(ruby.look, tmp_path)
    assert isinstance(item, Damaged)
    assert item.reason == "odd.gemspec: no name or version"


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_lock_file_names_the_gems_of_the_registry(tmp_path: Path, end: str) -> None:
    """Not checkouts; dependencies stand one level deeper."""
    write(tmp_path / "srv/app/Gemfile.lock", LOCK.replace("\n", end))
    items = looked(ruby.look, tmp_path)
    assert all(isinstance(each, Locked) and each.place == ANYWHERE for each in items)
    assert [(each.package.name, each.package.version) for each in items if isinstance(each, Locked)] == [
        ("nokogiri", "1.13.0"),
        ("racc", "1.6.0"),
    ]


def test_lock_files_inside_of_gems_are_passed_over(tmp_path: Path) -> None:
    """They are of other people's development."""
    write(tmp_path / "var/lib/gems/3.1.0/gems/a-1.0/Gemfile.lock", LOCK)
    assert looked(ruby.look, tmp_path) == []


def test_a_damaged_lock_file_is_said(tmp_path: Path) -> None:
    """With its name."""
    write(tmp_path / "Gemfile.lock", "junk")
    [item] = looked(ruby.look, tmp_path)
    assert isinstance(item, Damaged)
    assert item.reason == "Gemfile.lock: no lock file of Bundler"
