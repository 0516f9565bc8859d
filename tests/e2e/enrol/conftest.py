"""A server that hosts can be installed from."""

from collections.abc import Iterator

import pytest

from enrol_site import Site, open_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """With an own CA and a full wheelhouse; one for all tests, each of which has hosts of its own."""
    with pytest.MonkeyPatch.context() as patch, open_site(tmp_path_factory.mktemp("site"), patch) as opened:
        yield opened
