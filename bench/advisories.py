"""CPU seconds of storing a feed and of matching an inventory against it, beside a control.

Run: python bench/advisories.py [--records 29198] [--packages 700] [--postgresql URL]. The control of the import writes
as many rows of the same bytes into one plain table of SQLite; that of the matching reads the stored inventory and
matches nothing. Exits with 1 when the import takes longer than the bar (design: vulnerability module).
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.ids import LeaseId
from hostward.domain.machine import MachineFacts
from hostward.domain.package import Package
from hostward.domain.severity import Level
from hostward.store.open import open_postgresql, open_sqlite
from hostward.store.store import SqlStore

NOW = datetime(2026, 12, 1, tzinfo=UTC)
BAR_CPU_SECONDS = 6.0
RELEASES = ("Debian:11", "Debian:12", "Debian:13")
SOURCES = 3000
DESCRIPTION = "A flaw in something lets somebody do what they should not. " * 6


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=29_198)
    options.add_argument("--packages", type=int, default=700)
    options.add_argument("--postgresql", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        url = chosen.postgresql
        store = open_postgresql(url, bytes(32)) if url else open_sqlite(Path(folder))
        feed = list(advisories(chosen.records))
        first, again = spent(store, feed), spent(store, feed)
        print(f"import of {len(feed)} advisories: {first:.2f} CPU s, again over the old ones {again:.2f}")
        print(f"control, as many plain rows: {control(Path(folder) / 'control.db', feed):.2f} CPU s")
        match(store, chosen.packages)
        store.close()
    return int(max(first, again) > BAR_CPU_SECONDS)


def advisories(count: int) -> Iterator[Advisory]:
    """As the Debian tracker has them: one CVE, three releases, some without a fix."""
    for number in range(count):
        fixed = "" if number % 5 == 0 else f"1.{number % 90}.{number % 7}-{number % 3 + 1}+deb12u1"
        name = f"source{number % SOURCES}"
        yield Advisory(
            feed="debian",
            id=f"CVE-2026-{number}",
            key=f"CVE-2026-{number}",
            description=DESCRIPTION,
            level=Level(number % 4 + 1),
            level_source="debian urgency",
            affected=tuple(Affected(ecosystem=each, name=name, fixed=fixed) for each in RELEASES),
        )


def spent(store: SqlStore, feed: list[Advisory]) -> float:
    began = time.process_time()
    store.write_now(lambda uow: uow.advisories.replace("debian", feed, ecosystems=RELEASES, digest="d", now=NOW))
    return time.process_time() - began


def control(path: Path, feed: list[Advisory]) -> float:
    began = time.process_time()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE plain (a, b, c, d)")
    rows = [(each.id, one.ecosystem, one.name, one.fixed) for each in feed for one in each.affected]
    texts = [(each.id, each.description, each.level, each.level_source) for each in feed]
    connection.executemany("INSERT INTO plain VALUES (?, ?, ?, ?)", rows + texts)
    connection.commit()
    connection.close()
    return time.process_time() - began


def match(store: SqlStore, count: int) -> None:
    facts = MachineFacts(host_name="h", addresses=(), wan_ip="", os_name="Debian", agent_version="0.1.0")
    inventory = [
        Package(ecosystem="Debian:12", name=f"p{n}", version="1.45.3-1", source=f"source{n}", source_version="1.45.3-1")
        for n in range(count)
    ]
    account = store.write_now(lambda uow: uow.accounts.add_account("bench"))
    machine = store.write_now(lambda uow: uow.machines.enrol(account, b"k", facts, quuid="q", uuid="u")).id
    for lease, what in ((LeaseId(1), "new"), (LeaseId(2), "known")):
        began = time.process_time()
        store.write_now(lambda uow, lease=lease: uow.results.add(machine, lease, 0, inventory))
        print(f"inventory of {count} {what} packages: {time.process_time() - began:.3f} CPU s")
    began = time.process_time()
    found = store.read_now(lambda uow: uow.results.matches(machine, LeaseId(1)))
    print(f"{len(found)} matches: {time.process_time() - began:.3f} CPU s")
    began = time.process_time()
    store.read_now(lambda uow: uow.results.items(machine, LeaseId(1)))
    print(f"control, reading the inventory: {time.process_time() - began:.3f} CPU s")


if __name__ == "__main__":
    sys.exit(main())
