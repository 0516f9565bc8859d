"""The command: from its words to a report, and the exit status."""

import sys
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

import hostward
from hostward.agent.work import Place
from hostward.cli.scan import screen
from hostward.cli.scan.formats.choice import BILLS, FORMATS
from hostward.cli.scan.judged import report
from hostward.cli.scan.output import write
from hostward.cli.scan.report import HostReport, Judged
from hostward.cli.scan.request import LEVELS, MODULES, Request, modules_of, paths_of, policies_of, root_of, sbom_of
from hostward.cli.statuses import FAILED, FOUND, INCOMPLETE, INTERRUPTED
from hostward.cli.vex import vex_of
from hostward.domain.errors import HostwardError, InvalidValue
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.scanners.vul.sbom.bill import Described
from hostward.settings import read
from hostward.wiring import local_scan, local_store


@click.command()
@click.option("--module", "modules", default=",".join(MODULES), show_default=True, help="What to scan for.")
@click.option("--root", type=click.Path(path_type=Path), default=Path("/"), help="Another root file system.")
@click.option("--path", "paths", multiple=True, type=click.Path(path_type=Path), help="Look for malware only there.")
@click.option(
    "--policy", "policies", multiple=True, type=click.Path(path_type=Path), help="Judge by this file instead."
)
@click.option("--sbom", type=click.Path(path_type=Path), help="Judge this CycloneDX or SPDX file, not a machine.")
@click.option(
    "--vex",
    "vexes",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Ignore what this OpenVEX document calls not affected or fixed; may be repeated.",
)
@click.option("--data", metavar="DIR", help="Data directory whose vulnerability data is used.")
@click.option("-o", "--output", "format_", type=click.Choice(list(FORMATS)), default="table", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the report there.")
@click.option("--fail-on", type=click.Choice(list(LEVELS)), help="Exit 3 for a finding at or above this level.")
@click.option("--strict", is_flag=True, help="Exit 6 when something could not be judged.")
@click.option("--all", "everything", is_flag=True, help="On a terminal: every finding, not only the worst.")
@click.option("--timeout", type=click.IntRange(1, 86_400), default=3600, show_default=True, help="Seconds for it all.")
def command(  # noqa: PLR0917  # click passes one argument an option
    modules: str,
    root: Path,
    paths: tuple[Path, ...],
    policies: tuple[Path, ...],
    sbom: Path | None,
    vexes: tuple[Path, ...],
    data: str | None,
    format_: str,
    out: Path | None,
    fail_on: str | None,
    strict: bool,
    everything: bool,
    timeout: int,
) -> None:
    """Judge this machine, or another root file system, without a server.

    Exit: 0 judged, 1 a module failed, 3 findings at or above --fail-on, 6 incomplete (with --strict), 130 Ctrl-C.
    """
    inside, chosen = root_of(root), modules_of(modules)
    if format_ in BILLS and Module.VUL not in chosen:
        raise InvalidValue(f"-o {format_} writes what the vulnerability module finds: add vul to --module")
    described = None if sbom is None else sbom_of(sbom, chosen, root)
    request = Request(
        modules=chosen, root=inside, paths=paths_of(paths, inside), seconds=timeout, policies=policies_of(policies),
        sbom=sbom, subject="" if described is None else described.subject,
        aside=[one for vex in vexes for one in vex_of(vex).aside],
    )  # fmt: skip
    data_dir = read(command_line={} if data is None else {"data_dir": data}).data_dir
    if described is None:
        result, interrupted = _scanned(request, data_dir)
    else:
        result, interrupted = _described(described, request, data_dir), False
    write(result, format_, out, everything=everything)
    sys.exit(INTERRUPTED if interrupted else exit_status(result, LEVELS.get(fail_on or ""), strict=strict))


def exit_status(result: HostReport, fail_on: Level | None, *, strict: bool) -> int:
    """Findings and failures never share a status; findings go first, they are what was asked about."""
    worst = result.worst()
    if fail_on is not None and worst is not None and worst >= fail_on:
        return FOUND
    if any(module.judged is Judged.FAILED for module in result.modules):
        return FAILED
    return INCOMPLETE if strict and any(module.judged is Judged.DEGRADED for module in result.modules) else 0


def _scanned(request: Request, data_dir: Path) -> tuple[HostReport, bool]:
    """Scan, with progress on standard error; whether Ctrl-C ended it."""
    progress = screen.Progress(Console(stderr=True, highlight=False))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hostward-scan-") as work:
        place = Place(
            folder=Path(work) / "work", root=request.root, own_paths=_own_paths(request, data_dir),
            policies=request.policies,
        )  # fmt: skip
        try:
            parts = local_scan.scan(
                request.options(), place=place, covered=local_store.covered(data_dir), seconds=request.seconds,
                watch=progress.show,
            )  # fmt: skip
        except OSError as error:
            raise HostwardError(f"no scanner could be started: {error}") from error
        finally:
            progress.close()
    result = report(parts, request, data_dir)
    screen.summary(result, time.monotonic() - began, Console(stderr=True, highlight=False))
    return result, any(part.stopped for part in parts)


def _described(described: Described, request: Request, data_dir: Path) -> HostReport:
    """A bill of materials, judged like the machine it describes."""
    began = time.monotonic()
    part = local_scan.described(described, local_store.covered(data_dir))
    result = report([part], request, data_dir)
    screen.summary(result, time.monotonic() - began, Console(stderr=True, highlight=False))
    return result


def _own_paths(request: Request, data_dir: Path) -> tuple[Path, ...]:
    """Hostward's own rules and data are left out, unless somebody asks for them by path."""
    if request.root != Path("/") or request.paths:
        return ()
    return (data_dir, Path(hostward.__file__).parent)
