"""One transaction in SQL."""

from sqlalchemy import Connection

from hostward.store.accounts import SqlAccounts
from hostward.store.advisories import SqlAdvisories
from hostward.store.agents import SqlAgents
from hostward.store.audit import SqlAudit
from hostward.store.console_sessions import SqlConsoleSessions
from hostward.store.credentials import SqlCredentials
from hostward.store.enrolments import SqlEnrolments
from hostward.store.fleet import KeptStanding, SqlFleet
from hostward.store.fleet_sets import FleetSets
from hostward.store.ignore_rows import KeptRules
from hostward.store.ignores import SqlIgnores
from hostward.store.limits import SqlLimits
from hostward.store.machines import SqlMachines
from hostward.store.requests import SqlRequests
from hostward.store.results import SqlResults
from hostward.store.retention import SqlRetention
from hostward.store.schedules import SqlSchedules
from hostward.store.sealing import Sealer
from hostward.store.session import Session
from hostward.store.tasks import SqlTasks
from hostward.store.totals import SqlTotals
from hostward.store.vul_events import SqlVulEvents
from hostward.store.webhooks import SqlWebhooks


class SqlUnitOfWork:
    """ports.UnitOfWork on a connection inside a transaction; who opened that also ends it, after finish()."""

    __slots__ = ("_kept", "_rules", "_sealer", "_session", "_sets", "accounts_changed", "tasks")

    def __init__(self, connection: Connection, sealer: Sealer, sets: FleetSets | None = None) -> None:
        # Those of a store are for snapshots alone: what a transaction that writes sees may never have been.
        self._sets = FleetSets() if sets is None else sets
        self._session = Session(connection)
        self._sealer = sealer
        self._kept = KeptStanding(self._session)
        self._rules = KeptRules(self._session)
        self.tasks = SqlTasks(self._session, self._rules)
        """Tasks and units."""
        self.accounts_changed = False
        """Whether users or keys are no longer what they were when the transaction began."""

    @property
    def machines(self) -> SqlMachines:
        """Machines and agents."""
        return SqlMachines(self._session, self._sealer)

    @property
    def agents(self) -> SqlAgents:
        """Keys, processes, quarantine and removal of agents."""
        return SqlAgents(self._session, self._kept)

    @property
    def enrolments(self) -> SqlEnrolments:
        """Who may come in."""
        return SqlEnrolments(self._session)

    @property
    def results(self) -> SqlResults:
        """Findings, inventories, verdicts."""
        return SqlResults(self._session, self._kept)

    @property
    def advisories(self) -> SqlAdvisories:
        """Vulnerability data."""
        return SqlAdvisories(self._session, self._kept)

    @property
    def accounts(self) -> SqlAccounts:
        """Accounts and keys."""
        return SqlAccounts(self._session, self._sealer, self._note_accounts)

    @property
    def credentials(self) -> SqlCredentials:
        """What people sign in with."""
        return SqlCredentials(self._session, self._sealer)

    @property
    def console_sessions(self) -> SqlConsoleSessions:
        """Browsers that are signed in."""
        return SqlConsoleSessions(self._session)

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

    @property
    def fleet(self) -> SqlFleet:
        """All machines of an account, in a few numbers."""
        return SqlFleet(self._session, self._kept)

    @property
    def vul_events(self) -> SqlVulEvents:
        """Vulnerabilities as they are now."""
        return SqlVulEvents(self._session, KeptRules(self._session, holds=False), self._sets)

    @property
    def totals(self) -> SqlTotals:
        """Everything in a few numbers, over all accounts."""
        return SqlTotals(self._session)

    @property
    def retention(self) -> SqlRetention:
        """What is kept no longer than it must."""
        return SqlRetention(self._session, self.results)

    @property
    def webhooks(self) -> SqlWebhooks:
        """Who is told of what happens here."""
        return SqlWebhooks(self._session, self._sealer)

    @property
    def ignores(self) -> SqlIgnores:
        """What was set aside, and by whom."""
        return SqlIgnores(self._session, self._rules, self._kept)

    @property
    def limits(self) -> SqlLimits:
        """How far machines' scans may go."""
        return SqlLimits(self._session)

    @property
    def whole(self) -> "SqlUnitOfWork":
        """Itself: nobody's limits apply."""
        return self

    def _note_accounts(self) -> None:
        self.accounts_changed = True

    def finish(self) -> None:
        """Write what is still gathered."""
        self.tasks.flush()
        self._kept.flush()
