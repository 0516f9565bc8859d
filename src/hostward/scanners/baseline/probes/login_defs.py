"""Probe login_defs: what new accounts and passwords get, from login.defs(5)."""

from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Reading, Unreadable, answer_of_error
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import lines_of

PATH = "/etc/login.defs"

DEFAULTS = {
    "ENCRYPT_METHOD": "DES",
    "PASS_MAX_DAYS": "-1",
    "PASS_MIN_DAYS": "-1",
    "PASS_WARN_AGE": "-1",
    "UMASK": "022",
}
"""What holds without a line; -1 means no limit (login.defs(5))."""


class LoginDefs:
    """target: keys ("PASS_MAX_DAYS"). Value: the first word behind the key; of several lines the last one counts."""

    name: ClassVar[str] = "login_defs"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a key, the default where nothing sets it. Missing without the file."""
        try:
            settings = self._settings
        except OSError as error:
            return answer_of_error(PATH, error)
        facts: list[Fact] = []
        for key in target:
            if key in settings:
                facts.append(settings[key])
            elif key in DEFAULTS:
                facts.append(Fact(subject=key, value=DEFAULTS[key], source="default of login.defs(5)"))
            else:
                return Unreadable(reason=f"{key} is not set and its default is not known here")
        return Reading(facts=tuple(facts))

    @cached_property
    def _settings(self) -> dict[str, Fact]:
        settings: dict[str, Fact] = {}
        for number, line in enumerate(lines_of(self._root.read(PATH)), start=1):
            words = line.replace('"', " ").split()
            if len(words) > 1 and not words[0].startswith("#"):
                settings[words[0]] = Fact(subject=words[0], value=words[1], source=f"{PATH}:{number}")
        return settings
