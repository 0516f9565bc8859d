"""How an agent comes onto a host: a program of the standard library alone, which the server sends before itself."""
