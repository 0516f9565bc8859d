"""The cadence of a schedule in words."""

from datetime import tzinfo

from hostward.api.schedule_texts import COMMA, EVERY_DAY, EVERY_DAYS, IN_WINDOW, WEEKDAYS, WEEKLY
from hostward.api.texts import Language
from hostward.domain.schedule import EveryDays, Setting, Weekly


def cadence_words(setting: Setting, zone: tzinfo, language: Language) -> str:
    """When it fires: "every 3 days at 02:30:00 (Europe/Berlin), only from 02:00:00 to 05:00:00"."""
    said = _cadence(setting, zone, language)
    if setting.window is None:
        return said
    window = {"start": setting.window.start, "end": setting.window.end}
    return IN_WINDOW.said(language, {"cadence": said, **window})


def _cadence(setting: Setting, zone: tzinfo, language: Language) -> str:
    values: dict[str, object] = {"at": setting.at, "zone": zone}
    match setting.cadence:
        case EveryDays(days=1):
            return EVERY_DAY.said(language, values)
        case EveryDays(days=days):
            return EVERY_DAYS.said(language, {**values, "days": days})
        case Weekly(weekdays=weekdays):
            names = COMMA.said(language, {}).join(WEEKDAYS[day].said(language, {}) for day in sorted(weekdays))
            return WEEKLY.said(language, {**values, "days": names})
