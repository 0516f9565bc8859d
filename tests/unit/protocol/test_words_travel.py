"""The protocol's words: what is sent is what arrives."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.finding import MalwareFinding, NotScanned
from hostward.domain.ids import VulId
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, Category, MalwareOptions, Options, Pattern, VulOptions, module_of
from hostward.domain.package import Evidence, HostFacts, Package, Restart
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome, ProbeEvidence, Verdict
from hostward.protocol.compat import OLDEST, PROTOCOL, is_accepted
from hostward.protocol.hello import Enroll, Facts, SessionAsk, SessionProof, mac, proof_bytes
from hostward.protocol.job import Job, MalwareJob, Poll, Work, domain_options, lease_ids, wire_options
from hostward.protocol.refusal import Refusal
from hostward.protocol.report import MAX_BODY, MAX_ITEMS, Batch, End, Report, Row, item_of, rows_of

EXPECTED = "4a334f809be938174d09a7bcdd9611173e7d73042132902988746702f20ac0a5"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PATH = st.binary(max_size=30)
LEVEL = st.sampled_from(Level)
ITEMS = st.one_of(
    st.builds(
        MalwareFinding, path=PATH, member=PATH, rule=TEXT, title=TEXT, engine=TEXT, level=LEVEL,
        size=st.integers(0, 2**50), sha256=TEXT, matches=st.lists(TEXT, max_size=3).map(tuple),
    ),
    st.builds(NotScanned, path=PATH, reason=TEXT, detail=TEXT),
    st.builds(
        Package, ecosystem=TEXT, name=TEXT, version=TEXT, arch=TEXT, source=TEXT, source_version=TEXT, path=PATH
    ),
    st.builds(Evidence, ecosystem=TEXT, source=TEXT, source_version=TEXT, cve=TEXT, fixed=TEXT, urgency=TEXT),
    st.builds(Restart, unit=TEXT, package=TEXT, path=PATH, processes=st.integers(0, 2**31), reason=TEXT),
    st.builds(HostFacts, os_id=TEXT, os_version=TEXT, os_name=TEXT, running_kernel=TEXT),
    st.builds(
        Verdict, policy=TEXT, item=TEXT, title=TEXT, level=LEVEL, outcome=st.sampled_from(Outcome), reason=TEXT,
        evidence=st.lists(st.builds(ProbeEvidence, probe=TEXT, actual=TEXT, expected=TEXT), max_size=3).map(tuple),
        remediation=TEXT,
    ),
)  # fmt: skip
OPTIONS = st.one_of(
    st.builds(
        VulOptions, levels=st.frozensets(LEVEL), categories=st.frozensets(st.sampled_from(Category)),
        vul_ids=st.lists(st.integers(1, 2**40).map(VulId), max_size=3).map(tuple), emergency=st.booleans(),
    ),
    st.builds(
        MalwareOptions, pattern=st.sampled_from(Pattern), engine=st.integers(1, 3), memory=st.booleans(),
        paths=st.lists(TEXT, max_size=3).map(tuple),
    ),
    st.builds(
        BaselineOptions, policies=st.lists(st.integers(0, 99), max_size=3).map(tuple),
        rules=st.lists(st.integers(0, 99), max_size=3).map(tuple),
        items=st.lists(st.integers(0, 99), max_size=3).map(tuple),
    ),
)  # fmt: skip


@given(st.lists(ITEMS, max_size=20))
def test_results_arrive_as_they_were_found(items: list) -> None:
    """Every kind, with every text and every byte a path can have."""
    travelled = msgspec.json.decode(msgspec.json.encode(rows_of(items)), type=list[Row])
    assert [item_of(row) for row in travelled] == items


@given(OPTIONS)
def test_options_arrive_as_they_were_given(options: Options) -> None:
    """All three modules."""
    job = Job(lease=1, options=wire_options(options), seconds=1.0)
    travelled = msgspec.json.decode(msgspec.json.encode(job), type=Job)
    assert domain_options(travelled.options) == options


@given(OPTIONS)
def test_options_name_their_module(options: Options) -> None:
    """A job needs no field for it."""
    assert module_of(domain_options(wire_options(options))) in Module


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Poll, b'{"generation":1,"unheard":2}'),
        (Report, b'{"lease":1,"unheard":2}'),
        (Enroll, b'{"token":"t","public_key":"","facts":{"host_name":"h","agent_version":"1","unheard":1}}'),
        (SessionAsk, b'{"uuid":"u","unheard":1}'),
    ],
)
def test_what_agents_send_has_no_fields_nobody_knows(kind: type, body: bytes) -> None:
    """Typed decode only."""
    with pytest.raises(msgspec.ValidationError, match="unheard"):
        msgspec.json.decode(body, type=kind)


@pytest.mark.parametrize(
    ("kind", "body"), [(Work, b'{"generation":1,"later":2}'), (Refusal, b'{"message":"m","time":1,"later":2}')]
)
def test_what_servers_send_may_grow(kind: type, body: bytes) -> None:
    """An older agent reads a newer server's answer."""
    assert isinstance(msgspec.json.decode(body, type=kind), kind)


def test_a_job_may_say_more_or_less_than_its_agent_knows() -> None:
    """An older agent goes on without what it has not heard of; a newer one is not capped by an older server."""
    job = Job(lease=1, options=MalwareJob(pattern=2, engine=3), seconds=60)
    told = msgspec.to_builtins(job)
    assert msgspec.convert({**told, "later": 2}, Job) == job
    for name in ("cpu_percent", "memory_mib", "io_mib"):
        del told[name]
    older = msgspec.convert(told, Job)
    assert (older.cpu_percent, older.memory_mib, older.io_mib) == (100, 0, 0)


def test_a_poll_needs_no_fields() -> None:
    """The emptiest question: nothing held, nothing offered, no wait."""
    assert msgspec.json.decode(b"{}", type=Poll) == Poll(generation=0, holding=[], modules=[], wait=0.0)


def test_a_full_batch_of_long_paths_fits_a_report() -> None:
    """500 rows with paths as long as Linux allows."""
    rows = rows_of([NotScanned(path=b"/" * 4095, reason="unreadable", detail="d" * 200)] * MAX_ITEMS)
    report = Report(lease=1, batches=[Batch(seq=0, rows=rows)], end=End(outcome="ok", batches=1))
    assert len(msgspec.json.encode(report)) < MAX_BODY


@given(field=st.integers(0, 4), other=st.binary(min_size=1, max_size=10))
def test_the_code_covers_every_part_of_a_message(field: int, other: bytes) -> None:
    """Method, path, time, nonce and body: another of any gives another code."""
    parts = {"method": "POST", "path": "/p", "time": "1", "nonce": "n", "body": b"b"}
    name = list(parts)[field]
    changed = {**parts, name: b"b" + other if name == "body" else f"{parts[name]}{other.hex()}"}
    assert mac(b"s", **changed) != mac(b"s", **parts)  # type: ignore[arg-type]  # one of them is bytes


def test_the_code_depends_on_the_secret() -> None:
    """Who does not know it can't make one."""
    parts = {"method": "POST", "path": "/p", "time": "1", "nonce": "n", "body": b"b"}
    assert mac(b"s", **parts) != mac(b"t", **parts)  # type: ignore[arg-type]  # one of them is bytes


def test_the_code_is_what_other_implementations_make_it() -> None:
    """HMAC-SHA256 over five lines, computed by OpenSSL's command line once."""
    code = mac(b"secret", method="POST", path="/agent/v1/poll", time="1.000", nonce="n1", body=b"{}")
    assert code == EXPECTED


def test_what_is_signed_names_its_purpose_the_agent_and_the_challenge() -> None:
    """So that no signature made for something else fits."""
    assert proof_bytes("u", b"c") == b"hostward-session-1\nu\nc"


def test_bytes_travel_as_base64() -> None:
    """JSON has no bytes."""
    proof = SessionProof(
        uuid="u", challenge=b"\x00\xff", signature=b"s", protocol=1, boot="b", instance="i",
        facts=Facts(host_name="h", agent_version="1"),
    )  # fmt: skip
    assert b'"challenge":"AP8="' in msgspec.json.encode(proof)


def test_this_release_accepts_its_own_protocol_and_none_beyond() -> None:
    """The range is closed."""
    assert is_accepted(PROTOCOL)
    assert is_accepted(OLDEST)
    assert not is_accepted(PROTOCOL + 1)
    assert not is_accepted(OLDEST - 1)


def test_lease_numbers_are_a_set() -> None:
    """Twice the same is once."""
    assert lease_ids([1, 2, 1]) == frozenset({1, 2})
