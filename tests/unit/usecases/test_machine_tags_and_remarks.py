"""Use cases of machines: tags by number, remarks, overview."""

import pytest

from hostward.domain.account import MOST_TAGS
from hostward.domain.errors import InvalidValue, NotFound
from hostward.domain.ids import AccountId, TagId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import Text, TextIs
from hostward.domain.module import Module
from hostward.store.memory import MemoryStore
from hostward.usecases.accounts import machine_tags
from hostward.usecases.exports.rows import PAGE, Interrupted, rows
from hostward.usecases.machines import overview, remark, tags
from hostward.usecases.machines.listing import tagged_listing
from hostward.usecases.machines.tags import MAX_NAME, NameRefused, NoSuchTag
from store_samples import account, fleet, scan


class Tagged:
    """A store with three machines of an account, and one of another."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.account = account(self.store)
        self.machines = list(fleet(self.store, self.account, 3))
        self.other = account(self.store, "other")
        fleet(self.store, self.other, 1, first=9)

    def edit(self, name: str, *quuids: str, tag: int | None = None, owner: AccountId | None = None) -> TagId:
        """Make or change a tag."""
        which = None if tag is None else TagId(tag)
        owner = owner or self.account
        return self.store.write_now(lambda uow: tags.edit(uow, account=owner, name=name, tag=which, quuids=quuids))

    def update(self, quuid: str, *numbers: int) -> None:
        """Say which tags a machine has."""
        which = [TagId(number) for number in numbers]
        self.store.write_now(lambda uow: tags.update(uow, account=self.account, quuid=quuid, tags=which))

    def delete(self, *numbers: int) -> None:
        """Remove tags."""
        which = [TagId(number) for number in numbers]
        self.store.write_now(lambda uow: tags.delete(uow, account=self.account, tags=which))

    def on(self, machine: Machine) -> tuple[str, ...]:
        """The machine's tags."""
        return self.store.read_now(lambda uow: uow.machines.tags([machine.id])).get(machine.id, ())

    def seen(self, *conditions: TextIs) -> list[tuple[int, str, int]]:
        """The account's tags."""
        found = self.store.read_now(lambda uow: tags.listing(uow, account=self.account, conditions=conditions))
        return [(label.id, label.name, label.machines) for label in found]


@pytest.fixture
def tagged() -> Tagged:
    """Nothing is tagged yet."""
    return Tagged()


def test_a_new_tag_is_put_on_machines(tagged: Tagged):
    """Any name will do, not only KEY=VALUE."""
    tagged.edit("web servers", "quuid-0", "quuid-2")
    assert tagged.seen() == [(1, "web servers", 2)]
    assert [tagged.on(machine) for machine in tagged.machines] == [("web servers",), (), ("web servers",)]


def test_a_name_that_is_there_is_no_new_tag(tagged: Tagged):
    """More machines get it, none loses it."""
    first = tagged.edit("web", "quuid-0")
    assert tagged.edit("web", "quuid-1") == first
    assert tagged.seen() == [(1, "web", 2)]


def test_a_tag_is_renamed_and_keeps_its_machines(tagged: Tagged):
    """Without Quuids they stay."""
    tagged.edit("web", "quuid-0")
    tagged.edit("www", tag=1)
    assert (tagged.seen(), tagged.on(tagged.machines[0])) == ([(1, "www", 1)], ("www",))


def test_the_machines_of_a_tag_are_replaced(tagged: Tagged):
    """With Quuids they are all of its machines; other tags stay where they are."""
    tagged.edit("web", "quuid-0", "quuid-1")
    tagged.edit("zone", "quuid-0")
    tagged.edit("web", "quuid-1", "quuid-2", tag=1)
    assert [tagged.on(machine) for machine in tagged.machines] == [("zone",), ("web",), ("web",)]


@pytest.mark.parametrize("name", ["", "  ", "x" * (MAX_NAME + 1), "a\nb", "a\0b", "\x1b[31m"])
def test_a_name_that_can_not_be_shown_is_refused(tagged: Tagged, name: str):
    """Neither made nor taken by renaming."""
    tagged.edit("web")
    with pytest.raises(NameRefused):
        tagged.edit(name)
    with pytest.raises(NameRefused):
        tagged.edit(name, tag=1)
    assert tagged.seen() == [(1, "web", 0)]


def test_a_name_of_another_tag_is_refused(tagged: Tagged):
    """Two tags never become one by accident."""
    tagged.edit("web")
    tagged.edit("www")
    with pytest.raises(InvalidValue, match="another tag is called web"):
        tagged.edit("web", tag=2)


def test_tags_and_machines_of_others_do_not_exist(tagged: Tagged):
    """In the words for what is nowhere; nothing is changed."""
    tagged.edit("web", "quuid-0")
    theirs = tagged.edit("theirs", owner=tagged.other)
    with pytest.raises(InvalidValue, match="no such machine"):
        tagged.edit("more", "quuid-0", "quuid-9")
    with pytest.raises(NotFound, match="no such machine"):
        tagged.update("quuid-9", 1)
    for call in (
        lambda: tagged.edit("mine now", tag=theirs),
        lambda: tagged.update("quuid-0", 1, theirs),
        lambda: tagged.delete(1, theirs),
    ):
        with pytest.raises(NoSuchTag) as refused:
            call()
        assert refused.value.tag == theirs
    assert tagged.seen() == [(1, "web", 1)]


def test_a_machine_gets_exactly_the_tags_named(tagged: Tagged):
    """Each once; none takes them all away."""
    tagged.edit("a", "quuid-0")
    tagged.edit("b")
    tagged.edit("c")
    tagged.update("quuid-0", 2, 3, 2)
    assert tagged.on(tagged.machines[0]) == ("b", "c")
    tagged.update("quuid-0")
    assert tagged.on(tagged.machines[0]) == ()


def test_a_tag_is_removed_from_its_machines(tagged: Tagged):
    """And from the list."""
    tagged.edit("a", "quuid-0")
    tagged.edit("b", "quuid-0")
    tagged.delete(1)
    assert (tagged.seen(), tagged.on(tagged.machines[0])) == ([(2, "b", 1)], ("b",))


def test_a_machine_has_no_more_tags_than_it_may(tagged: Tagged):
    """MOST_TAGS of them, in whatever way they come."""
    for number in range(MOST_TAGS):
        tagged.edit(f"tag {number}", "quuid-0")
    with pytest.raises(InvalidValue, match="at most 50 tags"):
        tagged.edit("one more", "quuid-0")
    assert len(tagged.on(tagged.machines[0])) == MOST_TAGS


def test_an_account_has_no_more_tags_than_it_may(tagged: Tagged, monkeypatch: pytest.MonkeyPatch):
    """Names that are there may still be used."""
    monkeypatch.setattr(tags, "MOST_LABELS", 2)
    tagged.edit("a")
    tagged.edit("b")
    with pytest.raises(InvalidValue, match="at most 2 tags"):
        tagged.edit("c")
    assert tagged.edit("a", "quuid-0") == 1


def test_tags_are_listed_of_machines_that_match(tagged: Tagged):
    """Without conditions those without machines are there too."""
    tagged.edit("a", "quuid-0", "quuid-1")
    tagged.edit("b")
    assert tagged.seen() == [(1, "a", 2), (2, "b", 0)]
    assert tagged.seen(TextIs(text=Text.ANY, values=("host-1",))) == [(1, "a", 1)]


def test_tags_that_limit_users_and_others_live_side_by_side(tagged: Tagged):
    """SetMachineTags leaves names of any kind as they are, and gives its own numbers."""
    tagged.edit("web servers", "quuid-0")

    def put(uow):
        return machine_tags.put(uow, account=tagged.account, quuids=["quuid-0"], add=["env=prod"], remove=[])

    assert tagged.store.write_now(put) == {"quuid-0": ("env=prod", "web servers")}
    assert tagged.seen() == [(1, "web servers", 1), (2, "env=prod", 1)]


def test_machines_are_listed_with_their_tags(tagged: Tagged):
    """Those of the page; a machine without any is left out."""
    tagged.edit("web", "quuid-1")

    def work(uow):
        return tagged_listing(uow, account=tagged.account, conditions=(), limit=2, offset=0)

    page, found = tagged.store.read_now(work)
    assert page.total == 3
    assert {machine: [(one.tag, one.name) for one in each] for machine, each in found.items()} == {
        tagged.machines[1].id: [(1, "web")]
    }


def test_a_remark_is_kept_and_removed(tagged: Tagged):
    """An empty one removes it."""
    for text in ("till October", ""):
        tagged.store.write_now(
            lambda uow, text=text: remark.put(uow, account=tagged.account, quuid="quuid-0", remark=text)
        )
        machine = tagged.store.read_now(lambda uow: uow.machines.get(tagged.machines[0].id))
        assert machine.remark == text


@pytest.mark.parametrize("text", ["x" * 256, "a\nb", "\x1b[2J"])
def test_a_remark_that_can_not_be_shown_is_refused(tagged: Tagged, text: str):
    """Too long, or with control characters."""
    with pytest.raises(InvalidValue, match="255 characters"):
        tagged.store.write_now(lambda uow: remark.put(uow, account=tagged.account, quuid="quuid-0", remark=text))


def test_a_remark_on_a_machine_of_others_is_refused(tagged: Tagged):
    """As on one that is nowhere."""
    for quuid in ("quuid-9", "nobody"):
        with pytest.raises(NotFound, match="no such machine"):
            tagged.store.write_now(
                lambda uow, quuid=quuid: remark.put(uow, account=tagged.account, quuid=quuid, remark="x")
            )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"quuid": "quuid-1"}, "quuid-1"),
        ({"uuid": "uuid-2"}, "quuid-2"),
        ({"quuid": "quuid-1", "uuid": "uuid-1"}, "quuid-1"),
        ({"quuid": "quuid-1", "uuid": "uuid-2"}, None),
        ({"quuid": "quuid-9"}, None),
        ({"uuid": "uuid-9"}, None),
        ({}, None),
    ],
)
def test_a_machine_is_found_by_its_names(tagged: Tagged, names: dict, expected: str | None):
    """Both must be its own; others' machines are nowhere."""
    found = tagged.store.read_now(lambda uow: overview.find(uow, account=tagged.account, **names))
    assert (found and found.quuid) == expected


def test_machines_are_counted(tagged: Tagged):
    """All of the account, and those with risks."""
    first = tagged.machines[0].id

    def risky(uow):
        uow.results.make_current(first, Module.VUL, 1, tagged.machines[0].last_seen, risks=2)

    tagged.store.write_now(risky)
    counted = tagged.store.read_now(lambda uow: overview.counts(uow, account=tagged.account))
    assert (counted.machines, counted.at_risk) == (3, 1)


def test_rows_are_read_a_page_at_a_time():
    """One transaction a page, and one more only when the last page was full."""
    store = MemoryStore()
    task, asked = scan(store, 5), []
    found = list(rows(store, task.id, (), goes_on=lambda: asked.append(1) is None))
    assert ([row.seq for row in found], len(asked), PAGE) == ([0, 1, 2, 3, 4], 1, 1_000)


def test_rows_end_when_nobody_waits_for_them():
    """Before the page is read."""
    task = scan(MemoryStore(), 2)
    with pytest.raises(Interrupted):
        list(rows(task.store, task.id, (), goes_on=lambda: False))
