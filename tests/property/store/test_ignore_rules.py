"""Reports and changes of rules in any order: every count is what a plain recount gives."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from hostward.domain.advisory import Match
from hostward.domain.ids import LeaseId, RuleId, Seq, TaskId
from hostward.domain.ignoring import IgnoreRule, Product, Scope, part_of, rule_of
from hostward.domain.module import Module
from hostward.store.memory import MemoryStore
from hostward.store.open import open_sqlite
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.vulnerabilities.recount import Place, recount
from store_samples import NOW, Scan, match, new_task, scan

MACHINES = 3
TAGS = ("a=1", "b=2")
KEYS, NAMES = ("CVE-1", "CVE-2"), ("openssl", "libssl3")

found = st.lists(st.builds(match, st.sampled_from(KEYS), name=st.sampled_from(NAMES)), max_size=4)
seqs = st.integers(0, MACHINES - 1)
rules = st.fixed_dictionaries(
    {
        "key": st.sampled_from(KEYS),
        "scope": st.sampled_from(Scope),
        "machines": st.lists(seqs, min_size=1, max_size=2, unique=True),
        "tags": st.sampled_from([TAGS[:1], TAGS]),
        "product": st.sampled_from([None, *(Product(name=name) for name in NAMES)]),
    }
)
steps = st.one_of(
    st.tuples(st.just("report"), seqs, found),
    st.tuples(st.just("finish"), seqs, found),
    st.tuples(st.just("put"), st.integers(1, 3), rules),
    st.tuples(st.just("end"), st.integers(1, 3), st.none()),
    st.tuples(st.just("tag"), seqs, st.lists(st.sampled_from(TAGS), unique=True)),
    st.tuples(st.just("scan"), st.none(), st.none()),
    st.tuples(st.just("recount"), st.none(), st.none()),
)


@dataclass
class World:
    """What happened, kept plainly."""

    task: Scan
    rules: dict[RuleId, IgnoreRule] = field(default_factory=dict)
    units: dict[tuple[TaskId, int], Sequence[Match]] = field(default_factory=dict)
    own: dict[int, Sequence[Match]] = field(default_factory=dict)
    tags: dict[int, frozenset[str]] = field(default_factory=dict)
    place: Place | None = None

    def do(self, step: tuple[str, object, object]) -> None:
        """Take a step."""
        getattr(self, step[0])(*step[1:])

    def report(self, seq: int, matches: Sequence[Match]) -> None:
        """A unit of the newest task reports."""
        unit = self.task.unit(seq)

        def work(uow: UnitOfWork) -> None:
            risks = uow.tasks.record_vuls(unit, matches)
            uow.tasks.change(unit, unit.found(risks), NOW)

        self.task.store.write_now(work)
        self.units[self.task.id, seq] = matches

    def finish(self, seq: int, matches: Sequence[Match]) -> None:
        """A unit ends, and what it found becomes the machine's own."""
        self.report(seq, matches)
        unit, machine = self.task.unit(seq), self.task.machines[seq].id

        def work(uow: UnitOfWork) -> None:
            risks = uow.ignores.copy_own(unit)
            uow.results.make_current(machine, Module.VUL, LeaseId(self.task.id), NOW, risks=risks)

        self.task.store.write_now(work)
        self.own[seq] = matches

    def put(self, number: int, said: dict[str, object]) -> None:
        """A rule is made, or changed."""
        chosen: Sequence[int] = said["machines"]  # type: ignore[assignment]  # as it is drawn
        made = replace(
            IgnoreRule(id=RuleId(number), account=self.task.account, key="", created=NOW, changed=NOW),
            **{**said, "machines": tuple(self.task.machines[seq].id for seq in chosen)},
        )
        self.task.store.write_now(lambda uow: uow.ignores.put(made))
        self.rules[made.id] = made

    def end(self, number: int, _: None) -> None:
        """A rule ends, if there is one."""
        if RuleId(number) in self.rules:
            made = self.rules[RuleId(number)] = replace(self.rules[RuleId(number)], ended=NOW)
            self.task.store.write_now(lambda uow: uow.ignores.put(made))

    def tag(self, seq: int, tags: Sequence[str]) -> None:
        """A machine gets other tags."""
        machine = self.task.machines[seq].id
        self.task.store.write_now(lambda uow: uow.machines.put_tags(machine, tags))
        self.tags[seq] = frozenset(tags)

    def scan(self, *_: None) -> None:
        """A new task becomes the newest; all that was changed before is followed first."""
        while self.recount():
            pass
        made = self.task.store.write_now(lambda uow: new_task(uow, self.task.account, self.task.machines))
        self.task = replace(self.task, id=made.id)

    def recount(self, *_: None) -> bool:
        """One part of a recount; False when there is nothing to do."""
        if self.place is None or self.place.is_done:
            waiting = self.task.store.read_now(lambda uow: uow.ignores.unsettled())
            if not waiting:
                return False
            self.place = Place(account=waiting[0][0], revision=waiting[0][1])
        at = self.place
        self.place = self.task.store.write_now(lambda uow: recount(uow, at, now=NOW))
        return True

    def counted(self, seq: int, matches: Sequence[Match]) -> set[str]:
        """What counts of them on a machine, by the rule of the domain alone."""
        parts: dict[str, list[Match]] = {}
        for each in matches:
            parts.setdefault(each.key, []).append(each)
        held = [rule for _, rule in sorted(self.rules.items())]
        machine, tags = self.task.machines[seq].id, self.tags.get(seq, frozenset())
        return {
            key
            for key, every in parts.items()
            if rule_of(key, map(part_of, every), held, machine=machine, tags=tags, now=NOW) is None
        }

    def check(self) -> None:
        """The kept counts are those of a plain recount."""
        store, which = self.task.store, self.task.id
        sets = {
            seq: self.counted(seq, matches) for (task, seq), matches in self.units.items() if task == which
        }  # fmt: skip
        tally = self.task.task.tally
        expected = (len(set().union(*sets.values())), sum(map(len, sets.values())), sum(map(bool, sets.values())))
        assert (tally.vuls, tally.risk_events, tally.risk_machines) == expected
        assert store.read_now(lambda uow: uow.tasks.recount(which)) == tally
        listed = store.read_now(lambda uow: uow.tasks.vuls(which, limit=9))
        machines = {key: sum(key in one for one in sets.values()) for key in KEYS}
        assert {vul.key: vul.machines for vul in listed} == {key: count for key, count in machines.items() if count}
        for seq in range(MACHINES):
            unit = store.read_now(lambda uow, at=seq: uow.tasks.unit(which, Seq(at)))
            assert unit is not None
            assert unit.risk_num == len(sets.get(seq, ()))
        own = [len(self.counted(seq, matches)) for seq, matches in self.own.items()]
        standing = store.read_now(lambda uow: uow.fleet.standing(self.task.account)).modules.get(Module.VUL)
        kept = (0, 0) if standing is None else (standing.at_risk, sum(standing.levels.values()))
        assert kept == (sum(map(bool, own)), sum(own))


@contextmanager
def sqlite() -> Iterator[Store]:
    """A new SQLite store."""
    with TemporaryDirectory() as folder:
        store = open_sqlite(Path(folder))
        try:
            yield store
        finally:
            store.close()


def play(store: Store, history: Sequence[tuple[str, object, object]]) -> None:
    """Let it happen, then let every figure follow, and check."""
    world = World(task=scan(store, MACHINES))
    for tag in TAGS:
        store.write_now(lambda uow, name=tag: uow.machines.add_label(world.task.account, name))
    for step in history:
        world.do(step)
    while world.recount():
        pass
    world.check()


@given(st.lists(steps, max_size=25))
@settings(deadline=None)
def test_counts_are_those_of_a_plain_recount_in_memory(history: Sequence[tuple[str, object, object]]) -> None:
    """Whatever was done, in whatever order, with recounts in parts between."""
    play(MemoryStore(), history)


@given(st.lists(steps, min_size=8, max_size=25))
@settings(deadline=None, max_examples=25)
def test_counts_are_those_of_a_plain_recount_in_sql(history: Sequence[tuple[str, object, object]]) -> None:
    """The same in a database."""
    with sqlite() as store:
        play(store, history)
