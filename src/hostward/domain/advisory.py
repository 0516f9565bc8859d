"""What a feed says about a vulnerability, in one shape whatever its source."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hostward.domain.severity import Level


class FixStatus(StrEnum):
    """What can be done about an affected version. UNDER_INVESTIGATION: the publisher does not know yet if it is one."""

    FIXED = "fixed"
    UNFIXED = "unfixed"
    WONT_FIX = "wont_fix"
    END_OF_LIFE = "end_of_life"
    UNDER_INVESTIGATION = "under_investigation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One half-open range of versions of one package: introduced <= v < fixed.

    ecosystem: with its release ("Debian:12"); name: the source package where the ecosystem has those.
    introduced "": from the first version on. fixed "": no fix is known, every later version is affected.
    last: when not "", the last affected version, inclusive (OSV's last_affected); fixed is then "".
    """

    ecosystem: str
    name: str
    introduced: str = ""
    fixed: str = ""
    last: str = ""
    status: FixStatus = FixStatus.FIXED


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One vulnerability as one feed tells it.

    key: what a vulnerability is known by over all feeds: its CVE id where it has one, else the feed's own id.
    level None: the feed gives none; level_source: what the level was taken from ("debian urgency", "cvss"), "" if None.
    cvss: base score 0.0-10.0, None when not given; vector: as given, "" when not.
    kev: it is known to be exploited (CISA's catalogue). epss: probability of exploitation within 30 days, 0.0-1.0, None
    when not given. affected (): it only enriches what other feeds say.
    """

    feed: str
    id: str
    key: str
    aliases: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    level: Level | None = None
    level_source: str = ""
    cvss: float | None = None
    vector: str = ""
    reference: str = ""
    published: datetime | None = None
    kev: bool = False
    epss: float | None = None
    affected: tuple[Affected, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An installed package version that an advisory or the host's own evidence speaks of.

    key: the vulnerability (a CVE id where there is one); aliases: its other names. level None: nobody gives one.
    hidden: why it is not counted ("kernel headers", "not the running kernel"), "" when it counts. restart: what of the
    machine runs the package's old files ("restart nginx.service"), "" where nothing is known to.
    """

    key: str
    name: str
    source: str
    version: str
    ecosystem: str
    path: bytes = b""
    fixed: str
    status: FixStatus
    level: Level | None
    level_source: str
    cvss: float | None = None
    evidence: str
    hidden: str = ""
    aliases: tuple[str, ...] = ()
    restart: str = ""
