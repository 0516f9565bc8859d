"""The table of scanners."""

import subprocess
import sys

import pytest

from fake_scanners import SCANNER, TABLE
from hostward.domain.module import Module
from hostward.scanners.table import SCANNERS, load


def test_every_module_has_a_scanner() -> None:
    """A job of a module without one could only fail."""
    assert set(SCANNERS) == set(Module)


@pytest.mark.parametrize("module", Module)
def test_a_scanner_is_the_one_of_its_module(module: Module) -> None:
    """Loaded by its name."""
    assert load(module).module is module


def test_another_table_can_be_given() -> None:
    """As tests do."""
    assert load(Module.VUL, TABLE).module is SCANNER.module


def test_a_scanner_that_is_not_installed_is_an_import_error() -> None:
    """The worker dies of it and says so."""
    with pytest.raises(ImportError, match="not_there"):
        load(Module.VUL, {Module.VUL: "hostward.scanners.not_there"})


def test_only_the_scanner_asked_for_is_imported() -> None:
    """The rule engine is not loaded to look at packages."""
    code = (
        "import sys; from hostward.domain.module import Module; from hostward.scanners.table import load; "
        "load(Module.VUL); print('yara_x' in sys.modules)"
    )
    paths = ":".join(path for path in sys.path if path)
    ran = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": paths}, capture_output=True, text=True)
    assert ran.stdout.strip() == "False", ran.stderr
