"""The table of schedules."""

from sqlalchemy import Index, UniqueConstraint

from hostward.store.columns import number, table, words

FILL = 85
"""Per cent of a PostgreSQL page filled at first: a row changes with every fire."""

schedule = table(
    "schedule",
    "schedule_id",
    number("schedule_id"),
    number("account_id"),
    words("module"),
    words("name"),
    words("options"),
    words("content"),
    words("quuids"),
    number("every", null=True),
    number("first_day", null=True),
    words("weekdays"),
    number("at"),
    number("opens", null=True),
    number("closes", null=True),
    number("enabled"),
    words("words"),
    words("overlap"),
    number("grace"),
    number("jitter"),
    words("zone"),
    number("next_fire", null=True),
    number("last_fire", null=True),
    number("last_task", null=True),
    number("skipped", null=True),
    words("skip_reason"),
    words("skip_values"),
    UniqueConstraint("account_id", "module", "name"),
    Index(None, "next_fire"),
    fill=FILL,
)
"""every, first_day (days since year 1): a cadence of days; else weekdays. at, opens, closes: seconds of a day."""
