"""Parts of a large XML document, one at a time, with caps. What XML can do beyond elements and text is refused.

A document type may define entities, which expand without end or name files and addresses to read; no feed has one, and
so none is taken at all.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from hostward.domain.errors import FeedError
from hostward.feeds import source

MAX_BYTES = 4 << 30
"""Largest document taken, unpacked: ten times the largest real one."""
MAX_NODES = 100_000
"""Elements in one part: an advisory about every package of a distribution has some thousands."""
MAX_TEXT = 1 << 20
"""Characters of text and attributes in one part; what a feed shows of them is cut much shorter."""
MAX_DEPTH = 64
MAX_TAG = 8 << 20
"""Bytes that may be taken in without an element or text being seen whole: one endless tag has to be kept whole."""

_CHUNK = 1 << 18


@dataclass(slots=True)
class Node:
    """An element. name: without its namespace's prefix. text: all that stands in it before its first child."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def first(self, name: str) -> "Node | None":
        """The first child of this name."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator["Node"]:
        """The children of this name."""
        return (child for child in self.children if child.name == name)

    def said(self, name: str) -> str:
        """The text of the first child of this name, "" without one."""
        found = self.first(name)
        return found.text.strip() if found is not None else ""

    def below(self, name: str) -> Iterator["Node"]:
        """All elements of this name below this one, however deep."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.below(name)


def parts(path: Path, wanted: Collection[str]) -> Iterator[Node]:
    """The elements of these names that stand in no other of them. Raises FeedError for what is damaged or hostile."""
    building = _Building(path, frozenset(wanted))
    taken = 0
    for chunk in source.chunks(path, MAX_BYTES, _CHUNK):
        building.take(chunk)
        taken += len(chunk)
        if taken - building.seen > MAX_TAG:
            raise FeedError(f"{path}: one tag of more than {MAX_TAG >> 20} MiB, which no feed has")
        yield from building.finished()
    building.take(b"", last=True)
    yield from building.finished()


class _Building:
    """The part that is being read."""

    def __init__(self, path: Path, wanted: frozenset[str]) -> None:
        self._path = path
        self._wanted = wanted
        self._open: list[Node] = []
        self._done: list[Node] = []
        self._depth = self._nodes = self._text = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._said
        self._parser.StartDoctypeDeclHandler = self._refuse

    @property
    def seen(self) -> int:
        """Bytes up to the last thing that was seen whole."""
        return self._parser.CurrentByteIndex

    def take(self, data: bytes, *, last: bool = False) -> None:
        """Read on. Raises FeedError."""
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            raise FeedError(f"{self._path}: not whole XML: {error}; fetch it again") from error

    def finished(self) -> Iterator[Node]:
        """The parts that are whole, each once."""
        done, self._done = self._done, []
        yield from done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FeedError(f"{self._path}: elements more than {MAX_DEPTH} deep, which no feed has")
        node = Node(_bare(name), attributes)
        if self._open:
            self._open[-1].children.append(node)
        elif node.name not in self._wanted:
            return
        self._nodes += 1
        self._count(sum(map(len, attributes.values())))
        if self._nodes > MAX_NODES:
            raise FeedError(f"{self._path}: a record of more than {MAX_NODES} elements, which no feed has")
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        node = self._open.pop()
        if not self._open:
            self._done.append(node)
            self._nodes = self._text = 0

    def _said(self, text: str) -> None:
        if self._open and not self._open[-1].children:
            self._count(len(text))
            self._open[-1].text += text

    def _count(self, characters: int) -> None:
        self._text += characters
        if self._text > MAX_TEXT:
            raise FeedError(f"{self._path}: a record of more than {MAX_TEXT} characters, which no feed has")

    def _refuse(self, *_: object) -> None:
        raise FeedError(f"{self._path}: has a document type, which may define entities; no feed has one")


def _bare(name: str) -> str:
    return name.rpartition(":")[2]
