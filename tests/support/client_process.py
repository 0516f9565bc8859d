"""Official clients as processes of their own."""

import os
import subprocess
from pathlib import Path

from api_bench import SECRET, SECRET_ID

PATIENCE = 120


def run(command: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """A client's process, with an empty home and no proxy."""
    plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    settings = {
        "HOME": str(home), "TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": SECRET,
        "TENCENTCLOUD_REGION": "ap-guangzhou",
    }  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=plain | settings, cwd=home)
