"""ScanSbom: a bill is judged like the machine it describes, whoever made it; nothing is stored."""

import json
from collections.abc import Callable

import pytest

from account_bench import AccountBench, Client
from bills import PRODUCERS
from hostward.api.actions.scan_sbom import MAX_DOCUMENT
from hostward.domain.account import Role
from hostward.domain.advisory import FixStatus
from hostward.domain.ids import LeaseId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.store.memory import MemoryStore
from hostward.usecases.vulnerabilities import scan_bill
from store_samples import advisory, affects, package

SCAN = "ScanSbom"
SSL = {"ecosystem": "Debian:12"}
FEEDS = {
    "debian": (
        ("Debian:12",),
        advisory("CVE-1", affects("openssl", "3.0.15-1"), level=Level.HIGH, level_source="debian urgency", cvss=8.1),
        advisory("CVE-2", affects("util-linux", "2.38.1-5+deb12u1"), level=Level.LOW, level_source="debian urgency"),
        advisory("CVE-3", affects("python-urllib3", "1.26.12-1"), title="fixed in this release already"),
        advisory("CVE-4", affects("bash", "", status=FixStatus.WONT_FIX)),
    ),
    "pypi": (
        ("PyPI",),
        advisory("CVE-3", affects("urllib3", "1.26.18", ecosystem="PyPI"), feed="pypi"),
        advisory("CVE-5", affects("zope-interface", "5.1", ecosystem="PyPI"), feed="pypi"),
    ),
    "go": (("Go",), advisory("CVE-6", affects("golang.org/x/net", "0.23.0", ecosystem="Go"), feed="go", cvss=7.5)),
    "maven": (
        ("Maven",),
        advisory(
            "CVE-7", affects("org.apache.logging.log4j:log4j-core", "2.15.0", ecosystem="Maven"), feed="maven",
            level=Level.CRITICAL, level_source="cvss", cvss=10.0,
        ),
    ),
    "kev": ((), advisory("CVE-7", feed="kev", kev=True)),
}  # fmt: skip
MACHINE = (
    package("bash", "5.2.15-2+b7", source_version="5.2.15-2"),
    package("libssl3", "3.0.11-1~deb12u2", source="openssl", source_version="3.0.11-1~deb12u2"),
    package("bsdutils", "1:2.38.1-5+b1", source="util-linux", source_version="2.38.1-5"),
    package("python3-urllib3", "1.26.12-1+deb12u1", source="python-urllib3", source_version="1.26.12-1+deb12u1"),
    package(
        "zope-interface", "5.0", ecosystem="PyPI", arch="",
        path=b"/usr/local/lib/python3/dist-packages/Zope.Interface-5.0.dist-info/METADATA",
    ),
    package("golang.org/x/net", "0.17.0", ecosystem="Go", arch="", path=b"/opt/tool"),
    package("org.apache.logging.log4j:log4j-core", "2.14.1", ecosystem="Maven", arch="", path=b"/opt/app.jar"),
)  # fmt: skip
"""What the machine of tests/support/bills.py has, as a scan of it tells (but for what no advisory speaks of)."""


@pytest.fixture
def bench() -> AccountBench:
    """Feeds, and one machine that was scanned."""
    bench = AccountBench()
    account = bench.account()
    machine = bench.machine(account, "web-1", "env=prod")

    def work(uow) -> None:
        for feed, (ecosystems, *told) in FEEDS.items():
            uow.advisories.replace(feed, told, ecosystems=ecosystems, digest="d", now=bench.clock.now())
        uow.results.add(machine.id, LeaseId(1), 0, MACHINE)
        uow.results.make_current(machine.id, Module.VUL, LeaseId(1), bench.clock.now(), risks=0)

    bench.store.write_now(work)
    return bench


@pytest.fixture
def client(bench: AccountBench) -> Client:
    """Somebody who reads."""
    return bench.client(bench.store.read_now(lambda uow: uow.accounts.first()), "eve", Role.AUDITOR)


def findings(rows: list[dict]) -> set[tuple]:
    """What is compared: vulnerability, level, package, versions."""
    return {
        (
            row["CveId"],
            row["Level"],
            row["Kev"],
            one["Name"],
            one["Source"],
            one["Installed"],
            one["Fixed"],
            one["FixStatus"],
        )
        for row in rows
        for one in row["Packages"]
    }


@pytest.mark.parametrize("producer", PRODUCERS, ids=lambda one: one.__name__)
def test_a_bill_of_any_producer_finds_what_the_machine_has(client: Client, producer: Callable[[], str]) -> None:
    """The same vulnerabilities in the same packages, and nothing else."""
    machine = client.ok("ListMachineVulnerabilities", {"Quuid": "q-web-1", "Limit": 100})
    bill = client.ok(SCAN, {"Document": producer()})
    assert findings(bill["Vulnerabilities"]) == findings(machine["Vulnerabilities"])
    assert len(findings(bill["Vulnerabilities"])) == 6
    assert bill["TotalCount"] == len(bill["Vulnerabilities"])
    assert bill["Format"] == ("CycloneDX" if "cyclonedx" in producer.__name__ else "SPDX")


def test_the_worst_comes_first_and_names_are_as_asked(client: Client) -> None:
    """By level, then CVSS, then name."""
    bill = client.ok(SCAN, {"Document": PRODUCERS[1](), "Name": "shop:1.2"})
    assert [row["CveId"] for row in bill["Vulnerabilities"]][:2] == ["CVE-7", "CVE-1"]
    assert [row["Level"] for row in bill["Vulnerabilities"]] == sorted(
        (row["Level"] for row in bill["Vulnerabilities"]), reverse=True
    )
    assert (bill["Name"], bill["OsName"]) == ("shop:1.2", "debian 12")
    assert client.ok(SCAN, {"Document": PRODUCERS[1]()})["Name"] == "/srv/image"


def test_what_could_not_be_judged_is_said(client: Client) -> None:
    """Ecosystems without a feed or an order, components without a purl, kernels of which none is known to run."""
    components = [
        {"type": "operating-system", "name": "debian", "version": "12"},
        {"type": "library", "name": "x"},
        {"type": "library", "name": "t", "purl": "pkg:npm/tar@4.4.1"},
        {"type": "library", "name": "z", "purl": "pkg:conan/zlib@1.2"},
        {"type": "library", "name": "k", "purl": "pkg:deb/debian/linux-image-6.1.0-18-amd64@6.1.76-1?upstream=linux"},
    ]
    kernel = advisory("CVE-9", affects("linux", "6.1.90-1"))
    client.bench.store.write_now(
        lambda uow: uow.advisories.replace(
            "more", [kernel], ecosystems=("Debian:12",), digest="d", now=client.bench.clock.now()
        )
    )
    bill = client.ok(SCAN, {"Document": json.dumps({"bomFormat": "CycloneDX", "components": components})})
    said = {(one["Name"], one["Reason"]) for one in bill["NotJudged"]}
    assert ("npm", "no feed has data for it: import one (hostward feed update)") in said
    assert ("linux-image-6.1.0-18-amd64", "the running kernel is not known") in said
    assert any(name == "ConanCenter" for name, _ in said) or any("conan" in reason for _, reason in said)
    assert any("without a package URL" in reason for _, reason in said)
    assert bill["Vulnerabilities"] == []


def test_old_feeds_are_said(client: Client) -> None:
    """As a scan of the machine says it."""
    client.bench.clock.turn(10 * 86400)
    reasons = [one["Reason"] for one in client.ok(SCAN, {"Document": PRODUCERS[0]()})["NotJudged"]]
    assert any(reason.startswith("advisories may lack: feed debian is as of") for reason in reasons)


def test_nothing_is_stored(bench: AccountBench, client: Client) -> None:
    """Neither packages, nor vulnerabilities, nor audit."""
    store = bench.store
    assert isinstance(store, MemoryStore)
    client.ok("ListVulnerabilities")
    before = store.read_now(lambda uow: (len(uow.machines.of_account(client_account(bench))), bench.entries(1)))
    known = store.read_now(lambda uow: dict(uow.advisories.numbers([f"CVE-{number}" for number in range(12)])))
    client.ok(SCAN, {"Document": PRODUCERS[0]()})
    assert store.read_now(lambda uow: (len(uow.machines.of_account(client_account(bench))), bench.entries(1))) == before
    assert store.read_now(lambda uow: dict(uow.advisories.numbers(list(known)))) == known


def client_account(bench: AccountBench):
    """The only account."""
    return bench.store.read_now(lambda uow: uow.accounts.first())


def test_a_limited_user_may_judge_bills_too(bench: AccountBench) -> None:
    """No machine is concerned."""
    ann = bench.client(client_account(bench), "ann", Role.OPERATOR, ("env=none",))
    assert ann.ok(SCAN, {"Document": PRODUCERS[0]()})["TotalCount"] == 6


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "neither JSON nor SPDX"),
        ("{", "neither JSON nor SPDX"),
        ("{}", "neither CycloneDX nor SPDX"),
        ("[]", "neither CycloneDX nor SPDX"),
        ("[" * 100_000, "neither JSON nor SPDX"),
        ("<bom/>", "neither JSON nor SPDX"),
        ("x" * (MAX_DOCUMENT + 1), f"up to {MAX_DOCUMENT} bytes; split the bill"),
    ],
    ids=["empty", "cut", "object", "array", "deep", "xml", "large"],
)
def test_what_is_no_bill_is_refused_in_one_sentence(client: Client, document: str, said: str) -> None:
    """With what to do."""
    answer = client(SCAN, {"Document": document})
    assert (answer.code, said in answer.message) == ("InvalidParameterValue", True), answer.message


def test_a_bill_that_meets_too_many_advisories_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it takes the server's memory."""
    for limit in ("MOST_PACKAGES", "MOST_COMPARED", "MOST_FOUND"):
        with monkeypatch.context() as patch:
            patch.setattr(scan_bill, limit, 2)
            answer = client(SCAN, {"Document": PRODUCERS[0]()})
        assert (answer.code, "split it" in answer.message) == ("InvalidParameterValue", True), limit


def test_a_gateway_without_a_reader_says_so(bench: AccountBench) -> None:
    """Local calls have none."""
    bench.api.gateway._bills = None
    eve = bench.client(client_account(bench), "zoe", Role.AUDITOR)
    assert eve(SCAN, {"Document": "{}"}).code == "UnsupportedOperation"
    assert eve(SCAN, {"Document": "{}", "Name": "x" * 1001}).code == "InvalidParameterValue"
