"""A struct's members as fields of the document: types from the struct, the rest from texts/."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from hostward.api.decode import Whole, without_unset
from hostward.api.schema.model import Choice, Field, FilterName, Type, Words
from hostward.api.schema.texts import FieldText, FieldTexts, field_text, filter_texts, structure_texts

_SCALARS: Final[Mapping[object, Type]] = {str: "string", int: "integer", float: "number", bool: "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a type hint means. item: of an array's elements. struct: of an object. whole: an integer's range."""

    name: Type
    item: "Kind | None" = None
    struct: type[msgspec.Struct] | None = None
    whole: Whole | None = None

    @property
    def innermost(self) -> "Kind":
        """Itself, or the kind of what the array holds."""
        return self if self.item is None else self.item.innermost


def kind_of(hint: object) -> Kind:
    """The kind of a hint. Annotated may hold the range of an integer or, beside Raw, what the JSON is.

    Raises TypeError for a hint that the API has no type for.
    """
    hint = without_unset(hint)
    if get_origin(hint) is Annotated:
        base, mark = get_args(hint)[:2]
        return kind_of(mark) if base is msgspec.Raw else Kind(name="integer", whole=mark)
    if get_origin(hint) is list:
        return Kind(name="array", item=kind_of(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return Kind(name="object", struct=hint)
    if hint in _SCALARS:
        return Kind(name=_SCALARS[hint])
    raise TypeError(f"{hint!r} is no type of this API")


def fields_of(struct: type[msgspec.Struct], own: FieldTexts, where: str, *, is_request: bool) -> tuple[Field, ...]:
    """The fields of a struct, in its order. own: their texts, from the file `where`. Raises Undocumented."""
    return tuple(
        _field(one, field_text(own, one.encode_name, where), is_request=is_request)
        for one in msgspec.structs.fields(struct)
    )


def structures_of(struct: type[msgspec.Struct], *, is_request: bool) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """The structures below a struct, each with its name."""
    for one in msgspec.structs.fields(struct):
        below = kind_of(one.type).innermost.struct
        if below is not None:
            name = below.__name__
            where = f"structures/{name}.json"
            yield name, fields_of(below, structure_texts(name), where, is_request=is_request)
            yield from structures_of(below, is_request=is_request)


def _field(one: FieldInfo, text: FieldText, *, is_request: bool) -> Field:
    kind = kind_of(one.type)
    inner = kind.innermost
    whole = inner.whole
    return Field(
        name=one.encode_name,
        type=kind.name,
        required=one.required if is_request else msgspec.UNSET,
        documentation=Words(text.en, text.zh),
        item=inner.name if kind.item else "",
        structure=inner.struct.__name__ if inner.struct else "",
        default=_default(one) if is_request else msgspec.UNSET,
        unit=text.unit,
        minimum=whole.minimum if whole and text.minimum is None else text.minimum,
        maximum=whole.maximum if whole and text.maximum is None else text.maximum,
        least_items=text.least_items,
        most_items=text.most_items,
        format=text.format,
        choices=tuple(_choice(choice.value, Words(choice.en, choice.zh), inner) for choice in text.choices),
        filters=_filters(text.filters),
    )


def _filters(which: str) -> tuple[FilterName, ...]:
    """The filters of a list of filters.json; none for ""."""
    return tuple(
        FilterName(
            name=one.name,
            documentation=Words(one.en, one.zh),
            whole=one.whole,
            choices=tuple(Choice(value=each.value, documentation=Words(each.en, each.zh)) for each in one.choices),
        )
        for one in (filter_texts()[which] if which else ())
    )


def _choice(value: str, words: Words, kind: Kind) -> Choice:
    return Choice(value=int(value) if kind.name == "integer" else value, documentation=words)


def _default(one: FieldInfo) -> Any:
    """What leaving the member out means; UNSET for one that must be there, or that then stays as it is."""
    if one.default_factory is not msgspec.NODEFAULT:
        return one.default_factory()
    return msgspec.UNSET if one.default is msgspec.NODEFAULT else one.default
