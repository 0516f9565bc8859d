"""What the program says of itself."""

import platform
import re

import hostward
from hostward.runtime.build import Build, this_build


def test_the_build_names_the_version_of_the_package() -> None:
    """There is one place that holds the version."""
    assert this_build().version == hostward.__version__


def test_the_build_names_the_interpreter_that_runs() -> None:
    """A bug report without it asks for a second question."""
    assert this_build().python == platform.python_version()


def test_a_build_prints_as_one_line() -> None:
    """The line is what --version shows."""
    build = Build(version="0.1.0", python="3.11.7", system="Linux x86_64")
    assert str(build) == "hostward 0.1.0 (Python 3.11.7, Linux x86_64)"


def test_the_version_is_one_that_packages_may_have() -> None:
    """A release is three numbers, with a pre-release mark at most (PEP 440)."""
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", hostward.__version__)
