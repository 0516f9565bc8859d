"""AddVulIgnoreRule: set vulnerabilities aside, by their number, on all machines or on some."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.texts import NO_EXCLUDED, NO_INCLUDED
from hostward.api.values import count_between, one_of, without_effect
from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, VulId
from hostward.domain.ignoring import Scope, Source
from hostward.domain.reason import Reason
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.vulnerabilities import ignore
from hostward.usecases.vulnerabilities.visible import visible

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameter.ParsingError InvalidParameterValue MissingParameter"""
)

MOST_AT_ONCE: Final = 100
"""Rules of one call."""

ALL_MACHINES: Final = 0
CHOSEN_MACHINES: Final = 1
"""AssetScopeType."""


class VulIgnoreRule(msgspec.Struct, rename={"vul_id": "VulID", "rule_id": "RuleID"}, kw_only=True):
    """One rule. AssetScopeType 0: all machines, but those of ExcludeQuuidList; 1: those of IncludeQuuidList.

    What only answers hold is taken and not looked at.
    """

    vul_id: Uint64
    asset_scope_type: Uint64 = msgspec.field(name="AssetScopeType")
    include_quuid_list: list[str] = msgspec.field(name="IncludeQuuidList", default_factory=list)
    exclude_quuid_list: list[str] = msgspec.field(name="ExcludeQuuidList", default_factory=list)
    remark: str = msgspec.field(name="Remark", default="")
    config_host_count: Uint64 = msgspec.field(name="ConfigHostCount", default=0)
    affected_host_count: Uint64 = msgspec.field(name="AffectedHostCount", default=0)
    vul_name: str = msgspec.field(name="VulName", default="")
    rule_id: Uint64 = 0
    modify_time: str = msgspec.field(name="ModifyTime", default="")


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The rules: 1 to 100, all made or none."""

    rule_detail_list: list[VulIgnoreRule] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Make the rules."""
    rules = count_between("RuleDetailList", request.rule_detail_list, 1, MOST_AT_ONCE)
    reaches = [_reach(rule) for rule in rules]

    def work(uow: UnitOfWork) -> None:
        wanted = [
            ignore.Wanted(
                key=_key(uow, ctx.account, rule.vul_id), reach=reach, reason=rule.remark, owner=ctx.user.name,
                source=Source.API,
            )
            for rule, reach in zip(rules, reaches, strict=True)
        ]  # fmt: skip
        ignore.create(uow, account=ctx.account, wanted=wanted, now=ctx.now)

    await ctx.store.write(work)
    return Response()


def _reach(rule: VulIgnoreRule) -> ignore.Reach:
    if one_of("AssetScopeType", rule.asset_scope_type, (ALL_MACHINES, CHOSEN_MACHINES)) == CHOSEN_MACHINES:
        if rule.exclude_quuid_list:
            without_effect("ExcludeQuuidList", NO_EXCLUDED)
        return ignore.Reach(
            scope=Scope.CHOSEN, quuids=tuple(rule.include_quuid_list), parameter="IncludeQuuidList"
        )  # fmt: skip
    if rule.include_quuid_list:
        without_effect("IncludeQuuidList", NO_INCLUDED)
    if rule.exclude_quuid_list:
        return ignore.Reach(
            scope=Scope.EXCEPT, quuids=tuple(rule.exclude_quuid_list), parameter="ExcludeQuuidList"
        )  # fmt: skip
    return ignore.Reach()


def _key(uow: UnitOfWork, account: AccountId, number: int) -> str:
    """The vulnerability's name. Raises NotFound for one that the account may not know."""
    found = uow.advisories.vuls([VulId(number)]) if 1 <= number < 2**32 else ()
    if not found or found[0].id not in visible(uow, account, [found[0].id]):
        raise NotFound.because(Reason.NO_VUL, vul=number)
    return found[0].key
