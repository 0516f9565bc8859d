"""The commands: list, show, machines, why, upgrades."""

import json
import sys

import click

from hostward.cli.account_table import called
from hostward.cli.lists import COLOR, FORMAT, NO_HEADER, say, write
from hostward.cli.place import DATA
from hostward.cli.statuses import FOUND
from hostward.cli.vuln.columns import MACHINES, UPGRADES, VULNERABILITIES
from hostward.cli.vuln.look import Answer, event, machine, pages, told, vulnerability
from hostward.cli.vuln.prose import explained, facts, over_machines
from hostward.domain.severity import Level

LEVELS = {level.label: level.value for level in sorted(Level, reverse=True)}
SORTS = {
    "level": "Level", "cvss": "Cvss", "epss": "Epss", "machines": "Machines", "first-seen": "FirstSeen",
    "last-seen": "LastSeen",
}  # fmt: skip
STATUS = click.option(
    "--status", type=click.Choice(("present", "fixed", "all")), default="present", show_default=True,
    help="Those that are there, those that were, or both.",
)  # fmt: skip
TEXT_OR_JSON = click.option("-o", "--output", type=click.Choice(("text", "json")), default="text", show_default=True)
LIMIT = click.option("--limit", type=click.IntRange(1), help="At most so many rows; all without it.")


@click.group()
def command() -> None:
    """Vulnerabilities that the machines have now: list them, explain them, see what to upgrade.

    Between scans too: an import of advisories changes them at once. Works on a running server too. Exit: 0 done,
    1 an error, 3 findings at or above --fail-on, 4 not allowed, 5 what was named does not exist.
    """


@command.command("ls")
@click.option("--level", "levels", metavar="LEVEL[,LEVEL]", default="", help="critical, high, medium, low.")
@click.option("--kev", is_flag=True, help="Only what is known to be exploited.")
@click.option("--fixable", is_flag=True, help="Only what has a fixed version.")
@click.option("--query", default="", metavar="TEXT", help="Only with this in the CVE id, the title or the package.")
@click.option("--machine", "machines", multiple=True, metavar="MACHINE", help="Only on this one; may be repeated.")
@click.option("--ignored", is_flag=True, help="Also what rules set aside everywhere.")
@click.option("--sort", type=click.Choice(list(SORTS)), default="level", show_default=True)
@click.option("--ascending", is_flag=True, help="The least first.")
@click.option("--fail-on", type=click.Choice(list(LEVELS)), help="Exit 3 for one at or above this level.")
@STATUS
@LIMIT
@FORMAT
@NO_HEADER
@COLOR
@DATA
@told
def ls(  # noqa: PLR0917  # click calls it by names
    levels: str, machines: tuple[str, ...], query: str, sort: str, fail_on: str | None, status: str, limit: int | None,
    output: str, color: str, data: str | None, *, kev: bool, fixable: bool, ignored: bool, ascending: bool,
    no_header: bool,
) -> None:  # fmt: skip
    """List vulnerabilities, worst first."""
    wanted: Answer = {
        "Status": "" if status == "all" else status,
        "Levels": levels_of(levels),
        "Query": query,
        "Quuids": [machine(data, each)["Quuid"] for each in machines],
        "SortBy": SORTS[sort],
        "Order": "ASC" if ascending else "DESC",
    }
    if kev:
        wanted["Kev"] = True
    if fixable:
        wanted["Fixable"] = True
    if not ignored:
        wanted["Ignored"] = False
    answer = pages(data, "ListVulnerabilities", "Vulnerabilities", limit, **wanted)
    rows = answer["Vulnerabilities"]
    write(answer, "Vulnerabilities", VULNERABILITIES, output=output, header=not no_header, color=color)
    if output in ("table", "wide"):
        fixed = sum(bool(row["Fixed"]) for row in rows)
        say(f"{len(rows)} of {answer['TotalCount']} vulnerabilities, {fixed} with a fixed version")
    if fail_on is not None and any(row["Level"] >= LEVELS[fail_on] for row in rows):
        sys.exit(FOUND)


@command.command()
@click.argument("vulnerability_", metavar="CVE")
@TEXT_OR_JSON
@DATA
@told
def show(vulnerability_: str, output: str, data: str | None) -> None:
    """Show one vulnerability and how many machines have it. CVE is its id, or its number here."""
    found = vulnerability(data, vulnerability_)
    _print(found, [*facts(found), *over_machines(found)], output)


@command.command()
@click.argument("vulnerability_", metavar="CVE")
@click.option("--query", default="", metavar="TEXT", help="Only machines with this in a name, address or remark.")
@STATUS
@LIMIT
@FORMAT
@NO_HEADER
@COLOR
@DATA
@told
def machines(  # noqa: PLR0917  # click calls it by names
    vulnerability_: str, query: str, status: str, limit: int | None, output: str, color: str, data: str | None, *,
    no_header: bool,
) -> None:  # fmt: skip
    """List the machines that have a vulnerability, with the packages that bring it."""
    found = vulnerability(data, vulnerability_)
    wanted = {"VulId": found["VulId"], "Query": query, "Status": "" if status == "all" else status}
    answer = pages(data, "ListVulnerableMachines", "Machines", limit, **wanted)
    write(answer, "Machines", MACHINES, output=output, header=not no_header, color=color)
    if output in ("table", "wide"):
        say(f"{len(answer['Machines'])} of {answer['TotalCount']} machines")


@command.command()
@click.argument("vulnerability_", metavar="CVE")
@click.argument("machine_", metavar="MACHINE")
@TEXT_OR_JSON
@DATA
@told
def why(vulnerability_: str, machine_: str, output: str, data: str | None) -> None:
    """Explain why MACHINE has CVE: what was compared, who says so, what to run there."""
    quuid = machine(data, machine_)["Quuid"]
    which = event(data, vulnerability(data, vulnerability_), quuid)
    answer = called(data, "ExplainFinding", EventId=which)
    _print(answer, list(explained(answer)), output)


@command.command()
@click.option("--machine", "machines", multiple=True, metavar="MACHINE", help="Only of this one; may be repeated.")
@LIMIT
@FORMAT
@NO_HEADER
@COLOR
@DATA
@told
def upgrades(
    machines: tuple[str, ...], limit: int | None, output: str, color: str, data: str | None, *, no_header: bool
) -> None:
    """List what to upgrade: first what closes most vulnerabilities on most machines."""
    quuids = [machine(data, each)["Quuid"] for each in machines]
    answer = pages(data, "ListUpgrades", "Upgrades", limit, Quuids=quuids)
    write(answer, "Upgrades", UPGRADES, output=output, header=not no_header, color=color)
    if output in ("table", "wide"):
        say(f"{len(answer['Upgrades'])} of {answer['TotalCount']} upgrades")


def levels_of(words: str) -> list[int]:
    """Levels by name, separated by commas. Raises UsageError that lists them."""
    names = [word.strip().lower() for word in words.split(",") if word.strip()]
    unknown = [name for name in names if name not in LEVELS]
    if unknown:
        raise click.UsageError(f"--level {unknown[0]}: expected some of {', '.join(LEVELS)}")
    return [LEVELS[name] for name in dict.fromkeys(names)]


def _print(answer: Answer, lines: list[str], output: str) -> None:
    if output == "json":
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(lines))
