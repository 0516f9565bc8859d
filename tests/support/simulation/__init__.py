"""Server, agents, network, clocks and disks in one process, all of them moved by one seed.

The agents' loop, words and spool, and the server's agent plane and use cases are the product's own. What surrounds them
is made here and misbehaves: `history.run(seed)` plays one history and raises Broken when a promise was not kept.
"""
