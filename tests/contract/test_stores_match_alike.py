"""Whatever is reported and imported, a database stores and matches it as memory, and so the domain, does."""

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.domain.advisory import Advisory, Affected, FixStatus
from hostward.domain.finding import MalwareFinding, NotScanned
from hostward.domain.ids import LeaseId
from hostward.domain.package import Evidence, HostFacts, Package, Restart
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome, ProbeEvidence, Verdict
from hostward.usecases.ports import Store
from hostward.usecases.records import Item
from store_kinds import Fresh
from store_samples import NOW, account, fleet

LEASE = LeaseId(7)
ANY_TEXT = st.text(st.characters(), max_size=4)
"""NUL and lone surrogates among it."""
VERSIONS = st.sampled_from(("", "0", "1.0-1", "1.0-1+b1", "1.0~rc1-1", "1:0.1", "2.0-1", "10", "not a version !"))
NAMES = st.sampled_from(("openssl", "zlib", "linux", "Zope.Interface"))
ECOSYSTEMS = st.sampled_from(("Debian:12", "Debian:11", "PyPI", "ConanCenter", "dpkg:mint:21", "nowhere"))
CVES = st.sampled_from(("CVE-1", "CVE-2", "CVE-3"))
KERNELS = ("", "6.1.0-18-amd64")

PACKAGES = st.builds(
    Package,
    ecosystem=ECOSYSTEMS,
    name=st.sampled_from(("openssl", "linux-image-6.1.0-18-amd64", "linux-libc-dev", "x")),
    version=VERSIONS,
    arch=st.sampled_from(("", "amd64")),
    source=NAMES,
    source_version=VERSIONS,
    path=st.binary(max_size=3),
)
EVIDENCE = st.builds(
    Evidence,
    ecosystem=ECOSYSTEMS,
    source=NAMES,
    source_version=VERSIONS,
    cve=CVES,
    fixed=VERSIONS,
    urgency=st.sampled_from(("", "low", "critical")),
)
OTHERS = st.one_of(
    st.builds(
        MalwareFinding, path=st.binary(), member=st.binary(), rule=ANY_TEXT, title=ANY_TEXT, engine=ANY_TEXT,
        level=st.sampled_from(Level), size=st.integers(0, 2**62), sha256=ANY_TEXT,
        matches=st.lists(ANY_TEXT, max_size=2).map(tuple),
    ),
    st.builds(NotScanned, path=st.binary(), reason=ANY_TEXT, detail=ANY_TEXT),
    st.builds(
        Verdict, policy=ANY_TEXT, item=ANY_TEXT, title=ANY_TEXT, level=st.sampled_from(Level),
        outcome=st.sampled_from(Outcome), reason=ANY_TEXT, remediation=ANY_TEXT,
        evidence=st.lists(st.builds(ProbeEvidence, probe=ANY_TEXT, actual=ANY_TEXT, expected=ANY_TEXT), max_size=2).map(
            tuple
        ),
    ),
    st.builds(
        Restart, unit=ANY_TEXT, package=ANY_TEXT, path=st.binary(), processes=st.integers(0, 2**31), reason=ANY_TEXT
    ),
    st.builds(
        HostFacts, os_id=ANY_TEXT, os_version=ANY_TEXT, os_name=ANY_TEXT, running_kernel=st.sampled_from(KERNELS)
    ),
)  # fmt: skip
BATCHES = st.lists(st.lists(st.one_of(PACKAGES, PACKAGES, EVIDENCE, OTHERS), max_size=5), max_size=3)
AFFECTED = st.builds(
    Affected, ecosystem=ECOSYSTEMS, name=NAMES, introduced=VERSIONS, fixed=VERSIONS, last=VERSIONS,
    status=st.sampled_from(FixStatus),
)  # fmt: skip
FEEDS = st.lists(
    st.tuples(
        st.sampled_from(("a", "b")),
        st.lists(
            st.builds(
                Advisory, feed=st.just(""), id=st.sampled_from(("1", "2", "3")), key=CVES,
                title=ANY_TEXT, description=ANY_TEXT, reference=ANY_TEXT, vector=ANY_TEXT,
                level=st.none() | st.sampled_from(Level), level_source=ANY_TEXT,
                cvss=st.none() | st.sampled_from((0.0, 5.5, 10.0)), published=st.sampled_from((None, NOW)),
                affected=st.lists(AFFECTED, max_size=3).map(tuple),
            ),
            max_size=3,
            unique_by=lambda each: each.id,
        ),
    ),
    max_size=3,
)  # fmt: skip
Feeds = Sequence[tuple[str, Sequence[Advisory]]]


def told(store: Store, feeds: Feeds, batches: Sequence[Sequence[Item]]) -> list[object]:
    """Import and report it all, and what the store then says."""
    machine = fleet(store, account(store), 1)[0].id
    for feed, advisories in feeds:
        named = [
            Advisory(**{**{name: getattr(each, name) for name in Advisory.__slots__}, "feed": feed})
            for each in advisories
        ]
        store.write_now(
            lambda uow, feed=feed, named=named: uow.advisories.replace(
                feed, named, ecosystems=["Debian:12"], digest="", now=NOW
            )
        )
    for number, items in enumerate(batches):
        store.write_now(lambda uow, number=number, items=items: uow.results.add(machine, LEASE, number, items))
    ids = store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-1", "CVE-2", "CVE-3"]))
    return store.read_now(
        lambda uow: [
            uow.results.items(machine, LEASE),
            uow.results.matches(machine, LEASE),
            uow.results.risks(machine, LEASE),
            uow.advisories.vuls(sorted(ids.values())),
            uow.advisories.feeds(),
        ]
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(feeds=FEEDS, batches=BATCHES)
def test_memory_and_database_match_alike(
    compared: tuple[Fresh, Fresh], feeds: Feeds, batches: Sequence[Sequence[Item]]
) -> None:
    """Items, matches in their order, risks, and what is known of each vulnerability."""
    with compared[0]() as memory, compared[1]() as database:
        assert told(database, feeds, batches) == told(memory, feeds, batches)
