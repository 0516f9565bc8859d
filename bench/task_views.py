"""Milliseconds of what ListScanTaskMachines asks the store in a large task, by part, order and text.

Run: python bench/task_views.py [--machines 100000] [--times 20] [--postgresql URL]. Each question is a transaction of
its own with the use case around it, 100 rows a page, timed on the wall. Exits with 1 when a 95th
percentile is above its bar.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from store_pages import World, build

from hostward.domain.bucket import Bucket
from hostward.domain.machine_filter import BucketIs, Condition, Order, SortKey, Text, TextIs
from hostward.domain.module import Module
from hostward.usecases.scans import views

BAR_MS = 300
LIMIT = 100


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--machines", type=int, default=100_000)
    options.add_argument("--times", type=int, default=20)
    options.add_argument("--postgresql", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        world = build(Path(folder), chosen.postgresql, chosen.machines)
        slow = [name for name, ask in questions(world).items() if not shown(name, ask, chosen.times)]
        world.store.close()
        world.control.dispose()
    print("too slow: " + ", ".join(slow) if slow else "all within their bar")
    return int(bool(slow))


def questions(world: World) -> dict[str, Callable[[], object]]:
    """By part (first and last page), by order, by text."""
    asked: dict[str, Callable[[], object]] = {}
    for part in (*Bucket, None):
        conditions = (BucketIs(values=frozenset({part})),) if part else ()
        asked[f"{part or 'all'}, first page"] = asking(world, conditions)
        asked[f"{part or 'all'}, at 90 %"] = asking(world, conditions, deep=True)
    mixed = BucketIs(values=frozenset({Bucket.WAITING, Bucket.OK}))
    asked["Waiting and Ok, at 90 %"] = asking(world, (mixed,), deep=True)
    for key in SortKey:
        for descending in (False, True):
            order = Order(key=key, descending=descending)
            name = f"sort {key.value} {'down' if descending else 'up'}"
            asked[f"{name}, first page"] = asking(world, (), order)
            asked[f"{name}, at 90 %"] = asking(world, (), order, deep=True)
            part = (BucketIs(values=frozenset({Bucket.FAILED, Bucket.TIMEOUT})),)
            asked[f"{name}, failed ones"] = asking(world, part, order)
    asked["text of one"] = asking(world, (TextIs(text=Text.ANY, values=(f"-{world.size - 7}",)),))
    asked["text of one, sort risks down"] = asking(
        world, (TextIs(text=Text.ANY, values=(f"-{world.size - 7}",)),), Order(key=SortKey.RISKS, descending=True)
    )
    return asked


def asking(
    world: World, conditions: tuple[Condition, ...], order: Order = Order(), *, deep: bool = False  # noqa: B008  # frozen
) -> Callable[[], object]:  # fmt: skip
    account = world.store.read_now(lambda uow: uow.tasks.get(world.task)).account

    def ask(offset: int = 0) -> int:
        page, _ = world.store.read_now(
            lambda uow: views.machines(
                uow, account=account, module=Module.VUL, task=world.task, conditions=conditions, order=order,
                limit=LIMIT, offset=offset,
            )
        )  # fmt: skip
        return page.total

    return partial(ask, ask() * 9 // 10) if deep else ask


def shown(name: str, ask: Callable[[], object], times: int) -> bool:
    """Print a line; whether it is within its bar."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    half, most = took[len(took) // 2], took[int(len(took) * 0.95) - 1]
    print(f"{name:42} p50 {half:7.1f} ms   p95 {most:7.1f} ms   bar {BAR_MS} ms   {'ok' if most <= BAR_MS else 'SLOW'}")
    return most <= BAR_MS


if __name__ == "__main__":
    sys.exit(main())
