"""What hostward vuln shows of rows, format by format."""

from typing import Any, Final

from hostward.cli.lists import Column, Row, member
from hostward.domain.severity import Level


def level_word(number: int) -> str:
    """A level for people: "critical"."""
    return Level(number).label


def standing(row: Row) -> str:
    """Whether it is there, and whether that counts."""
    if row["Ignored"]:
        return "ignored"
    return "reopened" if row["Reopened"] and row["Status"] == "present" else str(row["Status"])


def joined(row: Row, *names: str) -> str:
    """Members of its packages, each once."""
    packages: list[dict[str, Any]] = row["Packages"]
    words = (" ".join(str(package[name]) for name in names) for package in packages)
    return ", ".join(dict.fromkeys(filter(None, words)))


VULNERABILITIES: Final = (
    member("CVE", "CveId"),
    Column("LEVEL", lambda row: level_word(row["Level"])),
    member("CVSS", "Cvss"),
    member("EPSS", "Epss", wide=True),
    Column("KEV", lambda row: "yes" if row["Kev"] else ""),
    member("PACKAGE", "Component"),
    Column("FIXED", lambda row: row["Fixed"] or row["FixStatus"].replace("_", " ")),
    member("MACHINES", "Machines"),
    member("IGNORED", "IgnoredMachines", wide=True),
    member("GONE", "FixedMachines", wide=True),
    member("STATUS", "Status", wide=True),
    member("FIRST SEEN", "FirstSeen"),
    member("LAST SEEN", "LastSeen", wide=True),
    member("LEVEL BY", "LevelSource", wide=True),
    member("ID", "VulId", wide=True),
    member("NAME", "Name"),
)
UPGRADES: Final = (
    member("PACKAGE", "Component"),
    member("ECOSYSTEM", "Ecosystem"),
    member("TO", "Fixed"),
    Column("LEVEL", lambda row: level_word(row["Level"])),
    Column("KEV", lambda row: "yes" if row["Kev"] else ""),
    member("CLOSES", "Vulnerabilities"),
    member("MACHINES", "Machines"),
    member("RISKS", "Risks"),
    member("COMMAND", "Command"),
)
MACHINES: Final = (
    member("HOST", "HostName"),
    member("ADDRESS", "HostIp"),
    Column("STATUS", standing),
    Column("INSTALLED", lambda row: joined(row, "Name", "Installed")),
    Column("FIXED", lambda row: joined(row, "Fixed")),
    member("FIRST SEEN", "FirstSeen"),
    member("LAST SEEN", "LastSeen", wide=True),
    member("GONE SINCE", "Fixed", wide=True),
    member("BECAUSE OF", "Cause", wide=True),
    Column("SAID BY", lambda row: joined(row, "SaidBy"), wide=True),
    Column("PATH", lambda row: joined(row, "Path"), wide=True),
    member("EVENT", "EventId", wide=True),
    member("QUUID", "Quuid", wide=True),
    member("SYSTEM", "OsName"),
)
