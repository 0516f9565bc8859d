"""The rate limit of several processes together, on a real server that dies and comes back."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from hostward.api.rate_limit import Bucket, ProcessRate
from hostward.api.shared_rate import REST_SECONDS, SharedRate
from hostward.domain.errors import InvalidValue
from hostward.runtime.metrics import Metrics
from hostward.settings import read
from hostward.wiring.shared_rate import UNCHECKED, rate_of
from own_valkey import OwnValkey, own_valkey

BUCKET = Bucket("key", 1, "cwp:ScanVul")
LIMIT = 20

HAMMER = """
import asyncio, json, sys, time
from hostward.api.rate_limit import Bucket
from hostward.runtime.metrics import Metrics
from hostward.settings import read
from hostward.wiring.shared_rate import rate_of

async def main():
    rate = rate_of(read({"HOSTWARD_DATA_DIR": "/nowhere", "HOSTWARD_VALKEY_URL": sys.argv[1]}), Metrics())
    granted, over = [], time.monotonic() + float(sys.argv[2])
    while time.monotonic() < over:
        before = time.monotonic()
        if await rate.take(Bucket("key", 1, "cwp:ScanVul"), before):
            granted.append((before, time.monotonic()))
        await asyncio.sleep(0.002)
    print(json.dumps(granted))

asyncio.run(main())
"""


@pytest.fixture
def valkey(tmp_path: Path):
    """A server of the test's own."""
    with own_valkey(tmp_path) as server:
        yield server


def made(url: str) -> tuple[SharedRate, Metrics]:
    """The limit as a server has it."""
    metrics = Metrics()
    rate = rate_of(read({"HOSTWARD_DATA_DIR": "/nowhere", "HOSTWARD_VALKEY_URL": url}), metrics)
    assert isinstance(rate, SharedRate)
    return rate, metrics


def unchecked(metrics: Metrics) -> int:
    """What the metric says."""
    return int(metrics.text().rpartition(f"{UNCHECKED} ")[2])


async def taken(rate: SharedRate, count: int, now: float, bucket: Bucket = BUCKET) -> int:
    """How many of so many calls are granted."""
    return sum([await rate.take(bucket, now) for _ in range(count)])


@pytest.mark.needs("valkey", "valkey-client")
def test_two_processes_share_one_limit(valkey: OwnValkey) -> None:
    """No second of their common clock holds more than 20 grants of both together."""
    command = [sys.executable, "-c", HAMMER, valkey.url, "2.5"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    grants = sorted(grant for process in both for grant in json.loads(process.communicate(timeout=60)[0]))
    # A grant was given between its two times; 21 of them inside one second would be one too many.
    crowded = []
    for begun, _ in grants:
        ended = sorted(after for before, after in grants if before >= begun)
        if len(ended) > LIMIT and ended[LIMIT] - begun <= 1.0:
            crowded.append(begun)
    assert (crowded, len(grants) >= 2 * LIMIT) == ([], True)


@pytest.mark.needs("valkey", "valkey-client")
def test_users_actions_and_kinds_of_callers_are_counted_apart(valkey: OwnValkey) -> None:
    """A person at the console does not use up what a program may ask."""
    rate, _ = made(valkey.url)
    buckets = [BUCKET, BUCKET._replace(kind="session"), BUCKET._replace(user=2), BUCKET._replace(action="cwp:Other")]

    async def all_of_them() -> list[int]:
        return [await taken(rate, LIMIT + 1, 0.0, bucket) for bucket in buckets]

    assert asyncio.run(all_of_them()) == [LIMIT] * 4


@pytest.mark.needs("valkey", "valkey-client")
def test_a_server_that_is_killed_lets_calls_pass_and_is_counted(valkey: OwnValkey, capsys) -> None:
    """One line in the log, a metric that rises, and the limit again once it is back."""

    async def story() -> list[int]:
        rate, metrics = made(valkey.url)
        seen = [await taken(rate, LIMIT + 5, 0.0), unchecked(metrics)]
        valkey.kill()
        seen += [await taken(rate, 50, 0.0), unchecked(metrics)]
        valkey.start()
        seen += [await taken(rate, 5, REST_SECONDS / 2), unchecked(metrics)]
        seen += [await taken(rate, LIMIT + 5, REST_SECONDS), unchecked(metrics)]
        return seen

    assert asyncio.run(story()) == [LIMIT, 0, 50, 50, 5, 55, LIMIT, 55]
    told = capsys.readouterr()
    text = told.out + told.err
    assert (text.count("rate limit not checked"), text.count("rate limit is shared again")) == (1, 1)


@pytest.mark.needs("valkey", "valkey-client")
def test_a_server_that_says_nothing_is_waited_for_once(valkey: OwnValkey) -> None:
    """Then calls pass without waiting, until it is time to try again."""

    async def story() -> tuple[int, int]:
        rate, metrics = made(valkey.url)
        await taken(rate, 1, 0.0)
        valkey.freeze()
        try:
            return await taken(rate, 200, 0.0), unchecked(metrics)
        finally:
            valkey.thaw()

    assert asyncio.run(story()) == (200, 200)


@pytest.mark.needs("valkey-client")
def test_a_server_that_never_was_lets_calls_pass() -> None:
    """A wrong port is no reason to answer nobody."""

    async def story() -> tuple[int, int]:
        rate, metrics = made("valkey://127.0.0.1:1/0")
        return await taken(rate, 30, 0.0), unchecked(metrics)

    assert asyncio.run(story()) == (30, 30)


@pytest.mark.needs("valkey-client")
@pytest.mark.parametrize("url", ["127.0.0.1:6379", "http://127.0.0.1", "nonsense"])
def test_an_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    """And says how one is written."""
    with pytest.raises(InvalidValue, match="valkey://HOST:PORT"):
        made(url)


def test_without_the_setting_each_process_counts_alone_and_nothing_is_loaded() -> None:
    """The package costs 4 MB, which only those pay who use it."""
    assert isinstance(rate_of(read({"HOSTWARD_DATA_DIR": "/nowhere"}), Metrics()), ProcessRate)
    code = "import sys, hostward.wiring.server; print('valkey' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_without_the_package_the_setting_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, not at the first call."""
    monkeypatch.setitem(sys.modules, "valkey", None)
    monkeypatch.setitem(sys.modules, "valkey.asyncio", None)
    with pytest.raises(InvalidValue, match="not installed"):
        made("valkey://127.0.0.1:6379/0")
