"""CreateScan (service hostward): start a scan, with more say than the actions of CWP have, and once for each token."""

import hashlib
from datetime import timedelta
from typing import Final

import msgspec

from hostward.api.actions.create_scan_malware_setting import ENGINES, EVERYTHING, paths_of
from hostward.api.actions.scan_vul import MAX_VUL_ID, MAX_VUL_IDS, content_of
from hostward.api.actions.start_baseline_detect import ids_of
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.texts import A_CLIENT_TOKEN, OTHER_MODULE
from hostward.api.times import left_in
from hostward.api.values import between, count_between, module_of, one_of, without_effect, wrong_value
from hostward.domain.client_token import is_token
from hostward.domain.errors import NoMachines
from hostward.domain.host_rules import Wish
from hostward.domain.ids import ROWS_PER_TASK, VulId
from hostward.domain.limits import window_of
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, Category, MalwareOptions, Options, Pattern, VulOptions
from hostward.domain.options import module_of as module_of_options
from hostward.domain.reason import Reason
from hostward.domain.severity import Level
from hostward.domain.task import MAX_TIMEOUT
from hostward.scanners.baseline.catalogue import chosen_policies
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.create import create, started_before
from hostward.usecases.scans.estimate import Forecast, estimate
from hostward.usecases.scans.start import Started, check_options

ERRORS: Final = frozenset({"AuthFailure", "FailedOperation.NoProfessionHost", "InvalidParameter.IllegalRequest"})

MAX_TAGS: Final = 100


class VulScanOptions(msgspec.Struct, rename="pascal", kw_only=True):
    """Which vulnerabilities count; empty lists mean all."""

    levels: list[Uint64] = []
    categories: list[Uint64] = []
    vul_ids: list[Uint64] = []
    known_exploited: bool = False


class MalwareScanOptions(msgspec.Struct, rename="pascal", kw_only=True):
    """Which files are looked into, and what is reported. The numbers are those of CreateScanMalwareSetting."""

    scan_pattern: Uint64 = Pattern.QUICK.value
    custom_paths: list[str] = []
    engine_type: Uint64 = EVERYTHING
    memory: bool = False


class BaselineScanOptions(msgspec.Struct, rename="pascal", kw_only=True):
    """What is checked; empty lists mean all."""

    policy_ids: list[Uint64] = []
    rule_ids: list[Uint64] = []
    item_ids: list[Uint64] = []


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """A scan. Options of the module alone. 0 seconds: the server's default; machines may queue as long as they scan.

    Window: hours of the day, as 22:00-06:00. StartsPerMinute, AtOnce: machines that may start in a minute, be at work
    at a time; 0 for all.
    """

    module: str
    vul: VulScanOptions | msgspec.UnsetType = msgspec.UNSET
    malware: MalwareScanOptions | msgspec.UnsetType = msgspec.UNSET
    baseline: BaselineScanOptions | msgspec.UnsetType = msgspec.UNSET
    quuids: list[str] = []
    tags: list[str] = []
    except_quuids: list[str] = []
    timeout_seconds: Uint64 = 0
    queue_seconds: Uint64 = 0
    window: str = ""
    starts_per_minute: Uint64 = 0
    at_once: Uint64 = 0
    client_token: str = ""
    dry_run: bool = False


class ScanForecast(msgspec.Struct, rename="pascal", kw_only=True):
    """What the scan would come to, as EstimateScan says it."""

    machines: int
    offline: int
    too_old: int
    wait_seconds: int
    run_seconds: int
    total_seconds: int
    known: bool


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """TaskId 0: none was started. Repeated: an earlier call with this token started it. Forecast: of a DryRun alone."""

    task_id: int
    machines: int
    repeated: bool
    forecast: list[ScanForecast]


async def answer(ctx: Context, request: Request) -> Response:
    """Start the scan and wake the agents, or tell what it would come to."""
    scan, digest = _scan(ctx, request), _digest(request)
    if request.client_token and not is_token(request.client_token):
        wrong_value("ClientToken", request.client_token, A_CLIENT_TOKEN)
    if request.dry_run:
        return await ctx.store.read(lambda uow: _tried(ctx, uow, scan, request.client_token, digest))
    started = await ctx.store.write(
        lambda uow: create(uow, request=scan, user=ctx.user, token=request.client_token, digest=digest, now=ctx.now)
    )
    ctx.hub.wake(started.wake)
    return _answered(started)


def _answered(started: Started) -> Response:
    return Response(task_id=started.task, machines=started.machines, repeated=started.repeated, forecast=[])


def _tried(ctx: Context, uow: UnitOfWork, scan: ScanRequest, token: str, digest: bytes) -> Response:
    """Refused where the start would be. A token that was used stands for its task, of which nothing is to come."""
    known = started_before(uow, user=ctx.user, token=token, digest=digest, now=ctx.now)
    if known is not None:
        return _answered(Started(task=known.task, machines=known.machines, wake=(), repeated=True))
    check_options(uow, ctx.account, scan.options)
    found = estimate(
        uow,
        account=ctx.account,
        module=module_of_options(scan.options),
        scope=scan.scope,
        timeout=scan.timeout,
        queue=scan.queue,
        hours=ctx.hours(scan.wish.window),
        wish=scan.wish,
        now=ctx.now,
    )
    if not found.machines:
        raise NoMachines.because(Reason.NONE_IN_SCOPE)
    return Response(task_id=0, machines=found.machines, repeated=False, forecast=[_forecast(found)])


def _forecast(found: Forecast) -> ScanForecast:
    return ScanForecast(
        machines=found.machines,
        offline=found.offline,
        too_old=found.too_old,
        wait_seconds=left_in("seconds", found.wait),
        run_seconds=left_in("seconds", found.run.left),
        total_seconds=left_in("seconds", found.total.left),
        known=found.total.known,
    )


def _scan(ctx: Context, request: Request) -> ScanRequest:
    """The scan as the operator's rules let it be."""
    options, content = _chosen(request)
    quuids = tuple(count_between("Quuids", request.quuids, 0, ROWS_PER_TASK))
    scope = Scope(
        everything=not quuids,
        quuids=quuids,
        tags=tuple(count_between("Tags", request.tags, 0, MAX_TAGS)),
        but=tuple(count_between("ExceptQuuids", request.except_quuids, 0, ROWS_PER_TASK)),
        parameter="Quuids",
    )
    timeout = _seconds("TimeoutSeconds", request.timeout_seconds) or ctx.settings.default_timeout
    queue = _seconds("QueueSeconds", request.queue_seconds) or timeout
    return ctx.ruled(
        ScanRequest(
            options=options,
            content=content,
            scope=scope,
            timeout=timeout,
            queue=queue,
            wish=Wish(
                window=window_of(request.window),
                per_minute=between("StartsPerMinute", request.starts_per_minute, 0, ROWS_PER_TASK),
                at_once=between("AtOnce", request.at_once, 0, ROWS_PER_TASK),
            ),
        )
    )


def _seconds(name: str, value: int) -> timedelta:
    return timedelta(seconds=between(name, value, 0, int(MAX_TIMEOUT.total_seconds())))


def _chosen(request: Request) -> tuple[Options, tuple[str, ...]]:
    """The module's options and what ScanContent says of them."""
    module = module_of(request.module, "Module")
    given = {Module.VUL: request.vul, Module.MALWARE: request.malware, Module.BASELINE: request.baseline}
    for other, options in given.items():
        if other is not module and options is not msgspec.UNSET:
            without_effect(other.value, OTHER_MODULE)
    match module:
        case Module.VUL:
            vul = _vul(request.vul or VulScanOptions())
            return vul, content_of(vul)
        case Module.MALWARE:
            malware = _malware(request.malware or MalwareScanOptions())
            return malware, (str(malware.pattern.value),)
        case Module.BASELINE:
            baseline = _baseline(request.baseline or BaselineScanOptions())
            return baseline, tuple(policy.name for policy in chosen_policies(baseline))


def _vul(given: VulScanOptions) -> VulOptions:
    for level in given.levels:
        one_of("Vul.Levels", level, [known.value for known in Level])
    for category in given.categories:
        one_of("Vul.Categories", category, [known.value for known in Category])
    count_between("Vul.VulIds", given.vul_ids, 0, MAX_VUL_IDS)
    return VulOptions(
        levels=frozenset(map(Level, given.levels)) or frozenset(Level),
        categories=frozenset(map(Category, given.categories)) or frozenset(Category),
        vul_ids=tuple(VulId(between("Vul.VulIds", vul, 1, MAX_VUL_ID)) for vul in dict.fromkeys(given.vul_ids)),
        emergency=given.known_exploited,
    )


def _malware(given: MalwareScanOptions) -> MalwareOptions:
    pattern = Pattern(one_of("Malware.ScanPattern", given.scan_pattern, [known.value for known in Pattern]))
    return MalwareOptions(
        pattern=pattern,
        engine=one_of("Malware.EngineType", given.engine_type, ENGINES),
        memory=given.memory,
        paths=paths_of(pattern, given.custom_paths, "Malware.CustomPaths"),
    )


def _baseline(given: BaselineScanOptions) -> BaselineOptions:
    return BaselineOptions(
        policies=ids_of("Baseline.PolicyIds", given.policy_ids),
        rules=ids_of("Baseline.RuleIds", given.rule_ids),
        items=ids_of("Baseline.ItemIds", given.item_ids),
    )


def _digest(request: Request) -> bytes:
    """Of what was asked for beyond the defaults: a later release with more parameters reckons the same."""
    given, plain = msgspec.to_builtins(request), msgspec.to_builtins(Request(module=""))
    asked = {name: value for name, value in given.items() if plain.get(name) != value}
    for name in ("ClientToken", "DryRun"):
        asked.pop(name, None)
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()
