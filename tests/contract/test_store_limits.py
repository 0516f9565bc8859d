"""Limits of scans as every store keeps them."""

from hostward.domain.ids import MachineId
from hostward.domain.limits import NOT_SET, Limit, LimitOf, ScanLimits, window_of
from hostward.usecases.ports import Store
from store_samples import account, fleet

NIGHT, NOON = window_of("22:00-06:00"), window_of("12:00-13:00")


def limit(of: LimitOf, number: int = 0, **limits: object) -> Limit:
    """A limit."""
    return Limit(of=of, number=number, limits=ScanLimits(**limits))


def put(store: Store, whose, *limits: Limit) -> None:
    """Store them."""

    def work(uow) -> None:
        for each in limits:
            uow.limits.put(whose, each)

    store.write_now(work)


def of_machine(store: Store, machine: MachineId) -> list[Limit]:
    """Those that concern a machine."""
    return list(store.read_now(lambda uow: uow.limits.of_machine(machine)))


def tag(store: Store, whose, machine: MachineId, name: str) -> int:
    """Give the machine a tag; its number."""

    def work(uow) -> int:
        uow.machines.put_tags(machine, [name])
        return uow.machines.add_label(whose, name)

    return store.write_now(work)


def test_limits_come_back_as_they_were_put(store: Store) -> None:
    """The account's first, then tags', then machines'; one takes the place of another, an empty one removes it."""
    whose = account(store)
    every = [
        limit(LimitOf.ACCOUNT, cpu_percent=25),
        limit(LimitOf.TAG, 4, memory_mib=256, io_mib=7, window=NIGHT),
        limit(LimitOf.MACHINE, 2, window=NOON),
        limit(LimitOf.MACHINE, 9, cpu_percent=1),
    ]
    put(store, whose, *every[::-1], limit(LimitOf.MACHINE, 9, io_mib=3))
    listed = store.read_now(lambda uow: uow.limits.of_account(whose))
    assert list(listed) == [*every[:3], limit(LimitOf.MACHINE, 9, io_mib=3)]
    put(store, whose, Limit(of=LimitOf.TAG, number=4, limits=NOT_SET), Limit(of=LimitOf.TAG, number=5, limits=NOT_SET))
    assert [each.of for each in store.read_now(lambda uow: uow.limits.of_account(whose))] == [0, 2, 2]


def test_a_machine_has_those_of_its_account_its_tags_and_itself(store: Store) -> None:
    """Nobody else's, and none of another account's with the same numbers."""
    whose, others = account(store), account(store)
    one, two = (machine.id for machine in fleet(store, whose, 2))
    (strange,) = (machine.id for machine in fleet(store, others, 1, first=5))
    prod = tag(store, whose, one, "env=prod")
    own = [
        limit(LimitOf.ACCOUNT, cpu_percent=9),
        limit(LimitOf.TAG, prod, io_mib=1),
        limit(LimitOf.MACHINE, one, io_mib=2),
    ]
    put(store, whose, *own)
    assert of_machine(store, one) == own
    assert of_machine(store, two) == own[:1]
    tag(store, others, strange, "env=prod")
    assert of_machine(store, strange) == []
    assert of_machine(store, MachineId(10_000)) == []


def test_hours_of_all_machines_are_told_at_once(store: Store) -> None:
    """The most specific ones; machines without any are left out."""
    whose = account(store)
    one, two, three = (machine.id for machine in fleet(store, whose, 3))

    def hours():
        return dict(store.read_now(lambda uow: uow.limits.windows(whose)))

    prod = tag(store, whose, one, "env=prod")
    put(store, whose, limit(LimitOf.ACCOUNT, cpu_percent=9))
    assert hours() == {}
    put(store, whose, limit(LimitOf.TAG, prod, window=NIGHT), limit(LimitOf.MACHINE, two, window=NOON))
    assert hours() == {one: NIGHT, two: NOON}
    put(store, whose, limit(LimitOf.ACCOUNT, window=NOON), limit(LimitOf.MACHINE, one, cpu_percent=5))
    assert hours() == {one: NIGHT, two: NOON, three: NOON}
