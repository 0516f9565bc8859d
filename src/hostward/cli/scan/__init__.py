"""hostward scan: judge one machine, or another root file system, in one command and without a server."""
