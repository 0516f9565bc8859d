"""ports.Tasks.record_vuls and vuls: what a task found."""

from collections.abc import Sequence
from dataclasses import replace

from hostward.domain.advisory import Match
from hostward.domain.ids import TaskId
from hostward.domain.severity import Level
from hostward.usecases.ports import Store
from hostward.usecases.records import TaskVul
from store_samples import NOW, Scan, advisory, affects, match, scan


def record(task: Scan, seq: int, *found: Match) -> int:
    """The unit found these."""
    unit = task.unit(seq)
    return task.store.write_now(lambda uow: uow.tasks.record_vuls(unit, found))


def vuls(task: Scan, limit: int = 100) -> Sequence[TaskVul]:
    """What the task found."""
    return task.store.read_now(lambda uow: uow.tasks.vuls(task.id, limit=limit))


def counts(task: Scan) -> dict[str, int]:
    """Machines by vulnerability."""
    return {vul.key: vul.machines for vul in vuls(task)}


def test_distinct_vulnerabilities_of_a_machine_are_counted_once(store: Store) -> None:
    """Two packages with one vulnerability are one."""
    task = scan(store)
    number = record(task, 0, match("CVE-1"), match("CVE-1", name="libssl3"), match("CVE-2"))
    assert (number, counts(task), task.task.tally.vuls) == (2, {"CVE-1": 1, "CVE-2": 1}, 2)


def test_machines_with_a_vulnerability_are_counted(store: Store) -> None:
    """Each machine once, however often it reports."""
    task = scan(store)
    for seq in (0, 1, 1):
        record(task, seq, match("CVE-1"))
    record(task, 2, match("CVE-2"))
    assert (counts(task), task.task.tally.vuls) == ({"CVE-1": 2, "CVE-2": 1}, 2)


def test_a_new_set_takes_the_place_of_the_old_one(store: Store) -> None:
    """What no machine has any longer is gone from the task."""
    task = scan(store)
    record(task, 0, match("CVE-1"), match("CVE-2"))
    record(task, 1, match("CVE-2"))
    record(task, 0, match("CVE-3"))
    assert (counts(task), task.task.tally.vuls) == ({"CVE-2": 1, "CVE-3": 1}, 2)


def test_a_machine_may_have_none_any_more(store: Store) -> None:
    """An empty set empties the task, and the recount agrees."""
    task = scan(store)
    record(task, 0, match("CVE-1"))
    assert (record(task, 0), counts(task), task.task.tally.vuls) == (0, {}, 0)
    assert store.read_now(lambda uow: uow.tasks.recount(task.id)) == task.task.tally


def test_the_revision_rises_with_every_visible_change(store: Store) -> None:
    """And stays when nothing that is shown differs."""
    task = scan(store)
    seen = [task.task.vul_rev]
    for seq, found in (
        (0, [match("CVE-1")]),
        (0, [match("CVE-1")]),
        (1, [match("CVE-1")]),
        (1, [match("CVE-1", Level.CRITICAL)]),
        (1, [match("CVE-1", Level.LOW)]),
        (1, []),
        (2, []),
    ):
        record(task, seq, *found)
        seen.append(task.task.vul_rev)
    assert seen == [0, 1, 1, 2, 3, 3, 4, 4]


def test_everything_known_of_a_vulnerability_is_shown(store: Store) -> None:
    """Texts from the feeds, level and component from the matches."""
    said = advisory("CVE-1", affects(), title="t", description="d", reference="r", vector="v", cvss=5.0, published=NOW)
    store.write_now(lambda uow: uow.advisories.replace("debian", [said], ecosystems=[], digest="", now=NOW))
    task = scan(store)
    record(task, 0, match("CVE-1", Level.HIGH, cvss=7.5))
    expected = TaskVul(
        id=vuls(task)[0].id,
        key="CVE-1",
        level=Level.HIGH,
        level_source="debian urgency",
        cvss=7.5,
        vector="v",
        title="t",
        description="d",
        reference="r",
        published=NOW,
        category=4,
        component="openssl",
        fixed="3.0.2-1",
        machines=1,
        ecosystem="Debian:12",
    )
    assert vuls(task) == [expected]


def test_a_vulnerability_has_its_permanent_number(store: Store) -> None:
    """The one that it has in all tasks and answers."""
    task = scan(store)
    ids = store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-9", "CVE-1"]))
    record(task, 0, match("CVE-1"))
    assert [vul.id for vul in vuls(task)] == [ids["CVE-1"]]


def test_the_worst_level_of_any_match_counts(store: Store) -> None:
    """Over the packages of a machine and over machines; the first names component and fix."""
    task = scan(store)
    record(task, 0, match("CVE-1", Level.LOW, name="a", fixed="1"), match("CVE-1", Level.MEDIUM, name="b"))
    record(task, 1, match("CVE-1", Level.HIGH, level_source="nvd", name="c", fixed="3", cvss=8.0))
    record(task, 2, match("CVE-1", None, name="d", cvss=2.0))
    found = vuls(task)[0]
    assert (found.level, found.level_source, found.component, found.fixed, found.cvss, found.machines) == (
        Level.HIGH,
        "nvd",
        "a",
        "1",
        8.0,
        3,
    )


def test_a_match_without_a_level_takes_what_is_known(store: Store) -> None:
    """Level and score that some feed gives stand in; where none does they stay None."""
    said = advisory("CVE-1", level=Level.CRITICAL, level_source="nvd", cvss=9.1)
    store.write_now(lambda uow: uow.advisories.replace("nvd", [said], ecosystems=[], digest="", now=NOW))
    task = scan(store)
    record(task, 0, match("CVE-1", None), match("CVE-2", None))
    found = {vul.key: (vul.level, vul.level_source, vul.cvss) for vul in vuls(task)}
    assert found == {"CVE-1": (Level.CRITICAL, "nvd", 9.1), "CVE-2": (None, "", None)}


def test_the_worst_come_first(store: Store) -> None:
    """By level (an unknown one is medium), CVSS, machines, then number."""
    task = scan(store)
    record(task, 1, match("CVE-4"))
    record(
        task,
        0,
        match("CVE-1", Level.LOW, cvss=9.0),
        match("CVE-2", Level.CRITICAL),
        match("CVE-3", Level.HIGH, cvss=7.0),
        match("CVE-4"),
        match("CVE-5"),
        match("CVE-6", None),
        match("CVE-7", Level.MEDIUM, cvss=0.0),
        match("CVE-8"),
    )
    expected = ["CVE-2", "CVE-3", "CVE-4", "CVE-5", "CVE-8", "CVE-7", "CVE-6", "CVE-1"]
    assert [vul.key for vul in vuls(task)] == expected
    assert [vul.key for vul in vuls(task, limit=3)] == expected[:3]


def test_tasks_are_kept_apart(store: Store) -> None:
    """Another task's machines do not count."""
    one = scan(store)
    two = replace(one, id=store.write_now(lambda uow: uow.tasks.next_id()))
    record(one, 0, match("CVE-1"))
    assert (vuls(two), store.read_now(lambda uow: uow.tasks.vuls(TaskId(99), limit=5))) == ([], [])


def test_very_many_vulnerabilities_of_a_machine_are_recorded(store: Store) -> None:
    """More than one statement takes, numbers and all."""
    task = scan(store)
    many = [match(f"CVE-{number}") for number in range(1300)]
    record(task, 0, *many)
    record(task, 1, *many[::2])
    record(task, 0, *many[:10])
    tally = store.read_now(lambda uow: uow.tasks.recount(task.id))
    assert (tally.vuls, task.task.tally) == (655, tally)


def test_a_category_is_learnt_from_the_first_match(store: Store) -> None:
    """A vulnerability that no feed told of counts as what its package is."""
    task = scan(store)
    record(task, 0, match("CVE-1", ecosystem="PyPI"), match("CVE-2"))
    ids = sorted(vul.id for vul in vuls(task))
    assert [vul.category for vul in store.read_now(lambda uow: uow.advisories.vuls(ids))] == [2, 4]


def test_hostile_words_in_matches_are_stored_clean(store: Store) -> None:
    """NUL can not be stored."""
    task = scan(store)
    record(task, 0, match("CVE\0", name="a\0", fixed="\0", level_source="\0"))
    found = vuls(task)[0]
    assert (found.key, found.component, found.fixed, found.level_source) == ("CVE\ufffd", "a\ufffd", "\ufffd", "\ufffd")


def test_where_a_vulnerability_lies_is_kept(store: Store) -> None:
    """A container's package is not the machine's to upgrade; what is the machine's own has no place."""
    task = scan(store)
    inside = replace(match("CVE-1", Level.HIGH), path=b"docker://web", ecosystem="Alpine:v3.20")
    record(task, 0, inside, match("CVE-2", Level.LOW))
    assert [(vul.key, vul.ecosystem, vul.place) for vul in vuls(task)] == [
        ("CVE-1", "Alpine:v3.20", "docker://web"), ("CVE-2", "Debian:12", ""),
    ]  # fmt: skip


def test_what_is_to_be_started_again_is_learnt_later(store: Store) -> None:
    """A machine tells it after its packages; the first that is known stays."""
    task = scan(store)
    record(task, 0, match("CVE-1", Level.HIGH))
    for words in ("", "restart nginx.service", "reboot"):
        record(task, 0, replace(match("CVE-1", Level.HIGH), restart=words))
    assert [vul.restart for vul in vuls(task)] == ["restart nginx.service"]
