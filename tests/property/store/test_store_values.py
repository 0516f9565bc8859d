"""Values on their way into the store and out again."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.ids import MachineId, VulId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import Text
from hostward.domain.module import Module
from hostward.domain.note import Code, Note
from hostward.domain.options import BaselineOptions, Category, MalwareOptions, Options, Pattern, VulOptions, module_of
from hostward.domain.severity import Level
from hostward.store import packed
from hostward.store.codec import note_of, options_of, options_text, values_text, words_of, words_text
from hostward.store.texts import SEPARATOR, clean, fold, joined, texts_of
from hostward.store.times import EPOCH, micros, seconds_or_zero, span, span_of, time_of
from store_samples import facts

ANY_TEXT = st.text(st.characters(), max_size=12)
"""Lone surrogates and NUL among it."""
FIT_TEXT = ANY_TEXT.map(clean)
ZONES = (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3.5)))
TIMES = st.datetimes(timezones=st.sampled_from(ZONES))
OPTIONS = st.one_of(
    st.builds(
        VulOptions,
        levels=st.frozensets(st.sampled_from(Level)),
        categories=st.frozensets(st.sampled_from(Category)),
        vul_ids=st.lists(st.integers(1, 1 << 32).map(VulId)).map(tuple),
        emergency=st.booleans(),
    ),
    st.builds(
        MalwareOptions,
        pattern=st.sampled_from(Pattern),
        engine=st.integers(1, 3),
        memory=st.booleans(),
        paths=st.lists(FIT_TEXT).map(tuple),
    ),
    st.builds(BaselineOptions, policies=st.lists(st.integers()).map(tuple), items=st.lists(st.integers()).map(tuple)),
)


@given(time=TIMES)
def test_times_are_kept_to_the_microsecond(time: datetime) -> None:
    """Whatever zone they were given in."""
    assert time_of(micros(time)) == time


@given(first=TIMES, second=TIMES)
def test_stored_times_sort_as_times_do(first: datetime, second: datetime) -> None:
    """Due units are found by comparing numbers."""
    assert (first < second) == (micros(first) < micros(second))


@given(time=TIMES)
def test_whole_seconds_are_rounded_down(time: datetime) -> None:
    """As the database's own division of positive numbers does."""
    if time >= EPOCH:
        assert seconds_or_zero(time) == int((time - EPOCH).total_seconds())


@given(value=st.timedeltas())
def test_spans_are_kept(value: timedelta) -> None:
    """To the microsecond too."""
    assert span_of(span(value)) == value


@given(text=ANY_TEXT)
def test_clean_text_can_be_stored_anywhere(text: str) -> None:
    """It is UTF-8, has no NUL, and cleaning it again changes nothing; fit text is left alone."""
    cleaned = clean(text)
    assert b"\0" not in cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert len(cleaned) == len(text)


@given(text=FIT_TEXT.filter(lambda text: "\0" not in text))
def test_fit_text_is_left_alone(text: str) -> None:
    """No character is lost that a database could hold."""
    assert clean(text) == text


@given(text=ANY_TEXT)
def test_folded_text_never_holds_a_separator(text: str) -> None:
    """Else a value could match over the border of two texts."""
    assert SEPARATOR not in fold(text)


@given(text=st.text(st.sampled_from("aAzZéÉßẞσΣςøØжЖ"), max_size=12))
def test_folded_text_has_no_case(text: str) -> None:
    """Letters of all scripts are found by their other case."""
    assert fold(text) == fold(text.upper()) == fold(text.lower())


@given(
    name=ANY_TEXT, addresses=st.lists(ANY_TEXT, max_size=3), value=ANY_TEXT, which=st.sampled_from(list(Text)),
    exact=st.booleans(),
)  # fmt: skip
def test_a_search_column_finds_what_its_texts_hold(
    name: str, addresses: list[str], value: str, which: Text, exact: bool
) -> None:
    """A value between separators is a whole text; one without is a part of one text, never of two."""
    machine = Machine(
        id=MachineId(1),
        account=1,
        quuid="q",
        uuid="u",
        facts=facts(name, *addresses),  # type: ignore[arg-type]  # any
    )
    texts, sought = [fold(text) for text in texts_of(machine, which)], fold(value)
    expected = sought in texts if exact else any(sought in text for text in texts)
    found = (SEPARATOR + sought + SEPARATOR if exact else sought) in joined(machine, which)
    assert found == expected


@given(ids=st.sets(st.integers(0, (1 << 32) - 1).map(VulId)))
def test_packed_sets_come_back(ids: set[VulId]) -> None:
    """Four bytes each."""
    assert (packed.unpack(packed.pack(ids)), len(packed.pack(ids))) == (ids, 4 * len(ids))


@given(ids=st.lists(st.integers(0, (1 << 32) - 1).map(VulId)))
def test_a_packed_set_has_one_form(ids: list[VulId]) -> None:
    """Order and repetition leave no trace."""
    assert packed.pack(ids) == packed.pack(sorted(set(ids), reverse=True))


@given(options=OPTIONS)
def test_options_come_back(options: Options) -> None:
    """Of every module."""
    assert options_of(module_of(options), options_text(options)) == options


def test_options_of_an_older_program_are_read_with_defaults() -> None:
    """A field that it did not know has its default."""
    assert options_of(Module.VUL, '{"emergency":true}') == VulOptions(emergency=True)


@given(code=st.sampled_from(Code), values=st.dictionaries(FIT_TEXT, FIT_TEXT, max_size=3))
def test_notes_come_back(code: Code, values: dict[str, str]) -> None:
    """Code and values."""
    note = Note(code=code, values=values)
    assert note_of(note.code.value, values_text(note)) == note


@given(words=st.lists(FIT_TEXT, max_size=4))
def test_lists_of_words_come_back(words: list[str]) -> None:
    """The empty one too."""
    assert words_of(words_text(words)) == tuple(words)
