"""ListUpgrades: an upgrade closes exactly what it says, whatever is installed and whatever is advised."""

from hypothesis import given, settings
from hypothesis import strategies as st

from account_bench import AccountBench
from hostward.domain.account import Role
from hostward.domain.ids import LeaseId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from store_samples import advisory, affects, package

SOURCES = ("openssl", "curl", "zlib")
BINARIES = {"openssl": ("openssl", "libssl3"), "curl": ("curl",), "zlib": ("zlib1g",)}

machine = st.dictionaries(st.sampled_from(SOURCES), st.integers(1, 6), max_size=3)
"""What is installed: versions by source."""
said = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(SOURCES), st.integers(1, 7), min_size=1, max_size=2),
        st.sampled_from(sorted(Level)),
    ),
    max_size=6,
)
"""Vulnerabilities: by source the version in which it is fixed, 7 for none."""


def install(bench: AccountBench, number: int, has: dict[str, int], lease: int) -> None:
    """This is what a machine has from now on."""
    items = [
        package(binary, str(version), source=source)
        for source, version in sorted(has.items())
        for binary in BINARIES[source]
    ]

    def work(uow) -> None:
        uow.results.add(number, LeaseId(lease), 0, items)
        uow.results.make_current(number, Module.VUL, LeaseId(lease), bench.clock.now(), risks=0)

    bench.store.write_now(work)


def risks(client) -> int:
    """Machines with vulnerabilities, each pair."""
    return sum(row["Machines"] for row in client.ok("ListVulnerabilities", {"Limit": 100})["Vulnerabilities"])


@settings(max_examples=60, deadline=None)
@given(machines=st.lists(machine, min_size=1, max_size=3), told=said)
def test_an_upgrade_closes_what_it_says_and_leaves_the_rest(machines: list[dict[str, int]], told) -> None:
    """On every machine that has something of the source, and the sums are those of the lists."""
    bench = AccountBench()
    account = bench.account()
    client = bench.client(account, "eve", Role.AUDITOR)
    advisories = [
        advisory(
            f"CVE-{number}", *(affects(source, "" if fixed == 7 else str(fixed)) for source, fixed in fixes.items()),
            level=level, level_source="debian urgency",
        )
        for number, (fixes, level) in enumerate(told)
    ]  # fmt: skip
    bench.store.write_now(
        lambda uow: uow.advisories.replace(
            "debian", advisories, ecosystems=("Debian:12",), digest="d", now=bench.clock.now()
        )
    )
    for number, has in enumerate(machines):
        install(bench, bench.machine(account, f"m-{number}").id, has, 100 + number)
    found = client.ok("ListUpgrades", {"Limit": 100})
    assert [one["Risks"] for one in found["Upgrades"]] == sorted(
        (one["Risks"] for one in found["Upgrades"]), reverse=True
    )
    before = risks(client)
    for step, one in enumerate(found["Upgrades"]):
        bench.clock.turn(60)
        for number, has in enumerate(machines):
            if one["Component"] in has:
                to = max(int(one["Fixed"]), has[one["Component"]])
                install(bench, number + 1, {**has, one["Component"]: to}, 1000 * (step + 1) + number)
        assert before - risks(client) == one["Risks"]
        assert 1 <= one["Machines"] <= len(machines)
        assert max(one["Machines"], one["Vulnerabilities"]) <= one["Risks"] <= one["Machines"] * one["Vulnerabilities"]
        bench.clock.turn(60)
        for number, has in enumerate(machines):
            install(bench, number + 1, has, 5000 * (step + 1) + number)
        assert risks(client) == before
