"""The whole fault matrix on real processes: every row many times, and a table of what happened.

usage: .venv/bin/python scripts/fault_matrix.py [--rounds 10] [--seed 1] [--row WORDS] [--agents 3]

Each round treats a running fleet badly while it scans and then looks at every unit (tests/support/fault_rows.py says
what is done, tests/support/fault_fleet.py what must hold). A round that fails is named with its seed, and the status
is 1. Rows that need PostgreSQL, Valkey or root are left out, and said to be, where these are missing.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

SUPPORT = Path(__file__).resolve().parent.parent / "tests" / "support"
sys.path.insert(0, str(SUPPORT))

import fault_rows  # noqa: E402  # found in tests/support
from capabilities import CAPABILITIES  # noqa: E402
from fault_disks import small_disk  # noqa: E402
from fault_fleet import Counts, Fleet, fleet  # noqa: E402
from own_postgres import crashing_postgres  # noqa: E402
from own_valkey import own_valkey  # noqa: E402

HEAD = ("row", "rounds", "faults", "ok", "failed", "findings checked", "lost or doubled")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the table. needs: capabilities. place: opens what the row works on, given folder, seed and agents."""

    name: str
    place: Callable[[ExitStack, Path, int, int], tuple[Fleet, fault_rows.Row]]
    needs: tuple[str, ...] = ()


@dataclass
class Result:
    """What came of a row."""

    counts: Counts = field(default_factory=Counts)
    rounds: int = 0
    failures: list[str] = field(default_factory=list)


def plain(row: fault_rows.Row) -> Callable[[ExitStack, Path, int, int], tuple[Fleet, fault_rows.Row]]:
    """A row that needs nothing but a fleet."""
    return lambda ends, folder, seed, agents: (ends.enter_context(fleet(folder, seed=seed, agents=agents)), row)


def storm(ends: ExitStack, folder: Path, seed: int, _agents: int) -> tuple[Fleet, fault_rows.Row]:
    """Sixty agents in one process."""
    return ends.enter_context(fleet(folder, seed=seed, agents=60, together=True)), fault_rows.reconnect_storm


def server_disk(ends: ExitStack, folder: Path, seed: int, agents: int) -> tuple[Fleet, fault_rows.Row]:
    """Everything of the server's on a small disk."""
    small = ends.enter_context(small_disk(folder / "small", megabytes=64))
    made = ends.enter_context(fleet(small, seed=seed, agents=agents, agents_in=folder))
    return made, partial(fault_rows.full_disk_of_server, folder=small)


def agent_disk(ends: ExitStack, folder: Path, seed: int, agents: int) -> tuple[Fleet, fault_rows.Row]:
    """Everything of the agents' on a small disk."""
    small = ends.enter_context(small_disk(folder / "small", megabytes=16))
    made = ends.enter_context(fleet(folder, seed=seed, agents=agents, agents_in=small))
    return made, partial(fault_rows.full_disk_of_agent, folder=small)


def database(row: fault_rows.Row | None) -> Callable[[ExitStack, Path, int, int], tuple[Fleet, fault_rows.Row]]:
    """On PostgreSQL: this row, or the database's own crash."""

    def place(ends: ExitStack, folder: Path, seed: int, agents: int) -> tuple[Fleet, fault_rows.Row]:
        server = ends.enter_context(crashing_postgres())
        made = ends.enter_context(fleet(folder, seed=seed, agents=agents, database=server.url))
        return made, row or partial(fault_rows.database_restart, database=server)

    return place


def cache(ends: ExitStack, folder: Path, seed: int, agents: int) -> tuple[Fleet, fault_rows.Row]:
    """With a Valkey that is killed."""
    valkey = ends.enter_context(own_valkey(folder))
    made = ends.enter_context(fleet(folder, seed=seed, agents=agents, settings={"valkey.url": valkey.url}))
    return made, partial(fault_rows.hints_lost, valkey=valkey)


LINES = (
    *(Line(name=name, place=plain(row)) for name, row in fault_rows.SHARED),
    Line(name="partition of ten minutes", place=plain(partial(fault_rows.partition, seconds=600.0))),
    Line(name="reconnect storm, 60 agents", place=storm),
    Line(name="disk of the server full", place=server_disk, needs=("mounts",)),
    Line(name="disk of the agents full", place=agent_disk, needs=("mounts",)),
    Line(name="crash of PostgreSQL", place=database(None), needs=("postgres",)),
    Line(name="PostgreSQL: kill -9 of both", place=database(fault_rows.kill_both), needs=("postgres",)),
    Line(name="PostgreSQL: 30 % lost ...", place=database(fault_rows.bad_network), needs=("postgres",)),
    Line(name="Valkey killed, then silent", place=cache, needs=("valkey", "valkey-client")),
)


def main() -> int:
    """Run all lines; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--row", default="", help="only rows whose name has these words")
    parser.add_argument("--agents", type=int, default=3)
    chosen = parser.parse_args()
    print("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD), flush=True)
    total, good = Result(), True
    for line in LINES:
        if chosen.row not in line.name:
            continue
        missing = [name for name in line.needs if not CAPABILITIES[name].found()]
        if missing:
            print(f"| {line.name} | not run: needs {', '.join(missing)} | | | | | |", flush=True)
            continue
        result = ran(line, chosen.rounds, chosen.seed, chosen.agents)
        show(line.name, result)
        good = good and not result.failures
        total.rounds, total.counts = total.rounds + result.rounds, total.counts.plus(result.counts)
        total.failures += result.failures
    show("all", total)
    return 0 if good else 1


def ran(line: Line, rounds: int, seed: int, agents: int) -> Result:
    """A line so many times, on one fleet as long as nothing fails."""
    result = Result()
    while result.rounds < rounds:
        with opened(line, seed + result.rounds, agents) as (made, row):
            while result.rounds < rounds:
                number = seed + result.rounds
                result.rounds += 1
                try:
                    result.counts = result.counts.plus(row(made, random.Random(f"{number} {line.name}")))
                except Exception:  # noqa: BLE001  # whatever it was, it is told, and the next round begins anew
                    result.failures.append(f"{line.name}, seed {number}:\n{traceback.format_exc()[-4000:]}")
                    print(result.failures[-1], file=sys.stderr, flush=True)
                    break
    return result


@contextmanager
def opened(line: Line, seed: int, agents: int) -> Iterator[tuple[Fleet, fault_rows.Row]]:
    """What the line works on."""
    with tempfile.TemporaryDirectory(prefix="hostward-faults-") as folder, ExitStack() as ends:
        yield line.place(ends, Path(folder), seed, agents)


def show(name: str, result: Result) -> None:
    """Print a line of the table."""
    counts = result.counts
    failed = sum(number for word, number in counts.units.items() if word != "ok")
    cells = (name, result.rounds, counts.faults, counts.units["ok"], failed, counts.findings, len(result.failures))
    print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |", flush=True)


if __name__ == "__main__":
    began = time.monotonic()
    status = main()
    print(f"{time.monotonic() - began:,.0f} s", file=sys.stderr)
    sys.exit(status)
