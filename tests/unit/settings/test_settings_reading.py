"""Where the value of a setting comes from, and which values are refused."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.settings import SETTINGS, Address, Setting, described, read
from hostward.settings.reading import FILE, MAX_FILE_BYTES
from hostward.settings.table import Value

HOME = {"HOME": "/home/ward"}


def refusal(env: dict[str, str], **command_line: Value) -> str:
    """The message with which these settings are refused."""
    with pytest.raises(InvalidValue) as refused:
        read(HOME | env, command_line=command_line)
    return str(refused.value)


def env_in(folder: Path, text: str | bytes) -> dict[str, str]:
    """An environment whose data directory has a settings file of this text."""
    (folder / FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    return {"HOSTWARD_DATA_DIR": str(folder)}


def test_without_anything_the_defaults_are_in_force() -> None:
    """They are those of the table, in the types that the program uses."""
    settings = read(HOME)
    assert settings.listen == Address(host="127.0.0.1", port=8420)
    assert settings.api_time_zone is UTC
    assert settings.api_rate_per_second == 20
    assert settings.scan_default_timeout_seconds == 3600
    assert (settings.agent_poll_hold_seconds, settings.agent_heartbeat_seconds) == (50, 20)
    assert (settings.log_level, settings.log_format, settings.database_url) == ("info", "console", "")
    assert set(settings.sources.values()) == {"default"}


def test_the_environment_is_above_the_file_and_the_command_line_above_both(tmp_path: Path) -> None:
    """The nearer to the person, the stronger; each value remembers its source."""
    env = env_in(tmp_path, '[log]\nlevel = "error"\nformat = "json"\n[api]\nrate_per_second = 5\n')
    env |= {"HOSTWARD_LOG_FORMAT": "console", "HOSTWARD_LOG_LEVEL": "warning"}
    settings = read(env, command_line={"log.level": "debug"})
    assert (settings.log_level, settings.log_format, settings.api_rate_per_second) == ("debug", "console", 5)
    assert {name: settings.sources[name] for name in ("log.level", "log.format", "api.rate_per_second", "listen")} == {
        "log.level": "command line",
        "log.format": "environment HOSTWARD_LOG_FORMAT",
        "api.rate_per_second": f"file {tmp_path / FILE}",
        "listen": "default",
    }


def test_an_option_that_was_not_given_leaves_the_setting_alone() -> None:
    """A command hands over all its options as they are."""
    settings = read(HOME, command_line={"listen": None, "data_dir": None})
    assert (str(settings.listen), settings.sources["listen"]) == ("127.0.0.1:8420", "default")


def test_the_process_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server started by hand needs no argument for it."""
    monkeypatch.setenv("HOSTWARD_API_RATE_PER_SECOND", "3")
    assert read().api_rate_per_second == 3


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({"HOSTWARD_DATA_DIR": "/srv/hw", "HOME": "/home/ward"}, "/srv/hw"),
        ({"XDG_DATA_HOME": "/xdg", "HOME": "/home/ward"}, "/xdg/hostward"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/home/ward"}, "/home/ward/.local/share/hostward"),
        ({"HOME": "/home/ward"}, "/home/ward/.local/share/hostward"),
    ],
)
def test_the_data_directory_is_the_users_unless_named(env: dict[str, str], folder: str) -> None:
    """As the XDG base directory specification says, relative paths there are ignored."""
    assert read(env).data_dir == Path(folder)


def test_a_relative_data_directory_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server may change its folder later."""
    monkeypatch.chdir(tmp_path)
    assert read(HOME, command_line={"data_dir": "here"}).data_dir == tmp_path / "here"


def test_without_a_home_the_data_directory_must_be_named() -> None:
    """Nothing is put into a folder that nobody chose."""
    with pytest.raises(InvalidValue, match="HOSTWARD_DATA_DIR"):
        read({})


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HOSTWARD_LISTEN", "8420", "HOST:PORT"),
        ("HOSTWARD_LISTEN", "0:8420", "HOST:PORT"),
        ("HOSTWARD_LISTEN", "127.1:8420", "HOST:PORT"),
        ("HOSTWARD_LISTEN", "two words:8420", "HOST:PORT"),
        ("HOSTWARD_SERVER_NAMES", "a.example,b.example:8420", "without ports"),
        ("HOSTWARD_SERVER_NAMES", ",".join(f"n{number}" for number in range(17)), "up to 16"),
        ("HOSTWARD_LISTEN", "127.0.0.1:65536", "HOST:PORT"),
        ("HOSTWARD_LISTEN", "127.0.0.1:-1", "HOST:PORT"),
        ("HOSTWARD_LISTEN", "127.0.0.1:", "HOST:PORT"),
        ("HOSTWARD_LISTEN", "::1:8420", "brackets"),
        ("HOSTWARD_LISTEN", "[::1:8420", "brackets"),
        ("HOSTWARD_LISTEN", "[::g]:8420", "brackets"),
        ("HOSTWARD_API_TIME_ZONE", "Mars/Olympus", "IANA"),
        ("HOSTWARD_API_TIME_ZONE", "", "IANA"),
        ("HOSTWARD_API_TIME_ZONE", "Europe", "IANA"),
        ("HOSTWARD_API_TIME_ZONE", "../../etc/passwd", "IANA"),
        ("HOSTWARD_API_LEFT_TIME_UNIT", "hours", "seconds or minutes"),
        ("HOSTWARD_API_RATE_PER_SECOND", "0", "from 1 to 1,000"),
        ("HOSTWARD_API_RATE_PER_SECOND", "20.0", "whole number"),
        ("HOSTWARD_API_RATE_PER_SECOND", " 20", "whole number"),
        ("HOSTWARD_API_RATE_PER_SECOND", "２０", "whole number"),
        ("HOSTWARD_API_RATE_PER_SECOND", "9" * 5000, "whole number"),
        ("HOSTWARD_SCAN_DEFAULT_TIMEOUT_SECONDS", "86401", "to 86,400"),
        ("HOSTWARD_LOG_LEVEL", "INFO", "debug or info"),
    ],
)
def test_an_unusable_value_is_refused_with_its_source_and_what_is_accepted(
    variable: str, value: str, said: str
) -> None:
    """The operator need not search for the line to mend."""
    message = refusal({variable: value})
    assert (f"environment {variable}" in message, said in message) == (True, True)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("127.0.0.1:0", Address(host="127.0.0.1", port=0)),
        ("localhost:80", Address(host="localhost", port=80)),
        ("[::1]:65535", Address(host="::1", port=65_535)),
        ("0.0.0.0:8443", Address(host="0.0.0.0", port=8443)),
        ("scan.example.org:8443", Address(host="scan.example.org", port=8443)),
    ],
)
def test_addresses_are_accepted_and_print_as_written(written: str, address: Address) -> None:
    """Port 0 asks for a free one; IPv6 addresses stand in brackets."""
    listen = read(HOME | {"HOSTWARD_LISTEN": written}).listen
    assert (listen, str(listen)) == (address, written)


def test_names_are_parted_by_commas_and_made_small() -> None:
    """Addresses among them stand in their usual form, without brackets."""
    names = read(HOME | {"HOSTWARD_SERVER_NAMES": " Scan.Example.ORG., [2001:DB8::0:1],192.0.2.7,"}).server_names
    assert names == ("scan.example.org", "2001:db8::1", "192.0.2.7")


def test_a_time_zone_is_known_by_its_name() -> None:
    """Times in answers are then those of Shanghai."""
    zone = read(HOME | {"HOSTWARD_API_TIME_ZONE": "Asia/Shanghai"}).api_time_zone
    assert (zone, zone.utcoffset(datetime(2026, 1, 1))) == (ZoneInfo("Asia/Shanghai"), timedelta(hours=8))  # noqa: DTZ001  # utcoffset takes a naive time


def test_an_unknown_variable_is_refused_with_those_that_are_known() -> None:
    """A misspelt setting must not be passed over in silence."""
    message = refusal({"HOSTWARD_LISTNE": "127.0.0.1:1"})
    assert ("'HOSTWARD_LISTNE' (environment)" in message, "HOSTWARD_LISTEN," in message) == (True, True)


def test_variables_of_the_tests_are_left_alone() -> None:
    """The environment of a test run also reaches the servers it starts."""
    assert read(HOME | {"HOSTWARD_TEST_REQUIRE": "postgres"}) == read(HOME)


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    """With the file and the names that are known."""
    message = refusal(env_in(tmp_path, '[api]\nzone = "UTC"\n'))
    assert message.startswith(f"'api.zone' (file {tmp_path / FILE}) is no setting: known are agent.")


def test_an_unknown_name_from_the_command_line_is_refused() -> None:
    """Commands can't make up settings."""
    assert refusal({}, nonsense=1).startswith("'nonsense' (command line) is no setting")


@pytest.mark.parametrize("value", ["true", "1.5", "[]", "2026-01-01", "[api.rate_per_second]\nx = 1"])
def test_a_value_of_another_type_in_the_file_is_refused(tmp_path: Path, value: str) -> None:
    """TOML has types; a date is no number of requests."""
    text = value if value.startswith("[a") else f"api.rate_per_second = {value}"
    assert "api.rate_per_second" in refusal(env_in(tmp_path, text))


@pytest.mark.parametrize(
    "text", ["listen = ", b'listen = "\xff"', "api.rate_per_second = " + "9" * 5000, "a = " + "[" * 5000]
)
def test_a_broken_file_is_refused_by_its_name(tmp_path: Path, text: str | bytes) -> None:
    """Whatever breaks it, the message says which file and that it is not TOML."""
    assert refusal(env_in(tmp_path, text)).startswith(f"{tmp_path / FILE} is not valid TOML")


def test_a_file_too_large_for_settings_is_refused(tmp_path: Path) -> None:
    """It is some other file under this name."""
    assert "no settings file" in refusal(env_in(tmp_path, "#" * (MAX_FILE_BYTES + 1)))


def test_a_file_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    """Starting with defaults instead would run another server than the one that was set up."""
    (tmp_path / FILE).mkdir()
    assert "can't be read (Is a directory)" in refusal({"HOSTWARD_DATA_DIR": str(tmp_path)})


def test_the_data_directory_can_not_be_set_in_its_own_file(tmp_path: Path) -> None:
    """The file is found through it."""
    assert "use HOSTWARD_DATA_DIR" in refusal(env_in(tmp_path, 'data_dir = "/elsewhere"'))


@pytest.mark.parametrize("value", ["/a\0b"])
def test_a_path_that_no_system_knows_is_refused(value: str) -> None:
    """A zero byte ends a path for the kernel."""
    assert "expected a path" in refusal({"HOSTWARD_DATA_DIR": value})


def test_a_lease_outlasts_two_lost_heartbeats() -> None:
    """Else a machine that works would lose its scan to another."""
    assert "to 44" in refusal({"HOSTWARD_AGENT_HEARTBEAT_SECONDS": "45"})


def test_the_description_has_every_setting_with_value_and_source() -> None:
    """Doctor prints it as it is."""
    shown = described(read(HOME | {"HOSTWARD_API_RATE_PER_SECOND": "7"}))
    assert [row.setting for row in shown] == list(SETTINGS)
    assert [(row.value, row.source) for row in shown if row.setting.name == "api.rate_per_second"] == [
        ("7", "environment HOSTWARD_API_RATE_PER_SECOND")
    ]


@pytest.mark.parametrize(("url", "shown"), [("postgresql://hw:s3cret@h/d", "[hidden]"), ("", "")])
def test_the_description_hides_a_secret_but_not_that_there_is_none(url: str, shown: str) -> None:
    """What doctor prints ends up in bug reports."""
    rows = described(read(HOME | {"HOSTWARD_DATABASE_URL": url}))
    assert [row.value for row in rows if row.setting.name == "database.url"] == [shown]


def test_the_error_for_a_secret_does_not_repeat_it() -> None:
    """Errors are logged."""
    assert "s3cret" not in refusal({"HOSTWARD_DATABASE_URL": "s3cret\0"})


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
@given(text=st.text(max_size=30))
def test_any_text_is_either_used_or_refused_in_words(setting: Setting, text: str) -> None:
    """No value, however odd, ends in another error than InvalidValue."""
    assert outcome(setting, text) in {f"environment {setting.variable}", "refused"}


def outcome(setting: Setting, text: str) -> str:
    """The source of the value when the text is used, else "refused"."""
    try:
        return read(HOME | {setting.variable: text}).sources[setting.name]
    except InvalidValue:
        return "refused"


def test_values_in_force_can_not_be_changed() -> None:
    """They were read once; a change half-way would split the process."""
    with pytest.raises(AttributeError):
        read(HOME).api_rate_per_second = 9  # type: ignore[misc]  # the point of the test


def test_reading_touches_nothing(tmp_path: Path) -> None:
    """Asking for settings must not make the data directory."""
    read(HOME, command_line={"data_dir": str(tmp_path / "new")})
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # names only
