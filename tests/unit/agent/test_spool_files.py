"""The spool on a real disk."""

from pathlib import Path

import pytest

from agent_model import row
from hostward.agent import disk as disk_module
from hostward.agent import spool as spool_module
from hostward.agent.lease import Recovered
from hostward.agent.spool import HEADER, Spool
from hostward.protocol.report import Batch, End

ROOM = 64 * 1024 * 1024


def batch(seq: int, rows: int = 3) -> Batch:
    """A batch whose rows say which it is."""
    return Batch(seq=seq, rows=[row(seq * 1000 + number) for number in range(rows)])


def end(batches: int) -> End:
    """An End that counts."""
    return End(outcome="ok", batches=batches)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """An empty spool."""
    made = Spool(tmp_path / "spool", limit=ROOM)
    assert made.open() == []
    return made


def again(tmp_path: Path) -> Spool:
    """The spool as the next process opens it."""
    return Spool(tmp_path / "spool", limit=ROOM)


def test_what_was_added_can_be_read(spool: Spool) -> None:
    """Batches in the order of their numbers, as JSON."""
    spool.add(7, batch(0))
    spool.add(7, batch(1))
    assert b'"seq":1' in spool.batches(7, 0, 2)[1]
    assert spool.batches(7, 1, 1) == []


def test_the_size_told_is_the_size_read(spool: Spool) -> None:
    """What a report will weigh."""
    size = spool.add(7, batch(0))
    assert [len(one) for one in spool.batches(7, 0, 1)] == [size]


def test_the_end_can_be_read(spool: Spool) -> None:
    """It lies beside the batches."""
    spool.add(7, end(0))
    assert b'"outcome":"ok"' in spool.end(7)


def test_what_is_not_there_is_a_key_error(spool: Spool) -> None:
    """A batch, an End and a lease that nobody added."""
    spool.add(7, batch(0))
    with pytest.raises(KeyError):
        spool.batches(7, 0, 2)
    with pytest.raises(KeyError):
        spool.end(7)
    with pytest.raises(KeyError):
        spool.end(8)


def test_another_process_finds_what_was_added(spool: Spool, tmp_path: Path) -> None:
    """Nothing was closed: kill -9 leaves it like this."""
    sizes = [spool.add(7, batch(0)), spool.add(7, batch(1))]
    spool.add(7, end(2))
    assert again(tmp_path).open() == [Recovered(lease=7, first=0, sizes=sizes, ended=True)]


def test_another_process_reads_what_was_added(spool: Spool, tmp_path: Path) -> None:
    """The same bytes."""
    spool.add(7, batch(0))
    spool.add(7, end(1))
    other = again(tmp_path)
    other.open()
    assert other.batches(7, 0, 1) == spool.batches(7, 0, 1)
    assert other.end(7) == spool.end(7)


def test_leases_come_back_in_the_order_of_their_numbers(spool: Spool, tmp_path: Path) -> None:
    """10 after 9."""
    for lease in (10, 9, 100):
        spool.add(lease, end(0))
    assert [one.lease for one in again(tmp_path).open()] == [9, 10, 100]


def test_a_lease_without_its_end_comes_back_unfinished(spool: Spool, tmp_path: Path) -> None:
    """Its worker was killed with the agent."""
    spool.add(7, batch(0))
    assert [one.ended for one in again(tmp_path).open()] == [False]


def test_a_lease_whose_end_counts_more_batches_comes_back_unfinished(spool: Spool, tmp_path: Path) -> None:
    """What is missing can't be sent."""
    spool.add(7, batch(0))
    spool.add(7, end(2))
    assert [one.ended for one in again(tmp_path).open()] == [False]


def test_acknowledged_batches_need_not_come_back(spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first that is left counts."""
    monkeypatch.setattr(spool_module, "SEGMENT_BYTES", 1)
    for seq in range(3):
        spool.add(7, batch(seq))
    spool.add(7, end(3))
    spool.forget(7, 2)
    (found,) = again(tmp_path).open()
    assert (found.first, len(found.sizes), found.ended) == (2, 1, True)


def test_space_comes_back_segment_by_segment(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server has is not kept."""
    monkeypatch.setattr(spool_module, "SEGMENT_BYTES", 1)
    for seq in range(4):
        spool.add(7, batch(seq, rows=100))
    before = spool.size
    spool.forget(7, 3)
    assert spool.size < before / 2
    assert b'"seq":3' in spool.batches(7, 3, 4)[0]


def test_a_discarded_lease_leaves_nothing(spool: Spool, tmp_path: Path) -> None:
    """Neither files nor memory of it."""
    spool.add(7, batch(0))
    spool.discard(7)
    assert list((tmp_path / "spool").iterdir()) == []
    assert spool.size == 0


def test_discarding_and_forgetting_what_is_not_there_is_no_error(spool: Spool) -> None:
    """The loop may say it twice."""
    spool.discard(8)
    spool.forget(8, 3)
    assert spool.size == 0


def test_a_discarded_lease_can_begin_anew(spool: Spool) -> None:
    """An End may follow when the server refused the batches."""
    spool.add(7, batch(0))
    spool.discard(7)
    spool.add(7, end(0))
    assert b'"batches":0' in spool.end(7)


def test_a_full_spool_refuses_batches_but_takes_an_end(tmp_path: Path) -> None:
    """The limit is in bytes on the disk."""
    spool = Spool(tmp_path / "spool", limit=500)
    spool.open()
    spool.add(7, batch(0))
    with pytest.raises(OSError, match="500 bytes"):
        spool.add(7, batch(1, rows=50))
    spool.add(7, end(1))
    assert b'"batches":1' in spool.end(7)


def test_a_write_that_fails_is_raised_and_the_next_goes_elsewhere(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failed sync nobody knows what the disk holds: the next item begins a new segment."""
    spool.add(7, batch(0))
    with monkeypatch.context() as patch:
        patch.setattr(disk_module.os, "fdatasync", _no_space)
        with pytest.raises(OSError, match="no space"):
            spool.add(7, batch(1))
    spool.add(7, batch(1))
    spool.add(7, end(2))
    assert len(list((tmp_path / "spool" / "7").iterdir())) == 2
    (found,) = again(tmp_path).open()
    assert (found.first, len(found.sizes), found.ended) == (0, 2, True)


def test_a_damaged_record_ends_what_comes_back(spool: Spool, tmp_path: Path) -> None:
    """A flipped bit is found by the checksum."""
    spool.add(7, batch(0))
    spool.add(7, end(1))
    (segment,) = (tmp_path / "spool" / "7").iterdir()
    data = bytearray(segment.read_bytes())
    data[HEADER.size + 5] ^= 1
    segment.write_bytes(data)
    assert [one.ended for one in again(tmp_path).open()] == [False]


def test_what_is_no_lease_is_left_alone(spool: Spool, tmp_path: Path) -> None:
    """Other names in the folder are not looked into."""
    (tmp_path / "spool" / "notes.txt").write_text("mine")
    (tmp_path / "spool" / "7x").mkdir()
    assert again(tmp_path).open() == []


def test_files_are_private(spool: Spool, tmp_path: Path) -> None:
    """Results of a scan are nobody else's business."""
    spool.add(7, batch(0))
    (segment,) = (tmp_path / "spool" / "7").iterdir()
    assert segment.stat().st_mode & 0o777 == 0o600
    assert segment.parent.stat().st_mode & 0o777 == 0o700


def test_a_segment_that_was_cut_short_is_an_error_to_read(spool: Spool, tmp_path: Path) -> None:
    """Better than half a batch."""
    spool.add(7, batch(0))
    (segment,) = (tmp_path / "spool" / "7").iterdir()
    segment.write_bytes(segment.read_bytes()[:-5])
    with pytest.raises(OSError, match="cut short"):
        spool.batches(7, 0, 1)


def test_closing_keeps_what_is_there(spool: Spool, tmp_path: Path) -> None:
    """A clean stop is no end of a lease."""
    spool.add(7, end(0))
    spool.close()
    assert [one.lease for one in again(tmp_path).open()] == [7]


def _no_space(_fd: int) -> None:
    raise OSError(28, "no space left on device")
