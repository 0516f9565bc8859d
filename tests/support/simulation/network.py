"""A network between agents and a server: it loses, doubles, delays and overtakes, and can be cut."""

import asyncio
from random import Random
from typing import TYPE_CHECKING, Protocol

from hostward.agent.link import READ_SECONDS
from hostward.agent.words import Letter, Response
from simulation.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

LATE_SECONDS = 400.0
"""Longest time a message that its sender gave up is under way: more than the five minutes a nonce counts."""


class Serves(Protocol):
    """The server, if one is there."""

    async def serve(self, letter: Letter) -> Response:
        """Answer. Raises ConnectionError when nobody is there, or not any more."""
        ...


class Network:
    """The way from one machine to the server."""

    def __init__(self, plan: Plan, random: Random, server: Serves, log: "Callable[[str], None]", name: str) -> None:
        self._plan = plan
        self._random = random
        self._server = server
        self._log = log
        self._name = name
        self.is_healed = False
        self.cut_until = 0.0
        self.disturbed = 0.0
        """When something last went wrong here."""

    async def post(self, letter: Letter) -> Response:
        """Send a letter and wait for its answer. Raises OSError when there is none."""
        loop = asyncio.get_running_loop()
        plan, random = self._plan, self._random
        patience = letter.held + READ_SECONDS
        await asyncio.sleep(self._delay())
        if self._is_cut():
            await self._silence(patience)
        if not self.is_healed:
            if random.random() < plan.drop:
                self._log(f"{self._name}: lost {letter.path}")
                await self._silence(patience)
            if random.random() < plan.late:
                seconds = random.uniform(0.1, LATE_SECONDS)
                self._log(f"{self._name}: {letter.path} arrives {seconds:.1f} s late")
                loop.call_later(seconds, self._send_again, letter)
                await self._silence(patience)
            if random.random() < plan.duplicate:
                self._log(f"{self._name}: {letter.path} is doubled")
                loop.call_later(random.choice((0.0, 0.01, 1.0, 40.0)) * random.random(), self._send_again, letter)
        serving = loop.create_task(self._server.serve(letter))
        done, _ = await asyncio.wait((serving,), timeout=patience)
        if not done:
            raise TimeoutError("timed out")
        response = serving.result()
        if self._is_cut() or (not self.is_healed and random.random() < plan.lose_answer):
            self._log(f"{self._name}: lost the answer to {letter.path}")
            await self._silence(patience)
        await asyncio.sleep(self._delay())
        return response

    def _is_cut(self) -> bool:
        return not self.is_healed and asyncio.get_running_loop().time() < self.cut_until

    async def _silence(self, patience: float) -> None:
        """No answer: a connection that is broken is known at once, one that is silent only after a while."""
        self.disturbed = asyncio.get_running_loop().time()
        if self._random.random() < 0.5:
            await asyncio.sleep(patience)
        raise ConnectionResetError("connection reset by peer")

    def _send_again(self, letter: Letter) -> None:
        asyncio.get_running_loop().create_task(self._forgotten(letter))

    async def _forgotten(self, letter: Letter) -> None:
        try:
            await self._server.serve(letter)
        except OSError:
            return

    def _delay(self) -> float:
        latency = 0.01 if self.is_healed else self._plan.latency
        return latency * self._random.random() * (10.0 if self._random.random() < 0.02 else 1.0)
