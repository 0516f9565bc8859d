"""Probe modprobe: whether the kernel can load a module."""

import re
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.rootfs import MAX_BYTES
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import decoded, lines_of

CONFIG = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")
"""Where configuration lies, strongest first (modprobe.d(5)): of two files with one name only the first is read."""

KERNELS = ("/lib/modules", "/usr/lib/modules")
LOADED = "/proc/modules"

_BLOCKING = frozenset({"/bin/false", "/bin/true", "/sbin/nologin", "/usr/bin/false", "/usr/bin/true"})
"""Commands that stand for "do not load"."""

_NAME = re.compile(r"([^/:\n]+)\.ko(?:\.[a-z0-9]+)?(?=:|$)", re.MULTILINE)


class Modprobe:
    """target: module names. Value of each, the strongest word that fits:

    "loaded" now, "built in", "absent" (no installed kernel has it), "blocked" (an install line puts nothing in its
    place), "blacklisted" (not by itself, but on request), "loadable".
    """

    name: ClassVar[str] = "modprobe"

    def __init__(self, site: Site) -> None:
        self._site = site

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a module; none for one that only an unreadable file could speak of.

        Missing where no kernel's modules are installed (a container).
        """
        modules, built_in, gaps = self._modules
        if not modules and not gaps:
            return Missing(reason="no kernel modules are installed")
        rules, rule_gaps = self._rules
        facts: list[Fact] = []
        for module in target:
            name = _plain(module)
            if name in self._loaded:
                facts.append(Fact(subject=module, value="loaded", source=LOADED))
            elif name in built_in:
                facts.append(Fact(subject=module, value="built in"))
            elif name not in modules:
                facts.append(Fact(subject=module, value="absent"))
            elif name in rules:
                facts.append(rules[name])
            elif not rule_gaps:
                facts.append(Fact(subject=module, value="loadable"))
        return Reading(facts=tuple(facts), gaps=(*gaps, *rule_gaps))

    @cached_property
    def _loaded(self) -> frozenset[str]:
        """Modules of the running kernel; of another root nothing runs here."""
        if not self._site.is_this_machine:
            return frozenset()
        try:
            data = self._site.root.read(LOADED)
        except FileNotFoundError:
            return frozenset()
        return frozenset(line.partition(" ")[0] for line in lines_of(data))

    @cached_property
    def _modules(self) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
        """Names of the modules of all kernels, of those built in, and what could not be read."""
        gaps: list[str] = []
        found: dict[str, set[str]] = {"modules.dep": set(), "modules.builtin": set()}
        for folder in KERNELS:
            for file, names in found.items():
                for path in self._site.root.glob(f"{folder}/*/{file}"):
                    try:
                        data = self._site.root.read(path, 4 * MAX_BYTES)
                    except OSError as error:
                        gaps.append(f"{path}: {error.strerror or error}")
                        continue
                    names |= {_plain(name) for name in _NAME.findall(_left(decoded(data)))}
        return frozenset(found["modules.dep"]), frozenset(found["modules.builtin"]), tuple(gaps)

    @cached_property
    def _rules(self) -> tuple[dict[str, Fact], tuple[str, ...]]:
        """The strongest rule by module, and what could not be read."""
        files: dict[str, str] = {}
        for folder in CONFIG:
            for path in self._site.root.glob(f"{folder}/*.conf"):
                files.setdefault(path.rpartition("/")[2], path)
        rules: dict[str, Fact] = {}
        gaps: list[str] = []
        for name in sorted(files):
            try:
                data = self._site.root.read(files[name])
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                gaps.append(f"{files[name]}: {error.strerror or error}")
                continue
            for fact in _parsed(files[name], data):
                if fact.value == "blocked" or fact.subject not in rules:
                    rules[fact.subject] = fact
        return rules, tuple(gaps)


def _parsed(path: str, data: bytes) -> list[Fact]:
    facts: list[Fact] = []
    for number, line in enumerate(lines_of(data), start=1):
        words = line.split()
        source = f"{path}:{number}"
        if len(words) > 2 and words[0] == "install" and words[2] in _BLOCKING:
            facts.append(Fact(subject=_plain(words[1]), value="blocked", source=source))
        elif len(words) > 1 and words[0] == "blacklist":
            facts.append(Fact(subject=_plain(words[1]), value="blacklisted", source=source))
    return facts


def _left(text: str) -> str:
    """modules.dep: only what stands before the colon is the module of its line."""
    return "\n".join(line.partition(":")[0] for line in text.split("\n"))


def _plain(name: str) -> str:
    """For the kernel "-" and "_" are the same (modprobe(8))."""
    return name.replace("-", "_")
