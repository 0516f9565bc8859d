"""hostward key: API keys."""

import json
from typing import Any

import click

from hostward.cli.account_table import OUTPUT, called, table
from hostward.cli.place import DATA

NEW = click.option(
    "-o",
    "--output",
    type=click.Choice(("text", "json", "env")),
    default="text",
    show_default=True,
    help="env: lines to be read by a shell.",
)


@click.group()
def command() -> None:
    """API keys: make, change over, take away.

    Works on a running server too. A user has at most two keys; a SecretKey is shown once.
    """


@command.command("create")
@click.argument("user")
@NEW
@DATA
def create(user: str, output: str, data: str | None) -> None:
    """Make a key for a user."""
    _show(called(data, "CreateApiKey", UserName=user), output)


@command.command("ls")
@click.argument("user", default="")
@OUTPUT
@DATA
def ls(user: str, output: str, data: str | None) -> None:
    """List the keys of a user, or all."""
    keys = called(data, "ListApiKeys", UserName=user)["Keys"]
    if output == "json":
        click.echo(json.dumps(keys, indent=2))
        return
    rows = [
        (one["SecretId"], one["UserName"], _state(one), one["CreatedTime"], one["LastUsedTime"] or "never")
        for one in keys
    ]
    table(("SECRETID", "USER", "STATE", "CREATED", "LAST USED"), rows)


@command.command("rotate")
@click.argument("secret_id", metavar="SECRETID")
@click.option("--overlap", default=86_400, show_default=True, help="Seconds that the old key still works (0-604800).")
@NEW
@DATA
def rotate(secret_id: str, overlap: int, output: str, data: str | None) -> None:
    """Make a key in the place of another, which works on for a while."""
    answer = called(data, "RotateApiKey", AccessKeyId=secret_id, OverlapSeconds=overlap)
    _show(answer, output)
    if output == "text":
        click.echo(f"{secret_id} works until {answer['OldExpiredTime']}")


@command.command("disable")
@click.argument("secret_id", metavar="SECRETID")
@DATA
def disable(secret_id: str, data: str | None) -> None:
    """Let a key sign no longer; temporary keys made with it are removed."""
    called(data, "DisableApiKey", AccessKeyId=secret_id)
    click.echo(f"{secret_id} is disabled")


@command.command("enable")
@click.argument("secret_id", metavar="SECRETID")
@DATA
def enable(secret_id: str, data: str | None) -> None:
    """Let a disabled key sign again."""
    called(data, "EnableApiKey", AccessKeyId=secret_id)
    click.echo(f"{secret_id} is enabled")


@command.command("rm")
@click.argument("secret_id", metavar="SECRETID")
@DATA
def rm(secret_id: str, data: str | None) -> None:
    """Remove a key and the temporary ones made with it."""
    called(data, "DeleteApiKey", AccessKeyId=secret_id)
    click.echo(f"{secret_id} is removed")


def _show(key: dict[str, Any], output: str) -> None:
    secret_id, secret_key = key["SecretId"], key["SecretKey"]
    if output == "json":
        click.echo(json.dumps({"UserName": key["UserName"], "SecretId": secret_id, "SecretKey": secret_key}, indent=2))
    elif output == "env":
        click.echo(f"export TENCENTCLOUD_SECRET_ID={secret_id}\nexport TENCENTCLOUD_SECRET_KEY={secret_key}")
    else:
        click.echo(f"user       {key['UserName']}\nSecretId   {secret_id}\nSecretKey  {secret_key}   (shown this once)")


def _state(key: dict[str, Any]) -> str:
    state = "enabled" if key["Enabled"] else "disabled"
    return f"{state} until {key['ExpiredTime']}" if key["ExpiredTime"] else state
