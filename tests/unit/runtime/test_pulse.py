"""The hint after a commit."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from hostward.runtime.pulse import Pulse


def test_many_beats_are_heard_once_until_they_are_heard() -> None:
    """From any thread; what comes after the hearing is heard anew."""
    heard = []

    async def listen() -> None:
        pulse = Pulse()
        leave = pulse.listen(lambda: heard.append(1))
        with ThreadPoolExecutor(4) as pool:
            for _ in range(20):
                pool.submit(pulse.beat)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert heard == [1]
        pulse.beat()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert heard == [1, 1]
        leave()
        pulse.beat()
        await asyncio.sleep(0)
        assert heard == [1, 1]

    asyncio.run(listen())


def test_a_beat_for_a_loop_that_is_closed_is_no_error() -> None:
    """Whoever commits does not know who listened."""
    pulse = Pulse()

    async def listen() -> None:
        pulse.listen(lambda: None)

    asyncio.run(listen())
    pulse.beat()
    pulse.beat()
