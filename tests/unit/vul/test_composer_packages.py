"""PHP packages: installed ones, and lock files."""

import json
from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import composer
from hostward.scanners.vul.language import Damaged, Item, Locked
from language_trees import looked, write

PACKAGES = [{"name": "Symfony/Http-Kernel", "version": "v5.4.0"}, {"name": "monolog/monolog", "version": "2.0.0"}]
NAMES = [("symfony/http-kernel", "v5.4.0"), ("monolog/monolog", "2.0.0")]


def given(items: list[Item]) -> list[tuple[str, str]]:
    """Name and version of what is installed."""
    return [(each.name, each.version) for each in items if isinstance(each, Package)]


@pytest.mark.parametrize("content", [PACKAGES, {"packages": PACKAGES, "dev": True}], ids=["version 1", "version 2"])
def test_installed_packages_are_given(tmp_path: Path, content: object) -> None:
    """In both formats, names in lower case as Packagist compares them."""
    write(tmp_path / "srv/app/vendor/composer/installed.json", json.dumps(content))
    items = looked(composer.look, tmp_path)
    assert given(items) == NAMES
    assert {each.ecosystem for each in items if isinstance(each, Package)} == {"Packagist"}


def test_a_lock_file_counts_where_nothing_is_installed_beside_it(tmp_path: Path) -> None:
    """Its place is the vendor folder."""
    write(tmp_path / "srv/app/composer.lock", json.dumps({"packages": PACKAGES[:1], "packages-dev": PACKAGES[1:]}))
    items = looked(composer.look, tmp_path)
    assert [(each.package.name, each.place) for each in items if isinstance(each, Locked)] == [
        (name, b"/srv/app/vendor/composer") for name, _ in NAMES
    ]


def test_lock_files_inside_of_packages_are_passed_over(tmp_path: Path) -> None:
    """They are of other people's development."""
    write(tmp_path / "srv/app/vendor/a/b/composer.lock", json.dumps({"packages": PACKAGES}))
    assert looked(composer.look, tmp_path) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("{}", "no list of packages"),
        ("7", "no list of packages"),
        ('[{"name": "a/b"}]', "a package without a name or version"),
        ('[{"name": "../x", "version": "1"}]', "a package without a name or version"),
        ("[7]", "a package without a name or version"),
    ],
)
def test_a_damaged_file_is_said(tmp_path: Path, text: str, reason: str) -> None:
    """With its name."""
    write(tmp_path / "vendor/composer/installed.json", text)
    [item] = looked(composer.look, tmp_path)
    assert isinstance(item, Damaged)
    assert item.reason == f"installed.json: {reason}"
