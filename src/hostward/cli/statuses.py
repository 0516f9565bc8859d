"""Exit statuses: one number for each way a command ends, the same in every command (usage errors are click's 2)."""

from typing import Final

FAILED: Final = 1
"""An error that was told in words."""
FOUND: Final = 3
"""Findings at or above --fail-on."""
NO_ACCESS: Final = 4
"""Whoever calls may not do this."""
NOT_FOUND: Final = 5
"""What was named does not exist."""
INCOMPLETE: Final = 6
"""Not everything could be judged."""
INTERRUPTED: Final = 130
"""Ctrl-C: 128 + SIGINT, as shells have it."""
