"""Exports for benches: a shelf in a folder that is removed with the process, and readers of what is in its files."""

import atexit
import csv
import io
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from hostward.api.download import Downloads
from hostward.api.exports import Exports
from hostward.store.exports import FileShelf

KEY = bytes(range(32))
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_folders: list[tempfile.TemporaryDirectory] = []


def exports(folder: Path | None = None) -> Exports:
    """Exports in this folder, or in one of their own."""
    return Exports(FileShelf(folder or _own_folder()), KEY)


def _own_folder() -> Path:
    if not _folders:
        _folders.append(tempfile.TemporaryDirectory(prefix="hostward-exports-"))
        atexit.register(_folders[0].cleanup)
    return Path(tempfile.mkdtemp(dir=_folders[0].name))


def written(api_exports: Exports) -> None:
    """Wait until everything that was asked for is written."""
    api_exports._writers.submit(lambda: None).result(30)


def csv_rows(data: bytes) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def xlsx_rows(data: bytes, sheet: int = 1) -> list[list[str]]:
    """The rows of a sheet of an XLSX file, cells as texts; a formula in it is an error."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{sheet}.xml"))
    assert root.find(f".//{_SHEET}f") is None
    return [_cells(row) for row in root.iter(f"{_SHEET}row")]


def _cells(row: ElementTree.Element) -> list[str]:
    found = {}
    for cell in row.iter(f"{_SHEET}c"):
        column = ord(cell.attrib["r"].rstrip("0123456789")) - ord("A")
        found[column] = "".join(cell.itertext())
    return [found.get(column, "") for column in range(max(found, default=-1) + 1)]


async def fetched(downloads: Downloads, path: str, query: str, method: str = "GET") -> tuple[int, dict, bytes]:
    """What a download answers over ASGI."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def receive() -> dict:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode("latin-1"), "headers": []}
    await downloads(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:])


def link_parts(url: str) -> tuple[str, str, dict[str, str]]:
    """Origin, path and fields of a link."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return origin, parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}
