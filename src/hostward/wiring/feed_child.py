"""The process that renews and imports feeds for a server: python -m hostward.wiring.feed_child.

What is to be done comes as JSON on standard input, which the server holds open; when it closes, the server is gone and
this process ends too. What comes of it goes out as lines of JSON: {"at": feed} when one begins, then a Line. Memory of
the import goes with the process, and one that is killed has changed nothing.
"""

import json
import os
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.store.open import open_beside
from hostward.wiring.feed_desk import FeedDesk, Place

NICE: Final = 5
"""Agents and people are answered first."""


def main() -> int:
    """Do what standard input asks for."""
    os.nice(NICE)
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    place = asked["place"]
    try:
        with closing(open_beside(Path(place["data_dir"]), place["database_url"])) as store:
            desk = FeedDesk(store, SystemClock(), Place(**{**place, "data_dir": Path(place["data_dir"])}))
            desk.begins = lambda feed: _say({"at": feed})
            for line in desk.lines(asked["what"]):
                _say(dict(line))
    except HostwardError as problem:
        _say({"error": str(problem)})
    return 0


def _end_with(descriptor: int) -> None:
    """End this process when the server's end is closed. Read past Python's buffers, whose lock an exit waits for."""
    while os.read(descriptor, 1):
        continue
    os._exit(1)


def _say(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
