"""docs/howto/metrics.md tells of the metrics there are."""

import asyncio
import re
from pathlib import Path

import hostward
from hostward.api.actions import ACTIONS
from hostward.api.call_counts import CallCounts
from hostward.runtime.clock import SystemClock
from hostward.runtime.metrics import Metrics
from hostward.settings import read
from hostward.store.memory import MemoryStore
from hostward.wiring.figures import Figures
from hostward.wiring.shared_rate import rate_of

PAGE = Path(hostward.__file__).parents[2] / "docs" / "howto" / "metrics.md"
NAME = re.compile(r"`((?:hostward|process)_[a-z_]+)`")
TYPE = re.compile(r"^# TYPE (\S+)", re.MULTILINE)


def test_the_table_names_every_metric_and_no_other() -> None:
    """One that is added or renamed is told of."""
    metrics = Metrics()
    CallCounts(metrics, ACTIONS)
    rate_of(read({"HOSTWARD_DATA_DIR": "/nowhere"}), metrics)
    figures = Figures(
        metrics, store=MemoryStore(), clock=SystemClock(), waiting_agents=lambda: 0, waiting_writes=lambda: 0
    )
    asyncio.run(figures.refresh())
    table = "\n".join(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `"))
    assert set(NAME.findall(table)) == set(TYPE.findall(metrics.text()))


def test_alerts_ask_for_metrics_that_there_are() -> None:
    """A rule about a name that is gone never fires."""
    text = PAGE.read_text(encoding="utf-8")
    asked = set(re.findall(r"(hostward_[a-z_]+)", text.partition("## Alerts")[2]))
    assert asked <= set(NAME.findall(text.partition("## Alerts")[0]))
