"""One transaction in SQL."""

from sqlalchemy import Connection

from hostward.store.accounts import SqlAccounts
from hostward.store.advisories import SqlAdvisories
from hostward.store.audit import SqlAudit
from hostward.store.machines import SqlMachines
from hostward.store.requests import SqlRequests
from hostward.store.results import SqlResults
from hostward.store.schedules import SqlSchedules
from hostward.store.sealing import Sealer
from hostward.store.session import Session
from hostward.store.tasks import SqlTasks


class SqlUnitOfWork:
    """ports.UnitOfWork on a connection inside a transaction; who opened that also ends it, after finish()."""

    __slots__ = ("_sealer", "_session", "tasks")

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._session = Session(connection)
        self._sealer = sealer
        self.tasks = SqlTasks(self._session)
        """Tasks and units."""

    @property
    def machines(self) -> SqlMachines:
        """Machines and agents."""
        return SqlMachines(self._session, self._sealer)

    @property
    def results(self) -> SqlResults:
        """Findings, inventories, verdicts."""
        return SqlResults(self._session)

    @property
    def advisories(self) -> SqlAdvisories:
        """Vulnerability data."""
        return SqlAdvisories(self._session)

    @property
    def accounts(self) -> SqlAccounts:
        """Accounts and keys."""
        return SqlAccounts(self._session, self._sealer)

    @property
    def schedules(self) -> SqlSchedules:
        """Schedules."""
        return SqlSchedules(self._session)

    @property
    def audit(self) -> SqlAudit:
        """Who changed what."""
        return SqlAudit(self._session)

    @property
    def requests(self) -> SqlRequests:
        """The newest requests."""
        return SqlRequests(self._session)

    def finish(self) -> None:
        """Write what is still gathered."""
        self.tasks.flush()
