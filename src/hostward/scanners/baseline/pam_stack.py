"""The PAM stacks as pam.conf(5) and pam.d(5) write them, includes followed where they stand."""

from collections.abc import Callable
from dataclasses import dataclass

from hostward.scanners.baseline.text import lines_of

FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d")
"""Where service files lie, strongest first."""

STACKS = ("common-{}", "system-auth", "password-auth")
"""The files that all log-ins share: Debian's and SUSE's one a type, the two of the RHEL family (Arch: the first)."""

MAX_DEPTH = 16
"""Files inside files; Linux-PAM allows as many substacks (PAM_SUBSTACK_MAX_LEVEL)."""

MAX_FILES = 1_000
"""Files read for one stack; files that include each other widely would otherwise multiply."""

MAX_RULES = 10_000
"""Rules of one stack, for the same reason."""

_MAX_GAPS = 20
"""Gaps kept; the first ones say enough."""

_INCLUDES = frozenset({"include", "substack"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line: control as written ("required", "[success=1 default=ignore]"), module without its folder."""

    control: str
    module: str
    arguments: tuple[str, ...]
    source: str

    @property
    def text(self) -> str:
        """The rule in one line."""
        return " ".join((self.control, self.module, *self.arguments))


@dataclass(slots=True, kw_only=True)
class Stack:
    """The rules of one type in one service's file, and what could not be read of it."""

    path: str
    rules: list[Rule]
    gaps: list[str]


def read_stack(read: Callable[[str], bytes], kind: str, service: str) -> Stack | None:
    """Rules of kind ("auth", "password", ...) of a service; None when it has no file. read raises OSError."""
    for folder in FOLDERS:
        path = f"{folder}/{service}"
        try:
            data = read(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            return Stack(path=path, rules=[], gaps=[f"{path}: {error.strerror or error}"])
        stack = Stack(path=path, rules=[], gaps=[])
        _Reader(read, kind, stack).take(path, data, depth=0)
        return stack
    return None


class _Reader:
    """Fills one stack from its file and what that includes."""

    def __init__(self, read: Callable[[str], bytes], kind: str, stack: Stack) -> None:
        self._read = read
        self._kind = kind
        self._stack = stack
        self._files = 0

    def take(self, path: str, data: bytes, *, depth: int) -> None:
        """Take in one file."""
        for number, line in _logical_lines(data):
            words = _words(line)
            if len(self._stack.rules) >= MAX_RULES or len(self._stack.gaps) >= _MAX_GAPS:
                self._stack.gaps.append(f"{path}:{number} and what follows is not read: it is too much")
                return
            if len(words) > 1 and words[0] == "@include":
                self._include(words[1], depth + 1)
            elif len(words) > 2 and words[0].lstrip("-").lower() == self._kind:
                self._rule(words, f"{path}:{number}", depth)

    def _rule(self, words: list[str], source: str, depth: int) -> None:
        if words[1] in _INCLUDES:
            self._include(words[2], depth + 1)
            return
        module = words[2].rpartition("/")[2]
        rule = Rule(control=words[1], module=module, arguments=tuple(words[3:]), source=source)
        self._stack.rules.append(rule)

    def _include(self, name: str, depth: int) -> None:
        self._files += 1
        if depth > MAX_DEPTH or self._files > MAX_FILES:
            self._stack.gaps.append(f"{name}: files are included too deeply or too often")
            return
        for path in [name] if name.startswith("/") else [f"{folder}/{name}" for folder in FOLDERS]:
            try:
                data = self._read(path)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                self._stack.gaps.append(f"{path}: {error.strerror or error}")
                return
            self.take(path, data, depth=depth)
            return
        self._stack.gaps.append(f"{name} is included and does not exist")


def _logical_lines(data: bytes) -> list[tuple[int, str]]:
    """Lines without comments, those behind a backslash joined, each with the number of its first one."""
    joined: list[tuple[int, str]] = []
    start, text = 0, ""
    for number, line in enumerate(lines_of(data), start=1):
        start = start or number
        bare = line.partition("#")[0].rstrip()
        if bare.endswith("\\"):
            text += bare[:-1] + " "
            continue
        joined.append((start, text + bare))
        start, text = 0, ""
    return [*joined, (start, text)] if text else joined


def _words(line: str) -> list[str]:
    """Words of a line; what stands in brackets is one word."""
    words: list[str] = []
    rest = line.strip()
    while rest:
        end = rest.find("]") + 1 if rest[0] == "[" else 0
        if end:
            words.append(" ".join(rest[:end].split()))
            rest = rest[end:].lstrip()
            continue
        word, _, rest = rest.replace("\t", " ").partition(" ")
        words.append(word)
        rest = rest.lstrip()
    return words
