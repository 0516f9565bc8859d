"""Every official client, in every way it can sign, asks the same questions of one server."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from api_bench import SECRET, SECRET_ID
from api_server import ApiServer
from capabilities import client_folder, require
from client_cases import CASES, WAYS, Case, Way

SCRIPTS = Path(__file__).parent / "scripts"
PATIENCE = 240
Seen = dict[tuple[str, str], dict]


def _seen(client: str, server: ApiServer, home: Path) -> Seen:
    """What a client's process saw, by way and case; the SDK must have nothing to complain of."""
    folder = client_folder(client)
    assert folder is not None
    if client.startswith("node"):
        command = ["node", str(SCRIPTS / "node_calls.js"), str(folder)]
    else:
        command = [str(folder / "bin/python"), str(SCRIPTS / "python_calls.py")]
    setup = {
        "endpoint": server.endpoint, "secret_id": SECRET_ID, "secret": SECRET,
        "ways": [way.plain() for way in WAYS[client]], "cases": [case.plain() for case in CASES],
    }  # fmt: skip
    plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        command, input=json.dumps(setup), capture_output=True, text=True, timeout=PATIENCE, cwd=home,
        env=plain | {"HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "useless" not in done.stdout + done.stderr  # how the Python SDK tells of members it doesn't know
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {(line["way"], line["case"]): line for line in lines}


_seen_by: dict[str, Seen | Exception] = {}


@pytest.fixture
def seen(way: Way, busy_server: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What the client of this way saw; its process runs once, for all of its ways and cases, whatever comes of it."""
    require(*(("node", "node-clients") if way.client.startswith("node") else ("clients",)))
    if way.client not in _seen_by:
        try:
            _seen_by[way.client] = _seen(way.client, busy_server, tmp_path_factory.mktemp(way.client))
        except (AssertionError, ValueError, subprocess.TimeoutExpired) as error:
            _seen_by[way.client] = error
    seen = _seen_by[way.client]
    if isinstance(seen, Exception):
        raise seen
    return seen


MATRIX = [(way, case) for ways in WAYS.values() for way in ways for case in CASES if way.kind in case.kinds]


@pytest.mark.parametrize(("way", "case"), MATRIX, ids=[f"{way.name}-{case.name}" for way, case in MATRIX])
def test_a_client_gets_what_it_asked_for(way: Way, case: Case, seen: Seen):
    """Answers as data, refusals as the SDK's own exceptions with code and RequestId."""
    case.check(seen[way.name, case.name], way)
