"""What is checked, as data: an item names probes, operators and what is expected; no item has code of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from hostward.domain.severity import Level
from hostward.scanners.baseline.operators import Expected

Profile = Literal["L1", "L2", "server", "workstation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One assertion over one probe.

    target: what the probe is asked about (its own words: paths, a keyword, a query). select: a pattern; facts that
    do not match are left out, the others count with what its first group caught. on: which part of a fact is
    compared. quantifier: for which facts the operator must hold. expected: "$name" stands for a parameter.
    if_missing: what it means when what is asked about does not exist. words: what people read as expected, where
    the operator's own words would not do (a pattern).
    """

    probe: str
    target: tuple[str, ...]
    op: str
    expected: Expected = ""
    select: str = ""
    on: Literal["value", "subject"] = "value"
    quantifier: Literal["every", "some", "none"] = "every"
    if_missing: Literal["not_applicable", "pass", "fail"] = "not_applicable"
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that an operator of the platform may set (the API's custom item values)."""

    name: str
    about: str
    default: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Remediation:
    """What to do: text for people; script: shell lines they may run as root after reading, never run by us."""

    text: str
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that should be so on a machine.

    id and code are permanent. All of checks must hold. applies_if: checks that must hold for the item to apply at
    all; not_applicable says in words when it does not. references: names and section numbers of benchmarks only.
    """

    id: int
    code: str
    title: str
    level: Level
    profiles: tuple[Profile, ...]
    checks: tuple[Check, ...]
    remediation: Remediation
    not_applicable: str
    applies_if: tuple[Check, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    references: tuple[str, ...] = ()

    def bound(self, values: Mapping[str, Expected] | None = None) -> "Item":
        """The item with every "$name" replaced by the value given, else by the parameter's default.

        Raises ValueError for a name that the item does not have.
        """
        known = {parameter.name: parameter.default for parameter in self.parameters}
        unknown = sorted(set(values or {}) - set(known))
        if unknown:
            raise ValueError(f"{self.code} has no parameter {', '.join(unknown)}")
        known.update(values or {})
        return replace(self, checks=tuple(_bound(self.code, check, known) for check in self.checks))


def _bound(code: str, check: Check, values: Mapping[str, Expected]) -> Check:
    if not isinstance(check.expected, str) or not check.expected.startswith("$"):
        return check
    name = check.expected[1:]
    if name not in values:
        raise ValueError(f"{code} uses the parameter {name}, which it does not declare")
    return replace(check, expected=values[name])
