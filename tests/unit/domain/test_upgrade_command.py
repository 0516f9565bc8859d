"""domain.upgrade_command: what a shell is given, and what never is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.upgrade_command import source_upgrade_command, upgrade_command
from hostward.domain.versions.table import VERSIONS

KINDS = st.sampled_from([f"{family.name}:9" for family in VERSIONS] + [family.name for family in VERSIONS])


@pytest.mark.parametrize(
    ("ecosystem", "names", "command"),
    [
        ("Debian:12", ["libssl3", "openssl"], "apt-get update && apt-get install --only-upgrade libssl3 openssl"),
        ("dpkg:linuxmint:21.3", ["curl"], "apt-get update && apt-get install --only-upgrade curl"),
        ("AlmaLinux:9", ["openssl", "openssl-libs"], "dnf upgrade --refresh openssl openssl-libs"),
        ("Amazon:2", ["openssl"], "yum update openssl"),
        ("Amazon:2023", ["openssl"], "dnf upgrade --refresh openssl"),
        ("Red Hat:enterprise_linux:7", ["openssl"], "yum update openssl"),
        ("rpm:centos:7", ["openssl"], "yum update openssl"),
        ("Photon OS:5.0", ["openssl"], "tdnf update openssl"),
        ("openSUSE:Leap 15.6", ["curl"], "zypper update curl"),
        ("Alpine:v3.20", ["libcrypto3", "libssl3"], "apk upgrade --update-cache libcrypto3 libssl3"),
        ("RubyGems", ["rack"], "gem install rack --version 9.9"),
        ("Packagist", ["symfony/http-kernel"], "composer require symfony/http-kernel:^9.9"),
        ("Maven", ["org.x:y"], ""),
        ("ConanCenter", ["zlib"], ""),
        ("Nowhere", ["zlib"], ""),
    ],
)
def test_each_package_manager_has_its_command(ecosystem: str, names: list[str], command: str) -> None:
    """A distribution's packages go together."""
    assert upgrade_command(ecosystem, names, "9.9") == command


def test_the_newest_kernel_has_another_name() -> None:
    """So the package of its kind is upgraded, which brings it."""
    said = upgrade_command("Debian:12", ["linux-image-6.1.0-18-amd64"], "6.1.90-1")
    assert said == "apt-get update && apt-get install --only-upgrade '?and(?installed,?name(^linux-image-))'"
    assert source_upgrade_command("Debian:12", "linux", "6.1.90-1") == said
    assert "linux-libc-dev" in upgrade_command("Debian:12", ["linux-libc-dev"], "6.1.90-1")


@pytest.mark.parametrize(
    ("path", "command"),
    [
        (b"/srv/app/venv/lib/python3.11/site-packages/urllib3-1.26.dist-info/METADATA", "/srv/app/venv/bin/python3"),
        (b"/usr/local/lib/python3.11/site-packages/urllib3-1.26.dist-info/METADATA", "python3"),
        (b"/usr/lib/python3/dist-packages/urllib3-1.26.dist-info/METADATA", "python3"),
        (b"/srv/$(id)/lib/python3.11/site-packages/urllib3-1.26.dist-info/METADATA", "python3"),
        (b"/srv/a b/lib/python3.11/site-packages/urllib3-1.26.dist-info/METADATA", "python3"),
        (b"/srv/\xff/lib/python3.11/site-packages/urllib3-1.26.dist-info/METADATA", "python3"),
    ],
)
def test_a_virtual_environment_is_upgraded_by_its_own_interpreter(path: bytes, command: str) -> None:
    """Unless a shell would read its path in another way."""
    assert upgrade_command("PyPI", ["urllib3"], "2.2.2", path) == f"{command} -m pip install urllib3==2.2.2"


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        (b"/srv/web/node_modules/tar/package.json", " --prefix /srv/web"),
        (b"/srv/web/node_modules/@scope/tar/package.json", " --prefix /srv/web"),
        (b"/srv/web;id/node_modules/tar/package.json", ""),
        (b"/srv/web/package-lock.json", ""),
    ],
)
def test_npm_is_told_the_project(path: bytes, folder: str) -> None:
    """Where the package lies directly below it."""
    assert upgrade_command("npm", ["tar"], "7.0.1", path) == f"npm install{folder} tar@7.0.1"


@pytest.mark.parametrize(
    ("ecosystem", "source", "said"),
    [
        ("Debian:12", "openssl", "--only-upgrade '?and(?installed,?source-package(^openssl$))'"),
        ("Ubuntu:24.04", "libsigc++-2.0", "?source-package(^libsigc[+][+]-2[.]0$)"),
        ("AlmaLinux:9", "openssl", "dnf upgrade --refresh $(rpm -qa"),
        ("Alpine:v3.20", "openssl", "apk upgrade --update-cache $(apk list --installed --origin openssl"),
        ("PyPI", "urllib3", "python3 -m pip install urllib3==9.9"),
        ("Maven", "org.x:y", ""),
    ],
)
def test_a_source_is_upgraded_with_all_that_is_built_from_it(ecosystem: str, source: str, said: str) -> None:
    """Whatever of it is installed."""
    command = source_upgrade_command(ecosystem, source, "9.9")
    assert said in command if said else command == ""


ODD = ["x; rm -rf /", "$(id)", "-o", "a b", "a'b", "a`b", "a|b", "a\nb", "", "ü"]


@pytest.mark.parametrize("odd", ODD)
def test_no_command_is_made_of_what_a_shell_would_read(odd: str) -> None:
    """Neither of names nor of versions."""
    for ecosystem in ("Debian:12", "AlmaLinux:9", "Alpine:v3.20", "PyPI", "npm", "Go"):
        assert upgrade_command(ecosystem, [odd], "1.0") == ""
        assert upgrade_command(ecosystem, ["tool", odd], "1.0") == ""
        assert upgrade_command(ecosystem, ["tool"], odd) == ""
        assert source_upgrade_command(ecosystem, odd, "1.0") == ""


@given(ecosystem=KINDS, name=st.text(max_size=12), fixed=st.text(max_size=8), path=st.binary(max_size=40))
def test_what_hosts_and_feeds_say_adds_nothing_that_a_shell_reads(
    ecosystem: str, name: str, fixed: str, path: bytes
) -> None:
    """A command has no more shell signs than the same command of harmless words."""
    harmless = upgrade_command(ecosystem, ["linux-image-1" if name.startswith("linux-") else "tool"], "1.0")
    signs = re.compile(r"[^A-Za-z0-9@/._+~:=^ -]")
    said = upgrade_command(ecosystem, [name], fixed, path)
    assert said == "" or signs.findall(said) == signs.findall(harmless)
    assert source_upgrade_command(ecosystem, name, fixed) == "" or "\n" not in name
