"""What the actions of ignore rules share: parameters, checked, and rules as they are answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.texts import BAD_TIME
from hostward.api.times import wire_datetime
from hostward.api.values import one_of, wrong_value
from hostward.domain.errors import NotFound
from hostward.domain.ids import MachineId, RuleId
from hostward.domain.ignoring import IgnoreRule, Product, Scope, VexDocument
from hostward.domain.reason import Reason
from hostward.usecases.vulnerabilities.ignore import Reach

MOST_IDS: Final = 2**53
"""Ids stay below: a JSON number."""


class IgnoreRuleInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """One rule. Scope: all, chosen, except or tagged. PackageName "": any package. ExpireTime, EndedTime "": never."""

    rule_id: int
    key: str
    state: str
    scope: str
    quuids: list[str]
    tags: list[str]
    package_name: str
    package_ecosystem: str
    package_version: str
    remark: str
    owner: str
    source: str
    created_time: str
    modify_time: str
    expire_time: str
    ended_time: str
    document: str
    vex_status: str
    justification: str


class VexDocumentInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """An OpenVEX document that was imported. Rules: how many of its statements set something aside."""

    document: str
    author: str
    version: int
    issued_time: str
    imported_time: str
    owner: str
    rules: int
    statements: int


def rule_of(value: int) -> RuleId:
    """RuleId; a number that no rule can have is refused in the words for one that does not exist."""
    if not 1 <= value < MOST_IDS:
        raise NotFound.because(Reason.NO_RULE, rule=value)
    return RuleId(value)


def reach_of(scope: str, quuids: Sequence[str], tags: Sequence[str]) -> Reach:
    """Scope, QuuidList and Tags."""
    return Reach(
        scope=Scope(one_of("Scope", scope, [each.value for each in Scope])), quuids=tuple(quuids), tags=tuple(tags)
    )  # fmt: skip


def product_of(name: str, ecosystem: str, version: str) -> Product | None:
    """PackageName, PackageEcosystem and PackageVersion: None without a name."""
    if not name:
        for parameter, value in (("PackageEcosystem", ecosystem), ("PackageVersion", version)):
            if value:
                wrong_value(parameter, value, "PackageName")
        return None
    return Product(name=name, ecosystem=ecosystem, version=version)


def time_of(ctx: Context, name: str, value: str) -> datetime | None:
    """A time as the API writes it, in the API's time zone; None for ""."""
    if not value:
        return None
    try:
        # Its zone is given on the same line.
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ctx.settings.time_zone)
    except ValueError:
        wrong_value(name, value, BAD_TIME)


def rule_info(rule: IgnoreRule, quuids: Mapping[MachineId, str], ctx: Context) -> IgnoreRuleInfo:
    """A rule as it is answered; machines that are gone are left out."""
    zone, product = ctx.settings.time_zone, rule.product or Product(name="")
    over = None if rule.is_in_force(ctx.now) else rule.ended or rule.expires
    return IgnoreRuleInfo(
        rule_id=rule.id,
        key=rule.key,
        state="in force" if over is None else "ended",
        scope=rule.scope.value,
        quuids=[quuids[machine] for machine in rule.machines if machine in quuids],
        tags=list(rule.tags),
        package_name=product.name,
        package_ecosystem=product.ecosystem,
        package_version=product.version,
        remark=rule.reason,
        owner=rule.owner,
        source=rule.source.value,
        created_time=wire_datetime(zone, rule.created),
        modify_time=wire_datetime(zone, rule.changed),
        expire_time=wire_datetime(zone, rule.expires),
        ended_time=wire_datetime(zone, over),
        document=rule.document,
        vex_status=rule.status,
        justification=rule.justification,
    )


def document_info(one: VexDocument, ctx: Context) -> VexDocumentInfo:
    """A document as it is answered."""
    zone = ctx.settings.time_zone
    return VexDocumentInfo(
        document=one.id,
        author=one.author,
        version=one.version,
        issued_time=wire_datetime(zone, one.issued),
        imported_time=wire_datetime(zone, one.imported),
        owner=one.owner,
        rules=one.rules,
        statements=one.statements,
    )
