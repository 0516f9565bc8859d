"""Probe logging: where the messages of this machine's services are kept."""

from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.probes.units import Units
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.systemd_conf import read_setting

SERVICES = ("rsyslog.service", "syslog-ng.service", "syslog-ng@default.service")
JOURNAL = "/var/log/journal"
QUERIES = ("keepers", "core_dumps")

_PROGRAMS = ("/usr/lib/systemd/systemd-journald", "/lib/systemd/systemd-journald")
_DUMPERS = ("/usr/lib/systemd/systemd-coredump", "/lib/systemd/systemd-coredump")


class Logging:
    """target: one of QUERIES.

    keepers: everything that could keep messages; value "kept" when it writes them to the disk, else why not.
    core_dumps: what systemd-coredump does with the memory of crashed programs (Storage of coredump.conf(5)).
    """

    name: ClassVar[str] = "logging"

    def __init__(self, site: Site) -> None:
        self._root = site.root
        self._units = Units(site)

    def read(self, target: tuple[str, ...]) -> Answer:
        """Missing when none of the programs is installed."""
        (query,) = target
        if query not in QUERIES:
            raise ValueError(f"logging has no query {query}: there are {', '.join(QUERIES)}")
        return self._keepers() if query == "keepers" else self._core_dumps()

    def _keepers(self) -> Answer:
        facts: list[Fact] = []
        units = self._units.read(SERVICES)
        for fact in units.facts if isinstance(units, Reading) else ():
            value = "kept" if fact.value == "enabled" else fact.value
            facts.append(Fact(subject=fact.subject, value=value, source=fact.source))
        if any(self._root.glob(path) for path in _PROGRAMS):
            facts.append(self._journal())
        return Reading(facts=tuple(facts)) if facts else Missing(reason="no journald, no rsyslog, no syslog-ng")

    def _journal(self) -> Fact:
        """journald.conf(5): "auto" (the default) keeps the journal when its folder is there."""
        setting = read_setting(self._root, "journald.conf", "Journal", "Storage")
        storage, source = (setting.value, setting.source) if setting else ("auto", "default of journald")
        if storage == "auto" and self._root.glob(JOURNAL):
            return Fact(subject="journald", value="kept", source=f"{JOURNAL} exists; {source}")
        value = "kept" if storage == "persistent" else f"Storage={storage}"
        return Fact(subject="journald", value=value, source=source)

    def _core_dumps(self) -> Answer:
        if not any(self._root.glob(path) for path in _DUMPERS):
            return Missing(reason="systemd-coredump is not installed")
        setting = read_setting(self._root, "coredump.conf", "Coredump", "Storage")
        default = Fact(subject="Storage", value="external", source="default of systemd-coredump")
        return Reading(facts=(setting or default,))
