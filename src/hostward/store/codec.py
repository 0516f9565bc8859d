"""Values that are stored as JSON text: options, notes, lists of words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from hostward.domain.durations import UNKNOWN, Durations
from hostward.domain.module import Module
from hostward.domain.note import NOTHING, Code, Note
from hostward.domain.options import BaselineOptions, MalwareOptions, Options, VulOptions
from hostward.domain.processes import Processes
from hostward.domain.severity import Level
from hostward.domain.verdict import ProbeEvidence
from hostward.store.texts import clean, clean_all

NO_VALUES = "{}"

_TYPES: Mapping[Module, type[Options]] = {
    Module.VUL: VulOptions,
    Module.MALWARE: MalwareOptions,
    Module.BASELINE: BaselineOptions,
}
_OPTIONS = {module: msgspec.json.Decoder(kind) for module, kind in _TYPES.items()}
_WORDS = msgspec.json.Decoder(tuple[str, ...])
_VALUES = msgspec.json.Decoder(dict[str, str])
_EVIDENCE = msgspec.json.Decoder(tuple[ProbeEvidence, ...])
_PROCESSES = msgspec.json.Decoder(Processes)
_HISTORY = msgspec.json.Decoder(tuple[tuple[int, int], ...])
_ENCODER = msgspec.json.Encoder(order="deterministic")
_NOTHING = NOTHING.code.value


def options_text(options: Options) -> str:
    """A scan's options as text."""
    return _ENCODER.encode(options).decode()


def options_of(module: Module, stored: str) -> Options:
    """The options of a scan of this module."""
    return _OPTIONS[module].decode(stored)


def words_text(words: Sequence[str]) -> str:
    """A list of words as text."""
    return _ENCODER.encode(clean_all(*words)).decode() if words else "[]"


def words_of(stored: str) -> tuple[str, ...]:
    """The words of a stored list."""
    return _WORDS.decode(stored) if stored != "[]" else ()


def processes_text(processes: Processes) -> str:
    """An agent's processes as text: "" for none."""
    if not processes.known:
        return ""
    known = tuple(replace(each, boot=clean(each.boot), instance=clean(each.instance)) for each in processes.known)
    return _ENCODER.encode(replace(processes, known=known)).decode()


def processes_of(stored: str) -> Processes:
    """The processes of a stored text."""
    return _PROCESSES.decode(stored) if stored else Processes()


def values_text(note: Note) -> str:
    """A note's values as a JSON object in text."""
    if not note.values:
        return NO_VALUES
    return _ENCODER.encode({clean(name): clean(value) for name, value in note.values.items()}).decode()


def note_of(code: str, values: str) -> Note:
    """A stored note."""
    if values == NO_VALUES:
        return NOTHING if code == _NOTHING else Note(code=Code(code))
    return Note(code=Code(code), values=_VALUES.decode(values))


def probes_text(evidence: Sequence[ProbeEvidence]) -> str:
    """What probes saw, as text."""
    cleaned = [{"probe": clean(e.probe), "actual": clean(e.actual), "expected": clean(e.expected)} for e in evidence]
    return _ENCODER.encode(cleaned).decode() if cleaned else "[]"


def probes_of(stored: str) -> tuple[ProbeEvidence, ...]:
    """What probes saw."""
    return _EVIDENCE.decode(stored) if stored != "[]" else ()


def history_text(history: Durations) -> str:
    """Counts by class of length as text."""
    return _ENCODER.encode(history.classes).decode() if history.classes else "[]"


def history_of(stored: str) -> Durations:
    """The counts of a stored history."""
    return Durations(_HISTORY.decode(stored)) if stored != "[]" else UNKNOWN


def level_of(stored: int | None) -> Level | None:
    """A stored level, None where nobody gives one."""
    return None if stored is None else Level(stored)


def number_of(level: Level | None) -> int | None:
    """The level as drivers take it: a plain number (psycopg would write an enumeration's name)."""
    return None if level is None else level.value
