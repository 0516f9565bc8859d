"""An agent comes onto a host, or goes from it. The standard library alone (see this package).

The server sends this package inside its install script, before anything of Hostward is on the host; `hostward agent
upgrade` and `uninstall` call it as it is.
"""

import argparse
import json
import os
import platform
import pwd
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from hostward.agent.setup.release import SERVICE, USER, Paths, Say, install_release, link, ran, write
from hostward.agent.setup.unit import unit
from hostward.agent.setup.wheels import Failed, Offer, opener

OLDEST = (3, 11)
SYSTEMD = Path("/run/systemd/system")
"""There while systemd is the init. Source: sd_booted(3)."""


def install(offer: Offer, paths: Paths, options: argparse.Namespace, say: Say) -> None:
    """The whole of an installation, or what is missing of one. Raises Failed."""
    if options.service and not SYSTEMD.is_dir():
        raise Failed(
            "this host does not run systemd: give --no-service (... | sudo sh -s -- --no-service), and start the "
            f"agent by your own means: {paths.program} agent run"
        )
    paths.opt.mkdir(mode=0o755, parents=True, exist_ok=True)
    install_release(offer, paths, opener(offer["ca"], options.proxy), say)
    user = _made_user(paths) if options.service else ""
    _configure(offer, paths, options, user)
    if paths.is_host and not os.path.lexists(paths.command):
        link(paths.program, paths.command)
    ran([str(paths.program), "agent", "enroll", "--config", str(paths.etc)], user=user)
    if options.service:
        write(paths.unit, unit(paths))
        ran(["systemctl", "daemon-reload"])
        ran(["systemctl", "enable", "--quiet", SERVICE])
        ran(["systemctl", "restart", SERVICE])
        say(f"the agent runs as {SERVICE}; its log: journalctl -u {SERVICE}")
    else:
        start = shlex.join([str(paths.program), "agent", "run", "--config", str(paths.etc)])
        say(f"start the agent with: {start}")


def upgrade(offer: Offer, paths: Paths, proxy: str, say: Say) -> None:
    """Bring the agent to the server's release; the one before stays as the way back. Raises Failed."""
    if not install_release(offer, paths, opener(offer["ca"], proxy), say):
        say(f"this is {offer['version']} already, as the server has it")
        return
    say(f"upgraded to {offer['version']}")
    if paths.is_host and paths.unit.exists():
        write(paths.unit, unit(paths))
        ran(["systemctl", "daemon-reload"])
        ran(["systemctl", "restart", SERVICE])
    else:
        say("now start the agent again")


def uninstall(paths: Paths, say: Say) -> None:
    """Remove everything that install() made; what is not there is no matter. Raises Failed."""
    user = _recorded_user(paths)
    _stop_service(paths)
    if paths.command.is_symlink() and paths.command.readlink() == paths.program:
        paths.command.unlink()
    for folder in (paths.opt, paths.data):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("agent.json", "ca.pem"):
        (paths.etc / name).unlink(missing_ok=True)
    if paths.etc.is_dir() and not any(paths.etc.iterdir()):
        paths.etc.rmdir()
    if user:
        ran(["userdel", user], may_fail=True)
    left = [str(path) for path in (paths.opt, paths.data, paths.unit) if os.path.lexists(path)]
    if left:
        raise Failed(f"could not be removed: {', '.join(left)}")
    say("the agent is gone from this host; remove the machine on the server too: hostward machine rm")


def _stop_service(paths: Paths) -> None:
    if not paths.unit.exists():
        return
    has_systemd = paths.is_host and shutil.which("systemctl") is not None
    if has_systemd:
        ran(["systemctl", "disable", "--now", "--quiet", SERVICE], may_fail=True)
    paths.unit.unlink()
    if has_systemd:
        ran(["systemctl", "daemon-reload"], may_fail=True)


def _made_user(paths: Paths) -> str:
    """The user that the service runs as."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        shell = shutil.which("nologin") or "/bin/false"
        home = ["--no-create-home", "--home-dir", str(paths.data), "--shell", shell]
        ran(["useradd", "--system", "--user-group", *home, USER])
        write(paths.record, json.dumps({"user": USER}))
    return USER


def _recorded_user(paths: Paths) -> str:
    """The user, if it was made by an installation."""
    try:
        return USER if json.loads(paths.record.read_text()).get("user") == USER else ""
    except (OSError, ValueError, AttributeError):
        return ""


def _configure(offer: Offer, paths: Paths, options: argparse.Namespace, user: str) -> None:
    owner = None
    paths.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        known = pwd.getpwnam(user)
        owner = (known.pw_uid, known.pw_gid)
        os.chown(paths.data, *owner, follow_symlinks=False)
    if offer["ca"]:
        write(paths.etc / "ca.pem", offer["ca"])
    else:
        (paths.etc / "ca.pem").unlink(missing_ok=True)
    settings = {"server": offer["server"], "data": str(paths.data), "proxy": options.proxy}
    of_group = None if owner is None else (0, owner[1])
    write(paths.etc / "agent.json", json.dumps(settings, indent=2) + "\n", 0o640, of_group)
    write(paths.data / "token", offer["token"], 0o600, owner)


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """The options of the script."""
    parser = argparse.ArgumentParser(prog="install.sh", description="Install the Hostward agent, or remove it.")
    parser.add_argument("--uninstall", action="store_true", help="remove the agent and all that belongs to it")
    parser.add_argument("--no-service", dest="service", action="store_false", help="no systemd unit, no user")
    parser.add_argument("--prefix", type=Path, default=Path("/"), help="a folder to install below; no service then")
    parser.add_argument("--proxy", default="", help="http://HOST:PORT between this host and the server")
    options = parser.parse_args(words)
    options.proxy = options.proxy or os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or ""
    options.service = options.service and Paths(options.prefix).is_host
    return options


def main(offer: Offer, words: Sequence[str]) -> int:
    """What the script does; returns the exit status."""
    options = parsed(words)
    paths = Paths(options.prefix)
    try:
        if sys.version_info < OLDEST:
            raise Failed(f"Python 3.11 or newer is needed, this is {platform.python_version()}")
        if paths.is_host and os.geteuid() != 0:
            raise Failed("this must be run as root: ... | sudo sh")
        if options.uninstall:
            uninstall(paths, say)
        else:
            install(offer, paths, options, say)
    except (Failed, OSError) as error:
        sys.stderr.write(f"hostward: {error}\n")
        return 1
    return 0


def say(text: str) -> None:
    """What people should read."""
    sys.stderr.write(f"hostward: {text}\n")
