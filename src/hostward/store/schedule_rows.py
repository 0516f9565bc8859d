"""Schedules as rows."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

import msgspec

from hostward.domain.ids import AccountId, ScheduleId, TaskId
from hostward.domain.module import Module
from hostward.domain.reason import Reason, Value
from hostward.domain.schedule import Cadence, EveryDays, Overlap, Policy, Schedule, Setting, Skip, Weekly, Window
from hostward.store.codec import options_of, options_text, words_of, words_text
from hostward.store.schedule_table import schedule as _table
from hostward.store.session import Value as Stored
from hostward.store.texts import clean
from hostward.store.times import micros_or_none, span, span_of, time_of, time_or_none

COLUMNS = tuple(_table.c)
KEY = ("schedule_id", "account_id", "module", "name")
"""What never changes of a schedule."""

_ENCODER = msgspec.json.Encoder(order="deterministic")
_WORDS = msgspec.json.Decoder(dict[str, str])
_VALUES = msgspec.json.Decoder(dict[str, int | str | tuple[str, ...]])


def row_of(schedule: Schedule) -> dict[str, Stored]:
    """The row of a schedule, by column."""
    setting, policy = schedule.setting, schedule.policy
    return {
        "schedule_id": schedule.id,
        "account_id": schedule.account,
        "module": schedule.module.value,
        "name": clean(schedule.name),
        "options": options_text(setting.options),
        "content": words_text(setting.content),
        "quuids": words_text(setting.quuids),
        **_cadence_row(setting.cadence),
        "at": _second(setting.at),
        "opens": _second(setting.window.start) if setting.window else None,
        "closes": _second(setting.window.end) if setting.window else None,
        "enabled": int(setting.enabled),
        "words": _text(setting.words),
        "overlap": policy.overlap.value,
        "grace": span(policy.grace),
        "jitter": span(policy.jitter),
        "zone": clean(schedule.zone),
        "next_fire": micros_or_none(schedule.next_fire),
        "last_fire": micros_or_none(schedule.last_fire),
        "last_task": schedule.last_task,
        **_skip_row(schedule.last_skip),
    }


def schedule_of(row: Sequence[Any]) -> Schedule:
    """The schedule of a row with all COLUMNS."""
    values: dict[str, Any] = {column.name: value for column, value in zip(COLUMNS, row, strict=True)}
    return Schedule(
        id=ScheduleId(values["schedule_id"]),
        account=AccountId(values["account_id"]),
        name=values["name"],
        setting=_setting_of(values),
        policy=Policy(
            overlap=Overlap(values["overlap"]), grace=span_of(values["grace"]), jitter=span_of(values["jitter"])
        ),
        zone=values["zone"],
        next_fire=time_or_none(values["next_fire"]),
        last_fire=time_or_none(values["last_fire"]),
        last_task=None if values["last_task"] is None else TaskId(values["last_task"]),
        last_skip=_skip_of(values),
    )


def _setting_of(values: Mapping[str, Any]) -> Setting:
    opens, closes = values["opens"], values["closes"]
    return Setting(
        options=options_of(Module(values["module"]), values["options"]),
        content=words_of(values["content"]),
        quuids=words_of(values["quuids"]),
        cadence=_cadence_of(values),
        at=_time(values["at"]),
        window=None if opens is None else Window(start=_time(opens), end=_time(closes)),
        enabled=bool(values["enabled"]),
        words=_WORDS.decode(values["words"]),
    )


def _cadence_row(cadence: Cadence) -> dict[str, Stored]:
    match cadence:
        case EveryDays():
            return {"every": cadence.days, "first_day": cadence.first.toordinal(), "weekdays": ""}
        case Weekly():
            return {"every": None, "first_day": None, "weekdays": "".join(map(str, sorted(cadence.weekdays)))}


def _cadence_of(values: Mapping[str, Any]) -> Cadence:
    if values["every"] is not None:
        return EveryDays(days=values["every"], first=date.fromordinal(values["first_day"]))
    return Weekly(weekdays=frozenset(map(int, values["weekdays"])))


def _skip_row(skip: Skip | None) -> dict[str, Stored]:
    if skip is None:
        return {"skipped": None, "skip_reason": "", "skip_values": "{}"}
    return {
        "skipped": micros_or_none(skip.at), "skip_reason": skip.reason.value, "skip_values": _text(skip.values),
    }  # fmt: skip


def _skip_of(values: Mapping[str, Any]) -> Skip | None:
    if values["skipped"] is None:
        return None
    said = _VALUES.decode(values["skip_values"])
    return Skip(at=time_of(values["skipped"]), reason=Reason(values["skip_reason"]), values=said)


def _text(values: Mapping[str, Value]) -> str:
    return _ENCODER.encode({clean(name): _clean(value) for name, value in values.items()}).decode()


def _clean(value: Value) -> Value:
    if isinstance(value, str):
        return clean(value)
    return value if isinstance(value, int) else [clean(each) for each in value]


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _time(second: int) -> time:
    return time(second // 3600, second // 60 % 60, second % 60)
