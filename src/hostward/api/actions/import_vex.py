"""ImportVex (service hostward): take an OpenVEX document; what it calls not affected or fixed is set aside."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.ignore_values import VexDocumentInfo, document_info, reach_of
from hostward.domain.ignoring import Scope
from hostward.protocol import openvex
from hostward.usecases.vulnerabilities import ignore

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Content: the document's text. Scope, QuuidList, Tags: on which machines it holds."""

    content: str
    scope: str = Scope.ALL.value
    quuid_list: list[str] = []
    tags: list[str] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The document, and what came of it. LeftOut: why products set nothing aside, and how many."""

    document: VexDocumentInfo
    made: int
    kept: int
    ended: int
    left_out: list[str]


async def answer(ctx: Context, request: Request) -> Response:
    """Take the document, in place of an earlier one with its id."""
    reach = reach_of(request.scope, request.quuid_list, request.tags)
    vex = openvex.read(request.content.encode("utf-8", "replace"))
    done = await ctx.store.write(
        lambda uow: ignore.bring(
            uow, account=ctx.account, vex=vex, reach=reach, owner=ctx.user.name, now=ctx.now
        )
    )  # fmt: skip
    return Response(
        document=document_info(done.document, ctx),
        made=done.made,
        kept=done.kept,
        ended=done.ended,
        left_out=[f"{count} {reason}" for reason, count in sorted(done.left_out.items())],
    )
