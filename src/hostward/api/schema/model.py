"""The shape of a service's document. Its JSON has these names in camelCase, in this order."""

from typing import Any, Literal

import msgspec

Type = Literal["string", "integer", "number", "boolean", "object", "array"]


class Words(msgspec.Struct, frozen=True):
    """A text in both languages of the API: en-US and zh-CN."""

    en: str
    zh: str


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a field can have, in the field's type, and what it means."""

    value: str | int
    documentation: Words


class FilterName(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name that a filter can have, without regard to case. whole: values match whole, whatever ExactMatch says.

    choices: all values there are; () for any text.
    """

    name: str
    documentation: Words
    whole: bool = False
    choices: tuple[Choice, ...] = ()


class Field(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A member of a request, an answer or a structure.

    item: the type of an array's elements. structure: of the object, or of each element. default: of a request's
    optional member. minimum, maximum: both included, of an integer or of each element. least_items, most_items: of an
    array. format: date-time or time. choices: all values there are, of the field or of each element. filters: names
    that filters can have, of an array of filters.
    """

    name: str
    type: Type
    required: bool | msgspec.UnsetType = msgspec.UNSET
    documentation: Words
    item: Type | Literal[""] = ""
    structure: str = ""
    default: Any = msgspec.UNSET
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    least_items: int | None = None
    most_items: int | None = None
    format: str = ""
    choices: tuple[Choice, ...] = ()
    filters: tuple[FilterName, ...] = ()


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A golden pair: about says in which state the server is."""

    name: str
    about: str
    language: str
    request: Any
    answer: Any


class ActionSchema(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One action. permission: "" for none, which nobody has. roles: who has it. changes: whether calls are audited."""

    name: str
    documentation: Words
    permission: str
    roles: tuple[str, ...]
    changes: bool
    request: tuple[Field, ...]
    response: tuple[Field, ...]
    errors: tuple[str, ...]
    examples: tuple[Example, ...]


class ErrorSchema(msgspec.Struct, frozen=True, kw_only=True):
    """A code: what makes it and what to do. sent: whether this server ever sends it."""

    code: str
    sent: bool
    cause: Words
    remedy: Words


class ServiceSchema(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A service. request_bytes: the largest request by its form. structures: by name, each with its fields.

    unserved: names of actions that the service has elsewhere and not here (they answer UnsupportedOperation).
    """

    service: str
    version: str
    languages: tuple[str, ...]
    request_bytes: dict[str, int]
    actions: tuple[ActionSchema, ...]
    structures: dict[str, tuple[Field, ...]]
    errors: tuple[ErrorSchema, ...]
    unserved: tuple[str, ...] = ()
