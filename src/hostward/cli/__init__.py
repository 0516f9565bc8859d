"""The command line: one module a command, loaded when it is called."""

import sys
from importlib import import_module

import click

from hostward import __version__
from hostward.cli.statuses import FAILED, INTERRUPTED
from hostward.domain.errors import HostwardError

COMMANDS = {
    "up": ("hostward.cli.up", "Start a server with an agent for this machine, and scan it."),
    "scan": ("hostward.cli.scan.command", "Scan this machine, or another root, without a server."),
    "tls": ("hostward.cli.tls", "Make a CA of this server's own, and show its certificates."),
    "machine": ("hostward.cli.machine", "Machines: enrol, list, let in, remove."),
    "agent": ("hostward.cli.agent", "The agent of this host: enrol, run, upgrade, remove."),
    "feed": ("hostward.cli.feed", "Import vulnerability data."),
    "vuln": ("hostward.cli.vuln.command", "Vulnerabilities of the machines: list, explain, what to upgrade."),
    "ignore": ("hostward.cli.ignore", "Set vulnerabilities aside, list what is, and end it."),
    "vex": ("hostward.cli.vex", "Import OpenVEX documents: what they call not affected is set aside."),
    "user": ("hostward.cli.user", "Users: who may do what, on which machines."),
    "key": ("hostward.cli.key", "API keys: make, change over, take away."),
    "db": ("hostward.cli.db", "Back up everything that is kept, and restore it."),
    "audit": ("hostward.cli.audit", "Who changed what, and whether the log is whole."),
    "api": ("hostward.cli.api.command", "Call an action of a server, or get a program that does."),
    "perf": ("hostward.cli.perf", "Load on purpose: simulated agents against a server."),
    "request": ("hostward.cli.request", "What a RequestId was."),
}
"""Every command: where it lives and what it does. Help is printed from here, so that it imports nothing else."""


class Commands(click.Group):
    """The table above as a click group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the table's order."""
        return list(COMMANDS)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. Click would make status 1 of a Ctrl-C that the command itself does not catch."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.stderr.write("stopped\n")
            ctx.exit(INTERRUPTED)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that was called; None for a name that is not in the table."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="hostward %(version)s")
def hostward() -> None:
    """Scan hosts for malware, vulnerabilities and bad configuration, and answer Tencent Cloud's CWP scan API."""


def run() -> None:
    """Run a command; what went wrong on purpose is one line on stderr and exit status 1."""
    try:
        hostward(prog_name="hostward")
    except HostwardError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(FAILED)
