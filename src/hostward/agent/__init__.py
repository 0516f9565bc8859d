"""The host's side: a state machine without I/O (loop), and what carries out what it decides (driver)."""
