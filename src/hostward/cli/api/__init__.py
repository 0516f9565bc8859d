"""hostward api: call an action of a server, or get a program that does."""
