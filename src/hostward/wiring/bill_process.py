"""Bills of materials, each read by a process of its own."""

import asyncio
import sys
from contextlib import suppress
from typing import Final

import msgspec

from hostward.domain.errors import Conflict, InvalidValue
from hostward.domain.reason import Reason
from hostward.usecases.bill_ports import Bill
from hostward.wiring.bill_child import Said

AT_ONCE: Final = 2
WAITING: Final = 8
"""Bills that are read or wait to be; each is held in memory meanwhile."""
SECONDS: Final = 30.0
MODULE: Final = "hostward.wiring.bill_child"

_DECODER: Final = msgspec.json.Decoder(Said)


class BillReader:
    """usecases.bill_ports.Bills. To be used on one event loop."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._taken = 0
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def read(self, document: bytes) -> Bill:
        """See Bills.read."""
        if self._taken >= WAITING:
            raise Conflict.because(Reason.BILLS_BUSY, limit=WAITING)
        self._taken += 1
        try:
            async with self._turn:
                said = await _said(document, self._seconds)
        finally:
            self._taken -= 1
        if said.bill is None:
            raise InvalidValue.because(Reason.BAD_BILL, problem=said.problem)
        return said.bill


async def _said(document: bytes, seconds: float) -> Said:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await process.communicate(document)
    except TimeoutError:
        return Said(problem=f"it takes longer than {seconds:.0f} seconds to read")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        return Said(problem="it takes more memory or time to read than a bill may")
    return _DECODER.decode(answer)
