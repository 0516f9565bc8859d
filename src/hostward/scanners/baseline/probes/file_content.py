"""Probe file_content: the lines of text files."""

from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, answer_of_error
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import MAX_LINES, lines_of


class FileContent:
    """target: paths and shell patterns. One fact a line: the path, the line, and where it is ("/etc/fstab:3")."""

    name: ClassVar[str] = "file_content"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """All lines of all files; a file that can't be read whole is a gap. Missing when there is none."""
        paths = [path for pattern in target for path in self._root.glob(pattern)]
        facts: list[Fact] = []
        gaps: list[str] = []
        found = False
        for path in paths:
            answer = self._lines(path)
            found = found or not isinstance(answer, Missing)
            if isinstance(answer, Reading):
                facts += answer.facts
            elif not isinstance(answer, Missing):
                gaps.append(answer.reason)
        if not found:
            return Missing(reason=f"{' '.join(target)}: no such file")
        return Reading(facts=tuple(facts), gaps=tuple(gaps))

    def _lines(self, path: str) -> Answer:
        try:
            data = self._root.read(path)
        except OSError as error:
            return answer_of_error(path, error)
        if data.count(b"\n") > MAX_LINES:
            return answer_of_error(path, OSError(0, f"more than {MAX_LINES:,} lines"))
        return Reading(
            facts=tuple(
                Fact(subject=path, value=line, source=f"{path}:{number}")
                for number, line in enumerate(lines_of(data), start=1)
            )
        )
