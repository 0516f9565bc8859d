"""The vulnerabilities of an account, and their machines, as the rows of an export."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from hostward.domain.ids import AccountId, MachineId, VulId
from hostward.domain.machine import Machine
from hostward.usecases.exports.rows import PAGE, Interrupted
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.vul_event_ports import VulEvent
from hostward.usecases.vulnerabilities.fleet_list import EVERY, Row, State, Wanted, every, machines

Choice = Callable[[UnitOfWork], Wanted]
"""What to choose by, which may take a look at what is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A machine that has or had a vulnerability, or ignores it."""

    event: VulEvent
    state: State
    machine: Machine


def vulnerabilities(
    store: Store, account: AccountId, choice: Choice, *, goes_on: Callable[[], bool]
) -> Iterator[Row]:  # fmt: skip
    """Each vulnerability once, all of one moment. goes_on: asked before each; False ends them by Interrupted."""
    for row in store.read_now(lambda uow: every(uow, account, choice(uow))):
        if not goes_on():
            raise Interrupted
        yield row


def affected(
    store: Store, account: AccountId, vul: VulId, choice: Choice, known: dict[MachineId, Machine], *,
    goes_on: Callable[[], bool],
) -> Iterator[Affected]:  # fmt: skip
    """Each machine of a vulnerability once, all of one moment. known: machines that need not be read again.

    What a machine is called is read a part at a time; one that was removed meanwhile is left out.
    """
    found = store.read_now(lambda uow: machines(uow, account, vul, choice(uow), limit=EVERY, offset=0)).rows
    for first in range(0, len(found), PAGE):
        if not goes_on():
            raise Interrupted
        part = found[first : first + PAGE]
        missing = [event.machine for event, _ in part if event.machine not in known]
        if missing:
            known.update(store.read_now(partial(_machines, which=missing)))
        for event, state in part:
            if event.machine in known:
                yield Affected(event=event, state=state, machine=known[event.machine])


def _machines(uow: UnitOfWork, which: list[MachineId]) -> dict[MachineId, Machine]:
    return {one.id: one for one in map(uow.machines.get, which) if one is not None}
