"""What a task found, as risks: the words of each kind, the same in every store."""

import hashlib
from collections.abc import Sequence

from hostward.domain.note import printable
from hostward.domain.remedy import remedy
from hostward.domain.severity import Level
from hostward.store.texts import ascii_lower, clean
from hostward.usecases.records import Risk, RiskQuery, TaskVul

FileKey = tuple[bytes, bytes, str]
"""Path, path inside an archive (b"" for the file itself), rule."""

ItemKey = tuple[str, str]
"""Policy, item."""

KEY_BYTES = 8
"""Of the digest that names a path and a rule: two of a task's findings share one about never."""


def of_vul(found: TaskVul) -> Risk:
    """A vulnerability."""
    return Risk(
        key=str(found.id),
        name=found.key,
        level=found.level,
        level_source=found.level_source,
        cvss=found.cvss,
        machines=found.machines,
        where=found.component,
        fix=remedy(found.component, found.fixed, found.ecosystem, found.place, found.restart),
        reference=found.reference,
        description=": ".join(filter(None, (found.title, found.description))),
    )


def of_file(key: FileKey, title: str, level: int, machines: int) -> Risk:
    """A rule that hit a file, on so many machines."""
    path, member, rule = key
    digest = hashlib.blake2b(b"\0".join((path, member, rule.encode())), digest_size=KEY_BYTES)
    where = [printable(each.decode(errors="backslashreplace")) for each in (path, member) if each]
    return Risk(
        key=digest.hexdigest(),
        name=rule,
        level=Level(level),
        machines=machines,
        where=" > ".join(where),
        description=title,
    )


def of_item(key: ItemKey, title: str, remediation: str, level: int, machines: int) -> Risk:
    """A baseline item that failed, on so many machines."""
    policy, item = key
    return Risk(
        key=f"{policy}/{item}",
        name=title or item,
        level=Level(level),
        machines=machines,
        where=policy,
        fix=remediation,
        description=item,
    )


def meeting(risks: Sequence[Risk], wanted: RiskQuery) -> list[Risk]:
    """Those that are meant, in their order."""
    text = ascii_lower(clean(wanted.text))
    return [
        risk
        for risk in risks
        if (not wanted.levels or (risk.level or 0) in wanted.levels)
        and (not text or any(text in ascii_lower(each) for each in (risk.name, risk.where, risk.description)))
    ]
