"""Probe pam: which modules decide about log-ins and passwords."""

from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.pam_stack import STACKS, Stack, read_stack
from hostward.scanners.baseline.site import Site

KINDS = ("account", "auth", "password", "session")


class Pam:
    """target: a type ("auth"), or a type of one service ("su:auth"), and modules.

    Without modules: one fact a rule of the stacks that all log-ins share; value: "control module arguments". With
    modules: one fact a stack, its value the first rule with any of them, "absent" without one.
    """

    name: ClassVar[str] = "pam"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """Facts in the order of the stacks. Missing when there is no stack, Unreadable files are gaps."""
        where, *modules = target
        service, _, kind = where.rpartition(":")
        if kind not in KINDS:
            raise ValueError(f"pam has no type {kind}: there are {', '.join(KINDS)}")
        services = (service,) if service else tuple(name.format(kind) for name in STACKS)
        found = (read_stack(self._root.read, kind, name) for name in services)
        stacks = [stack for stack in found if stack is not None]
        if not stacks:
            return Missing(reason=f"PAM has no file {' or '.join(services)}")
        facts = [fact for stack in stacks for fact in (_summed(stack, modules) if modules else _every(stack))]
        gaps = dict.fromkeys(gap for stack in stacks for gap in stack.gaps)
        return Reading(facts=tuple(facts), gaps=tuple(gaps))


def _every(stack: Stack) -> list[Fact]:
    return [Fact(subject=stack.path, value=rule.text, source=rule.source) for rule in stack.rules]


def _summed(stack: Stack, modules: list[str]) -> list[Fact]:
    for rule in stack.rules:
        if rule.module in modules:
            return [Fact(subject=stack.path, value=rule.text, source=rule.source)]
    if stack.gaps:
        return []
    return [Fact(subject=stack.path, value="absent")]
