"""Matching by byte keys against the same rule in words."""

from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.cvss import base_score
from hostward.domain.matching import is_affected, match
from hostward.domain.package import Package
from hostward.domain.severity import Level, level_of_cvss

NUMBER = st.integers(min_value=0, max_value=12)
METRICS = {"AV": "NALP", "AC": "LH", "PR": "NLH", "UI": "NR", "S": "UC", "C": "HLN", "I": "HLN", "A": "HLN"}


@st.composite
def vectors(draw: st.DrawFn) -> str:
    """A whole CVSS v3.1 base vector."""
    return "CVSS:3.1/" + "/".join(f"{name}:{draw(st.sampled_from(values))}" for name, values in METRICS.items())


def package(version: int) -> Package:
    """A package whose versions are plain numbers, so that the oracle needs no version order."""
    text = f"{version}-1"
    return Package(ecosystem="Debian:12", name="x", version=text, source="x", source_version=text)


@given(NUMBER, NUMBER, NUMBER)
def test_half_open_ranges(version: int, introduced: int, fixed: int) -> None:
    """As numbers have it: introduced <= v < fixed."""
    affected = Affected(ecosystem="Debian:12", name="x", introduced=f"{introduced}-1", fixed=f"{fixed}-1")
    assert is_affected(package(version), affected) is (introduced <= version < fixed)


@given(NUMBER, NUMBER, NUMBER)
def test_closed_ranges(version: int, introduced: int, last: int) -> None:
    """As numbers have it: introduced <= v <= last."""
    affected = Affected(ecosystem="Debian:12", name="x", introduced=f"{introduced}-1", last=f"{last}-1")
    assert is_affected(package(version), affected) is (introduced <= version <= last)


@given(NUMBER, st.lists(st.tuples(NUMBER, NUMBER), max_size=5))
def test_an_advisory_matches_exactly_when_one_of_its_ranges_does(version: int, ranges: list[tuple[int, int]]) -> None:
    """Never more than one match an advisory, and none without a range that holds."""
    affected = tuple(Affected(ecosystem="Debian:12", name="x", introduced=f"{a}-1", fixed=f"{b}-1") for a, b in ranges)
    advisory = Advisory(feed="f", id="CVE-2026-1", key="CVE-2026-1", affected=affected)
    assert len(match(package(version), [advisory])) == any(a <= version < b for a, b in ranges)


@given(st.sampled_from(["", "~rc1", "+deb12u1", "-0.1"]), NUMBER)
def test_a_fixed_version_is_never_affected_by_its_own_fix(suffix: str, version: int) -> None:
    """Installing the fixed version ends the finding, however it is spelled."""
    text = f"{version}{suffix}"
    installed = Package(ecosystem="Debian:12", name="x", version=text, source="x", source_version=text)
    assert not is_affected(installed, Affected(ecosystem="Debian:12", name="x", fixed=text))


@given(vectors())
def test_scores_stay_on_the_scale_with_one_decimal(vector: str) -> None:
    """Every base vector has a score of 0.0 to 10.0 in tenths, and a level."""
    score = base_score(vector)
    assert 0.0 <= score <= 10.0
    assert round(score, 1) == score
    assert level_of_cvss(score) in Level


@given(vectors(), st.sampled_from(["C", "I", "A"]))
def test_more_impact_never_scores_less(vector: str, metric: str) -> None:
    """Raising one impact metric to high can't lower the score."""
    parts = [f"{metric}:H" if part.startswith(f"{metric}:") else part for part in vector.split("/")]
    assert base_score("/".join(parts)) >= base_score(vector)
