"""DescribeMachineRegions: the regions that machines can be in, by their type; all that are enrolled here are Other."""

from typing import Final

import msgspec

from hostward.api.actions.describe_machines import RegionInfo
from hostward.api.context import Context
from hostward.api.errors import codes

ERRORS: Final = codes(
    """InternalError InvalidParameter.InvalidFormat InvalidParameter.MissingParameter InvalidParameterValue
    MissingParameter"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing to say."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Regions by type of machine; those of a cloud have none here."""

    cvm: list[RegionInfo] = msgspec.field(name="CVM", default_factory=list)
    bm: list[RegionInfo] = msgspec.field(name="BM", default_factory=list)
    lh: list[RegionInfo] = msgspec.field(name="LH", default_factory=list)
    ecm: list[RegionInfo] = msgspec.field(name="ECM", default_factory=list)
    other: list[RegionInfo]
    everything: list[RegionInfo] = msgspec.field(name="ALL")


async def answer(ctx: Context, request: Request) -> Response:  # noqa: ARG001  # the same for everybody
    """List the regions."""
    here = [RegionInfo()]
    return Response(other=here, everything=here)
