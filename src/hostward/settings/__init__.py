"""Every setting, and how its value is found. Start at table.py."""

from hostward.settings.reading import Described, Settings, described, read
from hostward.settings.table import SETTINGS, Setting
from hostward.settings.values import Address

__all__ = ["SETTINGS", "Address", "Described", "Setting", "Settings", "described", "read"]
