"""The scale."""

import pytest

from hostward.domain.ids import Seq, TaskId, row_id
from hostward.domain.severity import Level, level_of_cvss


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (10.0, Level.CRITICAL),
        (9.0, Level.CRITICAL),
        (8.9, Level.HIGH),
        (7.0, Level.HIGH),
        (6.9, Level.MEDIUM),
        (4.0, Level.MEDIUM),
        (3.9, Level.LOW),
        (0.0, Level.LOW),
    ],
)
def test_cvss_scores_have_levels(score: float, level: Level):
    """The specification's qualitative scale."""
    assert level_of_cvss(score) is level


def test_labels_are_lower_case():
    """As people write them."""
    assert Level.CRITICAL.label == "critical"


def test_row_ids_of_neighbouring_tasks_never_meet():
    """A task holds at most 2**21 machines."""
    assert row_id(TaskId(1), Seq(2**21 - 1)) < row_id(TaskId(2), Seq(0))
