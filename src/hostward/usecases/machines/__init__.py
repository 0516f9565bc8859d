"""The verbs of a machine: enrol, open a session."""
