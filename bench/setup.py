"""From a fresh clone to the sign-in page, with pip, nothing in any cache, and no Node on the machine.

Run: python bench/setup.py [--caches]

Clones this checkout's HEAD into a folder of its own, installs, and starts `hostward up` until the page answers. Prints
the parts in seconds on the wall (they wait for the network and the disk too) and in CPU time. --caches: pip's and npm's
caches may be used. Exits with 1 above 90 s.
"""

import argparse
import http.client
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BAR_SECONDS = 90
ROOT = Path(__file__).parents[1]


def main() -> int:
    """Measure and print; 1 above the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--caches", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-setup-") as folder:
        clone = Path(folder) / "hostward"
        env = {name: value for name, value in os.environ.items() if not name.startswith("HOSTWARD_")}
        env["HOSTWARD_FORCE_NODE_WHEEL"] = "1"
        if not chosen.caches:
            env |= {"PIP_NO_CACHE_DIR": "1", "npm_config_cache": str(Path(folder) / "npm")}
        run = {"cwd": clone, "env": env, "check": True, "stdout": subprocess.DEVNULL}
        total = 0.0
        with part("clone") as spent:
            subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, clone], check=True)
        total += spent()
        with part("install: environment, packages, console") as spent:
            subprocess.run(["make", "install"], **run)
        total += spent()
        with part("start: database, first administrator, page") as spent:
            server_env = {name: value for name, value in env.items() if not name.startswith("HOSTWARD_")}
            started(clone, server_env)
        total += spent()
        print(f"{'fresh clone to the sign-in page':<46}{total:>8.1f} s   <= {BAR_SECONDS} s   {verdict(total)}")
        with part("of the installation: building the console"):
            (clone / "src/hostward/console/static/.stamp").unlink()
            subprocess.run([clone / ".venv/bin/python", "hatch_build.py"], **run)
    return int(total > BAR_SECONDS)


def verdict(total: float) -> str:
    return "MET" if total <= BAR_SECONDS else "MISSED"


@contextmanager
def part(name: str) -> Iterator:
    """Prints how long the block takes; gives a function that says it afterwards."""
    began, before = time.monotonic(), _cpu()
    seconds: list[float] = []
    yield lambda: seconds[0]
    seconds.append(time.monotonic() - began)
    print(f"{name:<46}{seconds[0]:>8.1f} s   {_cpu() - before:>6.1f} s CPU", flush=True)


def started(clone: Path, env: dict[str, str]) -> None:
    """Start it as make run does, and return once the sign-in page is there."""
    ready = clone.parent / "ready.json"
    command = [
        clone / ".venv/bin/hostward",
        "up",
        "--no-scan",
        "--data",
        clone.parent / "data",
        "--listen",
        "127.0.0.1:0",
    ]
    process = subprocess.Popen([*command, "--ready-file", ready], env=env, stdout=subprocess.DEVNULL)
    try:
        while not ready.exists():
            if process.poll() is not None:
                sys.exit(f"hostward up ended with {process.returncode}")
            time.sleep(0.02)
        connection = http.client.HTTPConnection(json.loads(ready.read_text())["endpoint"], timeout=30)
        connection.request("GET", "/login")
        answer = connection.getresponse()
        page = answer.read()
        if answer.status != 200 or b"/assets/" not in page:
            sys.exit(f"the sign-in page is not there: {answer.status}")
        connection.close()
    finally:
        process.terminate()
        process.wait(30)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
