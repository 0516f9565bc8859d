"""Java archives and tars, made here."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal


def jar(members: Mapping[str, str | bytes], *, packed: bool = True, before: bytes = b"") -> bytes:
    """An archive of these files. packed: deflated, else only stored; before: what stands in front of it."""
    held = io.BytesIO()
    held.write(before)
    with zipfile.ZipFile(held, "a" if before else "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return held.getvalue()


def tar_of(members: Mapping[str, bytes], packed: Literal["", "gz", "xz", "bz2"] = "") -> bytes:
    """A tar of these files, plain or packed."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=f"w:{packed}") as file:  # type: ignore[call-overload]  # one of its modes
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return held.getvalue()


def pom(group: str, artifact: str, version: str) -> dict[str, str]:
    """The file that Maven leaves in an archive."""
    text = f"#Created by Maven\nversion={version}\ngroupId={group}\nartifactId={artifact}\n"
    return {f"META-INF/maven/{group}/{artifact}/pom.properties": text}


def manifest(**values: str) -> dict[str, str]:
    """A manifest; "_" in names stands for "-"."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in values.items())
    return {"META-INF/MANIFEST.MF": f"Manifest-Version: 1.0\r\n{lines}\r\nName: a/b\r\nImplementation-Version: 9\r\n"}


def put(path: Path, data: bytes) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
