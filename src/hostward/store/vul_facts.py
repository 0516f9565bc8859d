"""What is known of vulnerabilities over all feeds, in SQL."""

from collections.abc import Sequence

from hostward.domain.ids import VulId
from hostward.store import fact_rows, vul_rows
from hostward.store.known_vuls import Known, best
from hostward.store.session import Session
from hostward.usecases.records import TaskVul


def known(session: Session, numbers: Sequence[VulId]) -> dict[VulId, TaskVul]:
    """What is known of these vulnerabilities; unknown numbers are left out."""
    facts = fact_rows.known(session, numbers)
    remembered = vul_rows.remembered(session, numbers)
    return {which: task_vul(which, name, best(facts.get(which, ()), one)) for which, (name, one) in remembered.items()}


def task_vul(which: VulId, name: str, known: Known) -> TaskVul:
    """What is known of a vulnerability that no machine has."""
    return TaskVul(
        id=which,
        key=name,
        level=known.level,
        level_source=known.level_source,
        cvss=known.cvss,
        vector=known.vector,
        title=known.title,
        description=known.description,
        reference=known.reference,
        published=known.published,
        category=known.category,
        component="",
        fixed="",
        machines=0,
        kev=known.kev,
        epss=known.epss,
    )
