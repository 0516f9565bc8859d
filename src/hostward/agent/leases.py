"""All leases that an agent holds, and the workers and spooled results that belong to them.

Pure, as the loop is: it is told what happened and when, and leaves what is to be done in the outbox.
"""

from collections.abc import Iterator, Sequence

from hostward.agent import effects as do
from hostward.agent import events as on
from hostward.agent.lease import Held, Phase, Recovered, never_begun, recovered, taken
from hostward.agent.outbox import Outbox
from hostward.agent.pace import Pace
from hostward.domain.module import Module
from hostward.domain.options import module_of
from hostward.protocol.job import Job, domain_options

LeaseEvent = on.RowsFound | on.Stepped | on.Doubted | on.WorkEnded | on.Spooled | on.SpoolFailed


class Leases:
    """What an agent works on, at most one worker a module, and what the server has not acknowledged."""

    def __init__(self, *, modules: Sequence[Module], pace: Pace, spool: Sequence[Recovered], out: Outbox) -> None:
        self._modules = tuple(modules)
        self._pace = pace
        self._out = out
        self._held = {one.lease: recovered(one) for one in spool if one.ended}
        self._left_over = set(self._held)
        self._alive: dict[int, Module] = {}
        for one in spool:
            if not one.ended:
                out.add(do.Discard(lease=one.lease))

    @property
    def ids(self) -> list[int]:
        """Every lease held."""
        return sorted(self._held)

    @property
    def has_left_over(self) -> bool:
        """True while results from before the agent's start wait to be taken."""
        return bool(self._left_over)

    @property
    def free(self) -> list[Module]:
        """Modules that a new job would be started for at once; none while the spool is full.

        One whose results are on their way is not free: a new lease would make them worthless.
        """
        busy = {*self._alive.values(), *(held.module for held in self._held.values())}
        return [] if self._is_full else [module for module in self._modules if module not in busy]

    def get(self, lease: int) -> Held | None:
        """A lease, if it is held."""
        return self._held.get(lease)

    def take(self, event: LeaseEvent, now: float) -> None:
        """A worker or the spool said something."""
        if isinstance(event, on.WorkEnded):
            self._alive.pop(event.lease, None)
        held = self._held.get(event.lease)
        if held is None:
            return
        match event:
            case on.RowsFound():
                held.found(event.rows, event.size, now)
            case on.Stepped():
                held.stepped(event.done, event.doing)
            case on.Doubted():
                held.doubted(event.reason)
            case on.WorkEnded():
                held.worker_gone(event.failure, now)
            case on.Spooled():
                held.spooled(event.seq, event.size)
            case on.SpoolFailed():
                held.not_spooled(now + self._pace.spool_retry)
                self._out.notice(f"results can't be stored: {event.why}; scans wait until they can")

    def receive(self, job: Job, now: float) -> bool:
        """A job came; False when it is one that is held already. What can't be done fails at once."""
        if job.lease in self._held:
            return False
        try:
            module = module_of(domain_options(job.options))
        except ValueError as error:
            self._fail_at_once(job, f"this agent does not understand the job: {error}", now)
            return True
        if module not in self._modules:
            self._fail_at_once(job, f"this agent has no scanner for {module}", now)
            return True
        self._held[job.lease] = taken(job, module, now)
        return True

    def stop(self, lease: int, now: float) -> bool:
        """End a lease as stopped; False when it has come to an end, or is coming to it."""
        held = self._held.get(lease)
        if held is None or held.phase is Phase.QUEUED:
            self._held[lease] = never_begun(lease, "stopped", "", now)
            return True
        if held.phase is not Phase.WORKING:
            return False
        self._end_early(held, "stopped", "", now)
        return True

    def drop(self, lease: int) -> bool:
        """Give a lease up, with all that was found; False when it is not held."""
        if lease not in self._held:
            return False
        if lease in self._alive:
            self._out.add(do.Kill(lease=lease))
        self.let_go(lease)
        return True

    def drop_unfinished(self) -> None:
        """Give up every lease that is still worked on."""
        for lease, held in list(self._held.items()):
            if held.phase is not Phase.ENDED:
                self.drop(lease)

    def let_go(self, lease: int) -> None:
        """The server has all of a lease, or wants none of it."""
        del self._held[lease]
        self._left_over.discard(lease)
        self._out.add(do.Discard(lease=lease))

    def refused(self, held: Held, message: str, now: float) -> None:
        """The server will never take these batches: say once that the scan failed, then give the lease up."""
        if held.was_refused:
            self.drop(held.lease)
            return
        why = f"the server refused the results: {message}"
        held.start_over(why)
        self._out.add(do.Discard(lease=held.lease))
        if held.lease in self._alive:
            self._end_early(held, "failed", why, now)
        else:
            held.finish("", now)

    def tend(self, now: float) -> None:
        """Everything that time or room allows: end what is late, start what waits, spool, hold workers back."""
        self._keep_deadlines(now)
        self._start_queued(now)
        self._spool(now)
        self._hold_workers()

    def to_report(self, now: float, *, beat: bool) -> do.Send | None:
        """The next report, its request number still 0; leases take turns. beat: a word is due in any case."""
        for held in list(self._held.values()):
            message = held.message()
            news_at = held.news_at(self._pace)
            has_beat = beat and held.lease in self._alive
            if message is None and not has_beat and (news_at is None or now < news_at):
                continue
            held.told(now)
            self._held[held.lease] = self._held.pop(held.lease)
            first, last = (message.first, message.last) if message else (held.acked, held.acked)
            return do.Send(
                request=0, lease=held.lease, first=first, last=last, done=held.done, doing=held.doing,
                with_end=message is not None and message.with_end,
            )  # fmt: skip
        return None

    def work_times(self) -> Iterator[float | None]:
        """When tend() has something to do."""
        for held in self._held.values():
            yield held.flush_at(self._pace)
            yield held.spool_again
            yield held.ends_by

    def report_times(self, beat_at: float) -> Iterator[float | None]:
        """When to_report() has something to say."""
        for held in self._held.values():
            yield 0.0 if held.message() else held.news_at(self._pace)
            yield beat_at if held.lease in self._alive else None

    @property
    def _is_full(self) -> bool:
        return sum(held.unsent for held in self._held.values()) >= self._pace.spool

    def _fail_at_once(self, job: Job, why: str, now: float) -> None:
        self._held[job.lease] = never_begun(job.lease, "failed", why, now)

    def _end_early(self, held: Held, outcome: str, why: str, now: float) -> None:
        held.decide(outcome, why, now + self._pace.kill_grace)
        self._out.add(do.Kill(lease=held.lease))

    def _keep_deadlines(self, now: float) -> None:
        for held in self._held.values():
            if held.ends_by is None or now < held.ends_by:
                continue
            match held.phase:
                case Phase.WORKING:
                    self._end_early(held, "failed", "timed out", now)
                case Phase.QUEUED:
                    held.decide("failed", "timed out", now)
                    held.finish("", now)
                case _:
                    self._out.notice(f"a scanner could not be killed within {self._pace.kill_grace:.0f} s")
                    held.finish("", now)

    def _start_queued(self, now: float) -> None:
        for held in self._held.values():
            if held.phase is not Phase.QUEUED or held.job is None or held.module is None:
                continue
            if held.module not in self._alive.values():
                self._alive[held.lease] = held.module
                held.begin(now)
                self._out.add(do.Start(job=held.job))

    def _spool(self, now: float) -> None:
        for held in self._held.values():
            flush_at = held.flush_at(self._pace)
            if flush_at is not None and now >= flush_at:
                held.cut()
            item = held.next_to_spool(now)
            if item is not None:
                self._out.add(do.Spool(lease=held.lease, item=item))

    def _hold_workers(self) -> None:
        """A full spool, or a disk that takes nothing, makes the workers wait; nothing is ever dropped."""
        is_full = self._is_full
        for held in self._held.values():
            wanted = is_full or held.is_failing
            if wanted != held.is_held and held.phase is Phase.WORKING:
                held.is_held = wanted
                self._out.add(do.Hold(lease=held.lease, held=wanted))
