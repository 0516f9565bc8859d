"""Writes the pages of docs/reference that are generated from tables (`make docs`).

A test compares the pages in the tree with what this would write, so that none goes stale.
"""

from collections.abc import Mapping
from pathlib import Path

import api_reference

from hostward.api.action import AnyAction
from hostward.api.actions import ACTIONS
from hostward.domain.account import Role
from hostward.domain.options import Category
from hostward.domain.permission import GRANTS, Permission
from hostward.domain.versions.table import VERSIONS, Family
from hostward.scanners.vul.table import DATABASES, LANGUAGES, UNREAD_DATABASES
from hostward.settings import SETTINGS, Setting

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_PAGE = ROOT / "docs" / "reference" / "settings.md"
PERMISSIONS_PAGE = ROOT / "docs" / "reference" / "permissions.md"
INVENTORY_PAGE = ROOT / "docs" / "reference" / "inventory.md"


def settings_page() -> str:
    """docs/reference/settings.md."""
    return _HEAD + "\n".join(_section(setting) for setting in SETTINGS)


def permissions_page() -> str:
    """docs/reference/permissions.md."""
    roles = " | ".join(Role)
    rule = "|---|" + "---|" * (len(Role) + 2)
    permissions = "\n".join(map(_permission, GRANTS))
    actions = "\n".join(map(_action, sorted(ACTIONS, key=_service_and_name)))
    return (
        f"{_PERMISSIONS_HEAD}| permission | {roles} | limited to tags | temporary key |\n{rule}\n{permissions}\n\n"
        f"## Actions\n\n| service | action | permission | {roles} | audited |\n{rule}---|\n{actions}\n"
    )


def inventory_page() -> str:
    """docs/reference/inventory.md."""
    databases = [f"| {each.name} | {each.reads} |" for each in DATABASES]
    databases += [
        f"| {name} | recognised by `/{place}`, not read: the scan says so |" for name, place in UNREAD_DATABASES
    ]
    kinds = [f"| {each.name} | {each.reads} |" for each in LANGUAGES]
    families = [_family(each) for each in VERSIONS]
    return _INVENTORY.format(databases="\n".join(databases), kinds="\n".join(kinds), families="\n".join(families))


def _family(family: Family) -> str:
    categories = {Category.LINUX: "4 Linux", Category.APPLICATION: "2 application", Category.WEB_CMS: "1 web CMS"}
    judged = "yes" if family.key is not None else "not yet: listed and counted"
    return f"| {family.name} | {family.scheme} | {categories[family.category]} | {judged} |"


def write() -> None:
    """Write every generated page."""
    SETTINGS_PAGE.write_text(settings_page(), encoding="utf-8")
    PERMISSIONS_PAGE.write_text(permissions_page(), encoding="utf-8")
    INVENTORY_PAGE.write_text(inventory_page(), encoding="utf-8")
    _write_all(api_reference.examples_files())  # first: the pages show them
    _write_all(api_reference.pages())


def _write_all(files: Mapping[Path, str]) -> None:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _section(setting: Setting) -> str:
    in_file = "" if setting.in_file else "; not in the file"
    return (
        f"## `{setting.name}`\n\n{setting.doc}\n\n"
        f"- default: {_code(str(setting.default))}{' ' + setting.unit if setting.unit else ''}\n"
        f"- accepts: {setting.accepted}\n"
        f"- environment: `{setting.variable}`{in_file}\n"
    )


def _permission(permission: Permission) -> str:
    grant = GRANTS[permission]
    roles = " | ".join(_yes(role in grant.roles) for role in Role)
    return f"| `{permission}` | {roles} | {_yes(not grant.whole_account)} | {_yes(grant.by_token)} |"


def _action(action: AnyAction) -> str:
    allowed = GRANTS[action.permission].roles if action.permission in GRANTS else frozenset()
    roles = " | ".join(_yes(role in allowed) for role in Role)
    return f"| {action.service} | {action.name} | `{action.permission}` | {roles} | {_yes(action.changes)} |"


def _service_and_name(action: AnyAction) -> tuple[str, str]:
    return action.service, action.name


def _yes(yes: bool) -> str:
    return "yes" if yes else "no"


def _code(text: str) -> str:
    return f"`{text}`" if text else "empty"


_HEAD = """# Settings

<!-- Written by `make docs` from src/hostward/settings/table.py: change it there. -->

The first of these that names a setting gives its value: the command line (where a command has an option for it), the
environment, the file `hostward.toml` in the data directory, the default. Values are read once, when a process starts.
A name that is not on this page is an error, as is a value that a setting does not accept; the error says where it
stands and what is accepted. Variables that begin with `HOSTWARD_TEST_` are left to the project's own tests.

In the file, the part before the dot is a table:

```toml
listen = "127.0.0.1:8420"

[api]
time_zone = "Asia/Shanghai"
```

"""

_INVENTORY = """# What a vulnerability scan reads

<!-- Written by `make docs` from scanners/vul/table.py and domain/versions/table.py: change it there. -->

A scan walks the machine's local file systems once and reads the databases and files below. Nothing it finds is run, no
link leads it out of the root, and every file has a limit of size, depth and number: what is damaged, too large or can't
be opened is named in the scan's remarks. How the parts fit together: [inventory](../explanation/inventory.md).

## Package databases

| database | what is read |
|---|---|
{databases}

## Everything else

A package whose file belongs to a package of the distribution is the distribution's: it is judged with the fixes that
the distribution backports, and not given a second time.

| kind | what is read |
|---|---|
{kinds}

## Ecosystems

How versions are ordered, and the VulCategory of what is found. Names are those of OSV, but for `dpkg`, `rpm` and `apk`
(distributions without a name there) and the web CMSs.

| ecosystem | order | category | judged |
|---|---|---|---|
{families}
"""

_PERMISSIONS_HEAD = """# Permissions

<!-- Written by `make docs` from domain/permission.py and api/actions: change it there. -->

What each role may do. What stands in neither table is refused to everybody; a refusal is
AuthFailure.UnauthorizedOperation and names the permission that is missing. "Limited to tags": also a user who sees only
some machines, and then for those only ([accounts](../explanation/accounts.md)). "Temporary key": also one made by
CreateTemporaryToken; it may do what both its own role and that of its user include.

"""

if __name__ == "__main__":
    write()
