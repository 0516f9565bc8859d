"""hostward vex: OpenVEX documents in, listed, and out again."""

import json
from pathlib import Path

import click

from hostward.cli.account_table import OUTPUT, called, table
from hostward.cli.place import DATA
from hostward.domain.errors import InvalidValue
from hostward.protocol.openvex import MAX_BYTES, Vex, read


@click.group()
def command() -> None:
    """Import OpenVEX documents: what they call not affected or fixed is set aside."""


@command.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@DATA
def import_(files: tuple[Path, ...], data: str | None) -> None:
    """Import FILEs; each takes the place of what its document said before."""
    for file in files:
        content = text_of(file)
        answer = called(data, "ImportVex", Content=content.decode("utf-8", "replace"))
        shown = answer["Document"]
        click.echo(
            f"{shown['Document']} version {shown['Version']}: {answer['Made']} rules made, {answer['Kept']} kept, "
            f"{answer['Ended']} ended"
        )
        for reason in answer["LeftOut"]:
            click.echo(f"  left out: {reason}", err=True)


@command.command("list")
@OUTPUT
@DATA
def list_(output: str, data: str | None) -> None:
    """List the documents that were imported."""
    documents = called(data, "ListVexDocuments")["Documents"]
    if output == "json":
        click.echo(json.dumps(documents, indent=2))
        return
    names = ("Document", "Author", "Version", "IssuedTime", "Rules", "Statements")
    heads = ("DOCUMENT", "AUTHOR", "VERSION", "ISSUED", "RULES", "STATEMENTS")
    table(heads, [tuple(str(one[name]) for name in names) for one in documents])


@command.command("remove")
@click.argument("document")
@DATA
def remove(document: str, data: str | None) -> None:
    """Forget DOCUMENT, by its id; what it set aside counts again."""
    ended = called(data, "RemoveVex", Document=document)["Ended"]
    click.echo(f"{document}: {ended} rules ended")


def text_of(file: Path) -> bytes:
    """A document's bytes, looked through. Raises InvalidValue that names the file."""
    data = _bytes(file)
    _read(file, data)
    return data


def vex_of(file: Path) -> Vex:
    """A document. Raises InvalidValue that names the file."""
    return _read(file, _bytes(file))


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidValue(f"{file}: {error.strerror}") from error


def _read(file: Path, data: bytes) -> Vex:
    try:
        return read(data)
    except InvalidValue as error:
        raise InvalidValue(f"{file}: {error}") from error
