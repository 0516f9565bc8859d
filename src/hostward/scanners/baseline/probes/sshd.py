"""Probe sshd: what the OpenSSH server does, by its files and, where they are silent, by its documented defaults."""

import re
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, Unreadable
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.sshd_config import CONFIG, Setting, SshdConfig, parse

DEFAULTS = {
    "allowgroups": "",
    "allowtcpforwarding": "yes",
    "allowusers": "",
    "banner": "none",
    "ciphers": "openssh-default",
    "clientalivecountmax": "3",
    "clientaliveinterval": "0",
    "denygroups": "",
    "denyusers": "",
    "disableforwarding": "no",
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
    "usepam": "no",
    "x11forwarding": "no",
}
"""Defaults of sshd_config(5), OpenSSH 7.5 and later; "openssh-default": a list that changes with the version."""

_PROGRAMS = ("/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd")
_FORWARDING = frozenset({"allowtcpforwarding", "x11forwarding"})
_TIMES = frozenset({"clientaliveinterval", "logingracetime"})
_TIME_PART = re.compile(r"([0-9]{1,9})([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Sshd:
    """target: keywords. Value of each: what holds for everybody, in lower case; times in seconds; "" for no list.

    Match blocks do not count; that they set a keyword too is said in the note.
    """

    name: ClassVar[str] = "sshd"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """The effective values with the places they come from; none where an unreadable file may have won.

        Missing when there is no server here.
        """
        config = self._config
        if config is None:
            return Missing(reason=f"no {CONFIG} and no sshd program")
        found: dict[str, Setting] = {}
        for keyword in target:
            setting = _effective(config, keyword.lower())
            if setting is None:
                return Unreadable(reason=f"{keyword} is not set and its default is not known here")
            found[keyword] = setting
        return Reading(
            facts=tuple(
                Fact(subject=keyword, value=_normal(keyword.lower(), setting.value), source=setting.source)
                for keyword, setting in found.items()
                if not setting.gaps
            ),
            gaps=tuple(dict.fromkeys(gap for setting in found.values() for gap in setting.gaps)),
            note="; ".join(filter(None, (_note(config, keyword.lower()) for keyword in target))),
        )

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


def _effective(config: SshdConfig, keyword: str) -> Setting | None:
    """What is set, else the default; None when neither is known. DisableForwarding wins over every kind of it."""
    switch = config.settings.get("disableforwarding")
    if keyword in _FORWARDING and switch is not None and switch.value.lower() == "yes":
        return Setting(value="no", source=f"DisableForwarding, {switch.source}", gaps=switch.gaps)
    setting = config.settings.get(keyword)
    if setting is not None or keyword not in DEFAULTS:
        return setting
    return Setting(value=DEFAULTS[keyword], source="OpenSSH default", gaps=config.gaps)


def _normal(keyword: str, value: str) -> str:
    seconds = seconds_of(value) if keyword in _TIMES else None
    return value.lower() if seconds is None else str(seconds)


def _note(config: SshdConfig, keyword: str) -> str:
    others = config.conditional.get(keyword, ())
    return "; ".join(f"a Match block sets {other.value} at {other.source}" for other in others[:3])
