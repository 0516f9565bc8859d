"""Every output format by its name."""

from collections.abc import Mapping

from hostward.cli.scan.formats.contract import Format
from hostward.cli.scan.formats.csv_text import as_csv
from hostward.cli.scan.formats.cyclonedx import as_cyclonedx
from hostward.cli.scan.formats.json_text import as_json, as_jsonl
from hostward.cli.scan.formats.sarif import as_sarif
from hostward.cli.scan.formats.spdx import as_spdx
from hostward.cli.scan.formats.table import as_table

BILLS = frozenset({"cyclonedx", "spdx"})
"""Bills of materials: what the vulnerability module found installed."""

FORMATS: Mapping[str, Format] = {
    "table": as_table,
    "json": as_json,
    "jsonl": as_jsonl,
    "csv": as_csv,
    "sarif": as_sarif,
    "cyclonedx": as_cyclonedx,
    "spdx": as_spdx,
}
