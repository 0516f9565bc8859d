"""Calls of hostward vuln: pages joined, names of people turned into numbers of the API."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

import click

from hostward.cli.account_table import called
from hostward.cli.statuses import FAILED, NO_ACCESS, NOT_FOUND
from hostward.domain.errors import HostwardError, NotFound, Refused

PAGE: Final = 100
MOST_NAMED: Final = 5
"""Machines that an ambiguous name shows."""

F = TypeVar("F", bound=Callable[..., None])
Answer = dict[str, Any]


def told(command: F) -> F:
    """The command, with an exit status of its own for each kind of refusal; JSON formats get theirs as JSON."""

    @wraps(command)
    def run(*words: object, **named: object) -> None:
        try:
            command(*words, **named)
        except HostwardError as error:
            _tell(error, as_json=named.get("output") in ("json", "jsonl"))
            sys.exit(_status(error))

    return run  # type: ignore[return-value]  # the same parameters


def pages(data: str | None, action: str, name: str, most: int | None, **parameters: object) -> Answer:
    """The answer with all pages of the member in it, or the first `most` rows."""
    rows: list[Answer] = []
    while True:
        size = PAGE if most is None else min(PAGE, most - len(rows))
        page = called(data, action, Limit=size, Offset=len(rows), **parameters)
        rows += page[name]
        if not page[name] or len(rows) >= min(page["TotalCount"], most or page["TotalCount"]):
            return {"TotalCount": page["TotalCount"], name: rows}


def vulnerability(data: str | None, words: str) -> Answer:
    """A vulnerability that machines have or had, by its CVE id or number. Raises NotFound."""
    query = "" if words.isdigit() else words
    found = pages(data, "ListVulnerabilities", "Vulnerabilities", None, Query=query)["Vulnerabilities"]
    for one in found:
        if one["CveId"].lower() == words.lower() or str(one["VulId"]) == words:
            return dict(one)
    raise NotFound(f"no machine has or had {words}: hostward vuln ls --status all --query {words} shows what is known")


def machine(data: str | None, words: str) -> Answer:
    """A machine by its quuid, the beginning of it, or its host name. Raises NotFound."""
    exact = called(data, "ListMachines", Quuids=[words], Limit=1)["Machines"]
    if exact:
        return dict(exact[0])
    named = pages(data, "ListMachines", "Machines", None, Query=words)["Machines"]
    fit = [one for one in named if one["HostName"] == words]
    if not fit:
        every = pages(data, "ListMachines", "Machines", None)["Machines"]
        fit = [one for one in every if one["Quuid"].startswith(words)]
    if len(fit) != 1:
        names = ", ".join(one["Quuid"] for one in fit[:MOST_NAMED])
        raise NotFound(f"{words} is {f'more than one machine: {names}' if fit else 'no machine'} (hostward machine ls)")
    return dict(fit[0])


def event(data: str | None, vul: Answer, quuid: str) -> int:
    """The number of a vulnerability on a machine. Raises NotFound."""
    request = {"Quuid": quuid, "Query": vul["CveId"]}
    for one in pages(data, "ListMachineVulnerabilities", "Vulnerabilities", None, **request)["Vulnerabilities"]:
        if one["VulId"] == vul["VulId"]:
            return int(one["EventId"])
    raise NotFound(f"that machine neither has nor had {vul['CveId']} (hostward vuln machines {vul['CveId']})")


def _status(error: HostwardError) -> int:
    code = error.code if isinstance(error, Refused) else ""
    if isinstance(error, NotFound) or code.startswith("ResourceNotFound"):
        return NOT_FOUND
    return NO_ACCESS if code.startswith("AuthFailure") else FAILED


def _tell(error: HostwardError, *, as_json: bool) -> None:
    if as_json:
        code, request = (error.code, error.request_id) if isinstance(error, Refused) else ("", "")
        click.echo(json.dumps({"error": {"code": code, "message": str(error), "requestId": request}}), err=True)
    else:
        click.echo(f"error: {error}", err=True)
