"""The machines of an account, all that meet the conditions, without ever holding more than a page of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from hostward.domain.ids import AccountId, MachineId
from hostward.usecases.exports.rows import PAGE, Interrupted
from hostward.usecases.machines.listing import Tagging, tagged_listing
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import EnrolledAfter, Listed, MachineCondition, MachinePage

Conditions = Callable[[UnitOfWork], Sequence[MachineCondition]]
"""What to choose by, which may take a look at what is there."""


def machines(
    store: Store, account: AccountId, conditions: Conditions, *, goes_on: Callable[[], bool]
) -> Iterator[tuple[Listed, Sequence[str]]]:
    """Each machine and its tags, in the order of enrolment. goes_on: see rows().

    Each comes once, as it was when its page was read: pages begin after the last machine and not at a count, so that
    one that is removed meanwhile hides no other.
    """
    after = MachineId(0)
    while True:
        if not goes_on():
            raise Interrupted
        page, tags = store.read_now(partial(_page, account=account, conditions=conditions, after=after))
        for listed in page.rows:
            yield listed, [tag.name for tag in tags.get(listed.machine.id, ())]
        if len(page.rows) < PAGE:
            return
        after = page.rows[-1].machine.id


def _page(
    uow: UnitOfWork, *, account: AccountId, conditions: Conditions, after: MachineId
) -> tuple[MachinePage, Mapping[MachineId, Sequence[Tagging]]]:
    chosen = [*conditions(uow), EnrolledAfter(machine=after)]
    return tagged_listing(uow, account=account, conditions=chosen, limit=PAGE, offset=0)
