"""hostward api: call an action of a server, or get a program that does."""

import difflib
import json
import re
import sys
from pathlib import Path
from typing import Any, Final

import click

from hostward.api.action import CWP, VERSIONS, AnyAction
from hostward.api.actions import ACTIONS
from hostward.api.names import NAMES
from hostward.api.programs import PROGRAMS
from hostward.api.programs.call import Call
from hostward.cli.api.parameters import parameters_of
from hostward.cli.api.query import Query, query_of
from hostward.cli.api.sending import send
from hostward.cli.api.signing import shown, sign
from hostward.cli.api.target import Named, NoKey, endpoint_of, key_of
from hostward.cli.api.telling import Output, listing, skeleton, tell, told
from hostward.cli.statuses import NO_ACCESS, NOT_FOUND
from hostward.domain.errors import HostwardError, InvalidValue
from hostward.runtime.clock import SystemClock

MAX_INPUT: Final = 10 * 1024 * 1024
"""The largest request there may be."""

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}", re.ASCII)
"""What an action can be called."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("action", required=False)
@click.argument("arguments", metavar="[--Parameter VALUE]...", nargs=-1, type=click.UNPROCESSED)
@click.option("--list", "word", metavar="[WORD]", is_flag=False, flag_value="", help="List the actions.")
@click.option("--service", type=click.Choice(tuple(VERSIONS)), help="Of which service, where the name does not say it.")
@click.option(
    "--endpoint", metavar="URL", default="", help="The server (else TENCENTCLOUD_ENDPOINT, else the settings)."
)
@click.option("--data", metavar="DIR", help="A server's data directory, whose settings say where it listens.")
@click.option(
    "--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="What hostward up wrote: address and key."
)
@click.option("--ca-file", metavar="FILE", default="", help="The CA to trust (PEM), where it is not a public one.")
@click.option("--cli-input-json", "input_json", metavar="FILE", help="Parameters as a JSON object; - for stdin.")
@click.option(
    "--generate-cli-skeleton", "wants_skeleton", is_flag=True, help="Print such an object with every parameter."
)
@click.option("--show-signature", is_flag=True, help="Print how the call is signed, and send nothing.")
@click.option(
    "--code", type=click.Choice(tuple(PROGRAMS)), help="Print a program that makes this call, and send nothing."
)
@click.option(
    "--query", "query_text", metavar="EXPR", help="Print this part of the answer (JMESPath): Response.ScanProgress."
)
@click.option("--language", type=click.Choice(("en-US", "zh-CN")), default="en-US", help="Of messages.")
@click.option("-o", "--output", type=click.Choice(("text", "json")), default="text", help="How errors are told.")
def command(
    *,
    action: str | None,
    arguments: tuple[str, ...],
    word: str | None,
    service: str | None,
    endpoint: str,
    data: str | None,
    ready_file: Path | None,
    ca_file: str,
    input_json: str | None,
    wants_skeleton: bool,
    show_signature: bool,
    code: str | None,
    query_text: str | None,
    language: str,
    output: Output,
) -> None:
    """Call an action of a server, or get a program that does.

    Parameters are given by their names: texts and numbers as they are, structures and lists as JSON, or piece by piece
    as --Filters.0.Name HostName. The key comes from TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY (and
    TENCENTCLOUD_TOKEN), or from --ready-file.

    Exit status: 0 answered, 1 another error, 2 wrong usage, 4 key or permission, 5 not found.
    """
    if word is not None:
        for line in listing(word, language):
            click.echo(line)
        return
    if action is None:
        raise click.UsageError("name an action; --list shows them")
    named = Named(endpoint=endpoint, ready_file=ready_file, data=data, ca_file=ca_file)
    known, of = _resolved(action, service, output)
    if wants_skeleton:
        click.echo(json.dumps(_skeleton(known), indent=2, ensure_ascii=False))
        return
    given = _input(input_json) | parameters_of(arguments, None if known is None else known.request)
    call = Call(
        service=of, version=VERSIONS[of], action=action, parameters=given, endpoint=endpoint_of(named),
        language=language,
    )  # fmt: skip
    if code is not None:
        click.echo(_program(code, call), nl=False)
        return
    query = None if query_text is None else query_of(query_text)
    sys.exit(_signed(call, named, output, query, only_shown=show_signature))


def _program(language: str, call: Call) -> str:
    try:
        return PROGRAMS[language](call)
    except InvalidValue as refusal:
        raise click.UsageError(str(refusal)) from None


def _signed(call: Call, named: Named, output: Output, query: Query | None, *, only_shown: bool) -> int:
    """Sign, and show it or send it; the exit status."""
    try:
        key = key_of(named)
    except NoKey as lack:
        told("NoKey", str(lack), "", output)
        return NO_ACCESS
    signed = sign(call, key, int(SystemClock().now().timestamp()))
    if only_shown:
        click.echo(shown(signed), nl=False)
        return 0
    return tell(send(call.endpoint, signed), output, query)


def _resolved(name: str, service: str | None, output: Output) -> tuple[AnyAction | None, str]:
    """The action if this program has it, and its service. Leaves with NOT_FOUND for a name nobody knows."""
    for one in ACTIONS:
        if one.name == name and service in (None, one.service):
            return one, one.service
    if service is not None and _NAME.fullmatch(name):
        return None, service  # a newer server may know it
    if name in NAMES:
        return None, CWP
    close = difflib.get_close_matches(name, [one.name for one in ACTIONS], n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else "hostward api --list shows them"
    told("InvalidAction", f"there is no action {name}; {hint}", "", output)
    sys.exit(NOT_FOUND)


def _skeleton(action: AnyAction | None) -> dict[str, Any]:
    if action is None:
        raise click.UsageError("this program does not know the parameters of that action")
    return skeleton(action.service, action.name)


def _input(name: str | None) -> dict[str, Any]:
    """The object in a file, {} for no file."""
    if name is None:
        return {}
    path = name.removeprefix("file://")
    try:
        with click.open_file(path, "rb") as file:
            text = file.read(MAX_INPUT + 1)
    except OSError as error:
        raise HostwardError(f"can't read {path}: {error.strerror}") from error
    try:
        value = json.loads(text) if len(text) <= MAX_INPUT else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise click.UsageError(f"{path} is not one JSON object of up to {MAX_INPUT:,} bytes")
    return value
