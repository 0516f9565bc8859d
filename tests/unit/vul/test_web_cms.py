"""WordPress, Drupal and Joomla by their version files."""

from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import cms
from hostward.scanners.vul.language import Damaged, Item
from language_trees import looked, write

WWW = "var/www/html"
PLUGIN = "<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet\nVersion: 5.0.1\nLicense: GPLv2\n*/\n"


def given(items: list[Item]) -> list[tuple[str, str, str]]:
    """Ecosystem, name and version."""
    return [(each.ecosystem, each.name, each.version) for each in items if isinstance(each, Package)]


@pytest.mark.parametrize(
    ("place", "text", "expected"),
    [
        ("wp-includes/version.php", "<?php\n$wp_version = '6.4.2';\n", ("WordPress", "wordpress", "6.4.2")),
        ("wp-content/plugins/akismet/akismet.php", PLUGIN, ("WordPress", "plugin/akismet", "5.0.1")),
        ("wp-content/plugins/hello.php", PLUGIN.replace("\n", "\r\n"), ("WordPress", "plugin/hello", "5.0.1")),
        (
            "wp-content/themes/neve/style.css",
            "/*\nTheme Name: Neve\nVersion:  3.1\n*/\n",
            ("WordPress", "theme/neve", "3.1"),
        ),
        ("core/lib/Drupal.php", "class Drupal {\n  const VERSION = '10.1.2';\n", ("Drupal", "drupal", "10.1.2")),
        ("includes/bootstrap.inc", "<?php\ndefine('VERSION', '7.98');\n", ("Drupal", "drupal", "7.98")),
        (
            "modules/contrib/token/token.info.yml",
            "name: Token\nversion: '8.x-1.5'\nproject: 'token'\n",
            ("Drupal", "module/token", "1.5"),
        ),
        (
            "sites/all/modules/views/views.info",
            'name = Views\nversion = "7.x-3.20"\nproject = "views"\n',
            ("Drupal", "module/views", "3.20"),
        ),
        (
            "administrator/manifests/files/joomla.xml",
            '<extension type="file">\n<version>4.2.3</version>',
            ("Joomla", "joomla", "4.2.3"),
        ),
        (
            "administrator/components/com_akeeba/akeeba.xml",
            '<extension type="component"><author>N. N.</author><version>9.1</version>',
            ("Joomla", "extension/com_akeeba", "9.1"),
        ),
        (
            "plugins/system/jce/jce.xml",
            '<extension type="plugin"><version>2.9.1</version>',
            ("Joomla", "extension/system_jce", "2.9.1"),
        ),
    ],
)
def test_a_system_and_what_was_added_to_it_are_given(
    tmp_path: Path, place: str, text: str, expected: tuple[str, str, str]
) -> None:
    """Each by the file that says its version."""
    write(tmp_path / WWW / place, text)
    items = looked(cms.look, tmp_path)
    assert given(items) == [expected]
    assert [each.path.decode() for each in items if isinstance(each, Package)] == [f"/{WWW}/{place}"]


def test_a_plugins_other_files_are_not_its_own(tmp_path: Path) -> None:
    """The one with the header counts, whichever it is; one without any is nothing."""
    folder = tmp_path / WWW / "wp-content/plugins/tool"
    write(folder / "tool.php", "<?php // no header\n")
    write(folder / "main.php", PLUGIN)
    write(tmp_path / WWW / "wp-content/plugins/index.php", "<?php // Silence is golden.\n")
    assert given(looked(cms.look, tmp_path)) == [("WordPress", "plugin/tool", "5.0.1")]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("includes/bootstrap.inc", "<?php\n// of another program\n"),
        ("core/modules/node/node.info.yml", "project: 'node'\nversion: '10.1.2'\n"),
        ("modules/custom/own/own.info.yml", "name: Own\nversion: 1.0\n"),
        (
            "modules/mod_menu/mod_menu.xml",
            '<extension type="module"><author>Joomla! Project</author><version>4</version>',
        ),
        ("plugins/system/own/own.xml", "<config/>"),
    ],
)
def test_what_belongs_to_the_core_or_to_something_else_is_not_given(tmp_path: Path, place: str, text: str) -> None:
    """It is judged with the core, or not at all."""
    write(tmp_path / WWW / place, text)
    assert looked(cms.look, tmp_path) == []


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("wp-includes/version.php", ""),
        ("wp-content/plugins/a/a.php", "<?php\n/* Plugin Name: A\n*/\n"),
        ("core/lib/Drupal.php", "const VERSION = 'x y';"),
    ],
)
def test_a_missing_version_is_said(tmp_path: Path, place: str, text: str) -> None:
    """With the file's name."""
    write(tmp_path / WWW / place, text)
    [item] = looked(cms.look, tmp_path)
    assert isinstance(item, Damaged)
    assert item.reason.endswith(": no version")


def test_a_version_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """It could lead out of the root."""
    write(tmp_path / "outside.php", "<?php\n$wp_version = '6.4.2';\n")
    folder = tmp_path / "root/wp-includes"
    folder.mkdir(parents=True)
    (folder / "version.php").symlink_to(tmp_path / "outside.php")
    assert given(looked(cms.look, tmp_path / "root")) == []
