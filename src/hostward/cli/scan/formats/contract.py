"""What a format is: a report in, pieces of text out."""

from collections.abc import Callable, Iterator

from hostward.cli.scan.report import HostReport

Format = Callable[[HostReport], Iterator[str]]
"""Writes a report; pieces are joined as they are. What is not UTF-8 in a path travels as surrogates."""
