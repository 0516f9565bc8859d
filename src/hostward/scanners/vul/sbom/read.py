"""A bill of materials from its bytes, whatever its format."""

import json

from hostward.domain.errors import InvalidValue
from hostward.scanners.vul.sbom import cyclonedx, spdx
from hostward.scanners.vul.sbom.bill import Described, describe

MAX_BYTES = 256 << 20
"""Largest file taken: a machine with 3,000 packages makes some 5 MB."""


CYCLONEDX, SPDX = "CycloneDX", "SPDX"


def read(data: bytes) -> Described:
    """The machine that a bill describes. Raises InvalidValue for what is none that is read."""
    if len(data) > MAX_BYTES:
        raise InvalidValue(f"it is larger than {MAX_BYTES >> 20} MiB")
    text = data.decode("utf-8-sig", "replace")
    if text.lstrip().startswith(spdx.TAG_START):
        return describe(spdx.read_tags(text), SPDX)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidValue("it is neither JSON nor SPDX tag-value; make it as CycloneDX or SPDX in JSON") from error
    if isinstance(content, dict):
        if cyclonedx.is_cyclonedx(content):
            return describe(cyclonedx.read(content), CYCLONEDX)
        if spdx.is_spdx(content):
            return describe(spdx.read(content), SPDX)
    raise InvalidValue("it is JSON, but neither CycloneDX nor SPDX 2; make it as one of these")
