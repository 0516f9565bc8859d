"""Play histories of the fleet, each from a seed: what goes wrong in them is drawn, what was promised must hold.

Run: python scripts/simulate.py [--histories 1000] [--seed 0] [--sqlite]     many; exits with 1 when one is broken
     python scripts/simulate.py --replay SEED                                one, with all that happens in it

Server, agents, network, clocks and disks live in this one process on simulated time (tests/support/simulation).
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from simulation.database import InMemory, Kept, OnSqlite  # the path comes first
from simulation.history import run


def main() -> int:
    """Play, print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed; each history has the next one")
    parser.add_argument("--replay", type=int, help="play this seed alone and print all that happens")
    parser.add_argument("--sqlite", action="store_true", help="the server keeps what it knows in SQLite")
    parser.add_argument("--stop-at", type=int, default=10, help="stop when so many histories are broken")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-simulation-") as folder:
        kept = _sqlite_in(Path(folder)) if chosen.sqlite else InMemory
        if chosen.replay is not None:
            return _replay(chosen.replay, kept)
        return _many(range(chosen.seed, chosen.seed + chosen.histories), kept, chosen.stop_at, sqlite=chosen.sqlite)


def _replay(seed: int, kept: Callable[[], Kept]) -> int:
    try:
        print(run(seed, kept=kept, log=print))
    except Exception:  # noqa: BLE001  # whatever was found is to be shown
        traceback.print_exc()
        return 1
    return 0


def _many(seeds: range, kept: Callable[[], Kept], most: int, *, sqlite: bool) -> int:
    began = time.process_time()
    faults: Counter[str] = Counter()
    states: Counter[str] = Counter()
    commits = scans = played = 0
    hours = 0.0
    broken: list[int] = []
    for seed in seeds:
        played += 1
        try:
            outcome = run(seed, kept=kept)
        except Exception as problem:  # noqa: BLE001  # one broken history must not hide the next
            broken.append(seed)
            print(f"seed {seed}: {type(problem).__name__}: {problem}"[:400])
            print(f"  replay: python scripts/simulate.py {'--sqlite ' if sqlite else ''}--replay {seed}", flush=True)
            if len(broken) >= most:
                break
            continue
        faults.update(outcome.faults)
        states.update(outcome.states)
        commits += outcome.commits
        scans += outcome.scans
        hours += outcome.seconds / 3600
    spent = time.process_time() - began
    print(f"{played} histories, {hours:.0f} simulated hours, {scans} scans, {commits} commits, in {spent:.1f} CPU s")
    print(f"{played / spent * 3600:.0f} histories per CPU hour; {len(broken)} broken: {broken}")
    print("units:", ", ".join(f"{name} {count}" for name, count in sorted(states.items())))
    print("histories with:", ", ".join(f"{name} {count}" for name, count in sorted(faults.items())))
    return 1 if broken else 0


def _sqlite_in(folder: Path) -> Callable[[], Kept]:
    """A database of its own for each history."""
    numbers = iter(range(1 << 30))

    def make() -> Kept:
        own = folder / str(next(numbers))
        own.mkdir()
        return OnSqlite(own)

    return make


if __name__ == "__main__":
    sys.exit(main())
