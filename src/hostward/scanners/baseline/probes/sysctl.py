"""Probe sysctl: kernel settings, of the running kernel here, of the configuration beneath another root."""

import fnmatch
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, Unreadable, answer_of_error
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import decoded, lines_of

_FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
"""Where settings lie, strongest first (sysctl.d(5)): of two files with one name only the first is read."""

_LAST = "/etc/sysctl.conf"
"""Read after all others (sysctl(8), --system)."""

_SWAPPED = str.maketrans("./", "/.")
"""Keys separate by dots and may hold "/" for a dot in a name ("eth0/1"); paths the other way round."""


class Sysctl:
    """target: keys with dots ("net.ipv4.tcp_syncookies"). Value: as the kernel prints it, blanks as one blank."""

    name: ClassVar[str] = "sysctl"

    def __init__(self, site: Site) -> None:
        self._site = site

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a key. Missing when this kernel lacks them all, or no file of another root sets any."""
        if not target:
            raise ValueError("sysctl is asked about no key")
        ask = self._running if self._site.is_this_machine else self._configured
        answers = [ask(key) for key in target]
        readings = [answer for answer in answers if isinstance(answer, Reading)]
        unread = tuple(answer.reason for answer in answers if isinstance(answer, Unreadable))
        if not readings and not unread:
            return answers[0]
        facts = tuple(fact for reading in readings for fact in reading.facts)
        gaps = tuple(dict.fromkeys(gap for reading in readings for gap in reading.gaps))
        return Reading(facts=facts, gaps=gaps + unread)

    def _running(self, key: str) -> Answer:
        path = "/proc/sys/" + key.translate(_SWAPPED)
        try:
            value = " ".join(decoded(self._site.root.read(path)).split())
        except OSError as error:
            return answer_of_error(path, error)
        return Reading(facts=(Fact(subject=key, value=value, source=path),))

    def _configured(self, key: str) -> Answer:
        settings, gaps = self._settings
        found = settings.get(key) or next(
            (fact for pattern, fact in reversed(settings.items()) if fnmatch.fnmatchcase(key, pattern)), None
        )
        if found is None and not gaps:
            return Missing(reason=f"no file of this root sets {key}, and its kernel does not run here")
        facts = () if found is None else (Fact(subject=key, value=found.value, source=found.source),)
        return Reading(facts=facts, gaps=gaps)

    @cached_property
    def _settings(self) -> tuple[dict[str, Fact], tuple[str, ...]]:
        """Last value by key, in the order of setting, and what could not be read."""
        settings: dict[str, Fact] = {}
        gaps: list[str] = []
        for path in self._files(gaps):
            try:
                data = self._site.root.read(path)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                gaps.append(f"{path}: {error.strerror or error}")
                continue
            for fact in _parsed(path, data):
                settings.pop(fact.subject, None)
                settings[fact.subject] = fact
        return settings, tuple(gaps)

    def _files(self, gaps: list[str]) -> list[str]:
        files: dict[str, str] = {}
        for folder in _FOLDERS:
            try:
                for path in self._site.root.glob(f"{folder}/*.conf"):
                    files.setdefault(path.rpartition("/")[2], path)
            except OSError as error:
                gaps.append(f"{folder}: {error.strerror or error}")
        return [*(files[name] for name in sorted(files)), _LAST]


def _parsed(path: str, data: bytes) -> list[Fact]:
    """Settings of one file; keys with dots whichever way they are written ("net/ipv4/conf/eth0.1/forwarding")."""
    facts: list[Fact] = []
    for number, line in enumerate(lines_of(data), start=1):
        text = line.strip().removeprefix("-").strip()
        key, equals, value = text.partition("=")
        if not text or text[0] in "#;" or not equals:
            continue
        facts.append(Fact(subject=_dotted(key.strip()), value=" ".join(value.split()), source=f"{path}:{number}"))
    return facts


def _dotted(key: str) -> str:
    """When "/" comes first it is the separator and dots belong to names (sysctl.d(5))."""
    slash, dot = key.find("/"), key.find(".")
    if slash >= 0 and (dot < 0 or slash < dot):
        return key.translate(_SWAPPED)
    return key
