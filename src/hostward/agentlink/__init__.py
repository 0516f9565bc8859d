"""The server's side of the agents: who speaks (auth), who waits (hub), and the four requests (endpoints)."""
