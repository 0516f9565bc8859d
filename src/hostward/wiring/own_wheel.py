"""This program as a wheel, packed from what is installed: agents get exactly the code that their server runs.

The same code gives the same bytes, so that replicas hand out one wheel and a host knows whether it has it already.
The console's files are left out: nothing of an agent shows them.
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import hostward
from hostward import __version__

LEFT_OUT: Final = frozenset({"__pycache__"})
CONSOLE_FILES: Final = ("console", "static")
TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Of every file: a zip must have one, and it must not differ."""

WHEEL: Final = "Wheel-Version: 1.0\nGenerator: hostward\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
"""Source: binary distribution format (PEP 427)."""


def file_name() -> str:
    """The wheel's name."""
    return f"hostward-{__version__}-py3-none-any.whl"


def packed() -> bytes:
    """The wheel."""
    info = f"hostward-{__version__}.dist-info"
    files = dict(_code(Path(hostward.__file__).parent))
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: hostward\nVersion: {__version__}\n".encode()
    files[f"{info}/WHEEL"] = WHEEL.encode()
    record = "".join(f"{name},sha256={_hash(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def _code(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and not LEFT_OUT & set(parts) and parts[:2] != CONSOLE_FILES:
            yield f"hostward/{'/'.join(parts)}", path.read_bytes()


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
