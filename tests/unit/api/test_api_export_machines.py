"""ExportMachines, whose files ExportTasks hands out; and ListMachineRestarts."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from account_bench import AccountBench, Client
from api_bench import BEGIN
from console_scenarios import RESTARTS
from export_bench import csv_rows, link_parts, written
from hostward.api.machine_cells import HEADER
from hostward.domain.account import Role
from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.usecases.exports import machines as exported_machines
from hostward.usecases.exports.machines import machines
from hostward.usecases.exports.rows import Interrupted
from hostward.usecases.exports.shelf import Format

PROD = ("env=prod", "=team")


@dataclass
class House:
    """Three machines, one of production with malware; who sees all, and who sees production alone."""

    bench: AccountBench
    admin: Client
    limited: Client
    ids: Sequence[MachineId]


@pytest.fixture
def house() -> House:
    """Machines, users and results."""
    bench = AccountBench()
    account = bench.account()
    prod = bench.machine(account, "=b-prod", *PROD)
    others = [bench.machine(account, name) for name in ("a-test", "c-new")]

    def work(uow) -> None:
        uow.results.make_current(prod.id, Module.MALWARE, LeaseId(1), BEGIN, risks=2, levels={Level.CRITICAL: 2})
        uow.results.make_current(others[0].id, Module.VUL, LeaseId(2), BEGIN, risks=0)

    bench.store.write_now(work)
    clients = bench.client(account), bench.client(account, "ann", Role.OPERATOR, PROD[:1])
    return House(bench, *clients, [prod.id, *(one.id for one in others)])


def exported(house: House, client: Client, **request) -> list[list[str]]:
    """The rows of a CSV file, below its header."""
    which = client.ok("ExportMachines", request)["TaskId"]
    exports = house.bench.api.exports
    written(exports)
    done = client.ok("ExportTasks", {"TaskId": which}, service="cwp")
    assert (done["Status"], done["FileName"].startswith("machines-")) == ("FINISHED", True)
    export = exports.get(link_parts(done["DownloadUrl"])[1].rpartition("/")[2], house.bench.api.clock.now())
    with exports.open(export, Format.CSV) as file:
        rows = csv_rows(file.read())
    assert rows[0] == [text.english for text in HEADER]
    return rows[1:]


def test_a_row_has_what_the_list_shows(house: House):
    """What was never judged is empty and not 0; what a spreadsheet would reckon with is text."""
    rows = exported(house, house.admin, Query="b-prod")
    assert rows == [
        ["'=b-prod", "10.0.0.1", "", "Debian GNU/Linux 12 (bookworm)", "", "0.1.0", "Online", "2026-11-24 12:00:00", "",
         "", "2", "", "'=team; env=prod", "", "q-=b-prod", "u-=b-prod"],
    ]  # fmt: skip
    assert [row[9:12] for row in exported(house, house.admin, Query="a-test")] == [["0", "", ""]]


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ({}, ["'=b-prod", "a-test", "c-new"]),
        ({"NeverScanned": True}, ["c-new"]),
        ({"RiskModules": ["Malware"]}, ["'=b-prod"]),
        ({"Status": ["Offline"]}, []),
        ({"AgentTooOld": True}, []),
        ({"Tags": ["env=prod"]}, ["'=b-prod"]),
    ],
)
def test_an_export_has_the_machines_of_the_filter(house: House, request_: dict, names: list[str]):
    """And no other, in the order of enrolment."""
    assert [row[0] for row in exported(house, house.admin, **request_)] == names


def test_a_limited_user_exports_their_machines_alone(house: House):
    """Whatever they ask for."""
    assert [row[0] for row in exported(house, house.limited)] == ["'=b-prod"]


@pytest.mark.parametrize("page", [1, 2, 3, 4])
def test_every_machine_comes_once_however_many_there_are(house: House, page: int, monkeypatch: pytest.MonkeyPatch):
    """One that is removed between two pages hides no other."""
    monkeypatch.setattr(exported_machines, "PAGE", page)
    account = house.bench.store.read_now(lambda uow: uow.machines.get(house.ids[0])).account
    found = machines(house.bench.store, account, lambda _uow: [], goes_on=lambda: True)
    assert [row.machine.id for row, _ in found] == house.ids
    answers = iter([True, False])
    stopped = machines(house.bench.store, account, lambda _uow: [], goes_on=lambda: next(answers))
    if page < len(house.ids):
        with pytest.raises(Interrupted):
            list(stopped)


def test_what_nothing_can_be_chosen_by_is_refused_at_once(house: House):
    """In the words of ListMachines; nothing is kept of it."""
    assert house.admin("ExportMachines", {"Status": ["Asleep"]}).code == "InvalidParameterValue"
    assert house.admin("ExportMachines", {"Limit": 1}).code == "UnknownParameter"


def test_an_export_of_machines_is_an_entry_of_the_audit_log(house: House):
    """Data leaves the system by it."""
    exported(house, house.admin)
    entries = house.admin.ok("ListAuditEntries", {"Limit": 5})["Entries"]
    assert "ExportMachines" in [entry["Action"] for entry in entries]


def test_what_is_to_be_started_again_is_listed_with_a_reboot_first(house: House):
    """By the newest whole inventory; a machine without one is one of which nothing is known."""

    def work(uow) -> None:
        uow.results.add(house.ids[0], LeaseId(9), 0, RESTARTS)
        uow.results.make_current(house.ids[0], Module.VUL, LeaseId(9), BEGIN, risks=0)

    house.bench.store.write_now(work)
    told = house.admin.ok("ListMachineRestarts", {"Quuid": "q-=b-prod"})
    assert (told["Known"], [one["Unit"] for one in told["Restarts"]]) == (True, ["", "nginx.service"])
    assert house.admin.ok("ListMachineRestarts", {"Quuid": "q-a-test"}) | {"RequestId": ""} == {
        "Known": True, "Restarts": [], "RequestId": "",
    }  # fmt: skip
    assert house.admin.ok("ListMachineRestarts", {"Quuid": "q-c-new"})["Known"] is False
    assert house.limited("ListMachineRestarts", {"Quuid": "q-a-test"}).code == "ResourceNotFound"
