"""hostward ignore: vulnerabilities that are set aside, by rules of one's own."""

import json
from typing import Any

import click

from hostward.cli.account_table import OUTPUT, called, table
from hostward.cli.place import DATA
from hostward.domain.ignoring import Scope

PAGE = 100


@click.group()
def command() -> None:
    """Set vulnerabilities aside, list what is, and end it. Works on a running server too."""


@command.command("add")
@click.argument("vulnerability")
@click.option("--package", default="", help="Only where this package, or one of this source, brings it.")
@click.option("--ecosystem", default="", help="With --package: only of this one, such as Debian or PyPI.")
@click.option("--package-version", default="", help="With --package: only this version.")
@click.option("--machine", "machines", multiple=True, metavar="QUUID", help="Only there; may be repeated.")
@click.option("--except", "but", multiple=True, metavar="QUUID", help="Everywhere but there; may be repeated.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Only on machines with the tag.")
@click.option("--reason", default="", help="Why.")
@click.option("--owner", default="", help="Who answers for it.")
@click.option("--until", default="", metavar="TIME", help="YYYY-MM-DD HH:MM:SS in the server's time zone.")
@DATA
def add(  # noqa: PLR0917  # click calls it by names
    vulnerability: str, package: str, ecosystem: str, package_version: str, machines: tuple[str, ...],
    but: tuple[str, ...], tags: tuple[str, ...], reason: str, owner: str, until: str, data: str | None,
) -> None:  # fmt: skip
    """Set VULNERABILITY (CVE-2024-3094) aside: on all machines, or on some."""
    chosen = {Scope.CHOSEN: machines, Scope.EXCEPT: but, Scope.TAGGED: tags}
    named = [scope for scope, names in chosen.items() if names]
    if len(named) > 1:
        raise click.UsageError("use one of --machine, --except and --tag")
    answer = called(
        data, "CreateIgnoreRule", Key=vulnerability, Scope=(named[0] if named else Scope.ALL).value,
        QuuidList=[*machines, *but], Tags=list(tags), PackageName=package, PackageEcosystem=ecosystem,
        PackageVersion=package_version, Remark=reason, Owner=owner, ExpireTime=until,
    )  # fmt: skip
    click.echo(f"rule {answer['RuleId']}: end it with hostward ignore end {answer['RuleId']}")


@command.command("list")
@click.option("--ended", is_flag=True, help="Also the rules that have ended.")
@OUTPUT
@DATA
def list_(output: str, data: str | None, *, ended: bool) -> None:
    """List the rules, newest first."""
    rules: list[dict[str, Any]] = []
    while True:
        page = called(data, "ListIgnoreRules", Ended=ended, Limit=PAGE, Offset=len(rules))
        rules += page["Rules"]
        if not page["Rules"] or len(rules) >= page["TotalCount"]:
            break
    if output == "json":
        click.echo(json.dumps(rules, indent=2))
        return
    rows = [
        (str(one["RuleId"]), one["Key"], _where(one), _package(one), one["State"], one["ExpireTime"] or "never",
         one["Owner"], one["Remark"] or one["Justification"])
        for one in rules
    ]  # fmt: skip
    table(("RULE", "VULNERABILITY", "MACHINES", "PACKAGE", "STATE", "EXPIRES", "OWNER", "REASON"), rows)


@command.command("end")
@click.argument("rule", type=int)
@DATA
def end(rule: int, data: str | None) -> None:
    """End RULE: what it set aside counts again."""
    called(data, "EndIgnoreRule", RuleId=rule)
    click.echo(f"rule {rule} has ended")


def _where(rule: dict[str, Any]) -> str:
    return " ".join([rule["Scope"], *rule["Quuids"], *rule["Tags"]])


def _package(rule: dict[str, Any]) -> str:
    if not rule["PackageName"]:
        return "any"
    version = f"@{rule['PackageVersion']}" if rule["PackageVersion"] else ""
    return " ".join(filter(None, (rule["PackageEcosystem"], rule["PackageName"] + version)))
