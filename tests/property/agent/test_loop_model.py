"""The loop against a model of server, network, disk and workers, moved at random."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent_model import ModelUnit, World
from hostward.agent import events as on
from hostward.domain.module import Module

FATES = ["answered", "answered", "answered", "answered twice", "request lost", "answer lost", "late", "unauthorized"]


class AgentInABadWorld(RuleBasedStateMachine):
    """Whatever is dropped, doubled, delayed or killed: what was acknowledged is there once, and all work ends."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @rule(module=st.sampled_from(Module))
    def ask_for_a_scan(self, module: Module) -> None:
        if len(self.world.server.units) < 6:
            self.world.server.units.append(ModelUnit(module=module))

    @precondition(lambda self: self.world.flying)
    @rule(data=st.data(), fate=st.sampled_from([*FATES, "busy"]))
    def decide_a_request(self, data: st.DataObject, fate: str) -> None:
        self.world.fate(data.draw(st.sampled_from(self.world.flying)), fate)

    @precondition(lambda self: self.world.ghosts)
    @rule(data=st.data())
    def a_late_request_arrives(self, data: st.DataObject) -> None:
        self.world.haunt(data.draw(st.integers(0, len(self.world.ghosts) - 1)))

    @precondition(lambda self: self.world.working)
    @rule(data=st.data(), count=st.sampled_from([1, 3, 499, 500, 501, 1200]))
    def a_worker_finds_something(self, data: st.DataObject, count: int) -> None:
        lease = data.draw(st.sampled_from(sorted(self.world.working)))
        if not self.world.held.get(lease):
            self.world.find(lease, count)

    @precondition(lambda self: self.world.working)
    @rule(data=st.data(), failure=st.sampled_from(["", "", "no rules"]))
    def a_worker_ends(self, data: st.DataObject, failure: str) -> None:
        self.world.end_work(data.draw(st.sampled_from(sorted(self.world.working))), failure)

    @precondition(lambda self: self.world.working)
    @rule(data=st.data(), done=st.floats(0, 1))
    def a_worker_steps(self, data: st.DataObject, done: float) -> None:
        lease = data.draw(st.sampled_from(sorted(self.world.working)))
        self.world.tell(on.Stepped(lease=lease, done=done, doing="reading"))

    @precondition(lambda self: self.world.to_spool)
    @rule(works=st.sampled_from([True, True, True, False]))
    def the_disk_writes(self, works: bool) -> None:
        self.world.spool(works=works)

    @rule(seconds=st.sampled_from([0.1, 2.0, 21.0, 400.0, 1001.0, 4000.0]), jitter=st.floats(0, 1))
    def time_passes(self, seconds: float, jitter: float) -> None:
        self.world.random = jitter
        self.world.now += seconds
        self.world.tell(on.Tick())

    @precondition(lambda self: self.world.server.open)
    @rule(data=st.data())
    def somebody_stops_a_unit(self, data: st.DataObject) -> None:
        unit = data.draw(st.sampled_from(self.world.server.open))
        unit.state = "stopped" if unit.state == "pending" else "stopping"

    @precondition(lambda self: self.world.server.open)
    @rule(data=st.data())
    def a_lease_goes_silent(self, data: st.DataObject) -> None:
        unit = data.draw(st.sampled_from(self.world.server.open))
        unit.state = "stopped" if unit.state == "stopping" else "pending"

    @rule()
    def the_agent_is_killed_and_starts_again(self) -> None:
        self.world.restart()

    @invariant()
    def what_the_server_has_is_what_the_worker_said_in_order_and_once(self) -> None:
        for unit in self.world.server.units:
            said = self.world.said.get(unit.lease, [])
            assert unit.rows == said[: len(unit.rows)]

    def teardown(self) -> None:
        """Once everything works again every unit ends, and a judged one has every row its worker said."""
        self.world.settle()
        for unit in self.world.server.units:
            assert unit.state in ("ok", "failed", "stopped")
            if unit.state == "ok":
                assert unit.rows == self.world.said[unit.lease]
        assert self.world.loop.holding == []
        assert not any(self.world.disk.batches.values())
        assert self.world.disk.ends == {}


TestAgentInABadWorld = AgentInABadWorld.TestCase
TestAgentInABadWorld.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)
