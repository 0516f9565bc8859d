"""hostward up: a server, an agent for this machine, and a first scan of it, all in one process."""

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from hostward.cli import first_scans, ready
from hostward.cli.overview import Ended, ended, line
from hostward.cli.screen import screen_for, summary
from hostward.cli.statuses import INCOMPLETE, INTERRUPTED
from hostward.domain.errors import HostwardError
from hostward.domain.ids import TaskId
from hostward.runtime import logging
from hostward.settings import Settings, read
from hostward.wiring.embedded import Embedded, open_embedded

LOOK_SECONDS = 0.2
"""Between two looks at the scans."""


@click.command()
@click.option("--data", metavar="DIR", help="Where everything is kept (default: hostward in your data folder).")
@click.option("--listen", metavar="HOST:PORT", help="Where to listen; port 0 picks a free one. Loopback without TLS.")
@click.option("--tls-cert", metavar="FILE", help="Serve HTTPS with this certificate and its chain (PEM).")
@click.option("--tls-key", metavar="FILE", help="The certificate's key (PEM, mode 0600).")
@click.option("--no-scan", is_flag=True, help="Serve only: start no scan by itself.")
@click.option("--once", is_flag=True, help="Scan all three modules, then exit: 0 all judged, 6 not all, 1 error.")
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write URL, endpoint, key and pid there (mode 0600) when the server answers.",
)
def command(
    *,
    data: str | None,
    listen: str | None,
    tls_cert: str | None,
    tls_key: str | None,
    no_scan: bool,
    once: bool,
    ready_file: Path | None,
) -> None:
    """Start a server with an agent for this machine, and scan it.

    Keeps everything in one folder, needs no other service, and listens on this machine only. With TLS (two files, or
    an own CA made by `hostward tls init`) it may listen anywhere.
    """
    if no_scan and once:
        raise click.UsageError("--once scans, --no-scan does not: choose one")
    given = {"data_dir": data, "listen": listen, "tls.cert": tls_cert, "tls.key": tls_key}
    settings = read(command_line={name: value for name, value in given.items() if value is not None})
    logging.configure(level=settings.log_level, format=settings.log_format)
    console = Console(highlight=False)
    with _terminated_like_interrupted():
        sys.exit(_run(settings, console, scan=not no_scan, once=once, ready_file=ready_file))


def _run(settings: Settings, console: Console, *, scan: bool, once: bool, ready_file: Path | None) -> int:
    """Serve and scan; the exit status."""
    try:
        with open_embedded(settings) as running:
            login = "" if once else running.login_url()
            ready.greet(console, running, login)
            if ready_file is not None:
                ready.write(ready_file, running, login)
            results = _scans(running, console, everything=once) if scan else ()
            if once:
                return 0 if all(result.is_whole for result in results) else INCOMPLETE
            console.print("Ctrl-C stops.", style="dim")
            _serve(running)
    except KeyboardInterrupt:
        return INTERRUPTED if once else 0
    return 0


def _scans(running: Embedded, console: Console, *, everything: bool) -> Sequence[Ended]:
    """Start what is to be scanned, show it until it ends, and sum it up."""
    tasks = first_scans.start(running, everything=everything)
    if not tasks:
        return ()
    _watch(running, console, tasks)
    results = running.store.read_now(lambda uow: [ended(uow, task) for task in tasks])
    console.print()
    summary(results, console)
    console.print()
    return results


def _watch(running: Embedded, console: Console, tasks: Sequence[TaskId]) -> None:
    screen = screen_for(console)
    try:
        while True:
            now = running.clock.now()
            lines = running.store.read_now(lambda uow: [line(uow, task, now) for task in tasks])  # noqa: B023  # runs now
            screen.show(lines)
            if all(each.done for each in lines):
                return
            _must_live(running)
            time.sleep(LOOK_SECONDS)
    finally:
        screen.close()


def _serve(running: Embedded) -> None:
    while True:
        _must_live(running)
        time.sleep(1)


def _must_live(running: Embedded) -> None:
    if not running.is_alive:
        raise HostwardError("the server ended by itself; its log says why")


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM ends like Ctrl-C: whatever manages the process gets the same clean stop."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
