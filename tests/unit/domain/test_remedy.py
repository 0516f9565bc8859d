"""domain.remedy: what to do about a vulnerability, and where."""

import pytest

from hostward.domain.advisory import FixStatus, Match
from hostward.domain.package import Restart
from hostward.domain.remedy import place_of, remedy, with_restarts


@pytest.mark.parametrize(
    ("ecosystem", "component", "fixed", "said"),
    [
        ("Debian:12", "libssl3", "3.0.17-1~deb12u2", "apt-get update && apt-get install --only-upgrade libssl3"),
        ("Ubuntu:24.04", "curl", "8.5.0-2ubuntu10.6", "apt-get update && apt-get install --only-upgrade curl"),
        ("AlmaLinux:9", "openssl-libs", "1:3.0.7-28.el9_4", "dnf upgrade --refresh openssl-libs"),
        ("SUSE:Linux Enterprise Server 15 SP6", "curl", "8.6.0-1.1", "zypper update curl"),
        ("Alpine:v3.20", "busybox", "1.36.1-r29", "apk upgrade --update-cache busybox"),
        ("PyPI", "urllib3", "2.2.2", "python3 -m pip install urllib3==2.2.2"),
        ("npm", "@babel/traverse", "7.23.2", "npm install @babel/traverse@7.23.2"),
        ("Go", "golang.org/x/net", "0.23.0", "go get golang.org/x/net@v0.23.0"),
        ("crates.io", "rustls", "0.23.5", "cargo update --package rustls --precise 0.23.5"),
    ],
)
def test_the_command_of_each_kind(ecosystem: str, component: str, fixed: str, said: str) -> None:
    """After the version, in words."""
    assert remedy(component, fixed, ecosystem) == f"upgrade {component} to {fixed}: {said}"


def test_what_lies_in_a_container_is_not_upgraded_on_the_host() -> None:
    """Its image is built anew; a root that belongs to no engine is named."""
    for path in (b"docker://web", b"containerd://k8s.io/shop/web", b"docker-image://shop:1.2"):
        said = remedy("libssl3", "3.0.17", "Debian:12", place_of(path))
        assert said.startswith(f"rebuild the image of {path.decode()} with libssl3 3.0.17 or newer")
        assert "apt-get" not in said
    assert (
        remedy("curl", "8.6", "Debian:12", place_of(b"root:///srv/jail")) == "upgrade curl to 8.6 in root:///srv/jail"
    )
    assert place_of(b"/srv/app/node_modules/x/package.json") == ""


def test_what_must_start_again_is_said() -> None:
    """A kernel, and what every program uses."""
    assert remedy("linux-image-6.1.0-30-amd64", "6.1.124-1", "Debian:12").endswith("until then")
    assert "reboot" in remedy("kernel-core", "5.14.0-500.el9", "AlmaLinux:9")
    assert "restart all services" in remedy("libc6", "2.36-9+deb12u10", "Debian:12")
    assert "reboot" not in remedy("kernel-style", "1.0.1", "npm")
    assert "reboot" not in remedy("linuxptp", "4.0", "Debian:12")


def test_what_runs_old_files_is_named_as_the_machine_told_it() -> None:
    """Of its own packages; the machine itself needs a reboot; three units are named."""
    told = [Restart(unit=f"{name}.service", package="libssl3", reason="old") for name in "dbca"]
    told += [Restart(unit="", package="linux-image-6.1", reason="old"), Restart(unit="x", package="", reason="old")]
    own, inside, kernel = match_of("libssl3"), match_of("libssl3", b"docker://web"), match_of("linux-image-6.1")
    assert [each.restart for each in with_restarts([own, inside, kernel], told)] == [
        "restart a.service, b.service, c.service and 1 more", "", "reboot",
    ]  # fmt: skip
    assert with_restarts([own], []) == [own]
    assert remedy("libssl3", "3.1", "Debian:12", "", "restart ssh.service").endswith("; then restart ssh.service")
    assert remedy("udev", "3.1", "Debian:12", "", "reboot").endswith("; then reboot")


def match_of(name: str, path: bytes = b"") -> Match:
    """A match of a package."""
    return Match(
        key="CVE-2026-1", name=name, source=name, version="1", ecosystem="Debian:12", path=path, fixed="2",
        status=FixStatus.FIXED, level=None, level_source="", evidence="debian CVE-2026-1",
    )  # fmt: skip


@pytest.mark.parametrize("odd", ["x; rm -rf /", "$(id)", "-o", "a b", "a'b"])
def test_no_command_is_made_of_what_a_shell_would_read(odd: str) -> None:
    """Names come from hosts and feeds."""
    assert remedy(odd, "1.0", "PyPI") == f"upgrade {odd} to 1.0"
    assert remedy("tool", odd, "PyPI") == f"upgrade tool to {odd}"


def test_without_a_fix_there_is_nothing_to_do() -> None:
    """Nor without a known kind is there a command; hostile places are shown printable."""
    assert remedy("tool", "", "Debian:12") == ""
    assert remedy("tool", "1.1", "ConanCenter") == remedy("tool", "1.1") == "upgrade tool to 1.1"
    assert place_of(b"docker://a\x1b[2J\xff") == "docker://a?[2J\\xff"
