"""Which of the known vulnerabilities are asked for."""

from dataclasses import dataclass

from hostward.domain.options import Category
from hostward.domain.severity import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVulQuery:
    """All of what is named must hold; what is empty asks for nothing.

    texts: one of them is part of the name (a CVE's id) or of the title, ASCII letters without regard to case. keys:
    whole names. levels: as shown, one that nobody gives counts as medium. exploited: known to be. published: in the
    order of publication, those without a day as the oldest; else of their numbers. descending: the other way round;
    equal ones always in the order of their numbers.
    """

    texts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    categories: frozenset[Category] = frozenset()
    levels: frozenset[Level] = frozenset()
    exploited: bool = False
    published: bool = False
    descending: bool = False
