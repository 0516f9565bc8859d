"""GenerateCode (service hostward): a program that makes a call, in a language of the caller's."""

from typing import Any, Final

import msgspec

from hostward.api.action import VERSIONS, AnyAction
from hostward.api.context import Context
from hostward.api.decode import check_given
from hostward.api.errors import ApiError, Code
from hostward.api.json_body import parse_object
from hostward.api.programs import PROGRAMS
from hostward.api.programs.address import endpoint_at
from hostward.api.programs.call import Call
from hostward.api.texts import A_JSON_OBJECT, A_SERVER, NO_ACTION, shown
from hostward.api.values import one_of, wrong_value

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The call. Parameters: a JSON object in text, "" for none. Endpoint: "" for where this request came to."""

    service: str
    action_name: str
    program_language: str
    parameters: str = ""
    endpoint: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The program; it takes its key from the environment and holds no secret."""

    text: str


async def answer(ctx: Context, request: Request) -> Response:
    """Write the program; parameters that are missing may still be filled in, others must be right."""
    one_of("Service", request.service, tuple(VERSIONS))
    one_of("ProgramLanguage", request.program_language, tuple(PROGRAMS))
    action = _action(request)
    given = _parameters(action, request.parameters)
    endpoint = request.endpoint or ctx.origin
    if not endpoint:
        wrong_value("Endpoint", endpoint, A_SERVER)
    call = Call(
        service=action.service, version=action.version, action=action.name, parameters=given,
        endpoint=endpoint_at(endpoint), language=ctx.language,
    )  # fmt: skip
    return Response(text=PROGRAMS[request.program_language](call))


def _action(request: Request) -> AnyAction:
    from hostward.api.actions import ACTIONS  # noqa: PLC0415  # that list holds this action

    for action in ACTIONS:
        if (action.service, action.name) == (request.service, request.action_name):
            return action
    raise ApiError(Code.INVALID_VALUE, NO_ACTION, service=request.service, action=shown(request.action_name))


def _parameters(action: AnyAction, text: str) -> dict[str, Any]:
    try:
        given = parse_object(text.encode()) if text.strip() else {}
    except ApiError:
        wrong_value("Parameters", text, A_JSON_OBJECT)
    check_given(action.request, given)
    return given
