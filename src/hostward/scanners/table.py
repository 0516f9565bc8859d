"""Every scanner there is. Only the one asked for is imported: a worker starts faster and smaller."""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from hostward.domain.module import Module
from hostward.scanners.contract import Scanner

SCANNERS: Mapping[Module, str] = {
    Module.VUL: "hostward.scanners.vul.scanner",
    Module.MALWARE: "hostward.scanners.malware.scanner",
    Module.BASELINE: "hostward.scanners.baseline.scanner",
}
"""Where each module's SCANNER lies."""


def load(module: Module, table: Mapping[Module, str] = SCANNERS) -> Scanner:
    """The scanner of a module. Raises ImportError when it is not installed."""
    return cast("Scanner", import_module(table[module]).SCANNER)
