"""wiring.bill_process: bills are read by a process of their own, whatever they do to it."""

import asyncio

import pytest

from bills import PRODUCERS
from hostward.domain.errors import Conflict, InvalidValue
from hostward.wiring import bill_process
from hostward.wiring.bill_child import bill_of
from hostward.wiring.bill_process import WAITING, BillReader


def read(document: bytes, seconds: float = 30.0):
    """What a process of its own reads."""
    return asyncio.run(BillReader(seconds).read(document))


@pytest.mark.parametrize("producer", PRODUCERS, ids=lambda one: one.__name__)
def test_the_process_reads_what_this_one_reads(producer) -> None:
    """Paths and all."""
    assert read(producer().encode()) == bill_of(producer().encode())


@pytest.mark.parametrize(
    "document",
    [b"", b"\xff\xfe\x00", b"[" * 1_000_000, b'{"bomFormat":"CycloneDX","components":' + b"[" * 500_000],
    ids=["empty", "no-text", "deep", "deep-inside"],
)
def test_hostile_bills_are_refused(document: bytes) -> None:
    """In one sentence."""
    with pytest.raises(InvalidValue, match="Document can't be read as a bill of materials"):
        read(document)


def test_a_bill_that_takes_too_much_memory_or_ends_the_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server goes on."""
    monkeypatch.setattr(bill_process, "MODULE", "hostward.no_such_module")
    with pytest.raises(InvalidValue, match="more memory or time"):
        read(b"{}")


def test_a_bill_that_takes_too_long_is_given_up() -> None:
    """Its process is ended."""
    with pytest.raises(InvalidValue, match="takes longer"):
        read(PRODUCERS[0]().encode(), seconds=0.0)


def test_no_more_are_taken_than_may_wait() -> None:
    """Each is held in memory."""

    async def many() -> list[object]:
        reader = BillReader()
        some = [reader.read(PRODUCERS[0]().encode()) for _ in range(WAITING + 2)]
        return await asyncio.gather(*some, return_exceptions=True)

    found = asyncio.run(many())
    assert sum(isinstance(one, Conflict) for one in found) == 2
    assert sum(not isinstance(one, BaseException) for one in found) == WAITING
