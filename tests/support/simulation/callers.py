"""Programs that start scans by a token and, as they never learn what became of a call, call again and again."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from hostward.domain.account import Role, User
from hostward.domain.errors import HostwardError, NoMachines
from hostward.domain.ids import AccountId, TaskId, UserId
from hostward.domain.module import Module
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.create import create, started_before
from hostward.usecases.scans.estimate import Forecast, estimate
from hostward.usecases.scans.start import Started
from simulation.oracle import Broken
from simulation.people import OPTIONS
from simulation.world import World

STARTS = 3
CALLS = 5
TIMEOUT = timedelta(minutes=10)
WHO = User(id=UserId(1), account=AccountId(1), name="program", role=Role.ADMINISTRATOR)


@dataclass
class Callers:
    """Hand plan() to a history. answers: of each token, the task of every call that was answered.

    foretold: starts whose forecast was compared with what came of them; learned: those of them that knew earlier scans.
    """

    seed: int
    answers: dict[str, list[TaskId]] = field(default_factory=dict)
    foretold: int = 0
    learned: int = 0

    def plan(self, world: World, _account: AccountId) -> None:
        """Each start is called for several times: at once, soon after, and when the server was away meanwhile."""
        chance = Random(f"callers {self.seed}")  # its own: what else happens in the history stays as it was drawn
        ends = world.plan.ends + 50.0
        for token in map(str, range(STARTS)):
            module, at = chance.choice(tuple(Module)), chance.uniform(5.0, world.plan.ends)
            for _ in range(CALLS):
                after = chance.choice((0.0, 0.001, 1.0, 60.0, 400.0)) * chance.uniform(0.5, 1.5)
                world.later(
                    min(at + after, ends),
                    lambda token=token, module=module: world.go(self._call(world, token, module)),
                )
        world.later(ends + 5.0, lambda: self._check(world))

    def _check(self, world: World) -> None:
        """One token, one task, whoever was told of it; and no task without one."""
        tokens = world.kept.read(
            lambda uow: [uow.tasks.client_token(WHO.account, WHO.id, str(number)) for number in range(STARTS)]
        )
        known = {one.token: one.task for one in tokens if one is not None}
        for token, tasks in self.answers.items():
            if {*tasks} != {known.get(token)}:
                raise Broken(f"calls with token {token} were told of tasks {tasks}; it stands for {known.get(token)}")
        made = [task.id for task in world.kept.view().tasks.values() if task.created_by == WHO.name]
        if sorted(made) != sorted(known.values()):
            raise Broken(f"tasks {made} were made for tokens {known}")

    async def _call(self, world: World, token: str, module: Module) -> None:
        request = ScanRequest(
            options=OPTIONS[module], content=("1",), scope=Scope(everything=True), timeout=TIMEOUT, queue=TIMEOUT
        )  # fmt: skip
        try:
            started = await world.ask(lambda uow: self._started(world, uow, token, module, request))
        except NoMachines:
            return
        except HostwardError as refused:
            raise Broken(f"token {token} is refused: {refused}") from refused
        if started is not None:
            world.log(f"programs: token {token} stands for task {started.task}, repeated: {started.repeated}")
            self.answers.setdefault(token, []).append(started.task)

    def _started(self, world: World, uow: UnitOfWork, token: str, module: Module, request: ScanRequest) -> Started:
        """What the scan would come to and its start, in one transaction: nothing can happen between them."""
        now, digest = world.clock.now(), module.value.encode()
        if started_before(uow, user=WHO, token=token, digest=digest, now=now) is not None:
            return create(uow, request=request, user=WHO, token=token, digest=digest, now=now)
        found = estimate(
            uow, account=WHO.account, module=module, scope=request.scope, timeout=TIMEOUT, queue=TIMEOUT, now=now
        )  # fmt: skip
        started = create(uow, request=request, user=WHO, token=token, digest=digest, now=now)
        self._compare(uow, found, started)
        return started

    def _compare(self, uow: UnitOfWork, found: Forecast, started: Started) -> None:
        """As many machines as were said, those that are too old failed, and no longer than to the task's deadline."""
        task = uow.tasks.get(started.task)
        if task is None or found.machines != task.tally.machines or found.too_old != task.tally.too_old:
            raise Broken(f"{found} was foretold of {task}")
        longest = task.deadline - task.begin
        if not timedelta(0) <= found.run.left <= found.total.left <= longest or found.wait > longest:
            raise Broken(f"{found} was foretold of {task}, which may take {longest}")
        self.foretold += 1
        self.learned += found.run.known and found.machines > found.offline + found.too_old
