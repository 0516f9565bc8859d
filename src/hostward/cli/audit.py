"""hostward audit: who changed what, and whether the log is whole."""

import json
import re
import sys
from collections.abc import Sequence
from typing import Final

import click

from hostward.cli.account_table import OUTPUT, table
from hostward.cli.place import DATA, settings_of
from hostward.domain.audit import AuditEntry, Checked, Head, checked
from hostward.domain.ids import AccountId
from hostward.usecases.ports import UnitOfWork
from hostward.wiring.local_calls import look

BROKEN = 1
MOST = 100_000
_HEADS: Final[tuple[str, ...]] = ("#", "TIME (UTC)", "USER", "SOURCE", "ACTION", "TARGET", "OUTCOME", "REQUESTID")


@click.group()
def command() -> None:
    """Who changed what, and whether the log is whole. Reads beside a running server."""


@command.command("list")
@click.option("-n", "--newest", default=50, show_default=True, type=click.IntRange(1, MOST), help="How many entries.")
@click.option("--account", type=int, default=0, help="Show this account's entries only.")
@OUTPUT
@DATA
def list_(newest: int, account: int, output: str, data: str | None) -> None:
    """Show the newest entries of all accounts, the last one first."""
    accounts, entries = look(settings_of(data), lambda uow: _newest(uow, account, newest))
    if output == "json":
        click.echo(json.dumps([_plain(entry) for entry in entries], indent=2))
        return
    heads: Sequence[str] = _HEADS
    rows = list(map(_row, entries))
    if accounts > 1:  # each has a chain of its own: a number alone would not say which entry is meant
        heads = ("ACCOUNT", *heads)
        rows = [(str(entry.deed.account), *row) for entry, row in zip(entries, rows, strict=True)]
    table(heads, rows)


@command.command("verify")
@click.option("--head", metavar="NUMBER:HASH", help="A head printed before: the log must still hold it.")
@click.option("--account", type=int, default=0, help="Look at this account's chain only.")
@DATA
def verify(head: str | None, account: int, data: str | None) -> None:
    """Walk the chain of hashes: 0 when it is whole, 1 when an entry was changed or is gone.

    Keep the head that it prints somewhere else: with --head it proves that nothing was cut off the end.
    """
    known = None if head is None else _head(head)
    chains = look(settings_of(data), lambda uow: _checked(uow, account, known))
    if known is not None and len(chains) > 1:
        raise click.UsageError("there are several accounts: name one with --account")
    for which, found in chains:
        said = f"broken after {found.entries} whole entries: {found.problem}" if found.problem else "whole"
        click.echo(
            f"account {which}: {found.entries} entries, {said}" if not found.problem else f"account {which}: {said}"
        )
        click.echo(f"head {found.head.number}:{found.head.digest}")
    sys.exit(BROKEN if any(found.problem for _, found in chains) else 0)


def _newest(uow: UnitOfWork, account: int, limit: int) -> tuple[int, list[AuditEntry]]:
    """Of how many accounts entries were asked for, and the newest of them."""
    accounts = _accounts(uow, account)
    found = [entry for which in accounts for entry in uow.audit.newest(which, limit=limit, offset=0)[1]]
    found.sort(key=lambda entry: (entry.deed.at, entry.deed.account, entry.number), reverse=True)
    return len(accounts), found[:limit]


def _checked(uow: UnitOfWork, account: int, known: Head | None) -> list[tuple[int, Checked]]:
    return [
        (which, checked(uow.audit.entries(which), uow.audit.head(which), known=known))
        for which in _accounts(uow, account)
    ]


def _accounts(uow: UnitOfWork, account: int) -> Sequence[AccountId]:
    """The account that was named, else every one."""
    return [AccountId(account)] if account else uow.accounts.all()


def _head(text: str) -> Head:
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text)
    if found is None:
        raise click.BadParameter("a head is NUMBER:HASH, as verify prints it", param_hint="--head")
    return Head(number=int(found[1]), digest=found[2])


def _row(entry: AuditEntry) -> tuple[str, ...]:
    deed = entry.deed
    at = deed.at.strftime("%Y-%m-%d %H:%M:%S")
    outcome = deed.outcome or "done"
    return str(entry.number), at, deed.user_name, deed.source, deed.action, deed.target, outcome, deed.request_id


def _plain(entry: AuditEntry) -> dict[str, object]:
    deed = entry.deed
    return {
        "account": deed.account,
        "number": entry.number,
        "time": deed.at.isoformat(),
        "user": deed.user_name,
        "secret_id": deed.secret_id,
        "source": deed.source,
        "service": deed.service,
        "action": deed.action,
        "request_id": deed.request_id,
        "target": deed.target,
        "parameters": json.loads(deed.parameters),
        "outcome": deed.outcome,
        "previous": entry.previous,
        "digest": entry.digest,
    }
