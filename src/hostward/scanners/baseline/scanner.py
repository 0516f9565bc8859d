"""The baseline scanner: each chosen item judged on this machine, in the catalogue's order."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hostward.domain.errors import InvalidValue
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions
from hostward.domain.verdict import Outcome, Verdict
from hostward.scanners.baseline.catalogue import ItemEntry, chosen_items, policy_name
from hostward.scanners.baseline.item import Item
from hostward.scanners.baseline.items import load
from hostward.scanners.baseline.judge import judge
from hostward.scanners.baseline.outside import read_policies
from hostward.scanners.baseline.rootfs import RootFs
from hostward.scanners.baseline.session import Session
from hostward.scanners.baseline.site import Limits, Site
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress, ScanFailed, Scanner

_SLOW_SHARE = 0.95
"""Part of a scan's time that slow probes take when any is needed (measured: bench/baseline_scan.py)."""

_BATCH = 20
"""Verdicts a Found: what is judged is reported soon, and far below the contract's 500."""

_UNJUDGED = frozenset({Outcome.ERROR, Outcome.TIMEOUT})
_MAX_NAMED = 5
"""Items that the Degraded line names; the verdicts say the rest."""


class BaselineScanner:
    """Judges the built-in items; limits bound the expensive probes."""

    module: Module = Module.BASELINE

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def scan(self, job: Job, host: Host) -> Iterator[Event]:
        """Yield Progress and Found, and Degraded at the end when something could not be judged.

        Raises ScanFailed for options of another module, numbers this agent does not know, or a root that is no
        folder.
        """
        policies, items = _outside(host.policies) if host.policies else _built_in(job)
        if not host.root.is_dir():
            raise ScanFailed(f"{host.root} is not a folder: give the root folder of a system")
        session = Session(Site(root=RootFs(host.root), is_this_machine=host.is_this_machine, limits=self._limits))
        start = 0.0
        for share in session.work({check.probe for item in items for check in item.checks}):
            start = _SLOW_SHARE * share
            yield Progress(done=start, doing="looking through the file system")
        verdicts: list[Verdict] = []
        for number, (policy, item) in enumerate(zip(policies, items, strict=True), start=1):
            verdicts.append(judge(item, policy, session.ask))
            if number % _BATCH == 0 or number == len(items):
                yield Found(items=tuple(verdicts[(number - 1) // _BATCH * _BATCH :]))
            yield Progress(done=start + (1 - start) * number / len(items), doing=_doing(items, number))
        yield from _degraded(verdicts)


def _built_in(job: Job) -> tuple[Sequence[str], Sequence[Item]]:
    """The chosen items of the catalogue, each with the name of its policy."""
    entries = _chosen(job)
    return [policy_name(entry.policy) for entry in entries], load(entries)


def _outside(paths: Sequence[Path]) -> tuple[Sequence[str], Sequence[Item]]:
    """The items of policy files, each with the name of its policy."""
    try:
        policies = read_policies(paths)
    except InvalidValue as error:
        raise ScanFailed(str(error)) from error
    names = [policy.policy for policy in policies for _ in policy.items]
    return names, [item for policy in policies for item in policy.items]


def _chosen(job: Job) -> tuple[ItemEntry, ...]:
    if not isinstance(job.options, BaselineOptions):
        raise ScanFailed(f"a baseline scan was given {type(job.options).__name__}: this is a defect in Hostward")
    try:
        return chosen_items(job.options)
    except InvalidValue as error:
        raise ScanFailed(f"{error}. If they are new, upgrade this agent") from error


def _doing(items: Sequence[Item], judged: int) -> str:
    return f"judging {items[judged].code}" if judged < len(items) else "all items judged"


def _degraded(verdicts: Sequence[Verdict]) -> Iterator[Degraded]:
    unjudged = [verdict for verdict in verdicts if verdict.outcome in _UNJUDGED]
    if not unjudged:
        return
    named = "; ".join(f"{verdict.item} {verdict.reason}" for verdict in unjudged[:_MAX_NAMED])
    more = f"; and {len(unjudged) - _MAX_NAMED} more" if len(unjudged) > _MAX_NAMED else ""
    yield Degraded(reason=f"{len(unjudged)} of {len(verdicts)} items could not be judged: {named}{more}")


SCANNER: Scanner = BaselineScanner()
