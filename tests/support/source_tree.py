"""The repository's own files, for tests that read them."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src"
PACKAGE: Final = SOURCE / "hostward"
MADE: Final = frozenset(
    {"__pycache__", "build", "dist", "node_modules", ".git", ".hypothesis", ".import_linter_cache", ".grimp_cache"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache"}
)
"""Folders that tools make; what else begins with .venv is one too."""


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the product, in order."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """The dotted name of a module: hostward.domain.task."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path: Path, line: int | None = None) -> str:
    """Where something is, as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{line}" if line is not None else str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a module imports, anywhere in it, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


def room(path: Path) -> str:
    """The layer a module belongs to: the part after hostward."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def repository_files() -> Iterator[Path]:
    """Every file a person wrote, in order: no environments, caches or built things."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(one for one in folders if one not in MADE and not one.startswith(".venv"))
        yield from (Path(folder, file) for file in sorted(files) if not Path(folder, file).is_symlink())


def texts() -> Iterator[tuple[Path, str]]:
    """Every file that is text, with it."""
    for path in repository_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
