"""How many files this process may have open: each waiting agent is one."""

import resource
import sys


def allow_more() -> int:
    """Raise the soft limit to the hard one; returns what holds now."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError):
        # Above what the kernel grants one process (fs.nr_open): the limit stays as it was.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard
