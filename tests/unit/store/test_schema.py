"""The tables, and the steps that make them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Text, create_engine, inspect, text

from hostward.domain.host_scan import UnitState
from hostward.domain.machine_filter import Text as MachineText
from hostward.store import counted_pages, counters, migrate, pages, retention, unit_queries
from hostward.store.engine import sqlite_engine
from hostward.store.migrations.versions import v0001_first
from hostward.store.session import AtOnce, Prepared
from hostward.store.tables import NUMBER, SHARED, WORDS, metadata, task_machine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgres"))])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A new database brought up to date."""
    if request.param == "sqlite":
        engine = sqlite_engine(tmp_path / "new.db", writes=True, connections=1)
    else:
        engine = create_engine(request.getfixturevalue("postgres_database"))
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def test_the_steps_make_the_tables_that_the_program_uses(migrated: Engine) -> None:
    """Tables, columns, types, NULLs, unique constraints and indexes."""
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_keys_are_as_the_program_has_them(migrated: Engine) -> None:
    """Columns of primary keys in their order, which the comparison above does not look at."""
    found = {name: inspect(migrated).get_pk_constraint(name)["constrained_columns"] for name in metadata.tables}
    expected = {name: [column.name for column in table.primary_key] for name, table in metadata.tables.items()}
    assert found == expected


def test_every_counter_begins_at_zero(migrated: Engine) -> None:
    """All that the program takes numbers from are there."""
    with migrated.connect() as connection:
        rows = connection.execute(text("SELECT name, value FROM counter ORDER BY name")).all()
    assert [tuple(row) for row in rows] == [(name, 0) for name in counters.NAMES]


def test_a_database_that_is_up_to_date_stays_as_it_is(migrated: Engine) -> None:
    """Upgrading twice does nothing the second time."""
    migrate.upgrade(migrated)
    with migrated.connect() as connection:
        assert migrate.current(connection) == migrate.HEAD


def test_the_head_is_the_last_step() -> None:
    """The constant that saves a look at Alembic is kept in step with the folder."""
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert (scripts.get_current_head(), v0001_first.down_revision) == (migrate.HEAD, None)


def test_sqlite_keeps_rows_in_their_keys(tmp_path: Path) -> None:
    """Tables without a number for a key have no row id of their own, tables with one have it for a row id."""
    engine = sqlite_engine(tmp_path / "new.db", writes=True, connections=1)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        made = {row.name: row.sql for row in rows}
    engine.dispose()
    without = {name for name, sql in made.items() if name in metadata.tables and "WITHOUT ROWID" in sql}
    options = {name: table.dialect_options["sqlite"] for name, table in metadata.tables.items()}
    assert without == {name for name, each in options.items() if not each["with_rowid"]}
    assert ("task_machine" in without, "machine" in without) == (True, False)


@pytest.mark.needs("postgres")
def test_postgresql_leaves_room_beside_rows_that_change(postgres_database: str) -> None:
    """The fill factor of each table is the one that the program names."""
    engine = create_engine(postgres_database)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        query = "SELECT relname, reloptions[1] AS fill FROM pg_class WHERE reloptions IS NOT NULL AND relkind = 'r'"
        found = {row.relname: row.fill for row in connection.execute(text(query))}
    engine.dispose()
    options = {name: table.dialect_options["postgresql"]["with"] for name, table in metadata.tables.items()}
    assert found == {name: f"fillfactor={each['fillfactor']}" for name, each in options.items() if each}
    assert found["task_machine"] == "fillfactor=70"


def test_every_table_names_its_account_or_is_the_same_for_all() -> None:
    """An account's data can be told from the first schema on."""
    without = {table for table in metadata.tables.values() if "account_id" not in table.c}
    assert without == SHARED


def test_tables_that_grow_with_the_fleet_are_keyed_by_task_or_machine() -> None:
    """One PostgreSQL can become many: rows of one task or machine lie together."""
    grow = ("task", "task_machine", "task_block", "task_vul", "unit_vul", "machine", "machine_text", "machine_package")
    first = {name: next(iter(metadata.tables[name].primary_key)).name for name in grow}
    assert set(first.values()) == {"task_id", "machine_id"}


def test_there_are_no_foreign_keys() -> None:
    """They could not be kept over shards."""
    assert [table.name for table in metadata.tables.values() if table.foreign_keys] == []


def test_types_are_those_that_both_drivers_give_back_alike() -> None:
    """No booleans, times or JSON: what is written to one database is read from the other."""
    kinds = {type(column.type).__name__ for table in metadata.tables.values() for column in table.c}
    assert kinds == {type(NUMBER).__name__, type(WORDS).__name__, "LargeBinary", "Float"}
    assert isinstance(WORDS, Text)


def test_partial_indexes_name_the_numbers_of_states() -> None:
    """Four is Ok, the first final state: changing the numbers would need new indexes."""
    wheres = {str(index.dialect_options["sqlite"]["where"]) for index in task_machine.indexes}
    assert (wheres, UnitState.OK.value) == ({"state < 4", "state <> 4"}, 4)


BY_STATE = "task_machine_state (task_id=? AND state=?"
BY_KEY = "PRIMARY KEY (task_id=? AND seq>? AND seq<?"


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (unit_queries._OPEN_OF_MACHINE, "task_machine_open (machine_id=?"),
        (unit_queries._OPEN_OF_TASK, BY_STATE),
        (unit_queries._DUE, "task_machine_due (due<?"),
        (
            counted_pages._far_apart(frozenset({"stop"})),
            f"{BY_STATE} AND seq>? AND seq<?",
        ),
        (counted_pages._close_together(frozenset({"ok"})), BY_KEY),
        (pages._UNFILTERED, BY_KEY),
        (retention._LEFT, "lease_task_id (task_id=?"),
        (retention._FOUND, "lease USING INTEGER PRIMARY KEY (rowid>? AND rowid<?"),
        (retention._UNITS[1], "PRIMARY KEY (task_id=? AND seq<?"),
        (pages._ONE, "task_machine_task_id_machine_id_unique|sqlite_autoindex_task_machine_2"),
        (pages._CALLED[MachineText.UUID], "machine_text_uuid (uuid=?"),
        (pages._CALLED[MachineText.QUUID], "machine_text_quuid (quuid=?"),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else "",
)
def test_sqlite_finds_few_rows_among_many_by_an_index(tmp_path: Path, statement: Prepared | AtOnce, index: str) -> None:
    """What the planner of an empty database says it will do, it does in a large one too: there are no statistics."""
    engine = sqlite_engine(tmp_path / "new.db", writes=True, connections=1)
    migrate.upgrade(engine)
    compiled = statement.on(engine.dialect)
    with engine.connect() as connection:
        values = [1] * compiled.text.count("?")
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.text}", tuple(values))]
    engine.dispose()
    assert any(each in step for step in plan for each in index.split("|")), plan


def test_a_first_database_gets_the_risks_of_its_current_results(tmp_path: Path) -> None:
    """From the row of the task they came with, if that is still of the same lease; else none are known."""
    engine = sqlite_engine(tmp_path / "old.db", writes=True, connections=1)
    with engine.begin() as connection:
        _steps(connection, 1, 1)
        for lease, seq in ((7, 0), (8, 1)):
            _row(connection, "lease", lease_id=lease, task_id=1, seq=seq)
            _row(connection, "current_result", machine_id=lease, module="Vul", lease_id=lease)
        _row(connection, "task_machine", task_id=1, seq=0, machine_id=7, lease_id=7, risk_num=12)
        _row(connection, "task_machine", task_id=1, seq=1, machine_id=8, lease_id=9, risk_num=5)
        _steps(connection, 2, 2)
        rows = connection.execute(text("SELECT machine_id, risks FROM current_result ORDER BY machine_id")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(7, 12), (8, 0)]


def test_feeds_of_an_older_database_go_on_as_their_editions(tmp_path: Path) -> None:
    """Every advisory and what it affects is still there, each under the edition of the feed that brought it."""
    engine = sqlite_engine(tmp_path / "old.db", writes=True, connections=1)
    with engine.begin() as connection:
        _steps(connection, 1, 11)
        for feed, name in (("debian", "openssl"), ("osv:PyPI", "django")):
            _row(connection, "feed", name=feed, advisories=1)
            _row(connection, "advisory", feed=feed, advisory_id=f"A-{name}", vul_id=7, level=3)
            _row(connection, "affected", feed=feed, ecosystem=feed, name=name, advisory_id=f"A-{name}", fixed="2")
        _steps(connection, 12, 12)
        found = connection.execute(
            text(
                "SELECT feed.name, advisory.advisory_id, advisory.level, affected.name, affected.fixed FROM feed"
                " JOIN advisory ON advisory.edition = feed.edition JOIN affected ON affected.edition = feed.edition"
                " AND affected.advisory_id = advisory.advisory_id ORDER BY feed.name"
            )
        ).all()
        counter = connection.execute(text("SELECT value FROM counter WHERE name = 'edition'")).scalar_one()
    engine.dispose()
    assert [tuple(row) for row in found] == [
        ("debian", "A-openssl", 3, "openssl", "2"), ("osv:PyPI", "A-django", 3, "django", "2")
    ]  # fmt: skip
    assert counter == 2


def test_tasks_at_work_in_an_older_database_are_counted_anew(tmp_path: Path) -> None:
    """Who waits offline, and when those that hold a lease began; nothing of tasks that are over."""
    engine = sqlite_engine(tmp_path / "old.db", writes=True, connections=1)
    with engine.begin() as connection:
        _steps(connection, 1, 13)
        _row(connection, "task", task_id=1, pending=2, running=2)
        _row(connection, "task", task_id=2, ok=1)
        units = [(1, 0, 0, "waiting_offline", 0), (1, 1, 0, "waiting", 0), (1, 2, 2, "", 70_000), (1, 3, 2, "", 30_000)]
        for task, seq, state, note, begin in [*units, (2, 0, 4, "", 90_000)]:
            _row(connection, "task_machine", task_id=task, seq=seq, machine_id=seq + task * 10, state=state,
                 note_code=note, begin_at=begin)  # fmt: skip
        _steps(connection, 14, 14)
        rows = connection.execute(text("SELECT task_id, absent, begun FROM task ORDER BY task_id")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(1, 1, 10), (2, 0, 0)]


def test_an_older_database_keeps_its_findings(tmp_path: Path) -> None:
    """Spans are built from its inventories and advisories: since the present results came; an idle kernel has none."""
    engine = sqlite_engine(tmp_path / "old.db", writes=True, connections=1)
    with engine.begin() as connection:
        _steps(connection, 1, 14)
        for number in (16, 18, 19, 20):
            _steps(connection, number, number)
        _row(connection, "feed", name="debian", edition=3)
        for vul, name, advisory, aliases in ((1, "DSA-1", "DSA-1", '["CVE-2"]'), (2, "CVE-2", "", "")):
            _row(connection, "vul", vul_id=vul, name=name)
            if advisory:
                _row(connection, "advisory", edition=3, advisory_id=advisory, vul_id=vul, aliases=aliases)
        for source in ("openssl", "linux"):
            _row(connection, "affected", ecosystem="Debian:12", name=source, edition=3, advisory_id="DSA-1",
                 place=len(source), from_key=b"", to_key=b"5", fixed="5", status="fixed")  # fmt: skip
        packages = (("openssl", "openssl", b"1"), ("linux-image-6.1", "linux", b"1"), ("openssl", "openssl", b"7"))
        for number, (name, source, key) in enumerate(packages):
            _row(connection, "package_version", package_id=number, ecosystem="Debian:12", name=name, source=source,
                 version=str(number), version_key=key)  # fmt: skip
            _row(connection, "machine_package", machine_id=4, lease_id=9, place=number, package_id=number, path=b"")
        _row(connection, "current_result", machine_id=4, module="Vul", lease_id=9, at=77, account_id=6)
        _row(connection, "host_evidence", machine_id=4, lease_id=9, ecosystem="Debian:12", source="openssl",
             cve="CVE-2", fixed="6")  # fmt: skip
        _steps(connection, 21, 21)
        matches = connection.execute(text("SELECT package_id, vul_id, feed, since, until FROM package_match")).all()
        spans = connection.execute(text("SELECT machine_id, package_id, since, until, account_id FROM installed")).all()
        said = connection.execute(text("SELECT machine_id, package_id, vul_id, said_by FROM evident")).all()
    engine.dispose()
    assert sorted(map(tuple, matches)) == [(0, 2, "debian", 0, None), (1, 2, "debian", 0, None)]
    assert [tuple(row) for row in spans] == [(4, 0, 77, None, 6)]
    assert [tuple(row) for row in said] == [
        (4, 0, 2, "changelog of openssl 6"), (4, 2, 2, "changelog of openssl 6")
    ]  # fmt: skip


def _steps(connection: Connection, first: int, last: int) -> None:
    """Take these steps, and no other."""
    scripts = ScriptDirectory(str(Path(v0001_first.__file__).parent.parent))
    for number in range(first, last + 1):
        with Operations.context(MigrationContext.configure(connection, opts={"as_sql": False})):
            scripts.get_revision(f"{number:04}").module.upgrade()


def _row(connection: Connection, table: str, /, **values: object) -> None:
    """A row of the schema there is; columns that are not named are 0 or empty."""
    columns = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
    row = {each[1]: values.get(each[1], "" if each[2] == "TEXT" else 0) for each in columns}
    marks = ", ".join("?" * len(row))
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
