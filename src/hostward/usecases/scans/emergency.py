"""Scan for one vulnerability that is known to be exploited."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, VulId
from hostward.domain.options import VulOptions
from hostward.domain.reason import Reason
from hostward.domain.task import Trigger
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import Started, check_options, start


def start_emergency(
    uow: UnitOfWork, *, vul: VulId, uuids: Sequence[str], content: tuple[str, ...], timeout: timedelta,
    rule: Callable[[ScanRequest], ScanRequest], account: AccountId, by: str, now: datetime,
) -> Started:  # fmt: skip
    """Start a scan of the machines with these uuids, of all for none, that counts this vulnerability alone.

    rule: the request as the operator's rules for hosts let it be.

    Raises InvalidValue for a machine or a number that nobody knows, and for a vulnerability that is not known to be
    exploited; UnsupportedValue while there is no catalogue; NoMachines.
    """
    options = VulOptions(vul_ids=(vul,), emergency=True)
    check_options(uow, account, options)
    (known,) = uow.advisories.vuls([vul])
    if not known.kev:
        raise InvalidValue.because(Reason.NOT_EXPLOITED, name=known.key)
    scope = Scope(everything=not uuids, quuids=_quuids(uow, account, uuids) if uuids else ())
    request = ScanRequest(options=options, content=content, scope=scope, timeout=timeout)
    return start(uow, request=rule(request), account=account, by=by, trigger=Trigger.ONE_CLICK, now=now)


def _quuids(uow: UnitOfWork, account: AccountId, uuids: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(uuids))
    known = {machine.uuid: machine.quuid for machine in uow.machines.of_account(account)}
    missing = [uuid for uuid in wanted if uuid not in known]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_UUIDS, names=missing)
    return tuple(known[uuid] for uuid in wanted)
