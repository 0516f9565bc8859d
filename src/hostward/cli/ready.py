"""Telling people and programs that the server answers, and how to ask it."""

import json
import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from hostward import __version__
from hostward.console.lines import sdk_profile, tccli_line
from hostward.domain.errors import HostwardError
from hostward.wiring.embedded import Embedded


def write(path: Path, running: Embedded, login: str) -> None:
    """Put URL, endpoint, key, pid, own CA ("" without) and login link ("" for none) into a file of mode 0600, at once.

    Raises HostwardError.
    """
    content = {
        "url": running.url,
        "endpoint": running.endpoint,
        "secret_id": running.owner.key.secret_id,
        "secret_key": running.owner.key.secret,
        "pid": os.getpid(),
        "ca_file": "" if running.ca_file is None else str(running.ca_file),
        "login": login,
    }
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(content) + "\n")
        Path(name).replace(path)
    except OSError as error:
        raise HostwardError(f"can't write {path}: {error.strerror}; name a file in a folder of your own") from error


def greet(console: Console, running: Embedded, login: str) -> None:
    """Where the server is and the lines to ask it with; the secret is shown only by the start that made it.

    login: the link that signs the administrator in, "" for none.
    """
    facts = running.machine.facts
    heading = Text.assemble(("Hostward ", "bold"), (__version__, "bold"), ("   data ", "dim"), _short(running.data_dir))
    console.print(heading, soft_wrap=True)
    _fact(console, "page", running.url)
    _fact(console, "endpoint", f"{running.endpoint}   (cwp 2018-02-28, hostward 2026-12-01)")
    if running.ca_file is not None:
        _fact(console, "CA", f"{running.ca_file}   (clients must trust it: hostward tls show)")
    _fact(console, "agent", f"{facts.host_name}, {facts.os_name}")
    if login:
        _fact(console, "Open", f"{login}  (one-time, 10 min)")
    console.print()
    console.print("Ask with the official clients:", style="dim")
    for text in _lines(running):
        console.print(Text("  " + text), soft_wrap=True)
    console.print()


def _short(path: Path) -> str:
    """A path below the user's home, as people write it."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _fact(console: Console, name: str, value: str) -> None:
    console.print(Text.assemble((f"  {name:<10}", "dim"), value), soft_wrap=True)


def _lines(running: Embedded) -> list[str]:
    key, tls = running.owner.key, running.tls is not None
    ca_file = "" if running.ca_file is None else str(running.ca_file)
    secret = key.secret if running.owner.new else "...   # shown by the first start; --ready-file FILE writes it too"
    return [
        f"export TENCENTCLOUD_SECRET_ID={key.secret_id} TENCENTCLOUD_SECRET_KEY={secret}",
        *tccli_line(running.endpoint, tls=tls, ca_file=ca_file).splitlines(),
        f"Python SDK: {sdk_profile(running.endpoint, tls=tls, ca_file=ca_file)}   (whole example on the page)",
    ]
