"""Running the process that renews and imports feeds, and reading what it says."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from hostward.domain.errors import Fault, FeedError, HostwardError
from hostward.wiring.feed_desk import Place

MAX_LINE: Final = 1 << 20
"""Bytes of a line: a problem with all that was left out of a feed has some 10,000."""
MODULE: Final = "hostward.wiring.feed_child"
_ENDED_WELL: Final = 0


class FeedInterrupted(FeedError):
    """The process ended before it was done. feed: the one that was at work, "" for none."""

    fault = Fault.INTERRUPTED

    def __init__(self, said: str, feed: str) -> None:
        super().__init__(said)
        self.feed = feed


async def run(place: Place, what: Mapping[str, object]) -> AsyncIterator[Mapping[str, Any]]:
    """Have it done: {"at": feed} when a feed begins, and a Line when it is done.

    The process ends with whoever reads. Raises FeedInterrupted when it ended before it was done, HostwardError for
    what it refuses.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=MAX_LINE
    )
    feed = ""
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {"place": {**asdict(place), "data_dir": str(place.data_dir)}, "what": what}
        with suppress(ConnectionError):  # it is gone already: what is read then says so
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            await process.stdin.drain()
        while line := await process.stdout.readline():
            said = json.loads(line)
            if "error" in said:
                raise HostwardError(str(said["error"]))
            feed = str(said["at"]) if "at" in said else ""
            yield said
        if (code := await process.wait()) != _ENDED_WELL:
            how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
            raise FeedInterrupted(f"the process that imports feeds {how}; the data imported before is kept", feed)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
