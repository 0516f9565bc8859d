"""The sudo policy as sudoers(5) writes it: every file it includes, its rules, aliases and defaults.

Only what verdicts need is understood: who may run what without a password, and the Defaults lines. A line that is
not understood is a gap, never passed over.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from hostward.scanners.baseline.text import lines_of

CONFIG = "/etc/sudoers"
MAX_DEPTH = 128
"""Files inside files; MAX_SUDOERS_DEPTH of sudo."""

MAX_FILES = 1_000
"""Files read in all; files that include each other widely would otherwise multiply."""

MAX_TOTAL_LINES = 100_000
"""Lines read in all, for the same reason."""

_MAX_GAPS = 20
"""Gaps kept; the first ones say enough."""

_INCLUDE = re.compile(r"^[@#](include|includedir)[ \t]+(.+?)[ \t]*$")
_DEFAULTS = re.compile(r"^Defaults(?:([@:!>])[ \t]*[^\s,]+(?:[ \t]*,[ \t]*[^\s,]+)*)?[ \t]+(.*)$")
_ALIAS = re.compile(r"^(User_Alias|Runas_Alias|Host_Alias|Cmnd_Alias|Cmd_Alias)[ \t]+(.*)$")
_DEFINITION = re.compile(r"^([A-Z][A-Z0-9_]*)[ \t]*=(.*)$")
_SETTING = re.compile(r"^(!*)[ \t]*([a-z0-9_]+)[ \t]*(?:[+-]?=[ \t]*(.*))?$")
_UNCOMMENTED = re.compile(r"""(?:\\.|"(?:\\.|[^"\\])*"|[^\\"#]|#(?=-?[0-9]))*""")
_TAG = re.compile(r"\b(NO)?(PASSWD|EXEC|SETENV|LOG_INPUT|LOG_OUTPUT|MAIL|FOLLOW|INTERCEPT)[ \t]*:")
_OPTION = re.compile(
    r"^(?:(?:ROLE|TYPE|PRIVS|LIMITPRIVS|CWD|CHROOT|TIMEOUT|NOTBEFORE|NOTAFTER)[ \t]*=[ \t]*[^\s=]+[ \t]*)+"
)
_RUNAS = re.compile(r"^\(([^)]*)\)[ \t]*")
_FOREIGN = "\x01"
"""Stands for a tag's colon; no character of a policy (sudo refuses control characters in words)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One word of a Defaults line. value: "on", "off" or what is behind the "="; scoped: for some only."""

    name: str
    value: str
    source: str
    scoped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One command somebody may run. users, runas: as written, runas "" for the default (root)."""

    users: str
    runas: str
    command: str
    needs_password: bool
    source: str


@dataclass(slots=True, kw_only=True)
class Sudoers:
    """A whole policy. files: every file and folder it is read from; aliases: commands by alias name."""

    files: list[str] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)

    def means_all(self, command: str, seen: frozenset[str] = frozenset()) -> bool:
        """True for ALL and for an alias that holds it."""
        if command == "ALL":
            return True
        members = () if command in seen else self.aliases.get(command, ())
        return any(self.means_all(member, seen | {command}) for member in members)


def parse(read: Callable[[str], bytes], names: Callable[[str], list[str]], path: str = CONFIG) -> Sudoers:
    """Parse path and what it includes; read and names raise OSError. OSError of path itself is passed on."""
    parser = _Parser(read, names)
    parser.take(path, read(path), depth=0)
    return parser.policy


class _Parser:
    """Collects one policy over all its files."""

    def __init__(self, read: Callable[[str], bytes], names: Callable[[str], list[str]]) -> None:
        self._read = read
        self._names = names
        self._lines = 0
        self.policy = Sudoers()

    def take(self, path: str, data: bytes, *, depth: int) -> None:
        """Take in one file."""
        self.policy.files.append(path)
        for number, line in _logical_lines(data):
            self._lines += 1
            if self._lines > MAX_TOTAL_LINES:
                self._gap(f"more than {MAX_TOTAL_LINES:,} lines in all")
                return
            self._take_line(path, line, f"{path}:{number}", depth)

    def _take_line(self, path: str, line: str, source: str, depth: int) -> None:
        include = _INCLUDE.match(line)
        if include is not None:
            self._include(path, include[1], include[2].strip('"'), depth + 1)
            return
        text = _UNCOMMENTED.match(line)
        words = (text[0] if text else "").strip()
        if text is not None and line[text.end() :][:1] not in {"", "#"}:
            self._gap(f"{source} is not understood")
        if not words:
            return
        defaults, alias = _DEFAULTS.match(words), _ALIAS.match(words)
        if defaults is not None:
            self._defaults(defaults[2], source, scoped=defaults[1] is not None)
        elif alias is not None:
            self._alias(alias[1], alias[2], source)
        elif words != "Defaults":
            self._rule(words, source)

    def _include(self, path: str, kind: str, target: str, depth: int) -> None:
        if "%h" in target:
            self._gap(f"{target}: the host's name is not known here")
            return
        full = target if target.startswith("/") else f"{path.rpartition('/')[0]}/{target}"
        if kind == "include":
            self._take_included(full, depth)
            return
        try:
            found = self._names(full)
        except FileNotFoundError:
            return
        except OSError as error:
            self._gap(f"{full}: {error.strerror or error}")
            return
        self.policy.files.append(full)
        for name in found:
            if "." not in name and not name.endswith("~"):
                self._take_included(f"{full}/{name}", depth)

    def _take_included(self, path: str, depth: int) -> None:
        if depth > MAX_DEPTH or len(self.policy.files) > MAX_FILES:
            self._gap("files are included too deeply" if depth > MAX_DEPTH else "too many files are included")
            return
        try:
            data = self._read(path)
        except OSError as error:
            self._gap(f"{path}: {error.strerror or error}")
            return
        self.take(path, data, depth=depth)

    def _defaults(self, text: str, source: str, *, scoped: bool) -> None:
        for part in _split(text, ","):
            found = _SETTING.match(part)
            if found is None:
                self._gap(f"{source} is not understood")
                continue
            value = found[3].strip().strip('"') if found[3] is not None else "on"
            value = "off" if len(found[1]) % 2 else value
            self.policy.settings.append(Setting(name=found[2], value=value, source=source, scoped=scoped))

    def _alias(self, kind: str, text: str, source: str) -> None:
        if kind not in {"Cmnd_Alias", "Cmd_Alias"}:
            return
        for part in _split(text, ":"):
            found = _DEFINITION.match(part)
            if found is None:
                self._gap(f"{source} is not understood")
            else:
                self.policy.aliases[found[1]] = tuple(_split(found[2], ","))

    def _rule(self, text: str, source: str) -> None:
        left, equals, right = text.partition("=")
        words = re.sub(r"[ \t]*,[ \t]*", ",", left.replace("\\ ", "\\_")).split()
        if not equals or len(words) < 2:
            self._gap(f"{source} is not understood")
            return
        for commands in _host_groups(right):
            self._grants(words[0], commands, source)

    def _grants(self, users: str, commands: str, source: str) -> None:
        """Run-as lists and tags hold for the commands behind them too, to the end of the list."""
        runas, needs_password = "", True
        for part in _split(commands, ","):
            rest = part
            found = _RUNAS.match(rest)
            if found is not None:
                runas, rest = found[1].strip(), rest[found.end() :]
            rest = _OPTION.sub("", rest)
            *tags, command = [word.strip() for word in rest.split(_FOREIGN)]
            for tag in tags:
                needs_password = {"PASSWD": True, "NOPASSWD": False}.get(tag, needs_password)
            grant = Grant(users=users, runas=runas, command=command, needs_password=needs_password, source=source)
            self.policy.grants.append(grant)

    def _gap(self, text: str) -> None:
        if len(self.policy.gaps) < _MAX_GAPS and text not in self.policy.gaps:
            self.policy.gaps.append(text)


def _logical_lines(data: bytes) -> list[tuple[int, str]]:
    """Lines with those behind a backslash joined, each with the number of its first one."""
    joined: list[tuple[int, str]] = []
    start, text = 0, ""
    for number, line in enumerate(lines_of(data), start=1):
        start = start or number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            text += line[:-1]
            continue
        joined.append((start, (text + line).strip()))
        start, text = 0, ""
    return [*joined, (start, text.strip())] if text else joined


def _split(text: str, separator: str) -> list[str]:
    """The parts of a list; a separator that is escaped, quoted or in parentheses is none."""
    parts: list[str] = []
    now, quoted, depth, at = "", False, 0, 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            now += text[at : at + 2]
            at += 2
            continue
        quoted ^= char == '"'
        depth += 0 if quoted else (char == "(") - (char == ")")
        if char == separator and not quoted and depth <= 0:
            parts.append(now.strip())
            now = ""
        else:
            now += char
        at += 1
    return [part for part in (*parts, now.strip()) if part]


def _host_groups(text: str) -> list[str]:
    """The command lists of a rule: "hosts = commands : hosts = commands", the first hosts being cut off already."""
    marked = _TAG.sub(lambda tag: f"{tag[1] or ''}{tag[2]}{_FOREIGN}", text)
    first, *others = _split(marked, ":") or [""]
    return [first, *(other.partition("=")[2] for other in others)]
