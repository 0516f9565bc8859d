"""The parameters of an action, wherever a request of its kind carries them."""

from typing import TypeVar

import msgspec

from hostward.api.call import Call
from hostward.api.decode import decode, decode_flat
from hostward.api.flat_body import COMMON, parse_flat
from hostward.api.http import Request

S = TypeVar("S", bound=msgspec.Struct)


def parameters_of(kind: type[S], request: Request, call: Call) -> S:
    """The struct of an action: from the query of a GET, the form of a POST, else from the JSON body.

    Raises ApiError as decode does.
    """
    source = request.flat
    if source is None:
        return decode(kind, request.body)
    flat = parse_flat(source)
    if call.is_signed_v1:
        flat = {name: value for name, value in flat.items() if name not in COMMON}
    return decode_flat(kind, flat)
