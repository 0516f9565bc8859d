"""Probe sshd: what the OpenSSH server does, by its files and, where they are silent, by its documented defaults."""

import re
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, Unreadable
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.sshd_config import CONFIG, SshdConfig, parse

DEFAULTS = {
    "ciphers": "openssh-default",
    "clientalivecountmax": "3",
    "clientaliveinterval": "0",
    "gssapiauthentication": "no",
    "hostbasedauthentication": "no",
    "ignorerhosts": "yes",
    "kbdinteractiveauthentication": "yes",
    "kexalgorithms": "openssh-default",
    "logingracetime": "120",
    "loglevel": "info",
    "macs": "openssh-default",
    "maxauthtries": "6",
    "maxsessions": "10",
    "passwordauthentication": "yes",
    "permitemptypasswords": "no",
    "permitrootlogin": "prohibit-password",
    "permituserenvironment": "no",
    "strictmodes": "yes",
    "x11forwarding": "no",
}
"""Defaults of sshd_config(5), OpenSSH 7.5 and later; "openssh-default": a list that changes with the version."""

_PROGRAMS = ("/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd")
_TIMES = frozenset({"clientaliveinterval", "logingracetime"})
_TIME_PART = re.compile(r"([0-9]{1,9})([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Sshd:
    """target: one keyword. Value: what holds for everybody, in lower case; times in seconds.

    Match blocks do not count; that they set the keyword too is said in the note.
    """

    name: ClassVar[str] = "sshd"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """The effective value with the place it comes from. Missing when there is no server here."""
        (keyword,) = target
        config = self._config
        if config is None:
            return Missing(reason=f"no {CONFIG} and no sshd program")
        setting = config.settings.get(keyword.lower())
        if setting is not None:
            value, source, gaps = setting.value, setting.source, setting.gaps
        elif keyword.lower() in DEFAULTS:
            value, source, gaps = DEFAULTS[keyword.lower()], "OpenSSH default", config.gaps
        else:
            return Unreadable(reason=f"{keyword} is not set and its default is not known here")
        fact = Fact(subject=keyword, value=_normal(keyword.lower(), value), source=source)
        return Reading(facts=(fact,), gaps=gaps, note=_note(config, keyword.lower()))

    @cached_property
    def _config(self) -> SshdConfig | None:
        """None without a server. A program without its file would not start; its defaults are what it would do."""
        try:
            return parse(self._root.read, self._root.glob)
        except (FileNotFoundError, NotADirectoryError):
            has_program = any(self._root.glob(path) for path in _PROGRAMS)
            return SshdConfig(settings={}, conditional={}) if has_program else None


def seconds_of(value: str) -> int | None:
    """Seconds of a time as sshd_config(5) writes it ("90", "2m", "1h30m"); None when it is no time."""
    parts = list(_TIME_PART.finditer(value.lower()))
    if not parts or "".join(part[0] for part in parts) != value.lower():
        return None
    return sum(int(part[1]) * _SECONDS[part[2]] for part in parts)


def _normal(keyword: str, value: str) -> str:
    seconds = seconds_of(value) if keyword in _TIMES else None
    return value.lower() if seconds is None else str(seconds)


def _note(config: SshdConfig, keyword: str) -> str:
    others = config.conditional.get(keyword, ())
    return "; ".join(f"a Match block sets {other.value} at {other.source}" for other in others[:3])
