"""The spool after a crash at any byte."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_model import row
from hostward.agent.spool import Spool
from hostward.protocol.report import Batch, End

ROOM = 1 << 26


@given(rows=st.lists(st.integers(0, 5), max_size=6), cut=st.floats(0, 1), junk=st.binary(max_size=40))
@settings(max_examples=150, deadline=None)
def test_whatever_a_crash_cut_off_the_whole_records_before_it_come_back(
    rows: list[int], cut: float, junk: bytes
) -> None:
    """Every batch that was whole on the disk is read as it was written, and nothing else is taken for one."""
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder), limit=ROOM)
        spool.open()
        for seq, count in enumerate(rows):
            spool.add(1, Batch(seq=seq, rows=[row(number) for number in range(count)]))
        spool.add(1, End(outcome="ok", batches=len(rows)))
        whole = spool.batches(1, 0, len(rows))
        (segment,) = (Path(folder) / "1").iterdir()
        data = segment.read_bytes()
        kept = round(cut * len(data))
        segment.write_bytes(data[:kept] + junk)
        ends = kept == len(data)
        other = Spool(Path(folder), limit=ROOM)
        (found,) = other.open()
        assert found.ended == ends
        survived = [seq for seq in range(len(rows)) if _is_there(other, seq)]
        assert survived == list(range(len(survived)))
        assert other.batches(1, 0, len(survived)) == whole[: len(survived)]


@given(flip=st.integers(0, 10_000), rows=st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_a_flipped_bit_never_changes_what_is_read(flip: int, rows: int) -> None:
    """A damaged record is left out; it is never taken for a good one."""
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder), limit=ROOM)
        spool.open()
        for seq in range(3):
            spool.add(1, Batch(seq=seq, rows=[row(seq * 10 + number) for number in range(rows)]))
        whole = spool.batches(1, 0, 3)
        (segment,) = (Path(folder) / "1").iterdir()
        data = bytearray(segment.read_bytes())
        data[flip % len(data)] ^= 1 << (flip % 8)
        segment.write_bytes(data)
        other = Spool(Path(folder), limit=ROOM)
        other.open()
        for seq in range(3):
            assert not _is_there(other, seq) or other.batches(1, seq, seq + 1) == [whole[seq]]


def _is_there(spool: Spool, seq: int) -> bool:
    try:
        spool.batches(1, seq, seq + 1)
    except KeyError:
        return False
    return True
