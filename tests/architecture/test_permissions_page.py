"""The pages of permissions and of the inventory are written from the tables."""

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest

from hostward.api.actions import ACTIONS
from hostward.domain.permission import Permission
from source_tree import ROOT


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that writes the generated pages."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    spec = spec_from_file_location("write_permissions", ROOT / "scripts" / "write_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_permissions_is_current(script: ModuleType) -> None:
    """`make docs` writes it."""
    assert script.PERMISSIONS_PAGE.read_text(encoding="utf-8") == script.permissions_page(), "run make docs"


def test_the_page_names_every_permission_and_action(script: ModuleType) -> None:
    """Nobody has to read code to know who may do what."""
    page = script.permissions_page()
    assert [one.value for one in Permission if f"| `{one.value}` |" not in page] == []
    assert [one.name for one in ACTIONS if f"| {one.service} | {one.name} | `{one.permission}` |" not in page] == []


def test_the_page_of_the_inventory_is_current(script: ModuleType) -> None:
    """`make docs` writes it."""
    assert script.INVENTORY_PAGE.read_text(encoding="utf-8") == script.inventory_page(), "run make docs"
