"""hostward feed: vulnerability data in, renewed, looked at, and out as a bundle."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import click

from hostward.cli.account_table import OUTPUT, table
from hostward.cli.place import DATA, settings_of
from hostward.feeds.table import SOURCES
from hostward.runtime.clock import SystemClock
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import FeedHealth, FeedStatus
from hostward.usecases.vulnerabilities.feed_health import state_of
from hostward.wiring import feed_bundle
from hostward.wiring.feed_desk import Line, asked
from hostward.wiring.local_calls import look

Known = tuple[Sequence[FeedStatus], Sequence[FeedHealth]]


@click.group()
def command() -> None:
    """Renew, import, show and export vulnerability data."""


@command.command("import")
@DATA
@click.option("--key", "keys", metavar="KEY", multiple=True, help="A public key whose bundles are trusted.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(data: str | None, keys: tuple[str, ...], paths: tuple[Path, ...]) -> None:
    """Import files: Debian's tracker, Alpine's secdb, OSV, KEV, EPSS, NVD 2.0, CVE 5, or a bundle of them.

    Each PATH takes the place of what the same feed brought before, or changes nothing when it is damaged.
    """
    what = {"paths": [str(path.absolute()) for path in paths], "keys": list(keys)}
    _tell(asked(settings_of(data), what))


@command.command("update")
@DATA
@click.option("--mirror", metavar="URL|DIR", default="", help="Fetch from there (default: feeds.mirror, publishers).")
@click.argument("names", metavar="[FEED]...", nargs=-1)
def update(data: str | None, mirror: str, names: tuple[str, ...]) -> None:
    """Renew feeds from their publishers or a mirror. Without a name: those of feeds.names.

    A feed that can't be had keeps its old data and none of the others from being renewed.
    """
    where = mirror if "://" in mirror or not mirror else str(Path(mirror).absolute())
    _tell(asked(settings_of(data), {"names": list(names), "mirror": where}))


@command.command("status")
@DATA
@OUTPUT
@click.option("--all", "everything", is_flag=True, help="Also the feeds that were never imported nor tried.")
def status(data: str | None, output: str, *, everything: bool) -> None:
    """Show what is here of each feed, how old it is, and what went wrong. 1 when a feed is failing."""
    states, healths = look(settings_of(data), _known)
    rows = _rows(states, healths, SystemClock().now(), everything=everything)
    if output == "json":
        click.echo(json.dumps(rows, indent=2))
    else:
        heads = ("FEED", "STATE", "ADVISORIES", "CURRENT AT (UTC)", "PROBLEM")
        table(heads, [tuple(str(row[name]) for name in _SHOWN) for row in rows])
    sys.exit(1 if any(row["state"] == "failing" for row in rows) else 0)


@command.command("export")
@DATA
@click.argument("file", type=click.Path(path_type=Path))
def export(data: str | None, file: Path) -> None:
    """Write what `feed update` fetched into a signed bundle FILE, for machines without internet."""
    settings = settings_of(data)
    states, _ = look(settings, _known)
    listed, key = feed_bundle.export(settings.data_dir, file, states, SystemClock().now())
    click.echo(f"{file}: {len(listed.files)} feeds, {sum(entry.size for entry in listed.files)} bytes")
    click.echo(f"import it with: hostward feed import --key {key} {file.name}")


_SHOWN = ("feed", "state", "advisories", "current_at", "problem")


def _known(uow: UnitOfWork) -> Known:
    return uow.advisories.feeds(), uow.advisories.health()


def _tell(lines: Iterable[Line]) -> None:
    is_broken = False
    for line in lines:
        is_failed = line["outcome"] == "failed"
        is_broken = is_broken or is_failed
        click.echo(f"error: {line['feed']}: {line['said']}" if is_failed else _said(line), err=is_failed)
    sys.exit(1 if is_broken else 0)


def _said(line: Line) -> str:
    return f"{line['feed']}: {line['said']}"


def _rows(
    states: Sequence[FeedStatus], healths: Sequence[FeedHealth], now: datetime, *, everything: bool
) -> list[dict[str, object]]:
    state = {one.feed: one for one in states}
    health = {one.feed: one for one in healths}
    names = sorted({*state, *health, *((source.name for source in SOURCES) if everything else ())})
    return [_row(name, state.get(name), health.get(name, FeedHealth(feed=name)), now) for name in names]


def _row(name: str, state: FeedStatus | None, health: FeedHealth, now: datetime) -> dict[str, object]:
    return {
        "feed": name,
        "state": state_of(state, health, now).value,
        "advisories": state.advisories if state else 0,
        "ecosystems": list(state.ecosystems) if state else [],
        "current_at": _time(state.imported if state else None),
        "checked_at": _time(health.checked),
        "failed_at": _time(health.failed),
        "failures": health.failures,
        "fault": health.fault if health.failed is not None else "",
        "problem": health.problem if health.failed is not None else "",
        "left_out": health.left_out,
        "source": health.source,
        "digest": state.digest if state else "",
    }


def _time(time: datetime | None) -> str:
    return "" if time is None else time.strftime("%Y-%m-%d %H:%M:%S")
