"""Stores of container engines, made here: layers, and the files that say which containers they belong to."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from language_trees import write

Files = Mapping[str, str | bytes | None]
"""What a layer adds by path; None: a file of a lower layer is gone."""


def layer(folder: Path, files: Files) -> None:
    """The files of one layer. What is gone is marked as image layers do, because device files need root."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        place = folder / name
        if content is None:
            write(place.parent / f".wh.{place.name}")
        else:
            write(place, content)


def number(text: str) -> str:
    """An id like the engines'."""
    return hashlib.sha256(text.encode()).hexdigest()


def store_layers(store: Path, names: Sequence[str], contents: Mapping[str, Files]) -> str:
    """A chain of layers in a store, the topmost first; gives the topmost one's folder."""
    links = []
    for name in names:
        folder, link = store / number(name), number(name)[:26].upper()
        layer(folder / "diff", contents[name])
        (store / "l").mkdir(exist_ok=True)
        if not (store / "l" / link).is_symlink():
            (store / "l" / link).symlink_to(f"../{number(name)}/diff")
        links.append(f"l/{link}")
    write(store / number(names[0]) / "lower", ":".join(links[1:]))
    return number(names[0])


def docker(base: Path, name: str, layers: Sequence[str], contents: Mapping[str, Files], image: str = "base") -> None:
    """A container of Docker's."""
    identity = number(f"container {name}")
    mount = store_layers(base / "overlay2", layers, contents)
    write(base / "containers" / identity / "config.v2.json", json.dumps({"Name": f"/{name}", "Image": digest(image)}))
    write(base / "image/overlay2/layerdb/mounts" / identity / "mount-id", mount)


def docker_image(base: Path, tag: str, layers: Sequence[str], contents: Mapping[str, Files], image: str) -> None:
    """An image of Docker's."""
    top = store_layers(base / "overlay2", layers, contents)
    diffs = [f"sha256:{number(name)}" for name in reversed(layers)]
    content = base / "image/overlay2/imagedb/content/sha256" / digest(image)[7:]
    write(content, json.dumps({"rootfs": {"type": "layers", "diff_ids": diffs}}))
    chain = diffs[0][7:]
    for each in diffs[1:]:
        chain = hashlib.sha256(f"sha256:{chain} {each}".encode()).hexdigest()
    write(base / "image/overlay2/layerdb/sha256" / chain / "cache-id", top)
    names = {"Repositories": {tag.partition(":")[0]: {tag: digest(image)}}}
    write(base / "image/overlay2/repositories.json", json.dumps(names))


def podman(base: Path, name: str, layers: Sequence[str], contents: Mapping[str, Files]) -> None:
    """A container of Podman's, and the image it was made from."""
    top = store_layers(base / "overlay", layers, contents)
    container = {"id": number(name), "names": [name], "image": number("image"), "layer": top}
    image = {"id": number("image"), "names": ["docker.io/library/x:1"], "layer": top}
    write(base / "overlay-containers/containers.json", json.dumps([container]))
    write(base / "overlay-layers/layers.json", "[]")
    write(base / "overlay-images/images.json", json.dumps([image, {**image, "id": number("other")}]))


def digest(image: str) -> str:
    """An image's id."""
    return f"sha256:{number(f'image {image}')}"


def make_opaque(folder: Path) -> None:
    """Hide what lies below this folder, as image layers do."""
    write(folder / ".wh..wh..opq")


def device(path: Path) -> bool:
    """A whiteout as the kernel makes it; False where this user may not."""
    try:
        os.mknod(path, 0o20000, 0)
    except PermissionError:
        return False
    return True
