"""All machines of an account in a few numbers: what is kept of their current results, and short counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, select

from hostward.domain.ids import AccountId, MachineId, TaskId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.store import machine_tags, task_vuls
from hostward.store.codec import level_of
from hostward.store.machine_pages import chosen_of
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import LEVEL_COLUMNS, current_result, fleet_result, machine, task_vul
from hostward.store.times import micros
from hostward.store.upsert import upserting
from hostward.usecases.fleet_ports import AgentCount, FleetStanding, ModuleStanding
from hostward.usecases.records import MachineCondition

ANY_MODULE = ""
"""The row of fleet_result that counts machines with results of any module."""

_M, _R, _F, _V = machine.c, current_result.c, fleet_result.c, task_vul.c
COUNTED = ("judged", "at_risk", "risks", *LEVEL_COLUMNS)
_LEVELS = tuple(Level[name.upper()] for name in LEVEL_COLUMNS)
_KEPT = Prepared(select(_F.module, *(_F[name] for name in COUNTED)).where(_F.account_id == bindparam("of_account")))
_BEFORE = Prepared(
    select(_R.module, _R.risks, *(_R[name] for name in LEVEL_COLUMNS)).where(_R.machine_id == bindparam("of_machine"))
)
_MOVE = upserting(
    fleet_result,
    key=("account_id", "module"),
    change=lambda new: {name: _F[name] + new[name] for name in COUNTED},
)
_VUL_LEVELS = Prepared(
    select(_V.level, case((_V.fixed != "", 1), else_=0).label("fixable"), func.count())
    .where(_V.task_id == bindparam("which"), task_vuls.COUNTS)
    .group_by(_V.level, "fixable")
)


class KeptStanding:
    """The sums of current results: differences are gathered, and written last, when no other row is asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._moved: dict[tuple[AccountId, str], Counter[str]] = {}

    def replaced(self, account: AccountId, machine: MachineId, module: Module, new: Mapping[str, int]) -> None:
        """A machine's current results of a module are about to become new ones. new: risks and LEVEL_COLUMNS."""
        before = {row[0]: row[1:] for row in self._session.rows(_BEFORE, of_machine=machine)}
        moved = self._of(account, module.value)
        moved.update(_counts(new))
        if module.value in before:
            old = dict(zip(("risks", *LEVEL_COLUMNS), before[module.value], strict=True))
            moved.subtract(_counts(old))
        elif not before:
            self._of(account, ANY_MODULE)["judged"] += 1

    def removed(self, account: AccountId, machine: MachineId) -> None:
        """All of a machine's current results are about to go."""
        before = self._session.rows(_BEFORE, of_machine=machine)
        for module, *counts in before:
            self._of(account, module).subtract(_counts(dict(zip(("risks", *LEVEL_COLUMNS), counts, strict=True))))
        if before:
            self._of(account, ANY_MODULE)["judged"] -= 1

    def shifted(self, account: AccountId, module: Module, *, risks: int, at_risk: int) -> None:
        """Machines of the account have so many more risks than before, and so many more of them any."""
        self._of(account, module.value).update({"risks": risks, "at_risk": at_risk})

    def flush(self) -> None:
        """Write what is gathered, in one order for all: two transactions then never wait for one another."""
        statement = _MOVE(self._session.dialect.name)
        for (account, module), moved in sorted(self._moved.items()):
            counts = {name: moved[name] for name in COUNTED}
            self._session.run(statement, account_id=account, module=module, **counts)
        self._moved.clear()

    def _of(self, account: AccountId, module: str) -> Counter[str]:
        return self._moved.setdefault((account, module), Counter())


class SqlFleet:
    """ports.Fleet."""

    def __init__(self, session: Session, kept: KeptStanding) -> None:
        self._session = session
        self._kept = kept

    def agents(
        self, account: AccountId, conditions: Sequence[MachineCondition], *, heard_after: datetime
    ) -> Sequence[AgentCount]:
        """The versions of agents of machines that meet the conditions, by version."""
        heard = func.count(case((_M.last_seen > micros(heard_after), 1)))
        counted = chosen_of(select(_M.agent_version, func.count(), heard), account, conditions)
        rows = self._session.select(counted.group_by(_M.agent_version).order_by(_M.agent_version))
        return [AgentCount(version=version, machines=machines, heard=heard) for version, machines, heard in rows]

    def standing(self, account: AccountId, tags: Sequence[str] = ()) -> FleetStanding:
        """What the current results say: as it is kept, or counted over machines with a tag."""
        if tags:
            return self._counted(account, machine_tags.has_tag(_R.machine_id, tags))
        self._kept.flush()
        rows = {row[0]: row[1:] for row in self._session.rows(_KEPT, of_account=account)}
        judged = rows.pop(ANY_MODULE, (0,))[0]
        return FleetStanding(judged=judged, modules=_modules(rows))

    def vul_levels(self, task: TaskId, tags: Sequence[str] = ()) -> Mapping[tuple[Level | None, bool], int]:
        """How many vulnerabilities a task found, by level and by whether a fix is known."""
        if tags:
            found = machine_tags.worst(self._session, task, task_vuls.EVERY, tags)
            return Counter((vul.level, bool(vul.fixed)) for vul in found)
        rows = self._session.rows(_VUL_LEVELS, which=task)
        return {(level_of(level), bool(fixable)): count for level, fixable, count in rows}

    def _counted(self, account: AccountId, chosen: ColumnElement[bool]) -> FleetStanding:
        at_risk = func.count(case((_R.risks > 0, 1)))
        sums = (func.coalesce(func.sum(_R[name]), 0) for name in ("risks", *LEVEL_COLUMNS))
        mine = (_R.account_id == account, chosen)
        rows = self._session.select(select(_R.module, func.count(), at_risk, *sums).where(*mine).group_by(_R.module))
        ((judged,),) = self._session.select(select(func.count(_R.machine_id.distinct())).where(*mine))
        return FleetStanding(judged=judged, modules=_modules({row[0]: row[1:] for row in rows}))


def _counts(risks: Mapping[str, int]) -> dict[str, int]:
    return {"judged": 1, "at_risk": int(risks["risks"] > 0), **risks}


def _modules(rows: Mapping[str, Row]) -> Mapping[Module, ModuleStanding]:
    return {module: _standing(rows[module.value]) for module in Module if module.value in rows}


def _standing(row: Sequence[Any]) -> ModuleStanding:
    judged, at_risk, risks, *by_level = map(int, row)
    levels: dict[Level | None, int] = dict(zip(_LEVELS, by_level, strict=True))
    levels[None] = risks - sum(by_level)
    return ModuleStanding(
        judged=judged, at_risk=at_risk, levels={level: count for level, count in levels.items() if count}
    )
