"""What an agent does, as a machine without I/O: an event and the time in, the effects it wants out.

Nothing here waits, reads a clock or draws a number: `step(event, now)` is all there is, and `due()` says when it wants
to be called at the latest. One thread drives it on a host; a simulator drives thousands. The rules are those of the
link: a session each hour, polls that name every lease held, results spooled before they are sent and sent until they
are acknowledged, and nothing said faster than the server can stand.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from hostward.agent import effects as do
from hostward.agent import events as on
from hostward.agent.events import Event, Trouble
from hostward.agent.lease import Held, Recovered
from hostward.agent.leases import Leases
from hostward.agent.outbox import Outbox
from hostward.agent.pace import Backoff, Pace
from hostward.domain.module import Module
from hostward.protocol.job import Poll, Work

RENEW_AT = 0.9
"""Share of a session's life after which the next one is opened."""

SHARE_OF_HEARTBEAT = 0.75
"""A poll at work is held this share of the heartbeat, so that the next one is in time."""

FIRST_EMPTY_WAIT = 0.1
"""Seconds after an empty answer that was not held; doubled each time, so that a faulty server is not hammered."""


class _Line(Enum):
    """What may be under way at the same time, one request each."""

    CONTROL = auto()
    POLL = auto()
    REPORT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flight:
    """A request under way: under which session (0: none), since when, and whose report it is (0: none's)."""

    request: int
    session: int
    began: float
    sent: do.Send | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    number: int
    renew_at: float
    ends_at: float
    hold: float
    heartbeat: float

    @property
    def pace(self) -> float:
        """Seconds between two polls that find nothing, while there is work or polls are not held."""
        return self.heartbeat * SHARE_OF_HEARTBEAT


class Loop:
    """An agent's mind. enrolled: the server knows its key; may_enroll: there is a token to make it known."""

    def __init__(
        self,
        *,
        enrolled: bool,
        may_enroll: bool,
        modules: Sequence[Module],
        pace: Pace,
        random: Callable[[], float],
        spool: Sequence[Recovered] = (),
    ) -> None:
        self._enrolled = enrolled
        self._may_enroll = may_enroll
        self._backoff = Backoff(pace, random)
        self._out = Outbox()
        self._leases = Leases(modules=modules, pace=pace, spool=spool, out=self._out)
        self._flights: dict[_Line, _Flight] = {}
        self._requests = 0
        self._sessions = 0
        self._session: _Session | None = None
        self._not_before = 0.0
        self._next_poll = 0.0
        self._empty_polls = 0
        self._spoke = 0.0
        self._generation = 0

    @property
    def holding(self) -> list[int]:
        """Leases worked on, or not yet acknowledged whole."""
        return self._leases.ids

    def step(self, event: Event, now: float) -> list[do.Effect]:
        """Take in what happened and decide what is to be done, in this order."""
        self._take(event, now)
        self._leases.tend(now)
        if now >= self._not_before:
            self._talk(now)
        return self._out.empty()

    def due(self) -> float | None:
        """When step must be called though nothing happened; None: not before something does."""
        talk = (max(time, self._not_before) for time in self._talk_times() if time is not None)
        work = (time for time in self._leases.work_times() if time is not None)
        return min((*talk, *work), default=None)

    def _take(self, event: Event, now: float) -> None:
        match event:
            case on.Tick():
                return
            case on.Enrolled():
                if self._landed(_Line.CONTROL, event.request):
                    self._enrolled = True
            case on.SessionOpened():
                if self._landed(_Line.CONTROL, event.request):
                    self._opened(event, now)
            case on.WorkCame():
                if flight := self._landed(_Line.POLL, event.request):
                    self._work_came(event.work, flight.began, now)
            case on.Answered():
                flight = self._landed(_Line.REPORT, event.request)
                if flight and flight.sent:
                    self._answered(event, flight.sent, now)
            case on.Failed():
                self._failed(event, now)
            case _:
                self._leases.take(event, now)

    def _landed(self, line: _Line, request: int) -> _Flight | None:
        """The request that was answered; None when nobody waits for it."""
        flight = self._flights.get(line)
        return self._flights.pop(line) if flight and flight.request == request else None

    def _opened(self, event: on.SessionOpened, now: float) -> None:
        self._sessions += 1
        self._session = _Session(
            number=self._sessions,
            renew_at=now + event.expires_in * RENEW_AT,
            ends_at=now + event.expires_in,
            hold=event.hold,
            heartbeat=event.heartbeat,
        )

    def _work_came(self, work: Work, began: float, now: float) -> None:
        self._backoff.succeeded()
        self._generation = work.generation
        news = [self._leases.drop(lease) for lease in work.lost]
        news += [self._leases.stop(lease, now) for lease in work.stop]
        news += [self._leases.receive(job, now) for job in work.jobs]
        if any(news):
            self._empty_polls, self._next_poll = 0, now
        else:
            self._next_poll = self._after_empty(began, now)

    def _after_empty(self, began: float, now: float) -> float:
        """When to ask again after nothing: at once if the poll was held, else more and more patiently."""
        session = self._session
        if session is None:
            return now
        if not session.hold:
            return began + session.pace
        if now - began >= 1.0:
            self._empty_polls = 0
            return now
        self._empty_polls += 1
        return now + min(session.pace, FIRST_EMPTY_WAIT * 2.0 ** min(self._empty_polls, 16))

    def _answered(self, event: on.Answered, sent: do.Send, now: float) -> None:
        held = self._leases.get(sent.lease)
        if held is None:
            return
        answer = event.answer
        if answer.ended:
            self._backoff.succeeded()
            self._leases.drop(held.lease)
        elif answer.acked < held.acked:
            # What the server has lost can't be sent again: it must lease the unit anew.
            self._leases.drop(held.lease)
        else:
            self._go_on(held, sent, answer.acked, now)
            if answer.stop:
                self._leases.stop(held.lease, now)

    def _go_on(self, held: Held, sent: do.Send, acked: int, now: float) -> None:
        """The lease lives; a server that takes messages without keeping them is to be spared like a busy one."""
        news = held.acknowledge(acked)
        if news:
            self._out.add(do.Forget(lease=held.lease, acked=held.acked))
        if news or (sent.last == sent.first and not sent.with_end):
            self._backoff.succeeded()
        else:
            self._wait(now, self._backoff.failed())

    def _failed(self, event: on.Failed, now: float) -> None:
        flight = next((flight for line in _Line if (flight := self._landed(line, event.request))), None)
        if flight is None:
            return
        held = self._leases.get(flight.sent.lease) if flight.sent else None
        if held is not None and self._report_failed(held, event, now):
            return
        match event.trouble:
            case Trouble.UNAUTHORIZED:
                self._unauthorized(flight, event.message, now)
            case Trouble.FORBIDDEN:
                # Nothing may run for a server that does not want us; finished work waits for its pardon.
                self._leases.drop_unfinished()
                self._keep_away(event.message, now)
            case Trouble.TOO_OLD:
                self._keep_away(event.message, now)
            case Trouble.REFUSED if not flight.session:
                self._keep_away(event.message, now)
            case Trouble.BUSY if event.retry_after is not None:
                self._wait(now, self._backoff.asked(event.retry_after))
            case _:
                self._wait(now, self._backoff.failed())

    def _report_failed(self, held: Held, event: on.Failed, now: float) -> bool:
        """True when it is the lease, and not the agent, that the server does not want."""
        held.untold()
        if event.trouble is Trouble.STALE:
            self._leases.drop(held.lease)
            return True
        if event.trouble is Trouble.REFUSED:
            self._out.notice(f"the server refused a report: {event.message}")
            self._leases.refused(held, event.message, now)
            return True
        return False

    def _unauthorized(self, flight: _Flight, message: str, now: float) -> None:
        """A session that is not known any more is replaced at once; one refused again and again, with patience."""
        if flight.session:
            if self._session is None or flight.session != self._session.number:
                return
            self._session = None
            is_first = not self._backoff.failures
            wait = self._backoff.failed()
            self._wait(now, 0.0 if is_first else wait)
        elif self._may_enroll and self._enrolled:
            self._enrolled = False
            self._wait(now, self._backoff.failed())
        else:
            self._keep_away(message, now)

    def _keep_away(self, message: str, now: float) -> None:
        """Only people can change this answer."""
        self._session = None
        self._out.notice(message)
        self._wait(now, self._backoff.kept_away())

    def _wait(self, now: float, seconds: float) -> None:
        self._not_before = max(self._not_before, now + seconds)

    def _talk(self, now: float) -> None:
        session = self._session
        if session is not None and now >= session.ends_at:
            session = self._session = None
        if session is None or now >= session.renew_at:
            self._get_in(now)
        if session is None:
            return
        if _Line.REPORT not in self._flights:
            self._send(session, now)
        if _Line.POLL not in self._flights and not self._leases.has_left_over and now >= self._next_poll:
            self._ask(session, now)

    def _get_in(self, now: float) -> None:
        if _Line.CONTROL in self._flights:
            return
        if self._enrolled:
            self._out.add(do.OpenSession(request=self._fly(_Line.CONTROL, 0, now)))
        elif self._may_enroll:
            self._out.add(do.Enroll(request=self._fly(_Line.CONTROL, 0, now)))
        else:
            self._keep_away("this agent is not enrolled and has no token: enrol it with a token of the server", now)

    def _send(self, session: _Session, now: float) -> None:
        send = self._leases.to_report(now, beat=now >= self._spoke + session.heartbeat)
        if send is not None:
            send = replace(send, request=self._fly(_Line.REPORT, session.number, now, send))
            self._out.add(send)

    def _ask(self, session: _Session, now: float) -> None:
        holding = self._leases.ids
        poll = Poll(
            generation=self._generation,
            holding=holding,
            modules=[str(module) for module in self._leases.free],
            wait=min(session.hold, session.pace) if holding else session.hold,
        )
        self._out.add(do.Ask(request=self._fly(_Line.POLL, session.number, now), poll=poll))

    def _fly(self, line: _Line, session: int, now: float, sent: do.Send | None = None) -> int:
        self._requests += 1
        self._spoke = now
        self._flights[line] = _Flight(request=self._requests, session=session, began=now, sent=sent)
        return self._requests

    def _talk_times(self) -> Iterator[float | None]:
        """When something may be said that can't be said now; the wait after a failure bounds every one of them."""
        session = self._session
        if _Line.CONTROL not in self._flights:
            yield session.renew_at if session else 0.0
        if session is None:
            return
        yield session.ends_at
        if _Line.REPORT not in self._flights:
            yield from self._leases.report_times(self._spoke + session.heartbeat)
        if _Line.POLL not in self._flights and not self._leases.has_left_over:
            yield self._next_poll
