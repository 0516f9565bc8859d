"""Imports only point down, and what must stay light stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from source_tree import ROOT, SOURCE, imported, modules, name, room, shown, tree

SERVER_ONLY = ("alembic", "argon2", "psycopg", "sqlalchemy", "uvicorn")
"""Libraries that a scanned machine neither needs nor should load."""
ENVIRONMENT = {"PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8"}
SQL_ROOMS = {"store", "wiring"}
ASYNC_ROOMS = {"api", "console", "agentlink", "store", "wiring", "cli", "perf"}
"""The edges that answer requests, those who start them, and the store, whose pools of threads they await."""


def is_declaration(node: ast.AsyncFunctionDef) -> bool:
    """A method of a Protocol: a docstring and `...`."""
    return all(isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) for statement in node.body)


def test_the_layers_hold() -> None:
    """The contracts of pyproject.toml, by import-linter: layers, the agent's closure, the domain's purity."""
    lint = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [p for p in modules() if room(p) == "domain"], ids=name)
def test_the_domain_imports_the_standard_library_and_itself_only(path: Path) -> None:
    """So that its rules can be read, tested and trusted alone."""
    foreign = [
        f"{module} at {shown(path, line)}"
        for module, line in imported(path)
        if not module.startswith("hostward.domain") and module.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert foreign == []


@pytest.mark.parametrize("library", ["alembic", "psycopg", "sqlalchemy"])
def test_sql_stays_in_the_store(library: str) -> None:
    """Elsewhere a statement would escape the contract tests on both databases."""
    users = {room(p) for p in modules() for module, _ in imported(p) if module.partition(".")[0] == library}
    assert users - SQL_ROOMS == set()


def test_only_the_runtime_knows_the_logging_library() -> None:
    """Its import costs 14 MB and 100 ms of CPU: what loads it must be one line that can be changed."""
    users = {name(p) for p in modules() for module, _ in imported(p) if module.partition(".")[0] == "structlog"}
    assert users == {"hostward.runtime.logging"}


def test_async_code_stays_at_the_edges() -> None:
    """Use cases are plain functions in threads: nothing in them can block the event loop."""
    inside = [
        shown(path, node.lineno)
        for path in modules()
        if room(path) not in ASYNC_ROOMS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.AsyncFunctionDef) and not is_declaration(node)
    ]
    assert inside == []


@pytest.mark.parametrize("part", ["agent", "scanners"])
def test_what_runs_on_a_host_loads_no_server_library(part: str) -> None:
    """Every module of it is imported in a fresh interpreter, which is then asked what it has loaded."""
    names = [name(path) for path in modules() if room(path) == part and path.name != "__main__.py"]
    script = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"print(sorted(set(sys.modules) & set({SERVER_ONLY!r})))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=ENVIRONMENT)
    assert names != []
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
