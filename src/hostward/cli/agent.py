"""hostward agent: the agent of this host, and (wheels) what the server hands out to install it.

`hostward agent run` as the service has it does not come by here (hostward/__main__.py): an agent at rest keeps in
memory what was imported.
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from hostward.agent import identity, program
from hostward.agent.config import Config, read, write
from hostward.agent.setup import host, release, wheels
from hostward.agent.status import look
from hostward.cli.place import settings_of
from hostward.domain.errors import HostwardError
from hostward.wiring import wheel_fetch, wheelhouse

CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), default=Path("/etc/hostward"), show_default=True,
    help="The folder of agent.json.",
)  # fmt: skip
TOKEN_VARIABLE = "AGENT_ENROL_TOKEN"
NOT_RUNNING = 3
"""Exit status of `agent status` when none runs (as systemctl status has it)."""


@click.group()
def command() -> None:
    """The agent of this host: enrol, run, upgrade, remove."""


@command.command()
@CONFIG
@click.option("--server", metavar="URL", help="https://HOST:PORT; with it the configuration is written.")
@click.option("--ca", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The server's own CA, PEM.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("/var/lib/hostward-agent"), show_default=True)
@click.option("--proxy", default="", metavar="URL", help="http://HOST:PORT between this host and the server.")
def enroll(config: Path, server: str | None, ca: Path | None, data: Path, proxy: str) -> None:
    """Make this machine known to the server.

    The token is read from the environment (AGENT_ENROL_TOKEN) or from the file token in the data directory, never
    from the command line, which every user of the host can read.
    """
    if server is not None:
        write(config, server=server, data=data, ca=ca.read_bytes() if ca else b"", proxy=proxy)
    setup = _config(config)
    token = os.environ.get(TOKEN_VARIABLE, "") or identity.read_token(setup.data)
    outcome, words = program.enrol(setup, token)
    said = {
        program.Outcome.ENROLLED: f"enrolled as {words}",
        program.Outcome.KNOWN: f"enrolled already: {words}",
        program.Outcome.WAITS: f"not yet: {words}; the agent asks again by itself",
    }
    click.echo(said[outcome], err=True)


@command.command()
@CONFIG
def run(config: Path) -> None:
    """Be the agent, in the foreground, until SIGTERM or Ctrl-C."""
    sys.exit(program.main(str(config)))


@command.command()
@CONFIG
@click.option("-o", "--output", type=click.Choice(("text", "json")), default="text", show_default=True)
def status(config: Path, output: str) -> None:
    """Show whether the agent runs, whose it is, and when the server answered last."""
    setup = _config(config)
    try:
        seen = look(setup.data)
    except OSError as error:
        raise HostwardError(f"{setup.data} can't be read: {error.strerror}; are you root?") from error
    facts = {
        "agent": "running" if seen.is_running else "not running",
        "version": seen.status.version if seen.status else "",
        "server": setup.server,
        "machine": seen.names.quuid if seen.names else "not enrolled" + (", has a token" if seen.has_token else ""),
        "answered": _time(seen.answered),
        "trouble": seen.status.trouble if seen.status else "",
        "spooled": f"{seen.spooled} bytes",
    }
    if output == "json":
        click.echo(json.dumps(facts, indent=2))
    else:
        for name, value in facts.items():
            click.echo(f"{name:<9} {value}" if value else f"{name:<9} -")
    sys.exit(0 if seen.is_running else NOT_RUNNING)


@command.command()
@CONFIG
@click.option("--prefix", type=click.Path(path_type=Path), default=Path("/"), help="Where it was installed below.")
def upgrade(config: Path, prefix: Path) -> None:
    """Bring this agent to the release that its server has; the one before stays as the way back."""
    setup = _config(config)
    ca = setup.ca_file.read_text() if setup.ca_file else ""
    proxy = setup.proxy or os.environ.get("HTTPS_PROXY", "")
    try:
        offer = {**wheels.packages(wheels.opener(ca, proxy), setup.server), "server": setup.server, "ca": ca}
        host.upgrade(offer, release.Paths(prefix), proxy, host.say)
    except (wheels.Failed, OSError) as error:
        raise HostwardError(str(error)) from error


@command.command()
@click.option("--prefix", type=click.Path(path_type=Path), default=Path("/"), help="Where it was installed below.")
@click.confirmation_option("--yes", prompt="Remove the agent, its key and results that were not sent yet?")
def uninstall(prefix: Path) -> None:
    """Remove the agent and all that belongs to it from this host."""
    try:
        host.uninstall(release.Paths(prefix), host.say)
    except (wheels.Failed, OSError) as error:
        raise HostwardError(str(error)) from error


@command.command("wheels")
@click.option("--data", metavar="DIR", help="The server's data directory (default: hostward in your data folder).")
@click.option("--python", "pythons", multiple=True, metavar="3.N", help="Of the hosts; may be repeated.")
@click.option("--arch", "machines", multiple=True, metavar="ARCH", help="x86_64 or aarch64; may be repeated.")
@click.option("--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Take wheels from this folder instead of a package index.")  # fmt: skip
def fill(data: str | None, pythons: tuple[str, ...], machines: tuple[str, ...], folder: Path | None) -> None:
    """On the server: fetch what agents are installed from, for the hosts' Pythons and machines.

    Everything is checked against the hashes that this release was tested with.
    """
    house = settings_of(data).data_dir / wheelhouse.FOLDER
    if folder is not None:
        taken = wheel_fetch.take(folder, house)
        click.echo(f"took {taken} wheels from {folder}")
    else:
        wanted = wheel_fetch.hosts(pythons, machines)
        wheel_fetch.download(house, wanted, click.echo)
    click.echo(
        f"{house} holds {wheel_fetch.size(house) / 1e6:.0f} MB; agents can be installed: hostward machine enroll"
    )


def _config(folder: Path) -> Config:

    return read(folder)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if seconds else "never"
