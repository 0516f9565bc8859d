"""Probe user_limits: the bounds that log-ins put on everybody's processes, from limits.conf(5)."""

from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import lines_of

FILES = ("/etc/security/limits.conf", "/etc/security/limits.d/*.conf")
"""In the order of reading: of two lines for the same the last one counts (pam_limits(8))."""

_NONE = "unlimited"


class UserLimits:
    """target: items ("core"). Value: the hard limit for everybody ("*"), "unlimited" where no line sets one."""

    name: ClassVar[str] = "user_limits"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact an item, none when a file can't be read: it may set or lift it. Missing without any of the files."""
        limits: dict[str, Fact] = {}
        gaps: list[str] = []
        paths = [path for pattern in FILES for path in self._root.glob(pattern)]
        if not paths:
            return Missing(reason=f"{' '.join(FILES)}: no such file")
        for path in paths:
            try:
                data = self._root.read(path)
            except OSError as error:
                gaps.append(f"{path}: {error.strerror or error}")
                continue
            limits.update((fact.subject, fact) for fact in _parsed(path, data))
        if gaps:
            return Reading(gaps=tuple(gaps))
        unset = "no line for everybody"
        facts = (limits.get(item) or Fact(subject=item, value=_NONE, source=unset) for item in target)
        return Reading(facts=tuple(facts))


def _parsed(path: str, data: bytes) -> list[Fact]:
    """Hard limits for everybody; "-" sets both kinds."""
    facts: list[Fact] = []
    for number, line in enumerate(lines_of(data), start=1):
        words = line.partition("#")[0].split()
        if len(words) == 4 and words[0] == "*" and words[1] in {"hard", "-"}:
            facts.append(Fact(subject=words[2], value=words[3], source=f"{path}:{number}"))
    return facts
