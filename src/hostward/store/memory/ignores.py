"""Ignore rules, and the figures that follow them, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.advisory import Match
from hostward.domain.errors import NotFound
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, MachineId, RuleId, Seq, TaskId, VulId
from hostward.domain.ignoring import IgnoreRule, Part, VexDocument
from hostward.domain.module import Module
from hostward.store import brought
from hostward.store.brought import Parts
from hostward.store.memory import task_vuls
from hostward.store.memory.advisories import MemoryAdvisories
from hostward.store.memory.ignored import ignored_on, rise, shown
from hostward.store.memory.package_advice import parts_now, taken_back
from hostward.store.memory.state import OwnVuls, State
from hostward.store.texts import clean, cleaned


class MemoryIgnores:
    """ports.Ignores."""

    def __init__(self, state: State) -> None:
        self._state = state

    def next_id(self) -> RuleId:
        """A number never given before."""
        return RuleId(self._state.take("ignore_rule"))

    def put(self, rule: IgnoreRule) -> None:
        """Store a rule. Raises NotFound for a tag that the account lacks."""
        rule = cleaned(rule)
        unknown = next((tag for tag in rule.tags if (rule.account, tag) not in self._state.labels), None)
        if unknown is not None:
            raise NotFound(f"there is no tag {unknown}")
        MemoryAdvisories(self._state).vul_ids([rule.key])
        kept = self._state.ignore_rules.get(rule.id)
        if kept is not None:
            rule = replace(rule, created=kept.created)
        self._state.ignore_rules[rule.id] = rule
        self._state.ignore_tags[rule.id] = tuple(self._state.labels[rule.account, tag] for tag in rule.tags)
        rise(self._state, rule.account)

    def get(self, account: AccountId, rule: RuleId) -> IgnoreRule | None:
        """One of the account's rules."""
        return next((one for one in self.of_account(account, ended=True) if one.id == rule), None)

    def of_account(self, account: AccountId, *, ended: bool = False) -> Sequence[IgnoreRule]:
        """The account's rules, newest first."""
        mine = [shown(self._state, rule) for rule in self._state.ignore_rules.values() if rule.account == account]
        return sorted((one for one in mine if ended or one.ended is None), key=lambda one: one.id, reverse=True)

    def due(self, now: datetime, limit: int) -> Sequence[IgnoreRule]:
        """Rules of all accounts whose time is over."""
        over = [
            (rule.expires, rule.id, rule)
            for rule in self._state.ignore_rules.values()
            if rule.ended is None and rule.expires is not None and rule.expires <= now
        ]
        return [shown(self._state, rule) for _, _, rule in sorted(over, key=lambda one: one[:2])[:limit]]

    def unsettled(self) -> Sequence[tuple[AccountId, int]]:
        """Accounts whose figures are not recounted, with their revision."""
        revisions = sorted(self._state.ignore_revisions.items())
        return [(account, revision) for account, (revision, settled) in revisions if settled < revision]

    def settle(self, account: AccountId, revision: int) -> None:
        """All figures of the account were recounted by the rules of this revision."""
        now, settled = self._state.ignore_revisions.get(account, (0, 0))
        self._state.ignore_revisions[account] = now, max(settled, revision)

    def found_on(self, task: TaskId, *, after: Seq, limit: int) -> Sequence[Seq]:
        """The next units of the task with vulnerabilities."""
        return sorted(seq for which, seq in self._state.unit_vuls if which == task and seq > after)[:limit]

    def rejudge(self, unit: Unit) -> int:
        """Judge anew what the unit found."""
        return task_vuls.rejudge(self._state, unit)

    def record_own(self, machine: MachineId, matches: Sequence[Match]) -> int:
        """Make these the vulnerabilities of the machine's own results."""
        account = self._account(machine)
        return self._put_own(machine, account, _numbered(self._state, matches))

    def copy_own(self, unit: Unit) -> int:
        """What the unit found becomes the machine's own."""
        found = self._state.unit_vuls.get((unit.task, unit.seq), OwnVuls())
        return self._put_own(unit.machine, self._account(unit.machine), found.parts)

    def own_after(self, account: AccountId, *, after: MachineId, limit: int) -> Sequence[MachineId]:
        """The account's next machines with vulnerabilities of their own."""
        mine = (each for each in self._state.own_vuls if self._state.machines[each].account == account)
        return sorted(each for each in mine if each > after)[:limit]

    def rejudge_own(self, machine: MachineId) -> None:
        """Judge the machine's own vulnerabilities anew."""
        own = self._state.own_vuls.get(machine)
        if own is None:
            return
        account, now = self._account(machine), parts_now(self._state, machine)
        # What imports brought since, and packages that bring something since, are not among its own.
        ignored = ignored_on(self._state, account, machine, {**own.parts, **now})
        parts = {**own.parts, **{vul: now[vul] for vul in (ignored | own.parts.keys()) & now.keys()}}
        self._state.own_vuls[machine] = OwnVuls(parts=parts, ignored=ignored)
        before = own.ignored
        # Imports have moved the number of risks since: what changes is added to it. What they took back counts no more.
        gone = taken_back(self._state, machine, before ^ ignored)
        by = len(before - ignored - gone) - len(ignored - before - gone)
        which = (machine, Module.VUL)
        if which in self._state.risks:
            self._state.risks[which] = max(self._state.risks[which] + by, 0)

    def counts_on(self, machine: MachineId, matches: Sequence[Match]) -> Sequence[Match]:
        """Those of the matches that are not set aside on the machine."""
        found = _numbered(self._state, matches)
        ignored = ignored_on(self._state, self._account(machine), machine, found)
        numbers = MemoryAdvisories(self._state).vul_ids(map(brought.key_of, matches))
        return [match for match in matches if numbers[brought.key_of(match)] not in ignored]

    def documents(self, account: AccountId) -> Sequence[VexDocument]:
        """The OpenVEX documents that the account imported, newest first."""
        mine = sorted((one for one in self._state.vex_documents.values() if one.account == account), key=_id)
        return sorted(mine, key=_imported, reverse=True)

    def put_document(self, document: VexDocument) -> None:
        """Remember a document."""
        document = cleaned(document)
        self._state.vex_documents[document.account, document.id] = document

    def drop_document(self, account: AccountId, document: str) -> None:
        """Forget a document."""
        self._state.vex_documents.pop((account, clean(document)), None)

    def _account(self, machine: MachineId) -> AccountId:
        known = self._state.machines.get(machine)
        if known is None:
            raise NotFound(f"there is no machine {machine}")
        return known.account

    def _put_own(self, machine: MachineId, account: AccountId, parts: Parts) -> int:
        ignored = ignored_on(self._state, account, machine, parts)
        self._state.own_vuls[machine] = OwnVuls(parts=parts, ignored=ignored)
        return len(parts) - len(ignored)


def _numbered(state: State, matches: Sequence[Match]) -> Mapping[VulId, tuple[Part, ...]]:
    by_key = brought.by_key(matches)
    numbers = MemoryAdvisories(state).vul_ids(by_key)
    return {numbers[key]: parts for key, parts in by_key.items()}


def _id(document: VexDocument) -> str:
    return document.id


def _imported(document: VexDocument) -> datetime:
    return document.imported
