"""The Explorer's logic and the official SDK, each started once."""

import pytest

from capabilities import client_folder, require
from console_logic import running_logic, running_sdk


@pytest.fixture(scope="session")
def logic(tmp_path_factory):
    """Functions of the logic by "module.name"."""
    require("console-tools")
    with running_logic(tmp_path_factory.mktemp("explorer")) as running:
        yield running


@pytest.fixture(scope="session")
def sdk():
    """Asks the official Python SDK to sign."""
    require("clients")
    with running_sdk(client_folder("python")) as running:
        yield running.ask
