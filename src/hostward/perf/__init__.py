"""Load and faults made on purpose: agents by the thousand that are real in everything but their machines."""
