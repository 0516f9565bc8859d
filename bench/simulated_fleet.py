"""A fleet of simulated agents against `hostward up` on SQLite: what they cost, how soon they are told, what is lost.

Run: python bench/simulated_fleet.py [--agents 2000] [--kills 20] [--idle 60] [--seconds 5]

Four parts on one server: all agents at rest (memory, and the share of a core); a scan and a stop of all (from the call
to the agent's start, and to quiet); a scan during which the server is killed so many times (nothing may be lost or
doubled); and many findings from few agents (findings a second of the server's CPU). Times on the wall hold only on a
machine that does nothing else. Exits with 1 when something was lost, or a bar is missed that is counted in CPU or MB.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOSTWARD = [sys.executable, "-m", "hostward"]
MOST = 5000
MAX_MB, MAX_IDLE = 350.0, 0.05
MIN_FINDINGS = 250_000
INGEST_AGENTS, INGEST_FINDINGS = 20, 20_000
ONE_HOLD = 55.0
"""Seconds: agents at rest ask once in so many. In a shorter time some, or all, would cost nothing."""
TICK = os.sysconf("SC_CLK_TCK")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}


class Server:
    """`hostward up` on a port that stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ready = folder / "ready.json"
        self.listen = "127.0.0.1:0"
        self.process: subprocess.Popen[bytes]

    def start(self) -> "Server":
        command = [*HOSTWARD, "up", "--no-scan", "--data", str(self.folder / "data"), "--listen", self.listen]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--ready-file", str(self.ready)], stdout=log, stderr=log, env=ENVIRONMENT
            )
        while not self._is_ready():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)
        self.listen = json.loads(self.ready.read_text())["endpoint"]
        return self

    def _is_ready(self) -> bool:
        """The file of the server before stays until this one replaces it."""
        return self.ready.exists() and json.loads(self.ready.read_text())["pid"] == self.process.pid

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def token(self, uses: int) -> str:
        command = [*HOSTWARD, "machine", "enroll", "--data", str(self.folder / "data"), "--uses", str(uses)]
        told = subprocess.run([*command, "-o", "json"], capture_output=True, check=True, env=ENVIRONMENT)
        return str(json.loads(told.stdout)["Token"])

    @property
    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @property
    def megabytes(self) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def agents(server: Server, token: str, count: int, *options: str, first: int = 0) -> subprocess.Popen[bytes]:
    command = [*HOSTWARD, "perf", "agents", "--server", f"http://{server.listen}", "--token", token, "--json"]
    command += ["--count", str(count), "--first", str(first), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT)


def figures(process: subprocess.Popen[bytes]) -> dict:
    out, _ = process.communicate()
    return json.loads(out) if out.strip() else {"lost": -1, "doubled": -1, "unfinished": -1, "enrolled": 0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--idle", type=float, default=60.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--ramp", type=float, default=200.0)
    chosen = parser.parse_args()
    if chosen.idle < ONE_HOLD:
        parser.error(f"--idle must be {ONE_HOLD:.0f} or more: agents at rest ask once in so many seconds")
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as name:
        server = Server(Path(name)).start()
        try:
            good = measured(server, chosen)
        finally:
            server.kill()
    print("bars held" if all(good) else "A BAR WAS MISSED", flush=True)
    return 0 if all(good) else 1


def measured(server: Server, chosen: argparse.Namespace) -> list[bool]:
    token = server.token(chosen.agents + INGEST_AGENTS)
    state = ["--state", str(server.folder / "state"), "--ramp", str(chosen.ramp)]
    counts = [min(MOST, chosen.agents - first) for first in range(0, chosen.agents, MOST)]
    good = [at_rest(server, token, counts, state, chosen)]
    good.append(scan_and_stop(server, token, counts, state, chosen))
    if chosen.kills:
        good.append(killed(server, token, counts, state, chosen))
    good.append(ingest(server, token, chosen.agents))
    return good


def at_rest(server: Server, token: str, counts: list[int], state: list[str], chosen: argparse.Namespace) -> bool:
    began, spent = time.monotonic(), server.cpu
    stay = sum(counts) / chosen.ramp + chosen.idle * 3
    crowds = [
        agents(server, token, count, *parts(state, place), "--duration", str(stay), first=place * MOST)
        for place, count in enumerate(counts)
    ]
    enrolled = len(counts) * [0]
    while sum(enrolled) < sum(counts):
        time.sleep(1.0)
        assert all(crowd.poll() is None for crowd in crowds), "the agents ended before all were enrolled"
        enrolled = [lines(server.folder / f"state-{place}" / "agents.jsonl") for place in range(len(counts))]
    wall, spent = time.monotonic() - began, server.cpu - spent
    print(f"{sum(enrolled)} agents enrolled in {wall:.0f} s, {spent:.1f} CPU s of the server", flush=True)
    time.sleep(chosen.idle / 4)
    at, spent = time.monotonic(), server.cpu
    time.sleep(chosen.idle)
    share = (server.cpu - spent) / (time.monotonic() - at)
    print(
        f"at rest: {server.megabytes:.0f} MB (bar {MAX_MB:.0f}), {share:.1%} of a core (bar {MAX_IDLE:.0%})", flush=True
    )
    for crowd in crowds:
        crowd.send_signal(signal.SIGINT)
        crowd.wait()
    return server.megabytes <= MAX_MB and share <= MAX_IDLE


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def parts(state: list[str], place: int) -> list[str]:
    return [state[0], f"{state[1]}-{place}", *state[2:]]


def crowds_of(
    server: Server, token: str, counts: list[int], state: list[str], *options: str, stay: float
) -> list[subprocess.Popen[bytes]]:
    """The last one scans its own machines by the API; those before it are only there."""
    made = []
    for place, count in enumerate(counts):
        is_last = place == len(counts) - 1
        duty = ["--ready-file", str(server.ready), *options] if is_last else ["--duration", str(stay)]
        made.append(agents(server, token, count, *parts(state, place), *duty, first=place * MOST))
    return made


def ended(crowds: list[subprocess.Popen[bytes]]) -> dict:
    told = figures(crowds[-1])
    for crowd in crowds[:-1]:
        crowd.send_signal(signal.SIGINT)
        crowd.wait()
    return told


def scan_and_stop(server: Server, token: str, counts: list[int], state: list[str], chosen: argparse.Namespace) -> bool:
    spent = server.cpu
    options = ["--seconds", str(chosen.seconds), "--duration", "120"]
    told = ended(crowds_of(server, token, counts, state, *options, stay=3600.0))
    started, quiet = told["started"], told["quiet"]
    print(
        f"create to start: p50 {started['p50']:.2f} s (bar 0.5), p99 {started['p99']:.2f} s (bar 2), of {started['of']}"
    )
    print(
        f"stop to quiet: p99 {quiet['p99']:.2f} s (bar 3), longest {quiet['longest']:.2f} s (bar 10), of {quiet['of']}"
    )
    print(f"progress visible after {told['progress_seen']:.2f} s (bar 2); {server.cpu - spent:.1f} CPU s of the server")
    print(
        f"{told['states']}, lost {told['lost']}, doubled {told['doubled']}, unfinished {told['unfinished']}", flush=True
    )
    return not (told["lost"] or told["doubled"] or told["unfinished"])


def killed(server: Server, token: str, counts: list[int], state: list[str], chosen: argparse.Namespace) -> bool:
    """Agents spread their scans over the time in which the server dies again and again."""
    options = ["--seconds", str(chosen.kills * 2.0), "--duration", "900", "--no-stop", "--findings", "200"]
    crowds = crowds_of(server, token, counts, state, *options, stay=3600.0)
    chance, kills = random.Random(7), 0
    time.sleep(sum(counts) / chosen.ramp + 10.0)
    while kills < chosen.kills and crowds[-1].poll() is None:
        time.sleep(chance.uniform(0.2, 3.0))
        server.kill()
        server.start()
        kills += 1
    told = ended(crowds)
    print(f"server killed {kills} times: {told.get('states')}, answers {told.get('answers')}")
    print(f"lost {told['lost']}, doubled {told['doubled']}, unfinished {told['unfinished']}", flush=True)
    return not (told["lost"] or told["doubled"] or told["unfinished"])


def ingest(server: Server, token: str, first: int) -> bool:
    options = ["--findings", str(INGEST_FINDINGS), "--seconds", "4", "--no-stop", "--ready-file", str(server.ready)]
    spent = server.cpu
    told = figures(agents(server, token, INGEST_AGENTS, *options, "--duration", "300", first=first))
    spent = server.cpu - spent
    rate = INGEST_AGENTS * INGEST_FINDINGS / spent
    print(f"{INGEST_AGENTS * INGEST_FINDINGS:,} findings in {spent:.1f} CPU s of the server: {rate:,.0f} a CPU second")
    print(f"{told.get('states')}, lost {told['lost']}, doubled {told['doubled']} (bar {MIN_FINDINGS:,} a CPU second)")
    return rate >= MIN_FINDINGS and not (told["lost"] or told["doubled"])


if __name__ == "__main__":
    sys.exit(main())
