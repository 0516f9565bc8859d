"""Laws of the sshd_config reader, compared with a plain model of what the manual says."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from hostward.scanners.baseline.sshd_config import CONFIG, SshdConfig, parse, split_line

keywords = st.sampled_from(["Alpha", "beta", "GAMMA"])
values = st.sampled_from(["yes", "no", "1", "x"])
settings = st.tuples(keywords, values).map(lambda pair: f"{pair[0]} {pair[1]}")
noise = st.sampled_from(["", "# Alpha comment", "   ", "\t#"])
globals_only = st.lists(settings | noise, max_size=12)
matches = st.sampled_from(["Match User bob", "match all", "Match Group x Address 10.0.0.0/8"])
with_matches = st.lists(settings | noise | matches, max_size=15)


def _parsed(files: dict[str, list[str]]) -> SshdConfig:
    content = {path: "\n".join(lines).encode() for path, lines in files.items()}
    return parse(content.__getitem__, lambda pattern: sorted(path for path in files if path.startswith(pattern[:-1])))


def _values(files: dict[str, list[str]]) -> dict[str, str]:
    return {keyword: setting.value for keyword, setting in _parsed(files).settings.items()}


def _model(lines: list[str]) -> dict[str, str]:
    """First value wins; a Match block hides what follows, "Match all" ends it."""
    found: dict[str, str] = {}
    is_global = True
    for line in lines:
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if parts[0].lower() == "match":
            is_global = [part.lower() for part in parts[1:]] == ["all"]
        elif is_global:
            found.setdefault(parts[0].lower(), parts[1])
    return found


@given(with_matches)
def test_one_file_reads_as_the_model(lines: list[str]) -> None:
    """Order, case, comments and Match blocks."""
    assert _values({CONFIG: lines}) == _model(lines)


@given(globals_only, globals_only, globals_only)
def test_include_is_as_if_written_there(before: list[str], inside: list[str], after: list[str]) -> None:
    """As long as there is no Match block."""
    files = {CONFIG: [*before, "Include /d/*", *after], "/d/a.conf": inside}
    assert _values(files) == _model([*before, *inside, *after])


@given(globals_only, with_matches, globals_only)
def test_match_in_an_included_file_does_not_leak(before: list[str], inside: list[str], after: list[str]) -> None:
    """What follows the Include is global whatever the file did."""
    files = {CONFIG: [*before, "Include /d/*", *after], "/d/a.conf": inside}
    expected = dict(_model(before))
    for found in (_model(inside), _model(after)):
        expected = found | expected
    assert _values(files) == expected


@given(st.lists(st.tuples(st.integers(min_value=0, max_value=99), globals_only), max_size=5))
def test_included_files_count_in_the_order_of_their_names(parts: list[tuple[int, list[str]]]) -> None:
    """The first file that sets a keyword wins."""
    files = {f"/d/{number:02}.conf": lines for number, lines in parts}
    joined = [line for path in sorted(files) for line in files[path]]
    assert _values({CONFIG: ["Include /d/*"], **files}) == _model(joined)


@given(with_matches, st.sampled_from(["Match User bob", "Match Address *"]))
def test_nothing_is_global_inside_a_match_block(inside: list[str], match: str) -> None:
    """An Include in there changes nothing, "Match all" included."""
    assert _values({CONFIG: [match, "Include /d/*"], "/d/a.conf": inside}) == {}


@given(with_matches)
def test_no_setting_is_lost(lines: list[str]) -> None:
    """Every keyword of the file is global or conditional."""
    config = _parsed({CONFIG: lines})
    written = {line.split()[0].lower() for line in lines if line.split() and line.strip()[0] != "#"} - {"match"}
    assert set(config.settings) | set(config.conditional) == written


@given(st.text(max_size=60).filter(lambda text: "\n" not in text))
def test_any_line_is_split_or_refused(line: str) -> None:
    """No text of a hostile file makes the reader raise anything but ValueError."""
    with contextlib.suppress(ValueError):
        split = split_line(line)
        assert split is None or split[0] == split[0].lower()


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    """Rubbish gives settings or gaps, never an exception."""
    config = parse(lambda _path: data, lambda _pattern: [])
    assert all(setting.value or setting.value == "" for setting in config.settings.values())
    assert len(config.gaps) <= 20


@given(st.lists(st.sampled_from(["a", "b c", "d'e", 'f"g', "#h", "i#j", "\\k"]), min_size=1, max_size=4))
def test_quoted_arguments_come_back_whole(arguments: list[str]) -> None:
    """Quotes and backslashes are undone exactly."""
    quoted = " ".join('"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"' for argument in arguments)
    assert split_line(f"Keyword {quoted}") == ("keyword", arguments)
