"""hostward perf: load on purpose, from agents that are real in everything but their machines."""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from hostward.agent.wire import target_of
from hostward.api.action import CWP, VERSIONS
from hostward.api.programs.call import Call as ApiCall
from hostward.api.programs.call import Endpoint
from hostward.cli.api.key import Key
from hostward.cli.api.sending import send
from hostward.cli.api.signing import sign
from hostward.cli.api.target import Named, endpoint_of, key_of
from hostward.domain.errors import HostwardError
from hostward.domain.module import Module
from hostward.perf.crowd import Crowd, Habits
from hostward.perf.identities import Identities
from hostward.perf.trial import Ask, Figures, Spread, run
from hostward.runtime.clock import SystemClock
from hostward.runtime.open_files import allow_more

MOST: Final = 8000
"""Agents of one process: each may have two connections, and many systems allow a process 20,000 open files."""

FILES_EACH: Final = 2
SPARE_FILES: Final = 200
PATIENCE: Final = 120.0
"""Seconds for which a server that was killed may be away."""

LOST: Final = 1
_share = click.FloatRange(0.0, 1.0)


@click.group()
def command() -> None:
    """Load on purpose: simulated agents, and what a server does under them."""


@command.command()
@click.option("--server", "url", metavar="URL", required=True, help="The server; plain http on loopback only.")
@click.option("--token", default="", help="Enrolment token good for so many machines (hostward machine enroll --uses).")
@click.option("--count", type=click.IntRange(1, MOST), default=100, show_default=True, help="Agents in this process.")
@click.option("--first", type=click.IntRange(0), default=0, help="Number of the first; a second process has others.")
@click.option("--ramp", type=click.FloatRange(0.0), default=200.0, show_default=True, help="Agents started a second.")
@click.option("--module", "modules", type=click.Choice([str(one) for one in Module]), multiple=True, help="Scan these.")
@click.option("--findings", type=click.IntRange(0), default=20, show_default=True, help="Findings of each scan.")
@click.option("--seconds", type=click.FloatRange(0.1), default=5.0, show_default=True, help="A scan takes so long.")
@click.option("--offline", type=_share, default=0.0, help="Share of scans during which the machine is cut off.")
@click.option("--crash", type=_share, default=0.0, help="Share of scans during which the agent is killed.")
@click.option("--slow", type=_share, default=0.0, help="Share of machines that take ten times as long.")
@click.option("--too-old", type=_share, default=0.0, help="Share of machines whose agents are too old.")
@click.option("--state", type=click.Path(path_type=Path), help="Keep identities here: a later run is the same fleet.")
@click.option("--duration", type=click.FloatRange(1.0), default=60.0, show_default=True, help="Seconds for each scan.")
@click.option("--ready-file", type=click.Path(path_type=Path), help="Of hostward up: scan, stop, compare by its API.")
@click.option("--no-stop", is_flag=True, help="Leave out the scan that is stopped.")
@click.option("--seed", type=int, default=0, help="Which machines and scans the shares hit.")
@click.option("--ca-file", type=click.Path(path_type=Path), help="Certificates trusted in place of the system's.")
@click.option("--json", "as_json", is_flag=True, help="Figures as one JSON object.")
def agents(  # noqa: PLR0917  # each option is one
    url: str, token: str, count: int, first: int, ramp: float, modules: tuple[str, ...], findings: int, seconds: float,
    offline: float, crash: float, slow: float, too_old: float, state: Path | None, duration: float,
    ready_file: Path | None, no_stop: bool, seed: int, ca_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Be COUNT agents with synthetic scanners, and measure what the server does with them.

    With a key (--ready-file, or TENCENTCLOUD_SECRET_ID and _KEY) it starts a scan of each module, stops one, and
    compares what the server has with what was found. Exits with 1 when anything was lost, doubled or left unfinished.
    """
    _allow_files(count)
    target = target_of(url, {})
    tls = ssl.create_default_context(cafile=str(ca_file) if ca_file else None) if target.scheme == "https" else None
    habits = Habits(
        modules=[Module(name) for name in modules] or [Module.MALWARE], findings=findings, seconds=seconds,
        offline=offline, crash=crash, slow=slow, too_old=too_old,
    )  # fmt: skip
    crowd = Crowd(
        target=target, tls=tls, token=token, identities=Identities(state), habits=habits, count=count, first=first,
        seed=seed,
    )  # fmt: skip
    call = _api(Named(endpoint="" if ready_file else url, ready_file=ready_file, ca_file=str(ca_file or "")))
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        figures = runner.run(run(crowd, call, ramp=ramp, duration=duration, stops=not no_stop))
    click.echo(json.dumps(asdict(figures)) if as_json else _told(figures))
    if not figures.is_whole or figures.enrolled < count:
        sys.exit(LOST)


def _allow_files(count: int) -> None:
    """Make room for the connections of so many agents. Raises HostwardError when there is none."""
    needed, most = count * FILES_EACH + SPARE_FILES, allow_more()
    if most < needed:
        raise HostwardError(
            f"{count} agents need {needed} open files and this process may have {most}: "
            f"use --count {max(1, (most - SPARE_FILES) // FILES_EACH)}, and more processes"
        )


def _loop_factory() -> Any:
    """Uvloop where it is installed (with the server it is): it takes half the time."""
    try:
        import uvloop  # noqa: PLC0415  # an agent's installation has none
    except ImportError:
        return None
    return uvloop.new_event_loop


def _api(named: Named) -> Ask | None:
    """How the server's API is called; None without a key."""
    try:
        key = key_of(named)
    except HostwardError:
        if named.ready_file is not None:
            raise
        return None
    return partial(_called, endpoint_of(named), key)


def _called(endpoint: Endpoint, key: Key, action: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    asked = ApiCall(
        endpoint=endpoint, service=CWP, version=VERSIONS[CWP], action=action, parameters=dict(parameters)
    )  # fmt: skip
    answer = _sent(endpoint, asked, key, patience=PATIENCE if action.startswith("Describe") else 0.0)
    if "Error" in answer:
        raise HostwardError(f"{action}: {answer['Error']['Code']}: {answer['Error']['Message']}")
    return answer


def _sent(endpoint: Endpoint, asked: ApiCall, key: Key, *, patience: float) -> Mapping[str, Any]:
    """Send a call; one that only reads is sent again for so many seconds to a server that does not answer."""
    until = time.monotonic() + patience
    while True:
        try:
            return send(endpoint, sign(asked, key, int(SystemClock().now().timestamp())))
        except HostwardError:
            if time.monotonic() >= until:
                raise
        time.sleep(1.0)


def _told(figures: Figures) -> str:
    """The figures in lines."""
    states = ", ".join(f"{name} {number}" for name, number in sorted(figures.states.items())) or "none"
    answers = ", ".join(f"{status or 'no answer'} {number}" for status, number in sorted(figures.answers.items()))
    return "\n".join(
        (
            f"agents      {figures.enrolled} of {figures.agents} enrolled",
            f"scans       {figures.scans} begun, {figures.crashes} agents killed, {figures.cuts} cut off meanwhile",
            f"started     {_spread(figures.started)} after the call",
            f"progress    visible {figures.progress_seen:.2f} s after the first agent spoke of it",
            f"scan        {figures.scan_seconds:.1f} s for all; {states}",
            f"stop        {_spread(figures.quiet)} to quiet",
            f"requests    {_spread(figures.requests)}; {answers}",
            f"lost {figures.lost}, doubled {figures.doubled}, unfinished {figures.unfinished}",
            *(f"agents note {number} times: {text}" for text, number in figures.notices.items()),
        )
    )


def _spread(spread: Spread) -> str:
    return f"p50 {spread.p50:.2f} s, p99 {spread.p99:.2f} s, longest {spread.longest:.2f} s (of {spread.of})"
