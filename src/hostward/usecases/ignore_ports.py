"""What is kept of ignore rules and of what they set aside, as a Protocol.

Every change of an account's rules raises the account's revision, in the transaction of the change. Reports are judged
by the rules that the store holds: a report waits for a change that is being written, and the change for reports. So
once a change is durable, whatever was judged before is stored and waits for a recount, which `unsettled` tells.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.advisory import Match
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, MachineId, RuleId, Seq, TaskId
from hostward.domain.ignoring import IgnoreRule, VexDocument


class Ignores(Protocol):
    """Ignore rules, and the figures that follow them."""

    def next_id(self) -> RuleId:
        """A number never given before."""
        ...

    def put(self, rule: IgnoreRule) -> None:
        """Store a new rule, or everything of one that is there. Raises NotFound for a tag that the account lacks."""
        ...

    def get(self, account: AccountId, rule: RuleId) -> IgnoreRule | None:
        """One of the account's rules, ended or not."""
        ...

    def of_account(self, account: AccountId, *, ended: bool = False) -> Sequence[IgnoreRule]:
        """The account's rules that have not ended, newest first; with those that have."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[IgnoreRule]:
        """Rules of all accounts whose time is over and that have not ended, longest due first."""
        ...

    def unsettled(self) -> Sequence[tuple[AccountId, int]]:
        """Accounts whose figures are not recounted since their rules changed, with their revision."""
        ...

    def settle(self, account: AccountId, revision: int) -> None:
        """All figures of the account were recounted by the rules of this revision, or of a later one."""
        ...

    def found_on(self, task: TaskId, *, after: Seq, limit: int) -> Sequence[Seq]:
        """The next units of the task with vulnerabilities, set aside or not, in seq order."""
        ...

    def rejudge(self, unit: Unit) -> int:
        """Judge anew what the unit found, with its task's counts: how many of its vulnerabilities count now.

        Nobody else may change the unit meanwhile: the caller has locked it.
        """
        ...

    def record_own(self, machine: MachineId, matches: Sequence[Match]) -> int:
        """Make these the vulnerabilities of the machine's own results; how many of them count.

        Hidden matches must have been left out. To be called just before Results.make_current.
        """
        ...

    def copy_own(self, unit: Unit) -> int:
        """What the unit found becomes the machine's own, as record_own() would make it."""
        ...

    def own_after(self, account: AccountId, *, after: MachineId, limit: int) -> Sequence[MachineId]:
        """The account's next machines with vulnerabilities of their own, set aside or not, by number."""
        ...

    def rejudge_own(self, machine: MachineId) -> None:
        """Judge the machine's own vulnerabilities anew; its current result, and the account's sums, follow."""
        ...

    def counts_on(self, machine: MachineId, matches: Sequence[Match]) -> Sequence[Match]:
        """Those of the matches that are not set aside on the machine by the rules that are stored."""
        ...

    def documents(self, account: AccountId) -> Sequence[VexDocument]:
        """The OpenVEX documents that the account imported, newest first."""
        ...

    def put_document(self, document: VexDocument) -> None:
        """Remember a document, in place of what was known of one with its id."""
        ...

    def drop_document(self, account: AccountId, document: str) -> None:
        """Forget a document."""
        ...
