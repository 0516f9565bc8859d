"""The shared rate limit asks, grants and rests by rule; the server is played by the test."""

import asyncio

import pytest

from hostward.api.rate_limit import Bucket, ProcessRate
from hostward.api.shared_rate import ASK_SECONDS, REST_SECONDS, RateServerGone, SharedRate
from hostward.runtime.metrics import Metrics

BUCKET = Bucket("key", 7, "cwp:ScanVul")


class Played:
    """A server that answers what it is told to; what it was asked."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[list[str], list[int]]] = []

    async def __call__(self, keys, arguments) -> object:
        """One question."""
        self.asked.append((list(keys), list(arguments)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if answer == "silence":
            await asyncio.sleep(ASK_SECONDS * 20)
        return answer


def shared(server: Played) -> tuple[SharedRate, Metrics]:
    """A limit of 20."""
    metrics = Metrics()
    return SharedRate(20, server, unchecked=metrics.counter("gone_total", "Calls.")), metrics


def takes(rate: SharedRate | ProcessRate, *times: float, bucket: Bucket = BUCKET) -> list[bool]:
    """What is said at each time."""

    async def all_of_them() -> list[bool]:
        return [await rate.take(bucket, now) for now in times]

    return asyncio.run(all_of_them())


def count(metrics: Metrics) -> int:
    """The calls that were granted unasked."""
    return int(metrics.text().rpartition(" ")[2])


def test_the_server_decides() -> None:
    """1 is yes, and nothing else."""
    rate, metrics = shared(Played(1, 0, 1))
    assert (takes(rate, 0.0, 0.0, 0.0), count(metrics)) == ([True, False, True], 0)


def test_it_is_asked_by_kind_user_and_action_with_the_limit() -> None:
    """One key a bucket."""
    server = Played(1)
    takes(shared(server)[0], 0.0)
    assert server.asked == [(["hostward:rate:key:7:cwp:ScanVul"], [20])]


@pytest.mark.parametrize("failure", [RateServerGone("refused"), TimeoutError(), "silence"])
def test_without_an_answer_calls_pass_and_it_rests(failure: object) -> None:
    """Asked once, then not for a second; each call is counted."""
    server = Played(failure)
    rate, metrics = shared(server)
    assert takes(rate, 10.0, 10.0, 10.0 + REST_SECONDS * 0.99) == [True] * 3
    assert (len(server.asked), count(metrics)) == (1, 3)


def test_after_the_rest_it_is_asked_again() -> None:
    """One call finds out; while it fails the others go on passing."""
    server = Played(RateServerGone("a"), RateServerGone("b"), 0)
    rate, metrics = shared(server)
    assert takes(rate, 0.0, REST_SECONDS, REST_SECONDS * 1.5, REST_SECONDS * 2) == [True, True, True, False]
    assert (len(server.asked), count(metrics)) == (3, 3)


def test_its_absence_and_return_are_each_told_once(capsys) -> None:
    """However many calls there were."""
    rate, _ = shared(Played(RateServerGone("gone"), RateServerGone("gone"), 1, 1))
    takes(rate, *(REST_SECONDS * step / 2 for step in range(8)))
    told = capsys.readouterr()
    text = told.out + told.err
    assert (text.count("rate limit not checked"), text.count("shared again")) == (1, 1)


def test_a_defect_is_not_taken_for_an_absence() -> None:
    """It must be seen."""
    rate, _ = shared(Played(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        takes(rate, 0.0)


def test_one_process_counts_kinds_of_callers_apart() -> None:
    """As the shared one does."""
    rate = ProcessRate(1)
    assert takes(rate, 0.0, 0.0) == [True, False]
    assert takes(rate, 0.0, bucket=BUCKET._replace(kind="session")) == [True]
    assert takes(rate, 0.0, bucket=BUCKET._replace(user=8)) == [True]
