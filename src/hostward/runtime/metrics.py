"""Counters and gauges of this process, and their text form.

Our own because prometheus-client costs 14 MB of memory and 53 ms of CPU at import, more than an agent at rest may
spend (docs/adr/0005-own-metrics.md). The text is the Prometheus exposition format, version 0.0.4.
"""

import math
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Final, Literal

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
MAX_SERIES: Final = 1_000
"""Label combinations one metric may have; more is a label that holds data, which would eat the process's memory."""
NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z")

Kind = Literal["counter", "gauge"]
Labels = tuple[str, ...]


class Metric:
    """One named number, or one for each combination of label values. Safe to use from several threads."""

    def __init__(
        self,
        *,
        kind: Kind,
        name: str,
        help: str,  # noqa: A002  # the format's own word
        labels: Labels = (),
        most: int = MAX_SERIES,
    ) -> None:
        for word in (name, *labels):
            if not NAME.match(word):
                raise ValueError(f"{word!r} is no metric or label name: use small letters, digits and _")
        self.kind: Final = kind
        self.name: Final = name
        self.help: Final = help
        self.labels: Final = labels
        self._most = most
        self._lock = threading.Lock()
        self._values: dict[Labels, float] = {} if labels else {(): 0.0}

    def add(self, amount: float = 1, *values: str) -> None:
        """Add `amount` to the number of these label values. Raises ValueError when a counter would fall."""
        if self.kind == "counter" and not amount >= 0:
            raise ValueError(f"counter {self.name} can't fall: {amount}")
        with self._lock:
            self._values[self._series(values)] = self._values.get(values, 0.0) + amount

    def set(self, number: float, *values: str) -> None:
        """Make the number of these label values `number`. Raises ValueError for a counter."""
        if self.kind == "counter":
            raise ValueError(f"counter {self.name} can't be set, only added to")
        with self._lock:
            self._values[self._series(values)] = number

    def put(self, numbers: Mapping[Labels, float]) -> None:
        """Put these numbers, by label values, in the place of all: what is counted elsewhere and read anew each time.

        A counter may be put too: it is up to what counts it that it does not fall. Raises ValueError as add() does.
        """
        if len(numbers) > self._most or any(len(values) != len(self.labels) for values in numbers):
            raise ValueError(f"{self.name} takes {len(self.labels)} labels and at most {self._most} series")
        with self._lock:
            self._values = dict(numbers)

    def value(self, *values: str) -> float:
        """The number of these label values; 0 when nothing was counted yet."""
        with self._lock:
            return self._values.get(values, 0.0)

    def lines(self) -> Iterator[str]:
        """The metric in the exposition format, label values in order."""
        with self._lock:
            values = sorted(self._values.items())
        yield f"# HELP {self.name} {_escaped(self.help)}"
        yield f"# TYPE {self.name} {self.kind}"
        for series, number in values:
            yield f"{self.name}{self._label_text(series)} {_number(number)}"

    def _series(self, values: Labels) -> Labels:
        """Check label values. Raises ValueError when they don't fit the labels or are one combination too many."""
        if len(values) != len(self.labels):
            raise ValueError(f"{self.name} has {len(self.labels)} labels, got {len(values)} values")
        if values not in self._values and len(self._values) >= self._most:
            raise ValueError(f"{self.name} has {self._most} label combinations already: a label must not hold data")
        return values

    def _label_text(self, series: Labels) -> str:
        pairs = [f'{label}="{_quoted(value)}"' for label, value in zip(self.labels, series, strict=True)]
        return "{" + ",".join(pairs) + "}" if pairs else ""


class Metrics:
    """The metrics of one process, in the order in which they were made."""

    def __init__(self) -> None:
        self._metrics: dict[str, Metric] = {}

    def counter(self, name: str, help: str, *labels: str, most: int = MAX_SERIES) -> Metric:  # noqa: A002  # the format's own word
        """A new number that only rises. most: label combinations. Raises ValueError when the name is taken."""
        return self._added(Metric(kind="counter", name=name, help=help, labels=labels, most=most))

    def gauge(self, name: str, help: str, *labels: str, most: int = MAX_SERIES) -> Metric:  # noqa: A002  # the format's own word
        """A new number that rises and falls. most: label combinations. Raises ValueError when the name is taken."""
        return self._added(Metric(kind="gauge", name=name, help=help, labels=labels, most=most))

    def text(self) -> str:
        """All metrics in the exposition format, to be served as CONTENT_TYPE."""
        return "".join(f"{line}\n" for metric in tuple(self._metrics.values()) for line in metric.lines())

    def _added(self, metric: Metric) -> Metric:
        if metric.name in self._metrics:
            raise ValueError(f"metric {metric.name} exists already")
        self._metrics[metric.name] = metric
        return metric


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')


def _number(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    return str(int(number)) if number == int(number) else repr(number)
