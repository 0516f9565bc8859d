"""CVSS base scores."""

import hashlib
from collections.abc import Iterator
from itertools import islice, product

import pytest

from hostward.domain.cvss import base_score, in_order, level_of
from hostward.domain.errors import InvalidValue
from hostward.domain.severity import Level


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", 9.6),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", 5.9),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 1.6),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:N/I:N/A:N", 0.0),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5),
        ("CVSS:3.0/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 8.8),
        ("CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N", 2.2),
    ],
)
def test_base_scores_are_those_of_the_specifications_equations(vector: str, score: float) -> None:
    """Scores as FIRST's calculator gives them."""
    assert base_score(vector) == score


def test_the_order_of_metrics_makes_no_difference() -> None:
    """The specification recommends an order and does not ask for it."""
    assert base_score("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N") == 9.8


def test_temporal_and_environmental_metrics_are_passed_over() -> None:
    """The base score is the same with and without them."""
    assert base_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C/MAV:L") == 9.8


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/" + "X:Y/" * 1000,
    ],
)
def test_what_is_no_whole_v3_vector_is_refused(vector: str) -> None:
    """Missing, repeated and unknown metrics."""
    with pytest.raises(InvalidValue):
        base_score(vector)


V4 = {
    "AV": "NALP", "AC": "LH", "AT": "NP", "PR": "NLH", "UI": "NPA", "VC": "HLN", "VI": "HLN", "VA": "HLN", "SC": "HLN",
    "SI": "HLN", "SA": "HLN",
}  # fmt: skip
V2 = {"AV": "LAN", "AC": "HML", "Au": "MSN", "C": "NPC", "I": "NPC", "A": "NPC"}


def vectors(prefix: str, metrics: dict[str, str], step: int = 1) -> Iterator[str]:
    """Every one of so many of all vectors there can be."""
    for values in islice(product(*metrics.values()), 0, None, step):
        yield prefix + "/".join(f"{name}:{value}" for name, value in zip(metrics, values, strict=True))


@pytest.mark.parametrize(
    ("found", "count", "expected"),
    [
        (vectors("CVSS:4.0/", V4, 13), 8076, "41f216c6eade8598a110690c513a59d7547bbb546fedcf6a0a1d5f4b0da92f57"),
        (vectors("", V2), 729, "a6e75c14978167252073045ab0080870523d0bcfa26c5653eb59ff432129e6a1"),
    ],
    ids=["version 4", "version 2"],
)
def test_scores_are_those_of_another_implementation(found: Iterator[str], count: int, expected: str) -> None:
    """The digest of what Red Hat's library makes of the same vectors; all 104,976 of version 4 were compared once."""
    scores = [f"{base_score(vector):.1f}" for vector in found]
    assert len(scores) == count
    assert hashlib.sha256(" ".join(scores).encode()).hexdigest() == expected


@pytest.mark.parametrize(
    ("vector", "score", "level"),
    [
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0, Level.CRITICAL),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3, Level.CRITICAL),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:N/SA:N", 2.1, Level.LOW),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0, Level.LOW),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/CR:L/MAV:P", 9.3, Level.CRITICAL),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0, Level.HIGH),
        ("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", 7.5, Level.HIGH),
        ("AV:L/AC:H/Au:N/C:N/I:P/A:N/E:U/RL:OF/RC:C", 1.2, Level.LOW),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5, Level.HIGH),
    ],
)
def test_levels_follow_from_scores_of_every_version(vector: str, score: float, level: Level) -> None:
    """Version 2 knows nothing critical; threat and environmental metrics are passed over."""
    assert (base_score(vector), level_of(score, vector)) == (score, level)


@pytest.mark.parametrize(
    "vector",
    [
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:R/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N",
        "CVSS:4.0/AV:NA/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        "AV:N/AC:L/Au:N/C:P/I:P",
        "AV:N/AC:L/Au:N/C:P/I:P/A:P/A:C",
        "AV:N/AC:L/Au:N/C:P/I:P/A:H",
        "CVSS:5.0/AV:N",
    ],
)
def test_what_is_no_whole_vector_of_versions_two_and_four_is_refused(vector: str) -> None:
    """Missing, repeated and unknown metrics, and a version that nobody knows yet."""
    with pytest.raises(InvalidValue):
        base_score(vector)


def test_version_three_counts_before_four_and_two() -> None:
    """So that scores compare; of one version the first. What is no vector is none of them."""
    given = ["AV:N/2", "CVSS:4.0/b", "CVSS:3.0/c", "high", "CVSS:3.1/d"]
    assert in_order(given) == ["CVSS:3.0/c", "CVSS:3.1/d", "CVSS:4.0/b", "AV:N/2"]
