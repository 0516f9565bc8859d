"""Ignore rules as a user sees and makes them who is limited to some machines: none that reaches further."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn

from hostward.domain.account import User
from hostward.domain.advisory import Match
from hostward.domain.errors import Forbidden, InvalidValue
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, MachineId, RuleId, Seq, TaskId
from hostward.domain.ignoring import IgnoreRule, Scope, VexDocument
from hostward.domain.reason import Reason
from hostward.usecases.ignore_ports import Ignores

Reach = Callable[[], frozenset[MachineId]]


class LimitedIgnores:
    """ports.Ignores of rules that hold on machines in reach only. What the server does by itself is forbidden."""

    def __init__(self, ignores: Ignores, user: User, reach: Reach) -> None:
        self._ignores = ignores
        self._user = user
        self._reach = reach

    def next_id(self) -> RuleId:
        """A number never given before."""
        return self._ignores.next_id()

    def put(self, rule: IgnoreRule) -> None:
        """Store a rule. Raises InvalidValue for one that reaches further."""
        if not self._is_mine(rule):
            raise InvalidValue.because(Reason.RULE_TOO_WIDE)
        self._ignores.put(rule)

    def get(self, account: AccountId, rule: RuleId) -> IgnoreRule | None:
        """One of the rules that reach no further."""
        found = self._ignores.get(account, rule)
        return found if found is not None and self._is_mine(found) else None

    def of_account(self, account: AccountId, *, ended: bool = False) -> Sequence[IgnoreRule]:
        """The rules that reach no further, newest first."""
        return [rule for rule in self._ignores.of_account(account, ended=ended) if self._is_mine(rule)]

    def _is_mine(self, rule: IgnoreRule) -> bool:
        if rule.scope is Scope.CHOSEN:
            return self._reach().issuperset(rule.machines)
        return rule.scope is Scope.TAGGED and bool(rule.tags) and set(self._user.tags).issuperset(rule.tags)

    def documents(self, account: AccountId) -> NoReturn:
        """Documents are of the whole account."""
        _forbidden()

    def put_document(self, document: VexDocument) -> NoReturn:
        """Documents are of the whole account."""
        _forbidden()

    def drop_document(self, account: AccountId, document: str) -> NoReturn:
        """Documents are of the whole account."""
        _forbidden()

    def due(self, now: datetime, limit: int) -> NoReturn:
        """The server's own."""
        _forbidden()

    def unsettled(self) -> NoReturn:
        """The server's own."""
        _forbidden()

    def settle(self, account: AccountId, revision: int) -> NoReturn:
        """The server's own."""
        _forbidden()

    def found_on(self, task: TaskId, *, after: Seq, limit: int) -> NoReturn:
        """The server's own."""
        _forbidden()

    def rejudge(self, unit: Unit) -> NoReturn:
        """The server's own."""
        _forbidden()

    def record_own(self, machine: MachineId, matches: Sequence[Match]) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def copy_own(self, unit: Unit) -> NoReturn:
        """The agents' side."""
        _forbidden()

    def own_after(self, account: AccountId, *, after: MachineId, limit: int) -> NoReturn:
        """The server's own."""
        _forbidden()

    def rejudge_own(self, machine: MachineId) -> NoReturn:
        """The server's own."""
        _forbidden()

    def counts_on(self, machine: MachineId, matches: Sequence[Match]) -> Sequence[Match]:
        """Those of the matches that are not set aside on a machine in reach, whoever's rules do it."""
        if machine not in self._reach():
            _forbidden()
        return self._ignores.counts_on(machine, matches)


def _forbidden() -> NoReturn:
    raise Forbidden("this reaches beyond the machines that you are allowed to see")
