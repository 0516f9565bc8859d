"""EPSS: how probable it is that a vulnerability is exploited within 30 days.

Format: www.first.org/epss/data_stats, a CSV (gzip) of cve, epss and percentile after a line about the model.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.feeds import source
from hostward.feeds.contract import Reading

MAX_BYTES = 256 << 20
"""Largest file taken, unpacked: twenty times the real one (about 300,000 short lines)."""

_HEADER = ["cve", "epss"]
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}\Z")


class _Epss:
    name = "epss"

    def sniff(self, path: Path) -> bool:
        """Does it begin with the model's line or the header?"""
        return source.head(path).startswith((b"#model_version:", b"cve,epss"))

    def read(self, path: Path) -> Reading:
        """Read the scores, plain or gzip. Raises FeedError when the file is damaged or has another header."""
        try:
            lines = source.whole(path, MAX_BYTES).decode("ascii").splitlines()
        except UnicodeDecodeError as error:
            raise FeedError(f"{path}: not a file of EPSS scores: {error}; fetch it again") from error
        rows = csv.reader(line for line in lines if not line.startswith("#"))
        if next(rows, [])[:2] != _HEADER:
            raise FeedError(f"{path}: no EPSS scores: a header of cve,epss,percentile is expected")
        return Reading(lambda reading: _advisories(rows, reading))


EPSS = _Epss()


def _advisories(rows: Iterable[list[str]], reading: Reading) -> Iterator[Advisory]:
    seen: set[str] = set()
    for row in rows:
        score = _score(row)
        if score is None or row[0] in seen:
            reading.skipped["lines that can't be read"] += 1
            continue
        seen.add(row[0])
        yield Advisory(feed=EPSS.name, id=row[0], key=row[0], epss=score)


def _score(row: list[str]) -> float | None:
    """The probability, None for a line that is none."""
    if len(row) < len(_HEADER) or not _CVE.match(row[0]):
        return None
    try:
        score = float(row[1])
    except ValueError:
        return None
    return score if 0.0 <= score <= 1.0 else None
