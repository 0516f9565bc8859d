"""The three things a host can be scanned for."""

from enum import StrEnum


class Module(StrEnum):
    """A scan module; the values are the API's ModuleType, letter for letter."""

    MALWARE = "Malware"
    VUL = "Vul"
    BASELINE = "Baseline"
