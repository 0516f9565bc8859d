"""Damaged and arbitrary feed files: one clear error or counted records, and nothing else."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.domain.errors import FeedError
from hostward.domain.matching import is_affected
from hostward.domain.package import Package
from hostward.feeds.debian import DEBIAN
from hostward.feeds.osv import OSV

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "affected", "package", "ranges", "events", "introduced", "fixed", "releases", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
NUMBER = st.integers(min_value=0, max_value=9)
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)


@pytest.fixture
def whole_zip(tmp_path: Path) -> bytes:
    """A good zip of a few records."""
    path = tmp_path / "good.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.json", json.dumps({"id": f"CVE-2026-{1000 + number}", "modified": "x"}))
    return path.read_bytes()


@shared
@given(place=st.integers(min_value=0, max_value=10_000), value=st.integers(min_value=0, max_value=255))
def test_a_changed_byte_in_a_zip_never_ends_in_another_error(
    tmp_path: Path, whole_zip: bytes, place: int, value: int
) -> None:
    """Either it is read with what is damaged left out, or FeedError."""
    data = bytearray(whole_zip)
    data[place % len(data)] = value
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    try:
        found = [advisory.id for advisory in OSV.read(path)]
    except FeedError:
        return
    assert len(found) <= 4


@shared
@given(data=JSON)
def test_any_json_is_read_or_refused_as_osv(tmp_path: Path, data: object) -> None:
    """A record of any shape is an advisory, counted, or FeedError."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data))
    try:
        found = list(OSV.read(path))
    except FeedError:
        return
    assert len(found) <= 1


@shared
@given(
    data=st.dictionaries(
        st.text(max_size=4), st.dictionaries(st.sampled_from(["CVE-2026-1111", "y"]), JSON), max_size=3
    )
)
def test_any_json_is_read_or_refused_as_tracker(tmp_path: Path, data: object) -> None:
    """An object of any content gives what can be read."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data))
    reading = DEBIAN.read(path)
    assert len(list(reading)) <= 1


@shared
@given(
    events=st.lists(st.tuples(st.sampled_from(["introduced", "fixed", "last_affected"]), NUMBER), max_size=6),
    version=NUMBER,
)
def test_ranges_hold_what_the_schemas_evaluation_holds(
    tmp_path: Path, events: list[tuple[str, int]], version: int
) -> None:
    """The schema's own algorithm: go through the events in version order and switch on and off."""
    given_events = [{kind: str(number)} for kind, number in events]
    part = {
        "package": {"ecosystem": "Debian:12", "name": "x"},
        "ranges": [{"type": "ECOSYSTEM", "events": given_events}],
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"id": "CVE-2026-1111", "modified": "x", "affected": [part]}))
    [advisory] = OSV.read(path)
    package = Package(ecosystem="Debian:12", name="x", version=str(version), source="x", source_version=str(version))
    assert any(is_affected(package, each) for each in advisory.affected) is evaluate(events, version)


def evaluate(events: list[tuple[str, int]], version: int) -> bool:
    """Is the version affected? At one version a fix comes before a start, a last affected version after it."""
    affected = False
    rank = {"fixed": 0, "introduced": 1, "last_affected": 2}
    for kind, number in sorted(events, key=lambda event: (event[1], rank[event[0]])):
        if kind == "introduced" and version >= number:
            affected = True
        elif (kind == "fixed" and version >= number) or (kind == "last_affected" and version > number):
            affected = False
    return affected
