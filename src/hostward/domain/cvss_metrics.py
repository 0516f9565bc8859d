"""The metrics of a CVSS vector, whatever its version."""

from collections.abc import Container, Mapping

from hostward.domain.errors import InvalidValue

MAX_VECTOR = 512
"""Longest vector looked at, in characters: several times one that gives every metric."""


def metrics_of(vector: str, prefix: str, base: Mapping[str, Container[str]], name: str) -> Mapping[str, str]:
    """The metrics of a vector, with a valid value for each base metric.

    base: the values of each. name: of such a vector, for people. Raises InvalidValue for a vector that does not begin
    with the prefix or is too long, for a metric that is there twice, and for a base metric that is missing or unknown.
    """
    if not vector.startswith(prefix) or len(vector) > MAX_VECTOR:
        raise InvalidValue(f"not a {name}: {vector[:80]!r}; {prefix}AV:.../AC:... is expected")
    pairs = [part.partition(":") for part in vector.removeprefix(prefix).split("/") if part]
    metrics = {metric: value for metric, _, value in pairs}
    if len(metrics) != len(pairs):
        raise InvalidValue(f"a metric is given twice in the {name} {vector[:80]!r}")
    for metric, values in base.items():
        if not metrics.get(metric) or metrics[metric] not in values or len(metrics[metric]) > 1:
            raise InvalidValue(f"the {name} {vector[:80]!r} has no valid {metric} metric")
    return metrics
