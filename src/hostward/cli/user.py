"""hostward user: who may do what, on which machines."""

import json
import sys

import click

from hostward.cli.account_table import OUTPUT, called, table
from hostward.cli.place import DATA, settings_of
from hostward.domain.account import Role
from hostward.wiring.console_address import console_url

ROLES = click.Choice([role.value for role in Role])


@click.group()
def command() -> None:
    """Users: who may do what, on which machines.

    Works on a running server too. Roles: administrators do everything, operators scan and handle, auditors read.
    """


@command.command("add")
@click.argument("name")
@click.option("--role", type=ROLES, required=True)
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="See only machines with one of these tags.")
@DATA
def add(name: str, role: str, tags: tuple[str, ...], data: str | None) -> None:
    """Make a user; `hostward key create NAME` gives them a key."""
    called(data, "CreateUser", UserName=name, Role=role, Tags=list(tags))
    click.echo(f"user {name} is {role}{_limit(tags)}")


@command.command("ls")
@OUTPUT
@DATA
def ls(output: str, data: str | None) -> None:
    """List users."""
    users = called(data, "ListUsers")["Users"]
    if output == "json":
        click.echo(json.dumps(users, indent=2))
        return
    rows = [(one["UserName"], one["Role"], _state(one), " ".join(one["Tags"]) or "all machines") for one in users]
    table(("USER", "ROLE", "STATE", "SEES"), rows)


@command.command("role")
@click.argument("name")
@click.argument("role", type=ROLES)
@DATA
def role(name: str, role: str, data: str | None) -> None:
    """Give a user another role."""
    called(data, "SetUserRole", UserName=name, Role=role)
    click.echo(f"user {name} is {role}")


@command.command("tags")
@click.argument("name")
@click.argument("tags", metavar="[KEY=VALUE]...", nargs=-1)
@DATA
def tags(name: str, tags: tuple[str, ...], data: str | None) -> None:
    """Limit a user to machines with one of these tags; none ends the limit."""
    called(data, "SetUserTags", UserName=name, Tags=list(tags))
    click.echo(f"user {name}{_limit(tags) or ' sees all machines'}")


@command.command("passwd")
@click.argument("name")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input: its first line.")
@DATA
def passwd(name: str, from_stdin: bool, data: str | None) -> None:
    """Give a user a password for the console, which ends their sessions."""
    called(data, "SetUserPassword", UserName=name, Password=_password(name, from_stdin=from_stdin))
    click.echo(f"user {name} has a new password; their sessions in the console have ended")


@command.command("link")
@click.argument("name")
@click.option("--url", metavar="URL", help="Where the console is opened, when the settings don't say.")
@DATA
def link(name: str, url: str | None, data: str | None) -> None:
    """Print a link that signs a user in to the console once, within ten minutes."""
    console = _console(url, data)
    made = called(data, "CreateLoginLink", UserName=name)
    click.echo(f"{console}{made['Path']}   (one-time, until {made['ExpireTime']})")
    if not console:
        click.echo("Put the address of the console before it: no setting names it (server.names, listen).", err=True)


@command.command("totp")
@click.argument("name")
@click.option("--off", is_flag=True, required=True, expose_value=False, help="Turn them off.")
@DATA
def totp(name: str, data: str | None) -> None:
    """Turn a user's one-time codes off, when the device that makes them is lost."""
    called(data, "ResetTotp", UserName=name)
    click.echo(f"user {name} signs in with the password alone")


@command.command("disable")
@click.argument("name")
@DATA
def disable(name: str, data: str | None) -> None:
    """Keep a user out."""
    called(data, "DisableUser", UserName=name)
    click.echo(f"user {name} is disabled")


@command.command("enable")
@click.argument("name")
@DATA
def enable(name: str, data: str | None) -> None:
    """Let a disabled user in again."""
    called(data, "EnableUser", UserName=name)
    click.echo(f"user {name} is enabled")


@command.command("lock")
@click.argument("name")
@DATA
def lock(name: str, data: str | None) -> None:
    """Keep a user out for now, whether enabled or not."""
    called(data, "LockUser", UserName=name)
    click.echo(f"user {name} is locked")


@command.command("unlock")
@click.argument("name")
@DATA
def unlock(name: str, data: str | None) -> None:
    """End a user's lock."""
    called(data, "UnlockUser", UserName=name)
    click.echo(f"user {name} is not locked")


def _password(name: str, *, from_stdin: bool) -> str:
    """The new password: asked for twice without showing it, or a line of standard input."""
    if from_stdin:
        return sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask at: pass the password with --stdin")
    password: str = click.prompt(f"New password of {name}", hide_input=True, confirmation_prompt="Again")
    return password


def _console(url: str | None, data: str | None) -> str:
    """Where the console is: as said, else as the settings have it, "" where they don't."""
    if url is None:
        return console_url(settings_of(data))
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter("expected http://HOST[:PORT] or https://HOST[:PORT]", param_hint="--url")
    return url.rstrip("/")


def _state(user: dict[str, object]) -> str:
    state = "enabled" if user["Enabled"] else "disabled"
    return f"{state}, locked" if user["Locked"] else state


def _limit(tags: tuple[str, ...]) -> str:
    return f", limited to machines with {' or '.join(tags)}" if tags else ""
