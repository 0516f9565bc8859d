"""A server that hosts can be installed from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from enrol_site import Site, open_site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """With an own CA and a full wheelhouse."""
    with open_site(tmp_path, monkeypatch) as opened:
        yield opened
