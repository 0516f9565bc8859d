"""The verbs of accounts: the first administrator, keys."""
