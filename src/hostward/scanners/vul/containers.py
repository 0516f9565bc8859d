"""Root file systems of containers and images on this machine, and others that lie inside its own.

Docker's and Podman's (and CRI-O's) stores say in JSON which containers and images there are; each is a chain of layers
in overlay2 or storage/overlay. What containerd runs is mounted below /run and found as a root inside the machine's own.
Nothing is mounted here, no engine is asked, and no link leads out of the root.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from hostward.scanners.vul import rootfs
from hostward.scanners.vul.rootfs import Root

MAX_ROOTS = 1_000
"""Containers and images looked at in one scan."""
MAX_LAYERS = 128
"""Layers of one container (overlayfs itself takes 500, Docker 125)."""
MAX_JSON_BYTES = 32 << 20
MAX_WORD_BYTES = 16 << 10

_ID = re.compile(r"[0-9a-f]{64}")
_LINK = re.compile(r"l/[A-Z0-9]{20,64}")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,200}")
_PODMAN = "/containers/storage/overlay"
_DOCKER = "/overlay2"
_KNOWN_ROOTS = (
    (re.compile(r"/lxc/([^/]+)/rootfs"), "lxc"),
    (re.compile(r"/var/lib/machines/([^/]+)"), "machine"),
)
_TASK = re.compile(r"/io\.containerd\.runtime\.v[12]\.(?:task|linux)/([^/]+)/([^/]+)/rootfs$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A root file system inside the machine's. name: "docker://web"; layers: folders below the root, topmost first.

    is_mounted: it is whole where it lies, with its own mounts.
    """

    name: str
    layers: tuple[str, ...]
    is_mounted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A container, an image or a store that can't be looked at, and why."""

    place: str
    reason: str


def find(root: Root, stores: Sequence[str], roots: Sequence[str]) -> Iterator[Inner | Unread]:
    """What there is to look at. stores, roots: paths that a walk over the machine's own root did not enter."""
    for store in sorted(stores):
        base = store.rpartition("/")[0]
        if store.endswith(_PODMAN) and rootfs.exists(root, f"{base}/overlay-layers"):
            yield from _podman(root, base)
        elif store.endswith(_DOCKER) and rootfs.exists(root, f"{base}/image/overlay2"):
            yield from _docker(root, base)
        elif store.endswith(f"/image{_DOCKER}"):
            continue  # Docker's own lists
        elif store.endswith((_PODMAN, _DOCKER)):
            yield Unread(place=store, reason="nothing says which containers its layers belong to")
        else:
            yield Unread(place=store, reason="only running containers of containerd are judged")
    for path in sorted(roots):
        yield Inner(name=_name_of_root(root, path), layers=(path,), is_mounted=True)


def _docker(root: Root, base: str) -> Iterator[Inner | Unread]:
    used: set[str] = set()
    for each in rootfs.names(root, f"{base}/containers", MAX_ROOTS):
        if not _ID.fullmatch(each):
            continue
        config = _object(_json(root, f"{base}/containers/{each}/config.v2.json"))
        if not config:
            yield Unread(place=f"docker://{each[:12]}", reason="its configuration can't be read")
            continue
        used.add(_text(config.get("Image")))
        layer = _word(root, f"{base}/image/overlay2/layerdb/mounts/{each}/mount-id")
        yield _chain(root, f"{base}/overlay2", layer, f"docker://{_named(config.get('Name'), each)}")
    named = _object(_object(_json(root, f"{base}/image/overlay2/repositories.json")).get("Repositories"))
    tags = {_text(image): tag for tags in named.values() for tag, image in sorted(_object(tags).items(), reverse=True)}
    for each in rootfs.names(root, f"{base}/image/overlay2/imagedb/content/sha256", MAX_ROOTS):
        if _ID.fullmatch(each) and f"sha256:{each}" not in used:
            name = f"docker-image://{_named(tags.get(f'sha256:{each}'), each)}"
            yield _chain(root, f"{base}/overlay2", _top_of_image(root, base, each), name)


def _top_of_image(root: Root, base: str, image: str) -> str:
    """The folder of an image's topmost layer: layers are kept under the digest of all digests up to them."""
    content = _object(_json(root, f"{base}/image/overlay2/imagedb/content/sha256/{image}"))
    digests = _object(content.get("rootfs")).get("diff_ids")
    chain = ""
    for digest in digests if isinstance(digests, list) else []:
        chain = hashlib.sha256(f"sha256:{chain} {digest}".encode()).hexdigest() if chain else _text(digest)[7:]
    return _word(root, f"{base}/image/overlay2/layerdb/sha256/{chain}/cache-id") if _ID.fullmatch(chain) else ""


def _podman(root: Root, base: str) -> Iterator[Inner | Unread]:
    used: set[str] = set()
    for kind, file in (
        ("podman", "overlay-containers/containers.json"),
        ("podman", "overlay-containers/volatile-containers.json"),
        ("podman-image", "overlay-images/images.json"),
    ):
        listed = _json(root, f"{base}/{file}")
        for entry in map(_object, listed if isinstance(listed, list) else []):
            own, names = _text(entry.get("id")), entry.get("names")
            if kind == "podman":
                used.add(_text(entry.get("image")))
            elif own in used:
                continue
            first = names[0] if isinstance(names, list) and names else None
            yield _chain(root, f"{base}/overlay", _text(entry.get("layer")), f"{kind}://{_named(first, own)}")


def _chain(root: Root, store: str, top: str, name: str) -> Inner | Unread:
    """A layer with all below it, as its file "lower" names them by their short links."""
    if not _ID.fullmatch(top.removesuffix("-init")):
        return Unread(place=name, reason="its layers are not known")
    below = [link for link in _word(root, f"{store}/{top}/lower").split(":") if link]
    if len(below) >= MAX_LAYERS or not all(map(_LINK.fullmatch, below)):
        return Unread(place=name, reason="its layers are not known")
    layers = (f"{store}/{top}/diff", *(f"{store}/{link}" for link in below))
    return Inner(name=name, layers=layers)


def _name_of_root(root: Root, path: str) -> str:
    task = _TASK.search(path)
    if task is not None:
        config = _object(_json(root, f"{path.removesuffix('/rootfs')}/config.json"))
        notes = _object(config.get("annotations"))
        keys = ("sandbox-namespace", "sandbox-name", "container-name")
        parts = [_text(notes.get(f"io.kubernetes.cri.{key}")) for key in keys]
        named = "/".join(part for part in parts if part)
        return f"containerd://{_named(named, f'{task[1]}/{task[2]}')}"
    for pattern, kind in _KNOWN_ROOTS:
        if found := pattern.search(path):
            return f"{kind}://{_named(found[1], 'unknown')}"
    return f"root://{path}"


def _named(value: object, other: str) -> str:
    """A name that a path can be made of; another where it is none."""
    name = _text(value).lstrip("/")
    return name if _NAME.fullmatch(name) else other[:12] if _ID.fullmatch(other) else other[:200] or "unknown"


def _json(root: Root, path: str) -> object:
    """A file's content, None for one that is missing or damaged."""
    try:
        return cast("object", json.loads(rootfs.read(root, path, MAX_JSON_BYTES) or b"null"))
    except (rootfs.Unreadable, ValueError, RecursionError):
        return None


def _word(root: Root, path: str) -> str:
    try:
        return (rootfs.read(root, path, MAX_WORD_BYTES) or b"").decode("ascii", "replace").strip()
    except rootfs.Unreadable:
        return ""


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
