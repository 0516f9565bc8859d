"""What feeds say of a vulnerability in general; the same for every store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hostward.domain.advisory import Advisory
from hostward.domain.matching import category_of, is_cve
from hostward.domain.severity import Level

NO_CATEGORY = 0

TRUST: Final[Mapping[str, int]] = {
    "debian urgency": 4,
    "distribution severity": 4,
    "cvss of CISA": 2,
    "cvss of NVD": 2,
    "database severity": 1,
    "": 0,
}
VENDOR: Final = 3
"""How much a level counts by its source: distribution, then the vendor's own score, then NVD's (vul.md, rules)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The worst level and highest score, the first texts. category: 0 when no affected package tells it."""

    level: Level | None = None
    level_source: str = ""
    cvss: float | None = None
    vector: str = ""
    title: str = ""
    description: str = ""
    reference: str = ""
    published: datetime | None = None
    category: int = NO_CATEGORY
    kev: bool = False
    epss: float | None = None

    @classmethod
    def of(cls, advisory: Advisory) -> "Known":
        """What the first advisory of a feed says; nearly always the only one."""
        return cls(
            level=advisory.level,
            level_source=advisory.level_source if advisory.level is not None else "",
            cvss=advisory.cvss,
            vector=advisory.vector,
            title=advisory.title,
            description=advisory.description,
            reference=advisory.reference,
            published=advisory.published,
            category=_category(advisory),
            kev=advisory.kev,
            epss=advisory.epss,
        )

    def also(self, advisory: Advisory) -> "Known":
        """With what one more advisory of the feed says."""
        return replace(
            self._rated(advisory)._scored(advisory),
            title=self.title or advisory.title,
            description=self.description or advisory.description,
            reference=self.reference or advisory.reference,
            published=self.published or advisory.published,
            category=self.category or _category(advisory),
            kev=self.kev or advisory.kev,
            epss=self.epss if advisory.epss is None else advisory.epss,
        )

    def over(self, before: "Known") -> "Known":
        """This on top of what another says: what it does not say stays."""
        rated, scored = self.level is not None, self.cvss is not None
        return Known(
            level=self.level if rated else before.level,
            level_source=self.level_source if rated else before.level_source,
            cvss=self.cvss if scored else before.cvss,
            vector=self.vector if scored or self.vector else before.vector,
            title=self.title or before.title,
            description=self.description or before.description,
            reference=self.reference or before.reference,
            published=self.published or before.published,
            category=self.category or before.category,
            kev=self.kev or before.kev,
            epss=before.epss if self.epss is None else self.epss,
        )

    def _rated(self, advisory: Advisory) -> "Known":
        if advisory.level is None or (self.level is not None and advisory.level <= self.level):
            return self
        return replace(self, level=advisory.level, level_source=advisory.level_source)

    def _scored(self, advisory: Advisory) -> "Known":
        if advisory.cvss is None:
            return self if self.vector or self.cvss is not None else replace(self, vector=advisory.vector)
        if self.cvss is not None and advisory.cvss <= self.cvss:
            return self
        return replace(self, cvss=advisory.cvss, vector=advisory.vector)


def best(facts: Iterable[tuple[int, Known]], remembered: Known) -> Known:
    """What counts of all that feeds say, each with its edition.

    The most trusted source of a level first, of equal ones the newest edition; what none of them says is remembered.
    """
    known = remembered
    for _, one in sorted(facts, key=lambda fact: (_trust(fact[1]), fact[0])):
        known = one.over(known)
    return known


def keys_of(advisory: Advisory) -> tuple[str, ...]:
    """The vulnerabilities that an advisory says something of: its own key, and the CVEs that it fixes all at once."""
    return (advisory.key, *(() if is_cve(advisory.key) else filter(is_cve, advisory.aliases)))


def with_said(known: Known | None, advisory: Advisory, key: str) -> Known:
    """What is known of one of them once the advisory is read: of a CVE among many nothing that is about them all."""
    if key != advisory.key:
        return known or Known(title=advisory.title, reference=advisory.reference, category=_category(advisory))
    return Known.of(advisory) if known is None else known.also(advisory)


def _trust(known: Known) -> int:
    return TRUST.get(known.level_source, VENDOR)


def _category(advisory: Advisory) -> int:
    return category_of(advisory.affected[0].ecosystem).value if advisory.affected else NO_CATEGORY
