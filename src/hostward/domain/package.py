"""Software as it is installed on a machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed package.

    ecosystem: OSV's name with its release: "Debian:12", "PyPI", "npm". source and source_version are what
    advisories speak of (equal to name and version where an ecosystem has no source packages).
    path: where a language package lies (bytes: file names are not text), b"" for the distribution's own.
    """

    ecosystem: str
    name: str
    version: str
    arch: str = ""
    source: str
    source_version: str
    path: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the host itself says about a fix it lacks: the changelog of an upgrade candidate names the CVE.

    source, source_version: the installed source package; fixed: the first version whose entry names the CVE;
    urgency: the changelog entry's urgency word in lower case ("" when it has none).
    """

    ecosystem: str
    source: str
    source_version: str
    cve: str
    fixed: str
    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """What is to be started again before an installed update takes effect.

    unit: a systemd unit ("nginx.service"), or a program's name where it belongs to none; "" for the machine itself: it
    needs a reboot. package: whose update it is, "" when not known. path: the replaced file, b"" for a reboot.
    processes: how many still run the old one. reason: in words for people.
    """

    unit: str
    package: str
    path: bytes = b""
    processes: int = 0
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What a machine's inventory says about the machine itself.

    running_kernel: uname release, "" when unknown (another root, a container). os_name: PRETTY_NAME.
    """

    os_id: str
    os_version: str
    os_name: str
    running_kernel: str
