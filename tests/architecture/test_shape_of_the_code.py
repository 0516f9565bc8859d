"""Rules about the code that no linter here knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from source_tree import PACKAGE, ROOT, modules, name, room, shown, tree

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 80
MAX_LAZY_IMPORTS = 10
VAGUE = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
IO_CALLS = {
    "connect", "create_engine", "getaddrinfo", "getenv", "listdir", "mkdir", "open", "popen", "read_bytes",
    "read_text", "run", "scandir", "socket", "system", "urlopen", "walk", "write_bytes", "write_text",
}  # fmt: skip
IMPURE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic", "uuid.uuid4",
    "uuid4", "open", "os.environ",
}  # fmt: skip
IMPURE_MODULES = {"asyncio", "os", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess", "threading"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a module."""
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: everything that is not the body of a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.Lambda) or _is_main_guard(child):
            continue
        yield child
        yield from outside_functions(child)


def dotted(node: ast.AST) -> str:
    """The written name of a called thing: "datetime.now"; "" for what has none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


def _is_main_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and dotted(node.test.left) == "__name__"


def test_files_stay_readable() -> None:
    """A file over 400 lines holds more than one thing."""
    long = {shown(p): n for p in modules() if (n := len(p.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES}
    assert long == {}


def test_functions_stay_readable() -> None:
    """A function over 80 lines can't be seen at once."""
    long = [
        f"{node.name} at {shown(path, node.lineno)}"
        for path in modules()
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_a_module_says_in_its_name_what_it_holds() -> None:
    """A vague name gathers whatever nobody placed."""
    assert [shown(path) for path in modules() if VAGUE & set(re.split(r"[_.]", path.stem))] == []


@pytest.mark.parametrize("path", modules(), ids=name)
def test_importing_a_module_does_no_io(path: Path) -> None:
    """No file, process, socket or environment is touched before somebody asks for it."""
    found = [
        f"{dotted(node.func)} at {shown(path, node.lineno)}"
        for node in outside_functions(tree(path))
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in IO_CALLS
    ]
    assert found == []


@pytest.mark.parametrize("path", [p for p in modules() if room(p) == "domain"], ids=name)
def test_the_domain_asks_neither_clock_nor_chance_nor_system(path: Path) -> None:
    """Its answers follow from its arguments alone."""
    found = [
        f"{dotted(node)} at {shown(path, node.lineno)}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name | ast.Attribute) and dotted(node) in IMPURE
    ]
    found += [
        f"import {alias.name} at {shown(path, node.lineno)}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] in IMPURE_MODULES
    ]
    assert found == []


def test_only_the_clock_tells_the_time() -> None:
    """A time taken elsewhere can't be moved by a test, nor by the simulation."""
    clock = PACKAGE / "runtime" / "clock.py"
    wall = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
    found = [
        f"{dotted(node)} at {shown(path, node.lineno)}"
        for path in modules()
        if path != clock
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and dotted(node) in wall
    ]
    assert found == []


def test_imports_inside_functions_are_few() -> None:
    """Each hides an edge from the reader; they are for what is costly and rarely needed."""
    lazy = [
        shown(path, node.lineno)
        for path in modules()
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert len(lazy) <= MAX_LAZY_IMPORTS, lazy


def test_no_broad_error_is_swallowed() -> None:
    """An `except Exception` that does nothing turns a defect into a riddle."""
    found = [
        shown(path, node.lineno)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or dotted(node.type) in {"Exception", "BaseException"})
        and all(isinstance(statement, ast.Pass | ast.Continue) for statement in node.body)
    ]
    assert found == []


@pytest.mark.parametrize("mark", ["type: ignore", "noqa"])
def test_every_exemption_names_its_rule_and_its_reason(mark: str) -> None:
    """The next reader can tell whether it still holds."""
    form = {
        "type: ignore": r"type: ignore\[[a-z-, ]+\]\s+[#-]\s*\S",
        "noqa": r"noqa: [A-Z]+\d+(, [A-Z]+\d+)*\s+[#-]\s*\S",
    }
    bare = [
        shown(path, number)
        for path in (*modules(), *sorted((ROOT / "tests").rglob("*.py")))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(rf"#\s*{mark}", line) and not re.search(form[mark], line)
    ]
    assert bare == []


def test_names_of_test_files_are_given_once() -> None:
    """Reports name a file without its folder."""
    names = [path.name for path in sorted((ROOT / "tests").rglob("test_*.py"))]
    assert sorted({one for one in names if names.count(one) > 1}) == []
