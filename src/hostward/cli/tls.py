"""hostward tls: a CA of this server's own, and what clients need of it."""

import shlex
from collections.abc import Iterable
from pathlib import Path

import click
from cryptography.hazmat.primitives.serialization import Encoding

from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.settings import read
from hostward.settings.values import host_name
from hostward.wiring import tls_authority
from hostward.wiring.tls_authority import Authority
from hostward.wiring.tls_files import fingerprint

NEEDS = (
    ("Python SDK", "HttpProfile(certification={ca!r}); its asynchronous client takes no CA from there"),
    ("Node SDKs", "NODE_EXTRA_CA_CERTS={path} in the environment of node"),
    ("tccli", 'cat {path} >> "$(python -m certifi)", with the python that tccli runs on; again after each upgrade'),
    ("curl", "--cacert {path}"),
)
"""What each client needs; the page docs/howto/tls.md has them whole, and its tests run them."""

_data = click.option(
    "--data", metavar="DIR", help="The server's data directory (default: hostward in your data folder)."
)


@click.group()
def command() -> None:
    """Make a CA of this server's own, and show its certificates."""


@command.command()
@_data
@click.option("--name", "names", metavar="HOST", multiple=True, help="A name or address clients use; may be repeated.")
def init(data: str | None, names: tuple[str, ...]) -> None:
    """Make a CA and a server certificate; `hostward up` then serves HTTPS, and renews the certificate by itself.

    Run again, it changes nothing but to add names. The certificate is always for localhost, 127.0.0.1 and ::1, too.
    """
    folder = _folder(data)
    wanted = [_checked(name) for name in names]
    before = tls_authority.opened(folder) if _is_whole(folder) else None
    now = tls_authority.init(folder, wanted, SystemClock().now())
    if before is None:
        click.echo(f"Made a CA and a certificate in {folder}")
    elif before.server != now.server:
        click.echo(f"Kept the CA and made a new certificate in {folder}; a server that runs takes it within seconds")
    else:
        click.echo(f"Nothing to do: {folder} has a CA and a certificate for these names")
    _describe(now)


@command.command()
@_data
@click.option("--pem", is_flag=True, help="Print the CA certificate itself, to be copied to clients.")
def show(data: str | None, pem: bool) -> None:
    """Show the CA, the server certificate, and what each client needs."""
    folder = _folder(data)
    if not tls_authority.exists(folder):
        raise HostwardError(f"{folder} holds no CA: make one with hostward tls init --name NAME")
    authority = tls_authority.opened(folder)
    if pem:
        click.echo(authority.ca.public_bytes(Encoding.PEM).decode(), nl=False)
    else:
        _describe(authority)


def _folder(data: str | None) -> Path:
    return read(command_line={"data_dir": data}).data_dir / tls_authority.FOLDER


def _is_whole(folder: Path) -> bool:
    return tls_authority.exists(folder) and (folder / tls_authority.SERVER_FILE).exists()


def _checked(name: str) -> str:
    try:
        return host_name(name)
    except ValueError as error:
        raise click.UsageError(f"--name {name!r} is no host name or address; write it without a port") from error


def _describe(authority: Authority) -> None:
    ca, server = authority.ca, authority.server
    _facts(
        (
            ("CA file", str(authority.ca_file)),
            ("SHA-256", fingerprint(ca)),
            ("CA until", f"{ca.not_valid_after_utc:%Y-%m-%d}"),
            ("names", ", ".join(sorted(authority.names))),
            ("until", f"{server.not_valid_after_utc:%Y-%m-%d}, renewed by itself after {authority.renewal:%Y-%m-%d}"),
        )
    )
    click.echo("\nCopy the CA file to each client (hostward tls show --pem prints it), and there:")
    path = str(authority.ca_file)
    _facts((client, need.format(ca=path, path=shlex.quote(path))) for client, need in NEEDS)


def _facts(facts: Iterable[tuple[str, str]]) -> None:
    for name, value in facts:
        click.echo(f"  {name:<11}{value}")
