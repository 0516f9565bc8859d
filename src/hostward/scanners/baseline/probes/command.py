"""Probe command: what a program of the machine says. The last resort; no built-in item needs it so far."""

from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, Unreadable
from hostward.scanners.baseline.execution import Ran, run
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import MAX_LINES, lines_of

ALLOWED: tuple[tuple[str, ...], ...] = (
    ("auditctl", "-l"),
    ("auditctl", "-s"),
    ("iptables", "-S"),
    ("ip6tables", "-S"),
    ("nft", "list", "ruleset"),
    ("sshd", "-T"),
)
"""All commands there are: they read, and have no native form to read instead. An agent runs nothing else, whatever
a policy asks for."""


class Command:
    """target: the command's parts. One fact a line of output; its value is the line."""

    name: ClassVar[str] = "command"
    allowed: ClassVar[tuple[tuple[str, ...], ...]] = ALLOWED

    def __init__(self, site: Site) -> None:
        self._site = site

    def read(self, target: tuple[str, ...]) -> Answer:
        """The lines of stdout and stderr. Missing without the program; a status other than 0 is Unreadable."""
        if target not in self.allowed:
            raise ValueError(f"{' '.join(target)} is not among the commands that may be run")
        if not self._site.is_this_machine:
            return Missing(reason="commands are run on a running machine only")
        ran = run(target, self._site.limits, self._site.monotonic)
        if not isinstance(ran, Ran):
            return ran
        lines = lines_of(ran.output)
        shown = " ".join(target)
        if ran.status != 0:
            return Unreadable(reason=f"{shown} ended with status {ran.status}: {lines[0] if lines else 'no output'}")
        gaps = (f"{shown} said more than {MAX_LINES:,} lines",) if len(lines) > MAX_LINES else ()
        facts = tuple(Fact(subject=shown, value=line) for line in lines[:MAX_LINES])
        return Reading(facts=facts, gaps=gaps)
