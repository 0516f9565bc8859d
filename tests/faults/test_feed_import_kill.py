"""A feed is imported whole or not at all, at whatever moment its process ends."""

import os
import subprocess
import sys
from pathlib import Path

ROUNDS = 20

IMPORTER = """
import os, random, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path

from hostward.store.open import open_sqlite, read_sqlite
from hostward.usecases.vulnerabilities import import_feed as module
from hostward.usecases.vulnerabilities.import_feed import Parsed, import_feed
from store_samples import advisory, affects

module.CHUNK = 25
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
now = datetime(2026, 12, 1, tzinfo=UTC)


def parsed(digest):
    told = (advisory(f"CVE-{n}", affects(fixed=f"9.{n}"), title=digest) for n in range(400))
    return Parsed(feed="debian", digest=digest, advisories=told, ecosystems=["Debian:12"])


def import_in_a_child(digest, kill_after):
    began = time.monotonic()
    child = os.fork()
    if not child:
        store = open_sqlite(folder)
        import_feed(store, parsed=parsed(digest), now=now)
        store.close()
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return time.monotonic() - began


def seen():
    def look(uow):
        about = uow.advisories.about("Debian:12", ["openssl"])
        vuls = uow.advisories.vuls(list(uow.advisories.vul_ids([one.key for one in about]).values()))
        return uow.advisories.feeds()[0].digest, len(about), sorted({vul.title for vul in vuls})
    return read_sqlite(folder, look)


usual = import_in_a_child("0", None)
chance = random.Random(20)
for number in range(1, rounds + 1):
    import_in_a_child(str(number), chance.random() * usual)
    print(number, *seen(), sep="|", flush=True)
import_in_a_child("last", None)
print("last", *seen(), sep="|", flush=True)
"""


def test_a_kill_during_an_import_leaves_old_or_new_data_whole(tmp_path: Path) -> None:
    """At 20 random points: advisories and what they say of vulnerabilities are all of one edition, never a mix."""
    here = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": f"{here.parent / 'src'}:{here / 'support'}"}
    done = subprocess.run(
        [sys.executable, "-c", IMPORTER, str(tmp_path), str(ROUNDS)],
        capture_output=True, text=True, env=environment, check=True,
    )  # fmt: skip
    lines = [line.split("|") for line in done.stdout.splitlines()]
    assert len(lines) == ROUNDS + 1
    before = "0"
    for number, digest, count, titles in lines:
        assert digest in (before, number)
        assert (count, titles) == ("400", str([digest]))
        before = digest
    assert before == "last"
