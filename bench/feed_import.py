"""CPU seconds and memory of reading a feed, beside what JSON and zip alone cost.

Run: python bench/feed_import.py [PATH ...] [--records 30000]. Without a path a Debian tracker file and an OSV zip of
that many records are generated, and a day of EPSS with ten times as many lines, about as many as there are. The control
unpacks the same bytes and decodes the same JSON with the standard library, and does nothing with it. Storing is not
measured here. Exits with 1 when generated feeds take longer than the bar.
"""

import argparse
import gzip
import json
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from hostward.feeds.table import feed_of

BAR_CPU_SECONDS = 6.0
"""29,198 advisories with storing them (design: vulnerability module, bars); reading must leave most of it."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("paths", nargs="*", type=Path)
    options.add_argument("--records", type=int, default=30_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        paths = chosen.paths or generate(Path(folder), chosen.records)
        spent = [measure(path) for path in paths]
    return 0 if chosen.paths or max(spent) <= BAR_CPU_SECONDS else 1


def generate(folder: Path, count: int) -> list[Path]:
    """A tracker file and an OSV zip that say the same."""
    tracker: dict[str, dict[str, object]] = {}
    for number in range(count):
        release = {"status": "resolved", "fixed_version": f"1.{number}-1", "urgency": "medium", "repositories": {}}
        releases = dict.fromkeys(("bullseye", "bookworm", "trixie", "sid"), release)
        entry = {"scope": "local", "description": "A flaw in something. " * 8, "releases": releases}
        tracker.setdefault(f"source{number // 10}", {})[f"CVE-2026-{10_000 + number}"] = entry
    plain = folder / "tracker.json"
    plain.write_text(json.dumps(tracker))
    packed = folder / "all.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"DEBIAN-CVE-2026-{10_000 + number}.json", json.dumps(osv_record(number)))
    scores = folder / "epss.csv.gz"
    lines = (
        f"CVE-{2000 + number % 27}-{10_000 + number},{number % 99_991 / 100_000:.5f},0.5"
        for number in range(10 * count)
    )
    text = "\n".join(("#model_version:v1", "cve,epss,percentile", *lines))
    scores.write_bytes(gzip.compress(text.encode(), 1))
    return [plain, packed, scores]


def osv_record(number: int) -> dict[str, object]:
    """A record of about 1 KB with two ranges and a vector."""
    events = [{"introduced": "0"}, {"fixed": f"1.{number}-1"}]
    affected = [
        {
            "package": {"ecosystem": ecosystem, "name": f"source{number // 10}"},
            "ranges": [{"type": "ECOSYSTEM", "events": events}],
        }
        for ecosystem in ("Debian:11", "Debian:12", "Debian:13")
    ]
    return {
        "id": f"DEBIAN-CVE-2026-{10_000 + number}",
        "modified": "2026-01-01T00:00:00Z",
        "published": "2026-01-01T00:00:00Z",
        "details": "A flaw in something. " * 8,
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": affected,
    }


def measure(path: Path) -> float:
    """Read one feed without keeping it; CPU seconds."""
    feed = feed_of(path)
    start = time.process_time()
    reading = feed.read(path)
    for _ in reading:
        pass
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    skipped = ", ".join(f"{count} {reason}" for reason, count in reading.skipped.items()) or "none"
    start = time.process_time()
    control(path)
    print(f"{path.name} ({feed.name}): {reading.records} advisories in {spent:.2f} CPU s, peak {peak:.0f} MB")
    print(f"  control: JSON and unpacking alone {time.process_time() - start:.2f} CPU s; left out: {skipped}")
    return spent


def control(path: Path) -> None:
    """Unpack and decode everything with the standard library."""
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            json.loads(file.read_bytes())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.filename.endswith(".json"):
                    json.loads(archive.read(member))
    else:
        data = path.read_bytes()
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        if ".csv" not in path.name:
            json.loads(data)


if __name__ == "__main__":
    sys.exit(main())
