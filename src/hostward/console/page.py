"""The one read-only page: what is scanned, how far it is, and the lines to ask with.

It shows no finding and no secret, needs no script, and loads nothing from anywhere.
"""

import base64
import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from hostward.domain import progress
from hostward.domain.module import Module
from hostward.domain.task import ScanState, Task
from hostward.usecases.scans.describe import left

REFRESH_SECONDS = 2
"""How often the page asks anew while something is scanned."""

STYLE = """
:root { color-scheme: light dark; --line: #d8dce2; --ink: #1d2430; --soft: #5b6675; --bar: #2f6fde; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --line: #343b46; --ink: #e6e9ee; --soft: #9aa5b4; --bar: #6ea0ff; --bad: #ff8a80; }
  body { background: #14181e; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); }
main { max-width: 60rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
p { color: var(--soft); margin: 0 0 1rem; } p.bad { color: var(--bad); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; } td.number, th.number { text-align: right; padding-right: 1.75rem; }
progress { width: 9rem; height: .6rem; accent-color: var(--bar); vertical-align: middle; }
pre { border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; font-size: 13px; }
"""

_STATES = {
    ScanState.NEVER: "never",
    ScanState.SCANNING: "scanning",
    ScanState.DONE: "done",
    ScanState.STOPPING: "stopping",
    ScanState.STOPPED: "stopped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page shows. endpoint: HOST:PORT as a client is given it; tasks: newest first.

    tls: it was asked for by https; ca_file: what clients must trust then, "" for nothing beside the public authorities.
    """

    endpoint: str
    secret_id: str
    version: str
    tasks: Sequence[Task]
    now: datetime
    tls: bool = False
    ca_file: str = ""


def content_security_policy() -> str:
    """Nothing but the page's own style: no script, no frame, no form, no other host."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def render(view: View) -> str:
    """The page as HTML; it refreshes itself while something is scanned."""
    scheme = "https" if view.tls else "http"
    sdk = sdk_lines(view.endpoint, tls=view.tls, ca_file=view.ca_file)
    tccli = tccli_line(view.endpoint, tls=view.tls, ca_file=view.ca_file)
    busy = any(not task.tally.is_done for task in view.tasks)
    refresh = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if busy else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{refresh}<title>{_title(view)}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>Hostward</h1><p>Version {escape(view.version)}, at {scheme}://{escape(view.endpoint)}</p>"
        f"<h2>Scan tasks</h2>{_tasks(view)}"
        f"<h2>Ask with Tencent Cloud's Python SDK</h2><pre>{escape(sdk)}</pre>"
        f"<h2>Ask with tccli</h2><pre>{escape(tccli)}</pre>"
        f"<p>SecretId {escape(view.secret_id)}. Its SecretKey was shown when this server first started.</p>"
        "</main></body></html>"
    )


def sdk_profile(endpoint: str, *, tls: bool = False, ca_file: str = "") -> str:
    """The HttpProfile of the official Python SDK that leads here."""
    if not tls:
        return f'HttpProfile(protocol="http", endpoint="{endpoint}")'
    return f'HttpProfile(endpoint="{endpoint}"{f", certification={ca_file!r}" if ca_file else ""})'


def sdk_lines(
    endpoint: str, module: Module = Module.VUL, task: int = 1, *, tls: bool = False, ca_file: str = ""
) -> str:
    """Python that asks for a task's details with the official SDK, its key taken from the environment."""
    return f"""\
import os
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cwp.v20180228 import cwp_client, models

key = credential.Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
http = {sdk_profile(endpoint, tls=tls, ca_file=ca_file)}
client = cwp_client.CwpClient(key, "", ClientProfile(httpProfile=http))
ask = models.DescribeScanTaskDetailsRequest()
ask.ModuleType, ask.TaskId, ask.Limit = "{module}", {task}, 100
print(client.DescribeScanTaskDetails(ask).to_json_string(indent=2))"""


def tccli_line(
    endpoint: str, module: Module = Module.VUL, task: int = 1, *, tls: bool = False, ca_file: str = ""
) -> str:
    """The same with Tencent Cloud's command line, which takes an own CA from nowhere but its certifi."""
    trust = f'cat {shlex.quote(ca_file)} >> "$(python -m certifi)"   # once, with the python of tccli\n'
    return (
        f"{trust if tls and ca_file else ''}"
        f"tccli cwp DescribeScanTaskDetails --ModuleType {module} --TaskId {task}"
        f" --endpoint {'' if tls else 'http://'}{endpoint} --region ap-guangzhou"
    )


def _title(view: View) -> str:
    shares = [progress.percent(task.tally) for task in view.tasks if not task.tally.is_done]
    return f"{min(shares)}% - Hostward" if shares else "Hostward"


def _tasks(view: View) -> str:
    if not view.tasks:
        return "<p>No scan yet. Start one with ScanVul, CreateScanMalwareSetting or StartBaselineDetect.</p>"
    rows = "".join(_row(task, view.now) for task in view.tasks)
    heads = '<th class="number">Machines</th><th class="number">Risks</th><th>Begin (UTC)</th><th>Time left</th>'
    return (
        "<table><thead><tr><th>Task</th><th>Module</th><th>State</th><th>Progress</th>"
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(task: Task, now: datetime) -> str:
    percent = progress.percent(task.tally)
    estimate = left(task, now)
    seconds = round(estimate.left.total_seconds())
    remaining = "-" if task.tally.is_done else f"{seconds} s" if estimate.known else "estimating"
    failed = f", {task.tally.fail} failed" if task.tally.fail else ""
    return (
        f"<tr><td>{task.id}</td><td>{task.module}</td><td>{_STATES[task.state]}{failed}</td>"
        f'<td><progress max="100" value="{percent}" aria-label="task {task.id}"></progress> {percent} %</td>'
        f'<td class="number">{task.tally.machines}</td><td class="number">{task.tally.risk_events}</td>'
        f"<td>{task.begin:%Y-%m-%d %H:%M:%S}</td><td>{remaining}</td></tr>"
    )
