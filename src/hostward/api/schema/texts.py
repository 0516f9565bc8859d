"""What the files in texts/ say of actions and fields, read once and checked for form."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import msgspec

TEXTS: Final[Traversable] = files("hostward.api.schema") / "texts"


class ChoiceText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value a field can have, as text whatever the field's type."""

    value: str
    en: str
    zh: str


class FilterText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name that a filter can have; model.FilterName explains the members."""

    name: str
    en: str
    zh: str
    whole: bool = False
    choices: tuple[ChoiceText, ...] = ()


class FieldText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a struct can't say of a field; model.Field explains the members. filters: a list of filters.json."""

    en: str
    zh: str
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    least_items: int | None = None
    most_items: int | None = None
    format: str = ""
    choices: tuple[ChoiceText, ...] = ()
    filters: str = ""


FieldTexts = Mapping[str, FieldText]


class ActionText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of an action and its own fields; fields that are the same everywhere stand in shared.json."""

    en: str
    zh: str
    request: dict[str, FieldText]
    response: dict[str, FieldText]


class ErrorText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cause and remedy of a code."""

    cause_en: str
    cause_zh: str
    remedy_en: str
    remedy_zh: str


class Undocumented(LookupError):
    """Something of the API has no entry in texts/; the message says which and where it belongs."""


@cache
def action_text(service: str, action: str) -> ActionText:
    """The file of an action. Raises Undocumented."""
    file = TEXTS / service / f"{action}.json"
    if not file.is_file():
        raise Undocumented(f"the action {action} has no texts/{service}/{action}.json")
    return msgspec.json.decode(file.read_bytes(), type=ActionText)


@cache
def structure_texts(name: str) -> FieldTexts:
    """The file of a structure; nothing where shared.json says all."""
    file = TEXTS / "structures" / f"{name}.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, FieldText]) if file.is_file() else {}


@cache
def shared_texts() -> FieldTexts:
    """Fields that mean the same wherever they stand."""
    return msgspec.json.decode((TEXTS / "shared.json").read_bytes(), type=dict[str, FieldText])


@cache
def filter_texts() -> Mapping[str, tuple[FilterText, ...]]:
    """Lists of filters, by the name that fields call them by."""
    return msgspec.json.decode((TEXTS / "filters.json").read_bytes(), type=dict[str, tuple[FilterText, ...]])


@cache
def error_texts() -> Mapping[str, ErrorText]:
    """Every code that this server sends."""
    return msgspec.json.decode((TEXTS / "errors.json").read_bytes(), type=dict[str, ErrorText])


def error_text(code: str) -> ErrorText:
    """What is said of a code. Raises Undocumented."""
    if code not in error_texts():
        raise Undocumented(f"the code {code} is not in texts/errors.json")
    return error_texts()[code]


def field_text(own: FieldTexts, name: str, where: str) -> FieldText:
    """The own text of a field, else the shared one. Raises Undocumented; where: the file that should have it."""
    found = own.get(name) or shared_texts().get(name)
    if found is None:
        raise Undocumented(f"the field {name} is neither in texts/{where} nor in texts/shared.json")
    return found
