"""Folders to scan: harmless files, and some that a rule of ours must hit."""

import json
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTI" + b"VIRUS-TEST-FILE!$H+H*"
"""The test file of the anti-virus trade, in two pieces so that this file is none itself."""


def tree(folder: Path, *, files: int, planted: int) -> Path:
    """A tree of that many harmless files and planted EICAR files."""
    for number in range(files):
        place = folder / f"d{number % 40:02d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"f{number:05d}.txt").write_bytes(b"nothing to see here %d\n" % number * 20)
    for number in range(planted):
        (folder / f"planted{number}.com").write_bytes(EICAR)
    return folder


def tracker_feed(path: Path, release: str) -> Path:
    """A Debian tracker file that speaks of one package nobody has: it only makes the release covered."""
    record = {
        "releases": {
            release: {
                "status": "resolved",
                "fixed_version": "2.0-1",
                "urgency": "high",
                "repositories": {release: "1.0-1"},
            }
        },
        "description": "made up",
    }
    path.write_text(json.dumps({"hostward-made-up-package": {"CVE-2026-0001": record}}))
    return path
