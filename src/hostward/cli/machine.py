"""hostward machine: enrol machines, list them, let them in, remove them."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import click

from hostward.agent.wire import is_loopback
from hostward.cli.account_table import OUTPUT, called, table
from hostward.cli.place import DATA

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
PAGE = 100


@click.group()
def command() -> None:
    """Machines: enrol, list, let in, remove.

    Works on a running server too.
    """


@command.command()
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="A tag that each machine gets.")
@click.option("--uses", default=1, show_default=True, help="How many machines it is for.")
@click.option("--ttl", default="24h", show_default=True, help="How long it is good: 30m, 24h, 7d.")
@click.option("--approve", is_flag=True, help="Each machine waits until you let it in (hostward machine approve).")
@click.option("--image", is_flag=True, help="For golden images: copies of the machine enrol anew by themselves.")
@click.option("--server", default="", metavar="HOST[:PORT]", help="How the machines reach this server.")
@OUTPUT
@DATA
def enroll(  # noqa: PLR0917  # click calls it by names
    labels: tuple[str, ...], uses: int, ttl: str, approve: bool, image: bool, server: str, output: str, data: str | None
) -> None:
    """Print the line to paste on a machine: it installs the agent and enrols it."""
    answer = called(
        data, "CreateEnrolmentToken", Tags=list(labels), Uses=uses, LifeSeconds=_seconds(ttl), Approve=approve,
        Image=image, Server=server,
    )  # fmt: skip
    if output == "json":
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo(answer["Command"])
    for warning in _warnings(answer):
        click.echo(warning, err=True)


@command.command()
@OUTPUT
@DATA
def ls(output: str, data: str | None) -> None:
    """List the machines."""
    machines = _all(data)
    if output == "json":
        click.echo(json.dumps(machines, indent=2))
        return
    rows = [
        (one["Quuid"], one["HostName"], one["HostIp"], _state(one), one["AgentVersion"], ",".join(one["Tags"]))
        for one in machines
    ]
    table(("QUUID", "HOST", "ADDRESS", "STATE", "AGENT", "TAGS"), rows)


@command.command()
@click.argument("machine")
@OUTPUT
@DATA
def show(machine: str, output: str, data: str | None) -> None:
    """Show one machine. MACHINE is its quuid, the beginning of it, or its host name."""
    found = _found(data, machine)
    if output == "json":
        click.echo(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        click.echo(f"{name:<16} {shown}")
    holds = called(data, "ListScanLimits", Quuid=found["Quuid"])["Effective"][0]
    click.echo(f"{'ScanLimits':<16} {', '.join(f'{name} {value}' for name, value in holds.items() if value)}")


@command.command()
@click.argument("machine", default="")
@click.option("--tag", default="", metavar="TAG", help="Of all machines with this tag.")
@click.option("--all", "everything", is_flag=True, help="Of all machines of the account.")
@click.option("--cpu", type=click.IntRange(0, 100), help="Percent of the processors that a scan may use.")
@click.option("--memory", type=click.IntRange(0), metavar="MIB", help="MiB that a scan may hold in memory.")
@click.option(
    "--io", type=click.IntRange(0), metavar="MIB", help="MiB that a scan may move to and from disks a second."
)
@click.option("--window", metavar="HH:MM-HH:MM", help="The hours of the day in which scans may run.")
@click.option("--clear", is_flag=True, help="Remove the limits first; those given are set anew.")
@OUTPUT
@DATA
def limits(  # noqa: PLR0917  # click calls it by names
    machine: str, tag: str, everything: bool, cpu: int | None, memory: int | None, io: int | None, window: str | None,
    clear: bool, output: str, data: str | None,
) -> None:  # fmt: skip
    """Show how far scans may go, or set it: of MACHINE, of a tag, or of all machines.

    The most specific limit wins: a machine's, then its tags', then the account's, then the server's settings. 0 and ""
    set none.
    """
    if sum(map(bool, (machine, tag, everything))) > 1:
        raise click.UsageError("name a machine, a --tag or --all: one of them")
    whom = {"Quuid": _found(data, machine)["Quuid"]} if machine else {"Tag": tag} if tag else {}
    given = {"CpuPercent": cpu, "MemoryMib": memory, "IoMib": io, "Window": window}
    wanted = {name: value for name, value in given.items() if value is not None}
    if wanted or clear:
        if not (whom or everything):
            raise click.UsageError("name a machine, a --tag or --all: whose limits are these?")
        before = {} if clear else _limits_of(data, whom)
        called(data, "SetScanLimits", **whom, **{**before, **wanted})
    show_limits(data, whom if machine else {}, output)


@command.command()
@click.argument("machine")
@DATA
def rm(machine: str, data: str | None) -> None:
    """Remove a machine; its agent is refused from now on, what past scans found stays."""
    found = _found(data, machine)
    called(data, "RemoveMachine", Quuid=found["Quuid"])
    click.echo(f"{found['HostName']} ({found['Quuid']}) is removed")


@command.command()
@OUTPUT
@DATA
def waiting(output: str, data: str | None) -> None:
    """List the machines that wait to be let in."""
    machines = called(data, "ListWaitingMachines")["Machines"]
    if output == "json":
        click.echo(json.dumps(machines, indent=2))
        return
    rows = [
        (one["WaitingId"], one["HostName"], one["HostIp"], one["OsName"], one["SinceTime"], one["TokenId"])
        for one in machines
    ]
    table(("ID", "HOST", "ADDRESS", "SYSTEM", "SINCE", "TOKEN"), rows)


@command.command()
@click.argument("waiting_id", metavar="ID")
@DATA
def approve(waiting_id: str, data: str | None) -> None:
    """Let a machine in that waits."""
    click.echo(f"enrolled as {called(data, 'ApproveMachine', WaitingId=waiting_id)['Quuid']}")


@command.command()
@click.argument("waiting_id", metavar="ID")
@DATA
def reject(waiting_id: str, data: str | None) -> None:
    """Send a machine away that waits."""
    called(data, "RejectMachine", WaitingId=waiting_id)
    click.echo(f"{waiting_id} is sent away; to keep it away revoke its token too")


@command.command()
@click.argument("machine")
@DATA
def release(machine: str, data: str | None) -> None:
    """Let a machine in again that was kept out because two used its key."""
    found = _found(data, machine)
    called(data, "ReleaseMachine", Quuid=found["Quuid"])
    click.echo(f"{found['HostName']} ({found['Quuid']}) is let in again")


@command.command()
@OUTPUT
@DATA
def tokens(output: str, data: str | None) -> None:
    """List the enrolment tokens; the words themselves are kept nowhere."""
    found = called(data, "ListEnrolmentTokens")["Tokens"]
    if output == "json":
        click.echo(json.dumps(found, indent=2))
        return
    rows = [
        (one["TokenId"], one["Status"], f"{one['UsesLeft']}/{one['Uses']}", one["ExpireTime"], one["CreatedBy"],
         ",".join(one["Tags"]))
        for one in found
    ]  # fmt: skip
    table(("ID", "STATE", "LEFT", "UNTIL", "BY", "TAGS"), rows)


@command.command()
@click.argument("token_id", metavar="ID")
@DATA
def revoke(token_id: str, data: str | None) -> None:
    """Let nobody in by a token any more; machines that came by it stay."""
    called(data, "RevokeEnrolmentToken", TokenId=token_id)
    click.echo(f"{token_id} is revoked")


def show_limits(data: str | None, whom: dict[str, str], output: str) -> None:
    """All limits, or those that concern one machine and what they come to."""
    answer = called(data, "ListScanLimits", **whom)
    if output == "json":
        click.echo(json.dumps(answer, indent=2))
        return
    named = [(one["Tag"] or one["HostName"] or "all machines", one["Scope"], one) for one in answer["Limits"]]
    named += [("holds", "", one) for one in answer["Effective"]]
    rows = [
        (name, scope, *(str(one[each] or "-") for each in ("CpuPercent", "MemoryMib", "IoMib", "Window")))
        for name, scope, one in named
    ]
    table(("OF", "SCOPE", "CPU %", "MEMORY MIB", "DISK MIB/S", "HOURS"), rows)


def _limits_of(data: str | None, whom: dict[str, str]) -> dict[str, Any]:
    """What is set for exactly these, to be changed in part."""
    for one in called(data, "ListScanLimits")["Limits"]:
        if (one["Quuid"], one["Tag"]) == (whom.get("Quuid", ""), whom.get("Tag", "")):
            return {name: one[name] for name in ("CpuPercent", "MemoryMib", "IoMib", "Window")}
    return {}


def _warnings(answer: dict[str, Any]) -> list[str]:
    said = []
    if answer["Missing"]:
        said.append(
            f"note: the server has no packages of {', '.join(answer['Missing'])} yet: run hostward agent wheels first"
        )
    address = re.search(r"https?://[^ ']+", answer["Command"])
    if address and is_loopback(urlsplit(address[0]).hostname or ""):
        said.append(
            "note: only this machine reaches the server at that address: let it listen on another one with TLS "
            "(hostward tls init --name NAME; hostward up --listen 0.0.0.0:8420), or name one with --server"
        )
    return said


def _all(data: str | None) -> list[dict[str, Any]]:
    machines: list[dict[str, Any]] = []
    while True:
        answer = called(data, "ListMachines", Limit=PAGE, Offset=len(machines))
        machines += answer["Machines"]
        if not answer["Machines"] or len(machines) >= answer["TotalCount"]:
            return machines


def _found(data: str | None, words: str) -> dict[str, Any]:
    exact = called(data, "ListMachines", Quuids=[words], Limit=1)["Machines"]
    if exact:
        return dict(exact[0])
    fit = [one for one in _all(data) if one["HostName"] == words or one["Quuid"].startswith(words)]
    if len(fit) != 1:
        names = ", ".join(one["Quuid"] for one in fit[:5])
        raise click.UsageError(f"{words} is {f'more than one machine: {names}' if fit else 'no machine'}")
    return fit[0]


def _state(machine: dict[str, Any]) -> str:
    if machine["QuarantinedTime"]:
        return "quarantined"
    return "too old" if machine["AgentTooOld"] else machine["Status"].lower()


def _seconds(ttl: str) -> int:
    found = re.fullmatch(r"(\d{1,6})([smhd])", ttl)
    if not found:
        raise click.UsageError(f"--ttl {ttl}: write a number and s, m, h or d, such as 24h")
    return int(timedelta(**{UNITS[found[2]]: int(found[1])}).total_seconds())
