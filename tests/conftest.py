"""What all tests share: their order, what they need, a PostgreSQL, and a last word on what was skipped."""

import itertools
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from capabilities import POSTGRES_URL, official_clients, require
from own_postgres import libpq_url, own_postgres, sqlalchemy_url

ORDER = ("architecture", "unit", "property", "contract", "golden", "fuzz", "integration", "e2e", "faults")
"""Kinds of tests, the fast ones first."""
FOLDER = Path(__file__).parent
MANY_CASES = 50
SEARCH = "HOSTWARD_TEST_SEARCH"
"""Set to 1, property tests try new examples in every run, ten times as many: for a night, not for every change."""
_numbers = itertools.count(1)
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", max_examples=1000, deadline=None, print_blob=True)


def pytest_configure() -> None:
    """Settings of the person who runs the tests are no part of what is tested."""
    for name in [name for name in os.environ if name.startswith("HOSTWARD_") and not name.startswith("HOSTWARD_TEST_")]:
        del os.environ[name]
    # Programs under test are sent Ctrl-C. Started in the background, a run ignores it, and would hand that on to them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A run that changes nothing must end as the one before it: a new example fails the search, not somebody's change.
    settings.load_profile("search" if os.environ.get(SEARCH) == "1" else "steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast kinds run first, whatever the alphabet says."""
    items.sort(key=lambda item: _rank(item.path))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """The same name in every process: bytes that no one can read may hold the time they were made at."""
    return argname if isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable()) else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip or fail what the machine can't run."""
    for mark in item.iter_markers("needs"):
        require(*mark.args)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Name the skipped tests in the last lines, below all else, grouped by reason."""
    yield
    reasons: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "no reason"
        reasons.setdefault(reason, []).append(report.nodeid)
    if reasons:
        terminalreporter.section("not run here, and why")
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"{len(tests)} skipped: {reason}")
        for test in _folded(tests):
            terminalreporter.write_line(f"    {test}")


def _folded(tests: list[str]) -> list[str]:
    """The tests by name; of one with very many cases the name and their number."""
    counts = Counter(test.partition("[")[0] for test in tests)
    many = {name: f"{name} ({count} cases)" for name, count in counts.items() if count > MANY_CASES}
    return list(dict.fromkeys(many.get(test.partition("[")[0], test) for test in tests))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for this run, as a SQLAlchemy URL: the one that is named for tests, else an own one."""
    require("postgres")
    if given := os.environ.get(POSTGRES_URL):
        yield sqlalchemy_url(given)
        return
    with own_postgres() as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """An empty database of the test's own, as a SQLAlchemy URL; it is dropped at the end."""
    name = f"hostward_test_{os.getpid()}_{next(_numbers)}"
    server = libpq_url(postgres_url)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield sqlalchemy_url(_with_database(server, name))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def clients() -> Path:
    """The virtual environment that holds the official Python SDK and tccli (bin/python, bin/tccli)."""
    require("clients")
    folder = official_clients()
    assert folder is not None
    return folder


def _rank(path: Path) -> int:
    kind = path.relative_to(FOLDER).parts[0] if path.is_relative_to(FOLDER) else ""
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _with_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    address, question, options = url.partition("?")
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{name}{question}{options}"
