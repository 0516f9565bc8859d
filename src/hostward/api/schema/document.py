"""The document of a service, built once from the table of actions."""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import msgspec

from hostward.api.action import CWP, VERSIONS, AnyAction
from hostward.api.actions import ACTIONS
from hostward.api.errors import COMMON, Code
from hostward.api.http import MAX_FORM_POST, MAX_GET, MAX_POST
from hostward.api.names import NAMES
from hostward.api.schema.fields import fields_of, structures_of
from hostward.api.schema.model import ActionSchema, ErrorSchema, Example, Field, ServiceSchema, Words
from hostward.api.schema.texts import TEXTS, action_text, error_text
from hostward.domain.account import Role
from hostward.domain.permission import GRANTS

LANGUAGES: Final = ("en-US", "zh-CN")

REQUEST_ID: Final = Field(
    name="RequestId",
    type="string",
    documentation=Words(
        "Identifies the request; `hostward request ID` tells what it was.",
        "请求的唯一标识；可用 `hostward request ID` 查询详情。",
    ),
)
"""The last member of every answer."""

_NEVER_SENT: Final = ErrorSchema(
    code="",
    sent=False,
    cause=Words("Belongs to the API's list; this server does not send it.", "属于接口约定的错误码，本服务器不会返回。"),
    remedy=Words("None is needed.", "无需处理。"),
)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A document as bytes, and the ETag that stands for them. packed: by gzip, which has an ETag of its own."""

    body: bytes
    etag: str
    packed: bytes
    packed_etag: str


@cache
def service_schema(service: str) -> ServiceSchema:
    """The document of a service of VERSIONS. Raises Undocumented when texts/ lacks something."""
    actions = sorted((one for one in ACTIONS if one.service == service), key=lambda one: one.name)
    return ServiceSchema(
        service=service,
        version=VERSIONS[service],
        languages=LANGUAGES,
        request_bytes={"get": MAX_GET, "form": MAX_FORM_POST, "json": MAX_POST},
        actions=tuple(_action(one, _examples(service).get(one.name, ())) for one in actions),
        structures=dict(sorted(structure for one in actions for structure in _structures(one))),
        errors=tuple(_errors(sorted({code for one in actions for code in one.errors} | COMMON))),
        unserved=tuple(sorted(NAMES - {one.name for one in actions})) if service == CWP else (),
    )


@cache
def encoded(service: str) -> Encoded:
    """The document as it is served: the same bytes whenever and wherever they are made."""
    body = msgspec.json.format(msgspec.json.encode(service_schema(service)), indent=1) + b"\n"
    mark = hashlib.sha256(body).hexdigest()[:32]
    return Encoded(body, f'"{mark}"', gzip.compress(body, mtime=0), f'"{mark}-gzip"')


def _action(action: AnyAction, examples: tuple[Example, ...]) -> ActionSchema:
    text = action_text(action.service, action.name)
    where = f"{action.service}/{action.name}.json"
    return ActionSchema(
        name=action.name,
        documentation=Words(text.en, text.zh),
        permission="" if action.permission is None else action.permission.value,
        roles=_roles(action),
        changes=action.changes,
        request=fields_of(action.request, text.request, where, is_request=True),
        response=(*fields_of(action.response, text.response, where, is_request=False), REQUEST_ID),
        errors=tuple(sorted(action.errors | COMMON)),
        examples=examples,
    )


def _structures(action: AnyAction) -> Iterator[tuple[str, tuple[Field, ...]]]:
    yield from structures_of(action.request, is_request=True)
    yield from structures_of(action.response, is_request=False)


def _roles(action: AnyAction) -> tuple[str, ...]:
    """Who has the permission, the mightiest first."""
    grant = None if action.permission is None else GRANTS.get(action.permission)
    return () if grant is None else tuple(role.value for role in Role if role in grant.roles)


def _errors(codes: list[str]) -> Iterator[ErrorSchema]:
    sent = set(Code)
    for code in codes:
        if code not in sent:
            yield msgspec.structs.replace(_NEVER_SENT, code=code)
            continue
        text = error_text(code)
        yield ErrorSchema(
            code=code,
            sent=True,
            cause=Words(text.cause_en, text.cause_zh),
            remedy=Words(text.remedy_en, text.remedy_zh),
        )


@cache
def _examples(service: str) -> Mapping[str, tuple[Example, ...]]:
    """The golden pairs by action, as scripts/write_reference.py copied them from the tests."""
    file = TEXTS / "examples" / f"{service}.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, tuple[Example, ...]])
