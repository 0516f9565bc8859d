"""What an agent says and does, rule by rule, without any I/O."""

import pytest

from agent_model import OPTIONS, row
from hostward.agent import effects as do
from hostward.agent import events as on
from hostward.agent.events import Trouble
from hostward.agent.lease import Recovered
from hostward.agent.loop import Loop
from hostward.agent.pace import NORMAL, Pace
from hostward.domain.module import Module
from hostward.protocol.job import Job, MalwareJob, Work
from hostward.protocol.report import Answer, Batch, End

MALWARE = OPTIONS[Module.MALWARE]
VUL = OPTIONS[Module.VUL]
TICK = on.Tick()


class Bench:
    """A loop, its clock, and all that it asked for."""

    def __init__(self, *, pace: Pace = NORMAL, enrolled: bool = True, may_enroll: bool = False, spool=()) -> None:
        self.now = 100.0
        self.loop = Loop(
            enrolled=enrolled, may_enroll=may_enroll, modules=tuple(Module), pace=pace, random=lambda: 0.5, spool=spool
        )
        self.out: list[do.Effect] = []

    def tell(self, event: on.Event = TICK, *, after: float = 0.0) -> list[do.Effect]:
        """Step the loop; returns what it asked for now."""
        self.now += after
        effects = self.loop.step(event, self.now)
        self.out += effects
        return effects

    def last(self, kind: type):
        """The newest effect of a kind."""
        return next(effect for effect in reversed(self.out) if isinstance(effect, kind))

    def count(self, kind: type) -> int:
        """How many effects of a kind there were."""
        return sum(isinstance(effect, kind) for effect in self.out)

    def session(self, *, hold: float = 50.0, expires_in: float = 3600.0) -> list[do.Effect]:
        """Open the session that was asked for."""
        return self.tell(
            on.SessionOpened(
                request=self.last(do.OpenSession).request, expires_in=expires_in, hold=hold, heartbeat=20.0
            )
        )

    def work(self, *, after: float = 0.0, **work) -> list[do.Effect]:
        """Answer the poll."""
        return self.tell(on.WorkCame(request=self.last(do.Ask).request, work=Work(generation=7, **work)), after=after)

    def at_work(self, *leases: int, options=MALWARE, seconds: float = 600.0) -> None:
        """A session is open and these leases are worked on."""
        self.tell()
        self.session()
        self.work(jobs=[Job(lease=lease, options=options, seconds=seconds) for lease in leases])

    def find(self, lease: int, count: int, *, size: int | None = None) -> list[do.Effect]:
        """A worker finds rows."""
        rows = [row(number) for number in range(count)]
        return self.tell(on.RowsFound(lease=lease, rows=rows, size=100 * count if size is None else size))

    def spooled(self, size: int = 1000) -> list[do.Effect]:
        """The newest item is on the disk."""
        effect = self.last(do.Spool)
        seq = effect.item.seq if isinstance(effect.item, Batch) else None
        return self.tell(on.Spooled(lease=effect.lease, seq=seq, size=size))

    def answer(self, *, acked: int, ended: bool = False, stop: bool = False) -> list[do.Effect]:
        """Answer the report."""
        return self.tell(
            on.Answered(request=self.last(do.Send).request, answer=Answer(acked=acked, ended=ended, stop=stop))
        )

    def fail(self, kind: type, trouble: Trouble, **more) -> list[do.Effect]:
        """The newest request of a kind fails."""
        return self.tell(on.Failed(request=self.last(kind).request, trouble=trouble, **more))


def kinds(effects: list[do.Effect]) -> list[type]:
    """What sorts of effects these are."""
    return [type(effect) for effect in effects]


def test_an_agent_that_is_not_enrolled_enrols_first() -> None:
    """Then it opens a session, and only then it polls."""
    bench = Bench(enrolled=False, may_enroll=True)
    assert kinds(bench.tell()) == [do.Enroll]
    assert kinds(bench.tell(on.Enrolled(request=1))) == [do.OpenSession]
    assert kinds(bench.session()) == [do.Ask]


def test_an_agent_without_a_token_says_so_and_waits() -> None:
    """Nothing is sent that can't succeed."""
    bench = Bench(enrolled=False)
    (notice,) = bench.tell()
    assert "token" in notice.text
    assert bench.loop.due() == 100.0 + 300.0 * 1.25


def test_the_first_poll_offers_every_module_and_is_ready_to_be_held() -> None:
    """Nothing is held, and the server may keep it as long as it said."""
    bench = Bench()
    bench.tell()
    bench.session()
    poll = bench.last(do.Ask).poll
    assert (poll.holding, poll.modules, poll.wait) == ([], ["Malware", "Vul", "Baseline"], 50.0)


def test_a_job_is_started_and_named_in_the_next_poll() -> None:
    """The lease is held, its module is not offered, and the poll comes back in time for a heartbeat."""
    bench = Bench()
    bench.at_work(5)
    poll = bench.last(do.Ask).poll
    assert bench.last(do.Start).job.lease == 5
    assert (poll.generation, poll.holding, poll.modules, poll.wait) == (7, [5], ["Vul", "Baseline"], 15.0)


def test_a_job_that_comes_again_is_not_started_again() -> None:
    """The server may have missed that it arrived."""
    bench = Bench()
    bench.at_work(5)
    bench.work(jobs=[Job(lease=5, options=MALWARE, seconds=600.0)])
    assert bench.count(do.Start) == 1


def test_a_second_job_of_a_module_waits_for_the_first() -> None:
    """One worker a module, however many jobs come."""
    bench = Bench()
    bench.at_work(5, 6)
    assert bench.count(do.Start) == 1
    effects = bench.tell(on.WorkEnded(lease=5))
    assert do.Start in kinds(effects)
    assert bench.last(do.Start).job.lease == 6


def test_jobs_of_different_modules_run_at_the_same_time() -> None:
    """Two leases, two workers."""
    bench = Bench()
    bench.at_work(5)
    bench.work(jobs=[Job(lease=6, options=VUL, seconds=600.0)])
    assert bench.count(do.Start) == 2


def test_a_job_with_options_nobody_knows_fails_with_words() -> None:
    """The unit must not hang."""
    bench = Bench()
    bench.at_work(5, options=MalwareJob(pattern=99, engine=1))
    end = bench.last(do.Spool).item
    assert (end.outcome, end.batches) == ("failed", 0)
    assert "does not understand" in end.reasons[0]


def test_a_job_of_a_module_that_is_not_here_fails_with_words() -> None:
    """A server may know more modules than its agents."""
    bench = Bench()
    bench.loop = Loop(enrolled=True, may_enroll=False, modules=(Module.VUL,), pace=Pace(), random=lambda: 0.5, spool=())
    bench.at_work(5)
    assert bench.last(do.Spool).item.reasons == ["this agent has no scanner for Malware"]


def test_nothing_is_sent_before_it_is_spooled() -> None:
    """The batch goes to the disk, then to the server."""
    bench = Bench()
    bench.at_work(5)
    assert kinds(bench.find(5, 500)) == [do.Spool]
    effects = bench.spooled()
    assert kinds(effects) == [do.Send]
    assert (effects[0].first, effects[0].last, effects[0].with_end) == (0, 1, False)


def test_few_rows_wait_for_company_two_seconds() -> None:
    """Then they go as a batch of their own."""
    bench = Bench()
    bench.at_work(5)
    assert bench.find(5, 3) == []
    assert bench.tell(after=1.9) == []
    (spool,) = bench.tell(after=0.2)
    assert [len(spool.item.rows), spool.item.seq] == [3, 0]


def test_a_batch_has_at_most_five_hundred_rows() -> None:
    """1,200 rows are two batches and a rest."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 1200)
    sizes = [len(bench.last(do.Spool).item.rows)]
    bench.spooled()
    sizes.append(len(bench.last(do.Spool).item.rows))
    bench.spooled()
    bench.tell(on.WorkEnded(lease=5))
    sizes.append(len(bench.last(do.Spool).item.rows))
    assert sizes == [500, 500, 200]


def test_a_batch_is_closed_at_a_megabyte() -> None:
    """Large rows do not wait for 499 others."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 3, size=900_000)
    bench.find(5, 3, size=900_000)
    assert len(bench.last(do.Spool).item.rows) == 3


def test_progress_is_told_when_it_changed_and_no_sooner_than_two_seconds() -> None:
    """The first word at once, the next two seconds later."""
    bench = Bench()
    bench.at_work(5)
    (first,) = bench.tell(on.Stepped(lease=5, done=0.1, doing="reading"))
    assert (first.done, first.doing, first.first, first.last) == (0.1, "reading", 0, 0)
    bench.answer(acked=0)
    assert bench.tell(on.Stepped(lease=5, done=0.2, doing="reading")) == []
    assert bench.tell(after=1.9) == []
    (second,) = bench.tell(after=0.2)
    assert second.done == 0.2


def test_progress_that_did_not_change_is_not_told_again() -> None:
    """Silence is cheap; the poll keeps the lease."""
    bench = Bench()
    bench.at_work(5)
    bench.tell(on.Stepped(lease=5, done=0.1, doing="reading"))
    bench.answer(acked=0)
    bench.tell(on.Stepped(lease=5, done=0.1, doing="reading"))
    assert bench.tell(after=10.0) == []


def test_progress_never_falls() -> None:
    """A worker that says less than before is not believed."""
    bench = Bench()
    bench.at_work(5)
    bench.tell(on.Stepped(lease=5, done=0.6, doing="a"))
    bench.answer(acked=0)
    bench.tell(on.Stepped(lease=5, done=0.2, doing="b"))
    (send,) = bench.tell(after=3.0)
    assert (send.done, send.doing) == (0.6, "b")


def test_an_agent_at_work_speaks_every_heartbeat_though_its_poll_hangs() -> None:
    """Twenty seconds after its last word it sends an empty report."""
    bench = Bench()
    bench.at_work(5)
    assert bench.tell(after=19.0) == []
    (send,) = bench.tell(after=1.1)
    assert (send.lease, send.first, send.last, send.with_end) == (5, 0, 0, False)


def test_an_agent_at_rest_waits_for_its_poll_alone() -> None:
    """Nothing is due but the end of the session."""
    bench = Bench()
    bench.tell()
    bench.session()
    assert bench.loop.due() == 100.0 + 3240.0


def test_the_end_carries_the_number_of_batches_and_what_could_not_be_judged() -> None:
    """Doubts count once each."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 3)
    for reason in ("encrypted", "encrypted", "too large"):
        bench.tell(on.Doubted(lease=5, reason=reason))
    bench.tell(on.WorkEnded(lease=5), after=4.0)
    bench.spooled()
    assert bench.last(do.Spool).item == End(outcome="ok", batches=1, reasons=["encrypted", "too large"], seconds=4.0)


def test_very_many_doubts_are_counted_not_named() -> None:
    """A hundred are named; the rest is a number."""
    bench = Bench()
    bench.at_work(5)
    for number in range(130):
        bench.tell(on.Doubted(lease=5, reason=f"file {number}"))
    bench.tell(on.WorkEnded(lease=5))
    reasons = bench.last(do.Spool).item.reasons
    assert (len(reasons), reasons[-1]) == (101, "and 30 more")


def test_the_end_goes_only_with_or_after_the_last_batch() -> None:
    """Batch and End in one report once both are spooled."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 3)
    bench.tell(on.WorkEnded(lease=5))
    bench.spooled()
    assert bench.last(do.Send).with_end is False
    bench.spooled()
    effects = bench.answer(acked=1)
    assert [(one.first, one.last, one.with_end) for one in effects if isinstance(one, do.Send)] == [(1, 1, True)]


def test_what_is_acknowledged_is_forgotten_and_an_ended_lease_let_go() -> None:
    """Its space comes back, and it is not held any more."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 500)
    bench.spooled()
    assert do.Forget(lease=5, acked=1) in bench.answer(acked=1)
    bench.tell(on.WorkEnded(lease=5))
    bench.spooled()
    assert do.Discard(lease=5) in bench.answer(acked=1, ended=True)
    assert bench.loop.holding == []


def test_a_report_that_was_not_acknowledged_is_sent_again() -> None:
    """The same batches, after a wait."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 500)
    bench.spooled()
    bench.fail(do.Send, Trouble.NETWORK)
    effects = bench.tell(after=2.0)
    assert [(one.first, one.last) for one in effects if isinstance(one, do.Send)] == [(0, 1)]


def test_a_server_that_keeps_nothing_is_not_hammered() -> None:
    """An answer without progress counts as a failure."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 500)
    bench.spooled()
    assert bench.answer(acked=0) == []
    assert bench.loop.due() == pytest.approx(100.5)


def test_a_server_that_lost_what_it_acknowledged_ends_the_lease() -> None:
    """What is forgotten can't be sent again."""
    bench = Bench()
    bench.at_work(5)
    for acked in (1, 0):
        bench.find(5, 500)
        bench.spooled()
        effects = bench.answer(acked=acked)
    assert do.Kill(lease=5) in effects
    assert bench.loop.holding == []


def test_a_stale_lease_is_dropped_and_its_work_stopped() -> None:
    """Another has it: nothing of ours is wanted."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 500)
    bench.spooled()
    effects = bench.fail(do.Send, Trouble.STALE)
    assert {do.Kill(lease=5), do.Discard(lease=5)} <= set(effects)
    assert bench.loop.holding == []


def test_a_lost_lease_is_dropped_and_its_work_stopped() -> None:
    """The poll says so."""
    bench = Bench()
    bench.at_work(5)
    effects = bench.work(lost=[5])
    assert effects[:2] == [do.Kill(lease=5), do.Discard(lease=5)]


def test_the_module_of_a_dropped_lease_is_free_when_its_worker_is_gone() -> None:
    """Not sooner: there is one worker a module."""
    bench = Bench()
    bench.at_work(5)
    bench.work(lost=[5])
    assert "Malware" not in bench.last(do.Ask).poll.modules
    bench.tell(on.WorkEnded(lease=5))
    bench.work(after=2.0)
    assert "Malware" in bench.last(do.Ask).poll.modules


@pytest.mark.parametrize("way", ["poll", "report"])
def test_a_stop_kills_the_work_and_reports_it_stopped(way: str) -> None:
    """However it is said; what was found before is kept."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 3)
    if way == "poll":
        effects = bench.work(stop=[5])
    else:
        bench.tell(on.Stepped(lease=5, done=0.1, doing="reading"))
        effects = bench.answer(acked=0, stop=True)
    assert do.Kill(lease=5) in effects
    bench.tell(on.WorkEnded(lease=5, failure="signal 15"))
    bench.spooled()
    end = bench.last(do.Spool).item
    assert (end.outcome, end.batches, end.reasons) == ("stopped", 1, [])


def test_a_stop_that_is_repeated_kills_once_and_does_not_spin() -> None:
    """The server says it until the lease has ended."""
    bench = Bench()
    bench.at_work(5)
    bench.work(stop=[5])
    asked = bench.count(do.Ask)
    bench.work(stop=[5], after=0.01)
    assert bench.count(do.Kill) == 1
    assert bench.count(do.Ask) == asked
    assert bench.loop.due() > bench.now


def test_a_stop_of_a_job_that_waits_ends_it_without_a_worker() -> None:
    """It never begins."""
    bench = Bench()
    bench.at_work(5, 6)
    bench.work(stop=[6])
    assert bench.last(do.Spool).lease == 6
    assert bench.last(do.Spool).item.outcome == "stopped"
    assert bench.count(do.Kill) == 0


def test_what_comes_after_a_stop_is_not_taken() -> None:
    """Rows of a worker that is being killed are not wanted."""
    bench = Bench()
    bench.at_work(5)
    bench.work(stop=[5])
    assert bench.find(5, 500) == []


def test_a_scan_over_its_time_is_killed_and_fails() -> None:
    """The agent keeps the limit by itself."""
    bench = Bench()
    bench.at_work(5, seconds=30.0)
    assert bench.loop.due() <= 130.0
    assert do.Kill(lease=5) in bench.tell(after=30.0)
    bench.tell(on.WorkEnded(lease=5, failure="signal 15"))
    assert bench.last(do.Spool).item.reasons == ["timed out"]


def test_a_job_that_waits_over_its_time_fails_without_a_worker() -> None:
    """The limit counts from when the job came."""
    bench = Bench()
    bench.at_work(5)
    bench.work(jobs=[Job(lease=6, options=MALWARE, seconds=30.0)])
    bench.tell(after=31.0)
    assert (bench.last(do.Spool).lease, bench.last(do.Spool).item.reasons) == (6, ["timed out"])


def test_a_worker_that_can_not_be_killed_does_not_keep_its_unit() -> None:
    """After the grace the end is reported; the module stays busy."""
    bench = Bench()
    bench.at_work(5)
    bench.work(stop=[5])
    bench.tell(after=5.0)
    assert bench.last(do.Spool).item.outcome == "stopped"
    bench.spooled()
    bench.answer(acked=0, ended=True)
    bench.work(after=15.0)
    assert "Malware" not in bench.last(do.Ask).poll.modules


def test_a_scan_that_failed_says_why() -> None:
    """The worker's reason is the End's."""
    bench = Bench()
    bench.at_work(5)
    bench.tell(on.WorkEnded(lease=5, failure="no rules"))
    end = bench.last(do.Spool).item
    assert (end.outcome, end.reasons) == ("failed", ["no rules"])


@pytest.mark.parametrize("kind", [do.Ask, do.Send])
def test_an_unknown_session_is_replaced_at_once(kind: type) -> None:
    """The first refusal costs no wait."""
    bench = Bench()
    bench.at_work(5)
    bench.tell(on.Stepped(lease=5, done=0.1, doing="reading"))
    assert do.OpenSession in kinds(bench.fail(kind, Trouble.UNAUTHORIZED))


def test_sessions_that_are_refused_again_and_again_are_replaced_with_patience() -> None:
    """The second refusal waits."""
    bench = Bench()
    bench.tell()
    bench.session()
    bench.fail(do.Ask, Trouble.UNAUTHORIZED)
    bench.session()
    assert bench.fail(do.Ask, Trouble.UNAUTHORIZED) == []
    assert bench.loop.due() > bench.now


def test_a_refusal_of_an_older_session_does_not_end_the_newer() -> None:
    """It is simply asked again."""
    bench = Bench()
    bench.at_work(5)
    bench.tell(on.Stepped(lease=5, done=0.1, doing="reading"))
    bench.fail(do.Ask, Trouble.UNAUTHORIZED)
    bench.session()
    opened = bench.count(do.OpenSession)
    bench.fail(do.Send, Trouble.UNAUTHORIZED)
    assert bench.count(do.OpenSession) == opened


def test_the_next_session_is_opened_before_the_last_is_over() -> None:
    """At nine tenths of its life."""
    bench = Bench()
    bench.tell()
    bench.session()
    assert bench.tell(after=3239.0) == []
    assert kinds(bench.tell(after=2.0)) == [do.OpenSession]


def test_a_server_that_forgot_the_agent_is_told_its_key_again() -> None:
    """With a token at hand it enrols anew."""
    bench = Bench(may_enroll=True)
    bench.tell()
    bench.fail(do.OpenSession, Trouble.UNAUTHORIZED, message="not known")
    assert kinds(bench.tell(after=5.0)) == [do.Enroll]


def test_a_server_that_forgot_an_agent_without_a_token_is_asked_rarely() -> None:
    """Only people can help."""
    bench = Bench()
    bench.tell()
    (notice,) = bench.fail(do.OpenSession, Trouble.UNAUTHORIZED, message="not known: enrol it")
    assert notice.text == "not known: enrol it"
    assert bench.loop.due() == 100.0 + 375.0


def test_a_quarantined_agent_stops_its_work_and_waits_long() -> None:
    """Finished work is kept for the day it is let in again."""
    bench = Bench()
    bench.at_work(5)
    bench.work(jobs=[Job(lease=6, options=VUL, seconds=600.0)])
    bench.tell(on.WorkEnded(lease=6))
    effects = bench.fail(do.Ask, Trouble.FORBIDDEN, message="used twice")
    assert do.Kill(lease=5) in effects
    assert bench.loop.holding == [6]
    assert bench.tell(after=60.0) == []
    assert kinds(bench.tell(after=400.0)) == [do.OpenSession]


def test_an_agent_that_is_too_old_says_how_to_upgrade() -> None:
    """Once, and then it waits."""
    bench = Bench()
    bench.tell()
    (notice,) = bench.fail(do.OpenSession, Trouble.TOO_OLD, message="run hostward agent upgrade")
    assert notice.text == "run hostward agent upgrade"
    bench.tell(after=400.0)
    assert bench.fail(do.OpenSession, Trouble.TOO_OLD, message="run hostward agent upgrade") == []


def test_a_busy_server_is_given_the_time_it_asks_for() -> None:
    """And up to half more, so that not all come back together."""
    bench = Bench()
    bench.tell()
    bench.session()
    bench.fail(do.Ask, Trouble.BUSY, retry_after=8.0)
    assert bench.loop.due() == 110.0


def test_failures_are_waited_out_longer_and_longer() -> None:
    """1, 2, 4 ... seconds at most, half of it with this die; a success begins anew."""
    bench = Bench()
    bench.tell()
    bench.session()
    waits = []
    for _ in range(4):
        bench.fail(do.Ask, Trouble.NETWORK)
        due = bench.loop.due()
        waits.append(due - bench.now)
        bench.tell(after=due - bench.now)
    assert waits == [0.5, 1.0, 2.0, 4.0]
    bench.work()
    bench.tell(after=1.0)
    bench.fail(do.Ask, Trouble.NETWORK)
    assert bench.loop.due() - bench.now == 0.5


def test_a_server_that_does_not_hold_polls_is_asked_every_quarter_minute() -> None:
    """Hold 0 is the fallback for proxies that cut long requests."""
    bench = Bench()
    bench.tell()
    bench.session(hold=0.0)
    assert bench.last(do.Ask).poll.wait == 0.0
    assert bench.work(after=0.1) == []
    assert bench.loop.due() == 115.0


def test_empty_answers_that_were_not_held_are_asked_again_more_and_more_patiently() -> None:
    """A server that answers at once is not polled in a circle."""
    bench = Bench()
    bench.tell()
    bench.session()
    waits = []
    for _ in range(3):
        bench.work()
        waits.append(round(bench.loop.due() - bench.now, 3))
        bench.tell(after=bench.loop.due() - bench.now)
    assert waits == [0.2, 0.4, 0.8]


def test_a_poll_that_was_held_is_followed_by_the_next_at_once() -> None:
    """So that no wake-up waits."""
    bench = Bench()
    bench.tell()
    bench.session()
    assert kinds(bench.work(after=50.0)) == [do.Ask]


def test_results_from_before_a_restart_are_sent_before_the_first_poll() -> None:
    """The server would lease their unit anew otherwise."""
    bench = Bench(spool=[Recovered(lease=3, first=2, sizes=[10, 20], ended=True)])
    bench.tell()
    (send,) = bench.session()
    assert (send.lease, send.first, send.last, send.with_end) == (3, 2, 4, True)
    assert kinds(bench.answer(acked=4, ended=True)) == [do.Discard, do.Ask]


def test_results_from_before_a_restart_that_nobody_wants_do_not_hold_up_the_poll() -> None:
    """409: gone, and on with it."""
    bench = Bench(spool=[Recovered(lease=3, first=0, sizes=[10], ended=True)])
    bench.tell()
    bench.session()
    assert kinds(bench.fail(do.Send, Trouble.STALE)) == [do.Discard, do.Ask]


def test_unfinished_results_from_before_a_restart_are_discarded() -> None:
    """Their worker is dead; the unit is leased anew."""
    bench = Bench(spool=[Recovered(lease=3, first=0, sizes=[10], ended=False)])
    assert do.Discard(lease=3) in bench.tell()
    assert kinds(bench.session()) == [do.Ask]


def test_a_report_that_is_refused_is_replaced_by_a_failure() -> None:
    """A poisoned batch must not be sent for ever: the unit fails with the server's words."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 500)
    bench.spooled()
    effects = bench.fail(do.Send, Trouble.REFUSED, message="level 9")
    assert {do.Discard(lease=5), do.Kill(lease=5)} <= set(effects)
    bench.tell(on.WorkEnded(lease=5, failure="signal 15"))
    end = bench.last(do.Spool).item
    assert (end.outcome, end.batches) == ("failed", 0)
    assert end.reasons == ["the server refused the results: level 9"]


def test_a_failure_that_is_refused_too_is_given_up() -> None:
    """Nothing more can be said."""
    bench = Bench()
    bench.at_work(5)
    bench.tell(on.WorkEnded(lease=5))
    bench.spooled()
    bench.fail(do.Send, Trouble.REFUSED, message="no")
    bench.spooled()
    bench.fail(do.Send, Trouble.REFUSED, message="no")
    assert bench.loop.holding == []


def test_a_full_spool_holds_the_worker_back_until_there_is_room() -> None:
    """It waits; nothing is dropped."""
    bench = Bench(pace=Pace(spool=60_000))
    bench.at_work(5)
    assert do.Hold(lease=5, held=True) in bench.find(5, 600, size=70_000)
    assert bench.spooled(65_000) != [do.Hold(lease=5, held=False)]
    assert do.Hold(lease=5, held=False) in bench.answer(acked=1)


def test_a_full_spool_takes_no_new_jobs() -> None:
    """No module is offered while there is no room for results."""
    bench = Bench(pace=Pace(spool=60_000))
    bench.at_work(5)
    bench.find(5, 600, size=70_000)
    bench.work(after=15.0)
    assert bench.last(do.Ask).poll.modules == []


def test_a_disk_that_takes_nothing_holds_the_worker_back_and_is_tried_again() -> None:
    """The operator is told, and the same batch is written when it can be."""
    bench = Bench()
    bench.at_work(5)
    bench.find(5, 500)
    effects = bench.tell(on.SpoolFailed(lease=5, why="no space left"))
    assert do.Hold(lease=5, held=True) in effects
    assert "no space left" in bench.last(do.Notice).text
    again = bench.tell(after=5.0)
    assert [(one.lease, one.item.seq) for one in again if isinstance(one, do.Spool)] == [(5, 0)]
    assert do.Hold(lease=5, held=False) in bench.spooled()


def test_an_answer_to_a_request_that_nobody_waits_for_changes_nothing() -> None:
    """Late and doubled answers are none."""
    bench = Bench()
    bench.at_work(5)
    work = Work(generation=9, jobs=[Job(lease=9, options=VUL, seconds=1.0)])
    assert bench.tell(on.WorkCame(request=999, work=work)) == []
    assert bench.tell(on.Answered(request=999, answer=Answer(acked=9, ended=True, stop=True))) == []
    assert bench.tell(on.Failed(request=999, trouble=Trouble.FORBIDDEN)) == []
    assert bench.loop.holding == [5]


def test_leases_take_turns_in_reporting() -> None:
    """A busy module does not silence another."""
    bench = Bench()
    bench.at_work(5)
    bench.work(jobs=[Job(lease=6, options=VUL, seconds=600.0)])
    bench.find(5, 500)
    bench.spooled()
    bench.find(6, 500)
    bench.spooled()
    bench.find(5, 500)
    bench.spooled()
    assert bench.last(do.Send).lease == 5
    bench.answer(acked=1)
    assert bench.last(do.Send).lease == 6


def test_a_report_carries_two_megabytes_at_most() -> None:
    """More waits for the next."""
    bench = Bench(spool=[Recovered(lease=3, first=0, sizes=[1_500_000, 500_000, 500_000], ended=True)])
    bench.tell()
    (send,) = bench.session()
    assert (send.first, send.last, send.with_end) == (0, 2, False)


def test_a_poll_names_a_lease_until_all_of_it_is_acknowledged() -> None:
    """Work done but not reported is still held, and its module not offered."""
    bench = Bench()
    bench.at_work(5)
    bench.tell(on.WorkEnded(lease=5))
    bench.work(after=15.0)
    poll = bench.last(do.Ask).poll
    assert (poll.holding, poll.modules) == ([5], ["Vul", "Baseline"])


def test_a_session_that_is_over_is_not_used() -> None:
    """After a long sleep of the machine a new one comes first."""
    bench = Bench()
    bench.tell()
    bench.session()
    bench.fail(do.Ask, Trouble.NETWORK)
    assert kinds(bench.tell(after=7200.0)) == [do.OpenSession]
