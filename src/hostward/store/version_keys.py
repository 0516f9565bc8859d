"""The place of versions in their ecosystem's order, where they have one."""

from hostward.domain.advisory import Affected
from hostward.domain.errors import InvalidValue
from hostward.domain.matching import KeyRange, key_range
from hostward.domain.versions.table import key_for


def version_key(ecosystem: str, version: str) -> bytes | None:
    """The version as bytes; None where it can't be compared (then its package is kept and never matched)."""
    try:
        return key_for(ecosystem, version)
    except InvalidValue:
        return None


def range_keys(affected: Affected) -> KeyRange | None:
    """The range as keys; None where a version of it can't be compared (then it holds nothing, as the domain has it)."""
    try:
        return key_range(affected)
    except InvalidValue:
        return None
