"""Counters, gauges and their text form."""

import math
import threading

import pytest

from hostward.runtime.metrics import MAX_SERIES, Metric, Metrics


def counter(*labels: str) -> Metric:
    """A counter to try things on."""
    return Metric(kind="counter", name="requests_total", help="Requests answered.", labels=labels)


def gauge(*labels: str) -> Metric:
    """A gauge to try things on."""
    return Metric(kind="gauge", name="agents", help="Agents connected.", labels=labels)


def test_a_counter_starts_at_zero() -> None:
    """A scrape before the first event shows the metric already."""
    assert counter().value() == 0


def test_a_counter_adds_up() -> None:
    """One by default, or what is given."""
    metric = counter()
    metric.add()
    metric.add(2.5)
    assert metric.value() == 3.5


@pytest.mark.parametrize("amount", [-1, math.nan])
def test_a_counter_never_falls(amount: float) -> None:
    """Rates are computed from counters; a fall would read as a restart."""
    with pytest.raises(ValueError, match="can't fall"):
        counter().add(amount)


def test_a_counter_can_not_be_set() -> None:
    """Setting is for gauges."""
    with pytest.raises(ValueError, match="only added to"):
        counter().set(5)


def test_a_gauge_rises_falls_and_is_set() -> None:
    """It shows the present, whatever was before."""
    metric = gauge()
    metric.set(10)
    metric.add(-3)
    assert metric.value() == 7


def test_each_combination_of_label_values_has_a_number_of_its_own() -> None:
    """Counting one action leaves the other alone."""
    metric = counter("action")
    metric.add(1, "ScanVul")
    metric.add(2, "DeleteScanTask")
    assert (metric.value("ScanVul"), metric.value("DeleteScanTask")) == (1, 2)


def test_label_values_must_fit_the_labels() -> None:
    """A forgotten label is a defect that shows at once."""
    with pytest.raises(ValueError, match="has 1 labels, got 2"):
        counter("action").add(1, "ScanVul", "ok")


def test_labels_that_hold_data_are_stopped() -> None:
    """A label fed from requests would grow without end."""
    metric = counter("host")
    for number in range(MAX_SERIES):
        metric.add(1, str(number))
    with pytest.raises(ValueError, match="must not hold data"):
        metric.add(1, "one more")
    assert metric.value("one more") == 0


def test_known_label_values_still_count_when_the_limit_is_reached() -> None:
    """The limit stops new series, not the old ones."""
    metric = counter("host")
    for number in range(MAX_SERIES):
        metric.add(1, str(number))
    metric.add(1, "7")
    assert metric.value("7") == 2


@pytest.mark.parametrize("name", ["", "Requests", "a b", "1st", "a-b", "a\n"])
def test_a_name_that_the_format_does_not_know_is_refused(name: str) -> None:
    """A bad name would make the whole page unreadable to the scraper."""
    with pytest.raises(ValueError, match="no metric or label name"):
        Metrics().counter(name, "Help.")


def test_a_name_is_given_once() -> None:
    """Two metrics of one name are an invalid page."""
    metrics = Metrics()
    metrics.gauge("agents", "Agents connected.")
    with pytest.raises(ValueError, match="exists already"):
        metrics.counter("agents", "Agents counted.")


def test_the_page_has_help_type_and_samples_in_order() -> None:
    """It reads as the exposition format says, metrics in the order in which they were made."""
    metrics = Metrics()
    metrics.counter("requests_total", "Requests answered.", "action").add(3, "ScanVul")
    metrics.gauge("agents", "Agents connected.").set(0.5)
    assert metrics.text() == (
        "# HELP requests_total Requests answered.\n"
        "# TYPE requests_total counter\n"
        'requests_total{action="ScanVul"} 3\n'
        "# HELP agents Agents connected.\n"
        "# TYPE agents gauge\n"
        "agents 0.5\n"
    )


def test_label_values_are_quoted() -> None:
    """Quotes, backslashes and line ends of a value stay inside it."""
    metric = gauge("name")
    metric.set(1, 'a"b\\c\nd')
    assert list(metric.lines())[-1] == 'agents{name="a\\"b\\\\c\\nd"} 1'


@pytest.mark.parametrize(
    ("number", "text"), [(math.inf, "+Inf"), (-math.inf, "-Inf"), (math.nan, "NaN"), (2.0, "2"), (0.1, "0.1"), (3, "3")]
)
def test_numbers_are_written_as_the_format_has_them(number: float, text: str) -> None:
    """Whole numbers without a point, infinities by their names."""
    metric = gauge()
    metric.set(number)
    assert list(metric.lines())[-1] == f"agents {text}"


def test_threads_lose_no_count() -> None:
    """Four threads adding at once end at the exact sum."""
    metric = counter()
    threads = [threading.Thread(target=lambda: [metric.add() for _ in range(5_000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert metric.value() == 20_000


def test_numbers_counted_elsewhere_take_the_place_of_all() -> None:
    """Series that are no longer told of are gone; a counter is put like a gauge."""
    metric = counter("action")
    metric.put({("ScanVul",): 3, ("DescribeTags",): 1})
    metric.put({("ScanVul",): 5})
    assert (metric.value("ScanVul"), metric.value("DescribeTags")) == (5, 0)


def test_numbers_that_do_not_fit_the_labels_are_not_put() -> None:
    """What was there before stays."""
    metric = gauge("state")
    metric.put({("online",): 3})
    with pytest.raises(ValueError, match="takes 1 labels"):
        metric.put({("online", "too much"): 3})
    assert metric.value("online") == 3


def test_a_metric_may_have_another_limit() -> None:
    """For labels whose combinations are known and more than usual, or fewer."""
    metric = Metrics().counter("calls_total", "Calls.", "action", most=1)
    metric.add(1, "ScanVul")
    with pytest.raises(ValueError, match="has 1 label combinations already"):
        metric.add(1, "DescribeTags")
    with pytest.raises(ValueError, match="at most 1 series"):
        metric.put({("a",): 1, ("b",): 1})
