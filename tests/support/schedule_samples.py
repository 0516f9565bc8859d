"""Schedules that tests are made of, with as little said as a test needs."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from hostward.domain.ids import AccountId, ScheduleId
from hostward.domain.options import VulOptions
from hostward.domain.schedule import EveryDays, Schedule, Setting

FIRST = date(2026, 11, 24)


def setting(**said: Any) -> Setting:
    """Every day at 02:00 a scan for all vulnerabilities of all machines, unless said otherwise. days: the cadence's."""
    plain: dict[str, Any] = {
        "options": VulOptions(),
        "content": ("1", "2", "4"),
        "cadence": EveryDays(days=said.pop("days", 1), first=said.pop("first", FIRST)),
        "at": time(2),
    }
    return Setting(**plain | said)


def schedule(now: datetime | None = None, zone: tzinfo = UTC, **said: Any) -> Schedule:
    """Schedule 1 of account 1, in force from a time on; what is its own or its setting's may be said."""
    own = {name: said.pop(name) for name in ("id", "account", "name", "policy", "last_task") if name in said}
    plain: dict[str, Any] = {"id": ScheduleId(1), "account": AccountId(1), "zone": str(zone)} | own
    made = Schedule(**plain, setting=setting(**said))
    return made if now is None else replace(made, next_fire=made.after(now, zone))


def at(text: str) -> datetime:
    """A time in UTC, as "2026-11-24 02:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


HOUR = timedelta(hours=1)
