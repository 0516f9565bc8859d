"""Probe pam_setting: what a PAM module is told, by its rules, its own files, and its documented default."""

from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, Unreadable
from hostward.scanners.baseline.pam_stack import STACKS, Stack, read_stack
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import lines_of

FILES = {
    "pam_faillock.so": ("/etc/security/faillock.conf",),
    "pam_pwhistory.so": ("/etc/security/pwhistory.conf",),
    "pam_pwquality.so": ("/etc/security/pwquality.conf.d/*.conf", "/etc/security/pwquality.conf"),
}
"""The modules' own files in the order of reading: the last value counts (faillock.conf(5), pwquality.conf(5))."""

DEFAULTS = {
    ("pam_faillock.so", "deny"): "3",
    ("pam_pwhistory.so", "remember"): "10",
    ("pam_pwquality.so", "minlen"): "8",
}


class PamSetting:
    """target: type, module, key ("password", "pam_pwquality.so", "minlen"). One fact a stack with that module."""

    name: ClassVar[str] = "pam_setting"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """The module's argument wins over its files. Missing when no stack uses the module."""
        kind, module, key = target
        if (module, key) not in DEFAULTS:
            return Unreadable(reason=f"the default of {key} of {module} is not known here")
        found = (read_stack(self._root.read, kind, name.format(kind)) for name in STACKS)
        stacks = [stack for stack in found if stack is not None]
        gaps = [gap for stack in stacks for gap in stack.gaps]
        using = [stack for stack in stacks if any(rule.module == module for rule in stack.rules)]
        if not using and not gaps:
            return Missing(reason=f"no stack uses {module}")
        from_files = self._from_files(module, key)
        facts: list[Fact] = []
        for stack in using:
            fact = _argument(stack, module, key) or from_files
            if isinstance(fact, Fact):
                facts.append(fact)
            else:
                gaps.append(fact)
        return Reading(facts=tuple(facts), gaps=tuple(dict.fromkeys(gaps)))

    def _from_files(self, module: str, key: str) -> Fact | str:
        """What the files say, or which one could not be read and may have said it."""
        found: Fact | str = Fact(subject=key, value=DEFAULTS[module, key], source=f"default of {module}")
        for path in [path for pattern in FILES[module] for path in self._root.glob(pattern)]:
            try:
                found = _last(path, self._root.read(path), key) or found
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                found = f"{path}: {error.strerror or error}"
        return found


def _argument(stack: Stack, module: str, key: str) -> Fact | None:
    for rule in stack.rules:
        for argument in rule.arguments if rule.module == module else ():
            name, equals, value = argument.partition("=")
            if name == key and equals:
                return Fact(subject=key, value=value, source=rule.source)
    return None


def _last(path: str, data: bytes, key: str) -> Fact | None:
    found = None
    for number, line in enumerate(lines_of(data), start=1):
        name, equals, value = line.partition("#")[0].partition("=")
        if name.strip() == key and equals:
            found = Fact(subject=key, value=value.strip(), source=f"{path}:{number}")
    return found
