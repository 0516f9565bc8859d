"""hostward request: what a RequestId was."""

import json
import sys
from datetime import timedelta

import click

from hostward.api.request_log import WRITE_SECONDS
from hostward.cli.account_table import OUTPUT
from hostward.cli.place import DATA, settings_of
from hostward.usecases.accounts.requests import Found, find
from hostward.wiring.local_calls import look

UNKNOWN = 1


@click.command()
@click.argument("request_id", metavar="REQUESTID")
@OUTPUT
@DATA
def command(request_id: str, output: str, data: str | None) -> None:
    """Show what a RequestId was: when, who, which action, how it ended, how long it took.

    Known are the newest 100,000 requests of each account, and every one that changed something.
    """
    found = look(settings_of(data), lambda uow: find(uow, request_id=request_id, account=None))
    if found is None:
        click.echo(
            f"no request {request_id} is known: it is too old, of the last {WRITE_SECONDS:.0f} seconds, or of another "
            "server",
            err=True,
        )
        sys.exit(UNKNOWN)
    facts = _facts(found)
    if output == "json":
        click.echo(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        click.echo(f"{name:<10}  {value}")


def _facts(found: Found) -> dict[str, str]:
    took = "" if found.took is None else f"{found.took / timedelta(milliseconds=1):.2f} ms"
    facts = {
        "RequestId": found.request_id,
        "time": found.at.strftime("%Y-%m-%d %H:%M:%S.%f UTC"),
        "user": found.user or "nobody was recognised",
        "key": found.secret_id,
        "source": found.source,
        "action": f"{found.service} {found.action}".strip(),
        "outcome": found.code or "answered",
        "took": took,
    }
    for entry in found.entries:
        facts[f"audit {entry.number}"] = f"{entry.deed.outcome or 'done'} {entry.deed.target} {entry.deed.parameters}"
    return {name: value for name, value in facts.items() if value}
