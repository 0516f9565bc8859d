"""Writes the pages of docs/reference that are generated from tables (`make docs`).

A test compares the pages in the tree with what this would write, so that none goes stale.
"""

from pathlib import Path

from hostward.settings import SETTINGS, Setting

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_PAGE = ROOT / "docs" / "reference" / "settings.md"


def settings_page() -> str:
    """docs/reference/settings.md."""
    return _HEAD + "\n".join(_section(setting) for setting in SETTINGS)


def write() -> None:
    """Write every generated page."""
    SETTINGS_PAGE.write_text(settings_page(), encoding="utf-8")


def _section(setting: Setting) -> str:
    in_file = "" if setting.in_file else "; not in the file"
    return (
        f"## `{setting.name}`\n\n{setting.doc}\n\n"
        f"- default: {_code(str(setting.default))}{' ' + setting.unit if setting.unit else ''}\n"
        f"- accepts: {setting.accepted}\n"
        f"- environment: `{setting.variable}`{in_file}\n"
    )


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

if __name__ == "__main__":
    write()
