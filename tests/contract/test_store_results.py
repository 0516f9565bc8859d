"""ports.Results: what scans found."""

import pytest

from hostward.domain.errors import Conflict, NotFound
from hostward.domain.finding import MalwareFinding, NotScanned
from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.module import Module
from hostward.domain.package import Evidence, HostFacts, Restart
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome, ProbeEvidence, Verdict
from hostward.usecases.ports import Store
from hostward.usecases.records import Item
from store_samples import NOW, SECOND, account, fleet, package

LEASE = LeaseId(7)
OTHER = LeaseId(8)

FINDING = MalwareFinding(
    path=b"/srv/\xff\n/x.php",
    member=b"inner/\x00",
    rule="eicar",
    title="Test file",
    engine="yara-x 1.0",
    level=Level.HIGH,
    size=1 << 40,
    sha256="ab" * 32,
    matches=('X5O!"', "ü"),
)
VERDICT = Verdict(
    policy="Linux",
    item="ssh.root",
    title="No root login",
    level=Level.MEDIUM,
    outcome=Outcome.FAIL,
    evidence=(ProbeEvidence(probe="sshd", actual="yes", expected="no"),),
    remediation="PermitRootLogin no",
)
FACTS = HostFacts(os_id="debian", os_version="12", os_name="Debian", running_kernel="6.1.0-18-amd64")
EVIDENCE = Evidence(
    ecosystem="Debian:12", source="openssl", source_version="3.0.1-1", cve="CVE-2026-1", fixed="3.0.2-1", urgency="high"
)
EVERY_KIND: list[Item] = [
    FINDING,
    NotScanned(path=b"/proc/x", reason="unreadable", detail="EIO"),
    package(),
    package("requests", "2.0", ecosystem="PyPI", path=b"/opt/\xfe"),
    EVIDENCE,
    FACTS,
    Restart(unit="nginx.service", package="libssl3", path=b"/usr/lib/\xfe", processes=4, reason="it runs"),
    Restart(unit="", package="linux-image-6.1.0-18-amd64", reason="a newer kernel is installed"),
    VERDICT,
]


@pytest.fixture
def machine(store: Store) -> MachineId:
    """A machine."""
    return fleet(store, account(store), 1)[0].id


def add(store: Store, machine: MachineId, *items: Item, lease: LeaseId = LEASE, batch: int = 0) -> None:
    """Store a batch."""
    store.write_now(lambda uow: uow.results.add(machine, lease, batch, items))


def items(store: Store, machine: MachineId, lease: LeaseId = LEASE) -> list[Item]:
    """What is stored."""
    return list(store.read_now(lambda uow: uow.results.items(machine, lease)))


def test_items_of_every_kind_come_back_in_order(store: Store, machine: MachineId) -> None:
    """Bytes that are no text, big sizes and all scripts survive; the order is that of the report."""
    add(store, machine, *EVERY_KIND)
    assert items(store, machine) == EVERY_KIND


@pytest.mark.parametrize("size", [1, 3, 4, 63, 64, 85, 149, 500])
def test_batches_of_every_size_are_whole(store: Store, machine: MachineId, size: int) -> None:
    """However many rows go to the database in one step, each is there once and in its place, of each kind."""
    kinds = (FINDING, VERDICT, EVIDENCE)
    told: list[Item] = [*(package(f"p{n}") for n in range(size)), *(kinds[n % 3] for n in range(size))]
    add(store, machine, *told)
    assert items(store, machine) == told


def test_batches_come_back_in_the_order_of_their_numbers(store: Store, machine: MachineId) -> None:
    """Not in that of their arrival."""
    for batch in (2, 0, 1):
        add(store, machine, NotScanned(path=b"%d" % batch, reason="limit"), package(f"p{batch}"), batch=batch)
    found = items(store, machine)
    assert [item.path for item in found if isinstance(item, NotScanned)] == [b"0", b"1", b"2"]
    assert found[1::2] == [package("p0"), package("p1"), package("p2")]


def test_a_batch_is_stored_once(store: Store, machine: MachineId) -> None:
    """Its second coming is refused, whatever is in it, and the first stays."""
    add(store, machine, FINDING)
    with pytest.raises(Conflict, match="batch 0"):
        add(store, machine, VERDICT)
    assert items(store, machine) == [FINDING]


def test_an_empty_batch_is_stored_once_too(store: Store, machine: MachineId) -> None:
    """It has a number like any other."""
    add(store, machine)
    with pytest.raises(Conflict):
        add(store, machine)


def test_results_of_an_unknown_machine_are_refused(store: Store) -> None:
    """There is no account that they could belong to."""
    with pytest.raises(NotFound):
        add(store, MachineId(99), FINDING)


def test_leases_and_machines_are_kept_apart(store: Store) -> None:
    """The same batch number under another lease or of another machine is another batch."""
    one, two = (machine.id for machine in fleet(store, account(store), 2))
    add(store, one, FINDING)
    add(store, one, VERDICT, lease=OTHER)
    add(store, two, FACTS)
    assert [items(store, one), items(store, one, OTHER), items(store, two)] == [[FINDING], [VERDICT], [FACTS]]


def test_a_lost_lease_leaves_nothing(store: Store, machine: MachineId) -> None:
    """Rows of every kind are removed, others stay, and its batches could come anew."""
    add(store, machine, *EVERY_KIND)
    add(store, machine, FINDING, lease=OTHER)
    store.write_now(lambda uow: uow.results.drop(machine, LEASE))
    assert (items(store, machine), items(store, machine, OTHER)) == ([], [FINDING])
    add(store, machine, VERDICT)
    assert items(store, machine) == [VERDICT]


def test_current_results_are_known_for_each_module(store: Store, machine: MachineId) -> None:
    """None before the first; then the last that was made so."""
    store.write_now(lambda uow: uow.results.make_current(machine, Module.VUL, LEASE, NOW, risks=0))
    store.write_now(lambda uow: uow.results.make_current(machine, Module.VUL, OTHER, NOW + SECOND, risks=0))
    found = store.read_now(lambda uow: [uow.results.current(machine, module) for module in Module])
    assert found == [None, (OTHER, NOW + SECOND), None]


def test_an_older_inventory_is_removed(store: Store, machine: MachineId) -> None:
    """Only the machine's current inventory is kept."""
    add(store, machine, package(), EVIDENCE, FACTS)
    store.write_now(lambda uow: uow.results.make_current(machine, Module.VUL, LEASE, NOW, risks=0))
    add(store, machine, package("new"), lease=OTHER)
    store.write_now(lambda uow: uow.results.make_current(machine, Module.VUL, OTHER, NOW, risks=0))
    assert (items(store, machine), items(store, machine, OTHER)) == ([], [package("new")])


def test_older_findings_and_verdicts_are_kept(store: Store, machine: MachineId) -> None:
    """A task shows what it found, whatever a later one finds."""
    for module, item in ((Module.MALWARE, FINDING), (Module.BASELINE, VERDICT)):
        lease = LeaseId(LEASE + 10 * len(module))
        add(store, machine, item, lease=lease)
        store.write_now(lambda uow, m=module, at=lease: uow.results.make_current(machine, m, at, NOW, risks=0))
        store.write_now(lambda uow, m=module: uow.results.make_current(machine, m, OTHER, NOW, risks=0))
        assert items(store, machine, lease) == [item]


def test_the_current_inventory_may_be_confirmed(store: Store, machine: MachineId) -> None:
    """Making the same lease current twice removes nothing."""
    add(store, machine, package())
    for _ in range(2):
        store.write_now(lambda uow: uow.results.make_current(machine, Module.VUL, LEASE, NOW, risks=0))
    assert items(store, machine) == [package()]


def test_results_of_an_unknown_machine_are_never_current(store: Store) -> None:
    """There is nothing that they could stand for."""
    with pytest.raises(NotFound):
        store.write_now(lambda uow: uow.results.make_current(MachineId(99), Module.VUL, LEASE, NOW, risks=0))


def test_risks_are_findings_and_failed_items_by_level(store: Store, machine: MachineId) -> None:
    """Passed and unjudged items are none, and packages are judged elsewhere."""
    verdicts = [
        Verdict(policy="p", item=f"i{place}", title="t", level=level, outcome=outcome)
        for place, (level, outcome) in enumerate(
            [(Level.LOW, Outcome.FAIL), (Level.HIGH, Outcome.PASS), (Level.HIGH, Outcome.ERROR)]
        )
    ]
    add(store, machine, FINDING, FINDING, package(), *verdicts, VERDICT)
    add(store, machine, FINDING, lease=OTHER)
    found = store.read_now(lambda uow: uow.results.risks(machine, LEASE))
    assert found == {Level.LOW: 1, Level.MEDIUM: 1, Level.HIGH: 2}


def test_a_lease_without_rows_has_no_risks(store: Store, machine: MachineId) -> None:
    """No level is named."""
    assert store.read_now(lambda uow: uow.results.risks(machine, LEASE)) == {}


def test_hostile_texts_are_stored_clean(store: Store, machine: MachineId) -> None:
    """NUL and lone surrogates in any text become replacement characters."""
    verdict = Verdict(
        policy="p",
        item="\0",
        title="t",
        level=Level.LOW,
        outcome=Outcome.PASS,
        evidence=(ProbeEvidence(probe="x", actual="\ud800", expected="y\0"),),
    )
    add(store, machine, verdict, package("a\0b"), NotScanned(path=b"\0", reason="\udcff"))
    found = items(store, machine)
    assert found[1:] == [package("a\ufffdb"), NotScanned(path=b"\0", reason="\ufffd")]
    assert isinstance(found[0], Verdict)
    assert (found[0].item, found[0].evidence[0].actual, found[0].evidence[0].expected) == (
        "\ufffd",
        "\ufffd",
        "y\ufffd",
    )


def test_a_large_inventory_is_stored_and_read(store: Store, machine: MachineId) -> None:
    """More packages than one statement takes; the same versions on a second machine are the same packages."""
    inventory = [package(f"p{number}", f"1.{number % 7}-1") for number in range(1203)]
    add(store, machine, *inventory)
    add(store, machine, *inventory[::-1], lease=OTHER)
    assert (items(store, machine), items(store, machine, OTHER)) == (inventory, inventory[::-1])
