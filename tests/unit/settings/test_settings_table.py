"""The table of settings itself."""

import dataclasses
import re

import pytest

from hostward.settings import SETTINGS, Setting, Settings, read

HOME = {"HOME": "/home/ward"}


def test_the_table_and_the_values_name_the_same_settings() -> None:
    """A setting without a value, or a value nobody can set, is a defect."""
    fields = {field.name for field in dataclasses.fields(Settings)} - {"sources"}
    assert fields == {setting.attribute for setting in SETTINGS}


def test_names_and_variables_are_each_given_once() -> None:
    """Two settings that share a variable could not be told apart."""
    assert (len({s.name for s in SETTINGS}), len({s.variable for s in SETTINGS})) == (len(SETTINGS), len(SETTINGS))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_documented(setting: Setting) -> None:
    """One sentence at least, and a unit for every number."""
    assert re.fullmatch(r"[A-Z].{20,}\.", setting.doc)
    assert bool(setting.unit) == (setting.type == "integer")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_name_is_small_words_with_one_dot_at_most(setting: Setting) -> None:
    """The file has one level of tables."""
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", setting.name)


@pytest.mark.parametrize("setting", [s for s in SETTINGS if s.type == "integer"], ids=lambda setting: setting.name)
def test_the_bounds_of_a_number_are_accepted(setting: Setting) -> None:
    """Minimum and maximum are inclusive."""
    for bound in (setting.minimum, setting.maximum):
        settings = read(HOME, command_line={setting.name: bound})
        assert getattr(settings, setting.attribute) == bound


@pytest.mark.parametrize(
    ("name", "variable"), [("api.time_zone", "HOSTWARD_API_TIME_ZONE"), ("listen", "HOSTWARD_LISTEN")]
)
def test_a_variable_is_the_name_in_capitals(name: str, variable: str) -> None:
    """Dots become underscores."""
    assert [setting.variable for setting in SETTINGS if setting.name == name] == [variable]
