"""Keep a setting: a new schedule, or the module's own with other words in it."""

from dataclasses import replace
from datetime import datetime, tzinfo

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId
from hostward.domain.options import module_of
from hostward.domain.reason import Reason
from hostward.domain.schedule import Schedule, Setting
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans.start import check_options


def keep(
    uow: UnitOfWork, *, account: AccountId, setting: Setting, zone: tzinfo, now: datetime, name: str = ""
) -> Schedule:
    """Store the setting as the account's schedule of its module with this name, and say when it fires.

    What went before stays on record. Where only what is scanned changes, the days go on being counted as they were,
    and a fire that is due at this moment is not lost. Raises InvalidValue for machines that the account does not have,
    and for options that no scan could start with.
    """
    check_options(uow, account, setting.options)
    _check_machines(uow, account, setting)
    known = uow.schedules.named(account, module_of(setting.options), name, lock=True)
    if known is None:
        schedule = Schedule(
            id=uow.schedules.next_id(), account=account, name=name, setting=setting, zone=str(zone)
        )  # fmt: skip
        schedule = replace(schedule, next_fire=schedule.after(now, zone))
        uow.schedules.add(schedule)
        return schedule
    changed = _changed(known, setting, zone, now)
    uow.schedules.put(changed)
    return changed


def _changed(known: Schedule, setting: Setting, zone: tzinfo, now: datetime) -> Schedule:
    if setting.rhythm == known.setting.rhythm and known.zone == str(zone):
        return replace(known, setting=replace(setting, cadence=known.setting.cadence))
    return replace(known, setting=setting, zone=str(zone)).anew(zone, now)


def _check_machines(uow: UnitOfWork, account: AccountId, setting: Setting) -> None:
    known = uow.machines.by_quuids(account, setting.quuids) if setting.quuids else {}
    missing = [quuid for quuid in setting.quuids if quuid not in known]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_MACHINES, names=missing)
