"""A feed is imported whole or not at all, at whatever moment its process ends."""

import os
import subprocess
import sys
from pathlib import Path

ROUNDS = 20

IMPORTER = """
import json, os, random, signal, sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hostward.domain.ids import WebhookId
from hostward.domain.module import Module
from hostward.domain.vul_event import EventStatus
from hostward.store.open import open_sqlite, read_sqlite
from hostward.usecases.vul_event_ports import VulQuery
from hostward.usecases.vulnerabilities import import_feed as module
from hostward.usecases.vulnerabilities.import_feed import Parsed, import_feed
from store_samples import NOW, account, advisory, affects, fleet, package
from vul_samples import scan
from webhook_samples import webhook

module.CHUNK = 25
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
publish = module._publish
NAMES = ("openssl", "curl", "never-heard-of")
COUNT = 300


def has(number, edition):
    return (number + edition) % 3 > 0


def parsed(edition):
    told = (
        advisory(f"CVE-{n}", affects(NAMES[n % 2], fixed=f"9.{n}"), title=str(edition))
        for n in range(COUNT) if has(n, edition)
    )
    return Parsed(feed="debian", digest=str(edition), advisories=told, ecosystems=["Debian:12"])


def import_in_a_child(edition, kill_after, *, publishing):
    reading, writing = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if not child:
        os.close(reading)

        def told_first(*args, **named):
            os.write(writing, b"p")
            publish(*args, **named)

        if publishing:
            module._publish = told_first
        store = open_sqlite(folder)
        import_feed(store, parsed=parsed(edition), now=NOW + timedelta(hours=1 + edition))
        store.close()
        os._exit(0)
    os.close(writing)
    if publishing and kill_after is not None:
        os.read(reading, 1)
    began = began if kill_after is not None else time.monotonic()
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    return time.monotonic() - began


def populated():
    store = open_sqlite(folder)
    owner = account(store)
    store.write_now(lambda uow: uow.webhooks.add(webhook(account=owner)))
    for number, machine in enumerate(fleet(store, owner, 6)):
        names = NAMES if number % 2 else NAMES[:1]
        scan(store, machine.id, number + 1, NOW, *(package(name, "99" if number == 5 else "1") for name in names))
    store.close()
    return owner


def look(uow):
    about = [one for name in NAMES for one in uow.advisories.about("Debian:12", [name])]
    numbers = uow.advisories.numbers([one.key for one in about])
    vuls = {vul.id: vul for vul in uow.advisories.vuls(list(numbers.values()))}
    (feed,) = uow.advisories.feeds()
    edition = int(feed.digest)
    assert len(about) == sum(has(n, edition) for n in range(COUNT))
    assert {vul.title for vul in vuls.values()} == {feed.digest}
    risks = 0
    for place, listed in enumerate(uow.machines.page(owner, (), limit=99, offset=0).rows):
        named = NAMES[:2] if place % 2 else NAMES[:1]
        expected = {f"CVE-{n}" for n in range(COUNT) if has(n, edition) and NAMES[n % 2] in named and place != 5}
        rows = uow.vul_events.of_machine(
            owner, listed.machine.id, VulQuery(status=EventStatus.PRESENT), limit=9999, offset=0
        ).rows
        assert {vuls[event.vul].key for event in rows} == expected, (place, edition)
        assert {each.said_by.split()[0] for event in rows for each in event.packages} <= {"debian"}
        assert listed.risks[Module.VUL] == len(expected), (place, listed.risks, len(expected))
        risks += len(expected)
    assert sum(uow.fleet.standing(owner).modules[Module.VUL].levels.values()) == risks
    _, messages = uow.webhooks.deliveries(WebhookId(1), limit=999, offset=0)
    return edition, [json.loads(each.body) for each in messages[::-1]]


def brought(before, after):
    return sum(has(n, after) and not has(n, before) for n in range(COUNT))


owner = populated()
usual = import_in_a_child(0, None, publishing=False)
publishing = max(import_in_a_child(n, None, publishing=True) for n in (1, 2))
chance = random.Random(20)
before, told = 2, len(read_sqlite(folder, look)[1])
counts = [0, 0]
for number in range(3, 3 + 2 * rounds):
    in_publish = number % 2 == 0
    import_in_a_child(number, chance.random() * (publishing * 0.3 if in_publish else usual), publishing=in_publish)
    edition, messages = read_sqlite(folder, look)
    assert edition in (before, number)
    new = messages[told:]
    changed = edition != before and brought(before, edition)
    assert [message["count"] for message in new] == ([brought(before, edition)] if changed else []), number
    counts[edition == number] += 1
    before, told = edition, len(messages)
import_in_a_child(9, None, publishing=False)
assert read_sqlite(folder, look)[0] == 9
print(*counts)
"""


def test_a_kill_during_an_import_leaves_old_or_new_data_whole(tmp_path: Path) -> None:
    """At 20 random points of the import, and 20 of the moment at which its data begins to count.

    Advisories, what they say of vulnerabilities, what machines have, their risks, the fleet's sums, and the message
    that tells of it are all of one edition, never a mix; no message is lost and none told twice.
    """
    here = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": f"{here.parent / 'src'}:{here / 'support'}"}
    done = subprocess.run(
        [sys.executable, "-c", IMPORTER, str(tmp_path), str(ROUNDS)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    old, new = map(int, done.stdout.split())
    assert (old + new, old > 0, new > 0) == (2 * ROUNDS, True, True)
