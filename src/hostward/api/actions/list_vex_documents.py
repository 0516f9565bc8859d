"""ListVexDocuments (service hostward): the OpenVEX documents that were imported."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.ignore_values import VexDocumentInfo, document_info

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The documents, newest first."""

    documents: list[VexDocumentInfo]


async def answer(ctx: Context, _request: Request) -> Response:
    """List them."""
    every = await ctx.store.read(lambda uow: uow.ignores.documents(ctx.account))
    return Response(documents=[document_info(each, ctx) for each in every])
