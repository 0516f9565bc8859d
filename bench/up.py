"""What an idle server costs, and what help costs.

Run: python bench/up.py [--seconds 10]. Starts `hostward up --no-scan` (server, embedded SQLite, agent) in a folder of
its own, lets it rest, and reads its memory and CPU time from /proc. The control is a bare ASGI application in the same
uvicorn, and an interpreter that does nothing. Bars: 120 MB resident, help 150 ms of CPU time. Exits with 1 when one is
missed.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/support"))

from running import up

MEMORY_MB = 120
HELP_MS = 150
ROUNDS = 5
BARE = """
import uvicorn
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"].endswith("shutdown"):
                return
uvicorn.run(app, port=0, log_level="error", loop="uvloop", http="httptools")
"""


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    seconds = parser.parse_args().seconds
    ours, share = idle_server(seconds)
    print(f"idle hostward up       {ours:6.1f} MB resident   {share:5.2f} % of a core   (bar {MEMORY_MB} MB)")
    print(f"bare uvicorn           {bare_server(seconds):6.1f} MB resident")
    help_ms = cpu_ms("-m", "hostward", "--help")
    print(f"hostward --help        {help_ms:6.1f} ms CPU   (bar {HELP_MS} ms)")
    print(f"hostward --version     {cpu_ms('-m', 'hostward', '--version'):6.1f} ms CPU")
    print(f"python -c pass         {cpu_ms('-c', 'pass'):6.1f} ms CPU")
    return int(ours > MEMORY_MB or help_ms > HELP_MS)


def idle_server(seconds: float) -> tuple[float, float]:
    """Resident megabytes, and the share of a core in percent, of a server that rests."""
    with tempfile.TemporaryDirectory() as folder, up(Path(folder) / "data", "--no-scan") as server:
        time.sleep(3)
        before = cpu_seconds(server.process.pid)
        time.sleep(seconds)
        share = (cpu_seconds(server.process.pid) - before) / seconds * 100
        return resident_mb(server.process.pid), share


def bare_server(seconds: float) -> float:
    """Resident megabytes of an application that does nothing."""
    process = subprocess.Popen([sys.executable, "-c", BARE])
    try:
        time.sleep(min(seconds, 2))
        return resident_mb(process.pid)
    finally:
        process.kill()
        process.wait()


def resident_mb(pid: int) -> float:
    """VmRSS."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def cpu_seconds(pid: int) -> float:
    """User and system time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def cpu_ms(*arguments: str) -> float:
    """The least CPU time of some runs, in milliseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best * 1000


if __name__ == "__main__":
    sys.exit(main())
