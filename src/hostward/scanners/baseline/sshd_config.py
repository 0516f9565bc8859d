"""The OpenSSH server's effective global settings, read from its files as sshd_config(5) says.

The first value of a keyword wins. Include is read where it stands, its files in lexical order; a relative pattern
starts in /etc/ssh. A Match block holds to the next Match or the end of its file; "Match all" is global again. A file
included inside a Match block never becomes global.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from hostward.scanners.baseline.text import lines_of

CONFIG = "/etc/ssh/sshd_config"
MAX_DEPTH = 16
"""Include inside Include; SERVCONF_MAX_DEPTH of OpenSSH."""

MAX_FILES = 1_000
"""Files read in all; files that include each other widely would otherwise multiply."""

MAX_TOTAL_LINES = 100_000
"""Lines read in all, for the same reason."""

SAME = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
}
"""Old keywords that sshd takes for the new ones (sshd_config(5); the first of either counts)."""

_MAX_GAPS = 20
"""Gaps kept; the first ones say enough."""

_BLANKS = " \t\f\r"
_ESCAPE = re.compile(r"""\\(["'\\])""")
_PIECE = re.compile(  # plain text, an escaped character, "quoted", or 'quoted'
    r"""([^ \t\f\r"'\\]+|\\(?!["'\\ ]))"""
    r"""|\\(["'\\ ])"""
    r"""|"((?:[^"\\]|\\["'\\]|\\(?!["'\\]))*)["]"""
    r"""|'((?:[^'\\]|\\["'\\]|\\(?!["'\\]))*)'"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A keyword's value where it was set. gaps: what could not be read before it, so what might have won over it."""

    value: str
    source: str
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SshdConfig:
    """settings: what holds for everybody, by keyword in lower case. conditional: what Match blocks set besides."""

    settings: dict[str, Setting]
    conditional: dict[str, tuple[Setting, ...]]
    gaps: tuple[str, ...] = ()


def parse(read: Callable[[str], bytes], glob: Callable[[str], list[str]], path: str = CONFIG) -> SshdConfig:
    """Parse path and what it includes; read and glob raise OSError. OSError of path itself is passed on."""
    parser = _Parser(read, glob)
    parser.take(path, read(path), depth=0, active=True)
    return SshdConfig(
        settings=parser.settings,
        conditional={keyword: tuple(found) for keyword, found in parser.conditional.items()},
        gaps=tuple(parser.gaps),
    )


def split_line(line: str) -> tuple[str, list[str]] | None:
    """Keyword in lower case and its arguments; None for a line without any.

    A keyword may be followed by "=" instead of blanks; quotes hold blanks together; "#" begins a comment where an
    argument could begin. A NUL ends the line, as it does for a C program. Raises ValueError for an open quote.
    """
    text = line.partition("\0")[0].strip()
    if not text or text[0] == "#":
        return None
    keyword_end = next((at for at, char in enumerate(text) if char in _BLANKS or char == "="), len(text))
    rest = text[keyword_end:].lstrip(_BLANKS)
    return text[:keyword_end].strip('"').lower(), _arguments(rest.removeprefix("="))


class _Parser:
    """Collects settings over all files of one configuration."""

    def __init__(self, read: Callable[[str], bytes], glob: Callable[[str], list[str]]) -> None:
        self._read = read
        self._glob = glob
        self._files = 0
        self._lines = 0
        self.settings: dict[str, Setting] = {}
        self.conditional: dict[str, list[Setting]] = {}
        self.gaps: list[str] = []

    def take(self, path: str, data: bytes, *, depth: int, active: bool) -> None:
        """Take in one file; active: False when it stands inside a Match block."""
        now_active = active
        for number, line in enumerate(lines_of(data), start=1):
            source = f"{path}:{number}"
            self._lines += 1
            if self._lines > MAX_TOTAL_LINES:
                self._gap(f"more than {MAX_TOTAL_LINES:,} lines in all")
                return
            keyword, arguments = self._split(line, source)
            if keyword == "match":
                now_active = active and [argument.lower() for argument in arguments] == ["all"]
            elif keyword == "include":
                self._include(arguments, depth=depth, active=now_active)
            elif keyword:
                self._record(keyword, arguments, source, active=now_active)

    def _split(self, line: str, source: str) -> tuple[str, list[str]]:
        """Keyword "" for a line that sets nothing."""
        try:
            return split_line(line) or ("", [])
        except ValueError as error:
            self._gap(f"{source}: {error}")
            return "", []

    def _gap(self, text: str) -> None:
        if len(self.gaps) < _MAX_GAPS and text not in self.gaps:
            self.gaps.append(text)

    def _record(self, keyword: str, arguments: list[str], source: str, *, active: bool) -> None:
        if not arguments:
            self._gap(f"{source}: {keyword} without a value")
            return
        keyword = SAME.get(keyword, keyword)
        setting = Setting(value=" ".join(arguments), source=source, gaps=tuple(self.gaps))
        if active:
            self.settings.setdefault(keyword, setting)
        else:
            self.conditional.setdefault(keyword, []).append(setting)

    def _include(self, patterns: list[str], *, depth: int, active: bool) -> None:
        for pattern in patterns:
            full = pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"
            try:
                paths = self._glob(full)
            except OSError as error:
                self._gap(f"{full}: {error.strerror or error}")
                continue
            for path in paths:
                self._take_included(path, depth=depth + 1, active=active)

    def _take_included(self, path: str, *, depth: int, active: bool) -> None:
        self._files += 1
        if depth > MAX_DEPTH or self._files > MAX_FILES:
            self._gap("files are included too deeply" if depth > MAX_DEPTH else "too many files are included")
            return
        try:
            data = self._read(path)
        except OSError as error:
            self._gap(f"{path}: {error.strerror or error}")
            return
        self.take(path, data, depth=depth, active=active)


def _arguments(text: str) -> list[str]:
    arguments: list[str] = []
    at = _after_blanks(text, 0)
    while at < len(text) and text[at] != "#":
        argument, end = _argument(text, at)
        arguments.append(argument)
        at = _after_blanks(text, end)
    return arguments


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _argument(text: str, at: int) -> tuple[str, int]:
    """One argument from at on, without its quotes, and where it ends."""
    parts: list[str] = []
    while at < len(text) and text[at] not in _BLANKS:
        piece = _PIECE.match(text, at)
        if piece is None:
            raise ValueError("a quote is not closed")
        plain, escaped, *quoted = piece.groups()
        inside = next((part for part in quoted if part is not None), None)
        parts.append(plain or escaped or _ESCAPE.sub(r"\1", inside or ""))
        at = piece.end()
    return "".join(parts), at
