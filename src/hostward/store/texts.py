"""Texts from hosts, made fit to be stored and searched; the same for every store."""

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from hostward.domain.machine import Machine
from hostward.domain.machine_filter import Text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Data = TypeVar("Data", bound="DataclassInstance")

SEPARATOR = "\x1f"
"""Stands before, between and after the texts of one search column; never inside a folded text."""

_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_UNFIT = {0: "\N{REPLACEMENT CHARACTER}", **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")}
"""NUL, which PostgreSQL's text can't hold, and lone surrogates, which are not Unicode text."""


def clean(text: str) -> str:
    """The text as any database can hold it."""
    return text if text.isascii() and "\0" not in text else text.translate(_UNFIT)


def clean_all(*texts: str) -> tuple[str, ...]:
    """The texts as any database can hold them, looked at together: nearly all are fit as they are."""
    together = "".join(texts)
    return texts if together.isascii() and "\0" not in together else tuple(map(clean, texts))


def cleaned(value: Data) -> Data:
    """A value of the domain with all its texts cleaned, those in tuples and in values inside it too."""
    changes = {each.name: _cleaned(getattr(value, each.name)) for each in fields(value)}
    return replace(value, **changes)


def fold(text: str) -> str:
    """The text without regard to case, as it is searched by."""
    return clean(text).casefold().replace(SEPARATOR, " ")


def ascii_lower(text: str) -> str:
    """The text with its ASCII letters small, as lower() of both databases leaves it (in PostgreSQL: collation C)."""
    return text.translate(_SMALL)


def texts_of(machine: Machine, text: Text) -> tuple[str, ...]:
    """The texts of a machine that a search looks into.

    ADDRESS: the inner and the public one; ANY: all of them; INSTANCE: what the API shows as InstanceID, which is the
    quuid here.
    """
    facts = machine.facts
    texts = {
        Text.ANY: (facts.host_name, *facts.addresses, facts.wan_ip, machine.remark),
        Text.ADDRESS: (inner_ip(facts.addresses), facts.wan_ip),
        Text.HOST_NAME: (facts.host_name,),
        Text.INSTANCE: (machine.quuid,),
        Text.OS_NAME: (facts.os_name,),
        Text.UUID: (machine.uuid,),
        Text.QUUID: (machine.quuid,),
    }
    return texts[text]


def inner_ip(addresses: tuple[str, ...]) -> str:
    """The address shown as the machine's inner one, "" when it has none."""
    return addresses[0] if addresses else ""


def joined(machine: Machine, text: Text) -> str:
    """The folded texts in one search column."""
    return SEPARATOR + SEPARATOR.join(map(fold, texts_of(machine, text))) + SEPARATOR


def _cleaned(value: object) -> object:
    """Enumerations of words are words too, but their own."""
    if type(value) is str:
        return clean(value)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    return cleaned(value) if is_dataclass(value) and not isinstance(value, type) else value
