"""Which vulnerabilities are set aside on a machine, in memory: every rule is looked at."""

from dataclasses import replace

from hostward.domain.ids import AccountId, MachineId, VulId
from hostward.domain.ignoring import IgnoreRule, Scope, ignored_by
from hostward.store.brought import Parts
from hostward.store.memory.state import State


def rise(state: State, account: AccountId) -> None:
    """The account's rules are others now."""
    revision, settled = state.ignore_revisions.get(account, (0, 0))
    state.ignore_revisions[account] = revision + 1, settled


def tags_changed(state: State, account: AccountId) -> None:
    """Other machines have an account's tags now: rules that speak of tags are to be applied anew."""
    rules = (rule for rule in state.ignore_rules.values() if rule.account == account and rule.ended is None)
    if any(rule.scope is Scope.TAGGED for rule in rules):
        rise(state, account)


def shown(state: State, rule: IgnoreRule) -> IgnoreRule:
    """The rule with its tags as they are called now."""
    names = {number: name for (account, name), number in state.labels.items() if account == rule.account}
    return replace(rule, tags=tuple(names[tag] for tag in state.ignore_tags[rule.id] if tag in names))


def ignored_on(state: State, account: AccountId, machine: MachineId, found: Parts) -> frozenset[VulId]:
    """Which of these vulnerabilities are set aside on the machine."""
    tags = frozenset(state.machine_tags.get(machine, ()))
    meant: dict[VulId, list[IgnoreRule]] = {}
    for _, rule in sorted(state.ignore_rules.items()):
        if rule.account == account and rule.ended is None and shown(state, rule).reaches(machine, tags):
            meant.setdefault(state.vul_numbers[rule.key], []).append(rule)
    return frozenset(which for which, parts in found.items() if which in meant and ignored_by(parts, meant[which]))
