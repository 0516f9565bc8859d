"""Scanners whose every row can be told from all others, slow or quick, that fail, hang or won't die."""

import asyncio
from dataclasses import dataclass
from random import Random

from hostward.perf.agent import Say
from hostward.protocol.job import BaselineJob, Job, VulJob
from hostward.protocol.report import MalwareRow, NotScannedRow, PackageRow, Row, VerdictRow
from simulation.oracle import Said


@dataclass(frozen=True, slots=True)
class Behaviour:
    """seconds: how long it scans, at each of rows' steps it says so many rows. hangs: it never comes to its end."""

    seconds: float
    rows: tuple[int, ...]
    failure: str
    hangs: bool
    dies_in: float


def behaviour(random: Random, *, stubborn: bool) -> Behaviour:
    """How a scanner will behave."""
    steps = random.choice((0, 1, 2, 4, 8))
    return Behaviour(
        seconds=random.choice((0.1, 2.0, 20.0, 90.0, 300.0)) * random.uniform(0.5, 1.5),
        rows=tuple(random.choice((0, 1, 3, 20)) if random.random() > 0.01 else 620 for _ in range(steps)),
        failure="no rules could be read" if random.random() < 0.07 else "",
        hangs=random.random() < 0.04,
        dies_in=random.choice((0.0, 4.0, 30.0)) if stubborn else random.uniform(0.0, 0.7),
    )


async def scan(job: Job, say: Say, does: Behaviour, said: Said, process: int) -> str:
    """Scan as the behaviour has it, and remember all that is said."""
    try:
        for number, count in enumerate(does.rows):
            await asyncio.sleep(does.seconds / len(does.rows))
            first = len(said.rows)
            rows = [_row(job, f"{job.lease}.{process}.{first + each}", first + each) for each in range(count)]
            if rows:
                # Said in one step: a row counts as said from the moment its agent has it.
                await say.found([row for row, _ in rows], 200 * len(rows))
                said.rows += [f"{job.lease}.{process}.{first + each}" for each in range(count)]
                said.risks += sum(risk for _, risk in rows)
            await say.stepped((number + 1) / (len(does.rows) + 1), f"step {number}")
        await asyncio.sleep(0.0 if does.rows else does.seconds)
        if does.hangs:
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.sleep(does.dies_in)
        raise
    said.failure = does.failure
    return does.failure


def _row(job: Job, name: str, number: int) -> tuple[Row, int]:
    """A row, and how many risks it is."""
    if isinstance(job.options, VulJob):
        return PackageRow(eco="Debian:12", name=name, ver="1", src=name, srcver="1"), 0
    if isinstance(job.options, BaselineJob):
        outcome = "fail" if number % 3 == 0 else "pass"
        return VerdictRow(policy="p", item=name, title="t", level=2, outcome=outcome), int(outcome == "fail")
    if number % 4:
        return NotScannedRow(path=name.encode(), reason="limit"), 0
    return MalwareRow(path=name.encode(), rule="r", title="t", engine="e", level=3, size=1, sha256=""), 1
