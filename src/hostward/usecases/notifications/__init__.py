"""Telling other systems what happened here. Start at finished.py and found.py."""
