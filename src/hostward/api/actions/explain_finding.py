"""ExplainFinding (service hostward): why a machine has a vulnerability, who says so, and what to do there."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code
from hostward.api.explain_texts import NOT_COVERED, release_of
from hostward.api.explanation_rows import FindingReason, SilentFeed, advice, reason, silent_feed
from hostward.api.ignore_values import IgnoreRuleInfo, rule_info
from hostward.api.texts import NO_EVENT
from hostward.api.times import wire_datetime
from hostward.api.values import between
from hostward.api.vulnerability_rows import MachineVulnerability, machine_vulnerability
from hostward.domain.ids import EventId
from hostward.domain.vul_event import MACHINES, VULS
from hostward.usecases.vulnerabilities.explain import Explained, explain

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest", "ResourceNotFound"})

MAX_EVENT_ID: Final = MACHINES * VULS - 1


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which event, by its number: ListMachineVulnerabilities and ListVulnerableMachines answer it."""

    event_id: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The event with its vulnerability, the machine, who says so and who does not, and what to do.

    NotCovered "": feeds have data for its packages. IgnoredBy: the rule that sets it aside; empty also when who asks
    may not read that rule.
    """

    finding: MachineVulnerability
    quuid: str
    host_name: str
    os_name: str
    description: str
    references: list[str]
    publish_time: str
    reasons: list[FindingReason]
    silent_feeds: list[SilentFeed]
    not_covered: str
    command: str
    fix: str
    restart: str
    ignored_by: list[IgnoreRuleInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """Explain it."""
    which = EventId(between("EventId", request.event_id, 0, MAX_EVENT_ID))
    found = await ctx.store.read(lambda uow: explain(uow, account=ctx.account, event=which, now=ctx.now))
    if found is None:
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_EVENT, event=which)
    zone, language, todo = ctx.settings.time_zone, ctx.language, advice(found)
    return Response(
        finding=machine_vulnerability(found.event, found.vul, zone),
        quuid=found.machine.quuid,
        host_name=found.machine.facts.host_name,
        os_name=found.machine.facts.os_name,
        description=found.vul.description,
        references=[found.vul.reference] if found.vul.reference else [],
        publish_time=wire_datetime(zone, found.vul.published),
        reasons=[reason(ground, zone, language) for ground in found.grounds],
        silent_feeds=[silent_feed(one, zone, language) for one in found.silent],
        not_covered="" if found.covered else _not_covered(ctx, found),
        command=todo.command,
        fix=todo.fix,
        restart=todo.restart,
        ignored_by=[rule_info(rule, found.quuids, ctx) for rule in (found.rule,) if rule is not None],
    )


def _not_covered(ctx: Context, found: Explained) -> str:
    names = ", ".join(sorted({release_of(one.package.ecosystem) for one in found.event.packages}))
    return NOT_COVERED.said(ctx.language, {"release": names})
