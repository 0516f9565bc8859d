"""Machines, enrolment and sessions in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.account import AgentSession
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, MachineId, TagId
from hostward.domain.machine import Machine, MachineFacts
from hostward.store.machine_rules import CHALLENGES_KEPT, ELSEWHERE, NOBODY
from hostward.store.memory import machine_pages
from hostward.store.memory.ignored import tags_changed
from hostward.store.memory.pages import has_tag
from hostward.store.memory.state import State
from hostward.store.texts import clean, cleaned
from hostward.usecases.records import Label, MachineCondition, MachineOrder, MachinePage


class MemoryMachines:
    """ports.Machines."""

    def __init__(self, state: State) -> None:
        self._state = state

    def enrol(self, account: AccountId, public_key: bytes, facts: MachineFacts, *, quuid: str, uuid: str) -> Machine:
        """The machine of this key. Raises Conflict when it is one of another account."""
        known = self._state.public_keys.get(public_key)
        if known is None:
            number = MachineId(self._state.take("machine"))
            self._state.public_keys[public_key] = number
            new = Machine(id=number, account=account, quuid=quuid, uuid=uuid, facts=cleaned(facts))
            self._state.machines[number] = new
            return new
        if self._state.machines[known].account != account:
            raise Conflict(ELSEWHERE)
        return self._state.machines[known]

    def get(self, machine: MachineId) -> Machine | None:
        """A machine by its number, unless it was removed."""
        found = self._state.machines.get(machine)
        return None if found is None or found.account == NOBODY else found

    def instance(self, machine: MachineId) -> str | None:
        """The process of its agent that opened the newest session; None for no such machine."""
        found = self.get(machine)
        return None if found is None else found.instance

    def by_key(self, public_key: bytes) -> Machine | None:
        """The machine that enrolled with this key."""
        number = self._state.public_keys.get(public_key)
        return None if number is None else self._state.machines[number]

    def by_uuid(self, uuid: str) -> tuple[Machine, bytes] | None:
        """A machine and its public key, by its agent's uuid."""
        keys = ((self._state.machines[number], key) for key, number in self._state.public_keys.items())
        return next(
            ((machine, key) for machine, key in keys if machine.uuid == uuid and machine.account != NOBODY), None
        )

    def of_account(self, account: AccountId) -> Sequence[Machine]:
        """All machines of an account, in the order they were enrolled."""
        return [machine for _, machine in sorted(self._state.machines.items()) if machine.account == account]

    def by_quuids(self, account: AccountId, quuids: Iterable[str]) -> Mapping[str, Machine]:
        """Those of the account's machines that have these quuids."""
        wanted = set(quuids)
        return {machine.quuid: machine for machine in self.of_account(account) if machine.quuid in wanted}

    def page(
        self,
        account: AccountId,
        conditions: Sequence[MachineCondition],
        *,
        limit: int,
        offset: int,
        order: MachineOrder = MachineOrder.ENROLMENT,
        descending: bool = False,
    ) -> MachinePage:
        """A page of the account's machines that meet all the conditions."""
        machines = machine_pages.ordered(self._state, self.of_account(account), order, descending=descending)
        return machine_pages.page(self._state, machines, conditions, limit, offset)

    def put_tags(self, machine: MachineId, tags: Sequence[str]) -> None:
        """Make these the machine's tags. Raises NotFound for a machine that does not exist."""
        if machine not in self._state.machines:
            raise NotFound(f"there is no machine {machine}")
        for tag in tags:
            self.add_label(self._state.machines[machine].account, tag)
        self._state.machine_tags[machine] = tuple(sorted(set(map(clean, tags))))
        tags_changed(self._state, self._state.machines[machine].account)

    def tags(self, machines: Sequence[MachineId]) -> Mapping[MachineId, tuple[str, ...]]:
        """The tags of these machines, sorted; machines without any are left out."""
        return {each: self._state.machine_tags[each] for each in machines if self._state.machine_tags.get(each)}

    def tagged(self, account: AccountId, tags: Sequence[str]) -> frozenset[MachineId]:
        """The account's machines that have one of these tags."""
        return frozenset(each.id for each in self.of_account(account) if has_tag(self._state, each.id, tags))

    def put_remark(self, machine: MachineId, remark: str) -> None:
        """Make this the machine's remark. Raises NotFound for a machine that does not exist."""
        known = self.get(machine)
        if known is None:
            raise NotFound(f"there is no machine {machine}")
        self._state.machines[machine] = replace(known, remark=clean(remark))

    def os_names(self, account: AccountId, *, limit: int) -> Sequence[str]:
        """The names of operating systems of the account's machines."""
        return sorted({each.facts.os_name for each in self.of_account(account)} - {""})[:limit]

    def labels(self, account: AccountId, conditions: Sequence[MachineCondition]) -> Sequence[Label]:
        """The account's tags, with their machines counted that meet the conditions."""
        met = [each for each in self.of_account(account) if machine_pages.meets(self._state, each, conditions)]
        return [
            Label(id=one, name=name, machines=sum(has_tag(self._state, each.id, [name]) for each in met))
            for one, name in self.label_names(account).items()
        ]

    def label_names(self, account: AccountId) -> Mapping[TagId, str]:
        """The account's tags by their numbers."""
        mine = ((one, name) for (whose, name), one in self._state.labels.items() if whose == account)
        return dict(sorted(mine))

    def add_label(self, account: AccountId, name: str) -> TagId:
        """The number of the account's tag of this name."""
        key = (account, clean(name))
        if key not in self._state.labels:
            self._state.labels[key] = TagId(self._state.take("label"))
        return self._state.labels[key]

    def rename_label(self, account: AccountId, before: str, after: str) -> None:
        """Call a tag otherwise, on its machines too."""
        self._state.labels[account, clean(after)] = self._state.labels.pop((account, before))
        self._change_tags(account, lambda tags: [clean(after) if tag == before else tag for tag in tags])

    def drop_labels(self, account: AccountId, names: Sequence[str]) -> None:
        """Remove tags, from machines too."""
        for name in names:
            self._state.labels.pop((account, name), None)
        self._change_tags(account, lambda tags: [tag for tag in tags if tag not in names])
        tags_changed(self._state, account)

    def _change_tags(self, account: AccountId, change: Callable[[Sequence[str]], Sequence[str]]) -> None:
        for machine in self.of_account(account):
            tags = self._state.machine_tags.get(machine.id, ())
            self._state.machine_tags[machine.id] = tuple(sorted(change(tags)))

    def seen(self, machine: MachineId, now: datetime) -> None:
        """The agent was heard of; an earlier word that comes late changes nothing."""
        known = self.get(machine)
        if known is not None and (known.last_seen is None or known.last_seen < now):
            self._state.machines[machine] = known.seen(now)

    def put_facts(self, machine: MachineId, facts: MachineFacts, *, boot: str, instance: str, now: datetime) -> None:
        """What a new session says of the machine (its boot is kept by nobody here)."""
        known = self.get(machine)
        if known is None:
            raise NotFound(f"there is no machine {machine}")
        self._state.machines[machine] = replace(known, facts=cleaned(facts), instance=clean(instance), last_seen=now)

    def add_session(self, session: AgentSession, challenge: bytes) -> bool:
        """Store a session; False when its challenge was used before. Long expired ones of the machine are removed."""
        if MachineId(session.machine) not in self._state.machines:
            raise NotFound(f"there is no machine {session.machine}")
        self._forget(session.machine, session.expires - CHALLENGES_KEPT)
        if challenge in self._state.challenges:
            return False
        self._state.challenges[challenge] = session.id
        self._state.sessions[session.id] = session
        return True

    def session(self, session: str) -> AgentSession | None:
        """A session by its id, expired or not."""
        return self._state.sessions.get(session)

    def _forget(self, machine: int, before: datetime) -> None:
        sessions = self._state.sessions
        old = {each.id for each in sessions.values() if each.machine == machine and each.expires < before}
        for challenge, session in list(self._state.challenges.items()):
            if session in old:
                del self._state.challenges[challenge], sessions[session]
