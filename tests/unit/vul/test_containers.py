"""Containers and images on the machine: what they hold, layer by layer."""

import json
import shutil
from pathlib import Path

import pytest

from container_stores import device, docker, docker_image, layer, make_opaque, number, podman, store_layers
from hostward.domain.options import VulOptions
from hostward.domain.package import Package
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress
from hostward.scanners.vul import search as searching
from hostward.scanners.vul.scanner import SCANNER
from language_trees import write

SITE = "usr/local/lib/python3/site-packages"
METADATA = "Name: {}\nVersion: {}\n\n"
BASE = {
    "etc/os-release": "ID=debian\nVERSION_ID=11\n",
    "usr/bin/true": "",
    "var/lib/dpkg/status": "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.1-2\n\n",
    "var/lib/dpkg/info/bash.list": f"/{SITE}/owned-1.dist-info/METADATA\n",
    f"{SITE}/owned-1.dist-info/METADATA": METADATA.format("owned", "1"),
    f"{SITE}/kept-1.dist-info/METADATA": METADATA.format("kept", "1"),
    f"{SITE}/gone-1.dist-info/METADATA": METADATA.format("gone", "1"),
    "srv/a/node_modules/x/package.json": '{"name": "x", "version": "1.0.0"}',
}
TOP = {
    "var/lib/dpkg/status": "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.1-3\n\n",
    f"{SITE}/gone-1.dist-info": None,
    f"{SITE}/kept-1.dist-info/METADATA": METADATA.format("kept", "2"),
}
CONTENTS = {"base": BASE, "top": TOP, "other": {}, "empty": {}}
X = "/srv/a/node_modules/x/package.json"
EXPECTED = {("bash", "5.1-3", ""), ("kept", "2", f"/{SITE}/kept-1.dist-info/METADATA"), ("x", "1.0.0", X)}


def scan(root: Path, covered: frozenset[str] = frozenset({"Debian:11", "Debian:12"})) -> list[Event]:
    """All events of a scan of a Debian 12 with this root."""
    write(root / "etc/os-release", "ID=debian\nVERSION_ID=12\n")
    status = "Package: host\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
    write(root / "var/lib/dpkg/status", status)
    (root.parent / "work").mkdir(exist_ok=True)
    return list(SCANNER.scan(Job(options=VulOptions(), covered=covered), Host(root=root, work=root.parent / "work")))


def packages(events: list[Event], name: str) -> set[tuple[str, str, str]]:
    """Name, version and path inside of what was found in a container."""
    items = [item for event in events if isinstance(event, Found) for item in event.items]
    found = [item for item in items if isinstance(item, Package) and item.path.startswith(name.encode())]
    return {(item.name, item.version, item.path.decode().removeprefix(name)) for item in found}


def reasons(events: list[Event]) -> list[str]:
    """What was said not to be judged."""
    return [event.reason for event in events if isinstance(event, Degraded)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine's root."""
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def test_a_container_is_what_its_layers_show_together(root: Path) -> None:
    """The topmost database counts, what is gone is gone, what was replaced is the new one; ownership holds."""
    docker(root / "var/lib/docker", "web", ["top", "base"], CONTENTS)
    events = scan(root)
    assert packages(events, "docker://web") == EXPECTED
    assert reasons(events) == []


def test_packages_of_a_container_have_its_distribution(root: Path) -> None:
    """Not the machine's."""
    docker(root / "var/lib/docker", "web", ["top", "base"], CONTENTS)
    items = [item for event in scan(root) if isinstance(event, Found) for item in event.items]
    found = {(item.name, item.ecosystem, item.path) for item in items if isinstance(item, Package)}
    assert ("host", "Debian:12", b"") in found
    assert ("bash", "Debian:11", b"docker://web") in found


def test_podmans_containers_and_images_are_read(root: Path) -> None:
    """An image of a container that is there is not said again; another one is."""
    podman(root / "home/u/.local/share/containers/storage", "db", ["top", "base"], CONTENTS)
    events = scan(root)
    assert packages(events, "podman://db") == EXPECTED
    assert packages(events, "podman-image://docker.io/library/x:1") == EXPECTED
    assert reasons(events) == []


def test_docker_images_without_a_container_are_read(root: Path) -> None:
    """By the chain of their layers' digests; one with a container is judged there."""
    base = root / "srv/docker"
    docker_image(base, "nginx:1.25", ["top", "base"], CONTENTS, "nginx")
    assert packages(scan(root), "docker-image://nginx:1.25") == EXPECTED
    docker(base, "web", ["empty", "top", "base"], CONTENTS, image="nginx")
    events = scan(root)
    assert packages(events, "docker-image://nginx:1.25") == set()
    assert packages(events, "docker://web") == EXPECTED


def test_each_layer_is_searched_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many containers stand on it."""
    walks = []
    original = searching.Walk

    def counted(*args: object, **kwargs: object) -> object:
        walks.append(args[0])
        return original(*args, **kwargs)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(searching, "Walk", counted)
    for name in ("a", "b", "c"):
        contents = {**CONTENTS, name: {}}
        docker(root / "var/lib/docker", name, [name, "top", "base"], contents)
    assert packages(scan(root), "docker://c") == EXPECTED
    assert len(walks) == 1 + 2 + 3


def test_an_opaque_folder_hides_what_lies_below(root: Path) -> None:
    """In the search and in the databases."""
    base = root / "var/lib/docker"
    docker(base, "web", ["other", "base"], CONTENTS)
    top = base / "overlay2" / number("other") / "diff"
    for place in (SITE, "var/lib/dpkg"):
        make_opaque(top / place)
    assert packages(scan(root), "docker://web") == {("x", "1.0.0", X)}


def test_the_kernels_own_marks_are_understood(root: Path) -> None:
    """A character device 0/0 stands for what is gone."""
    base = root / "var/lib/docker"
    docker(base, "web", ["other", "base"], CONTENTS)
    top = base / "overlay2" / number("other") / "diff"
    for place in ("srv/a", "var/lib/dpkg/status"):
        (top / place).parent.mkdir(parents=True, exist_ok=True)
        if not device(top / place):
            pytest.skip("this user may not make device files")
    assert {name for name, _, _ in packages(scan(root), "docker://web")} == {"kept", "gone", "owned"}


def test_a_link_in_a_layer_never_leads_out_of_the_container(root: Path) -> None:
    """Neither to the machine nor to another container's files."""
    contents = {"evil": {"etc/os-release": "ID=debian\nVERSION_ID=11\n", "usr/x": ""}}
    docker(root / "var/lib/docker", "evil", ["evil"], contents)
    diff = root / "var/lib/docker/overlay2" / number("evil") / "diff"
    (diff / "var/lib").mkdir(parents=True)
    (diff / "var/lib/dpkg").symlink_to(root / "var/lib/dpkg")
    (diff / "usr/lib").symlink_to("../../../../../../../../../..")
    assert packages(scan(root), "docker://evil") == set()


def test_a_layer_that_leads_out_of_the_machine_is_not_opened(root: Path) -> None:
    """The store itself may be hostile where another root is looked at."""
    docker(root / "var/lib/docker", "web", ["top", "base"], CONTENTS)
    store = root / "var/lib/docker/overlay2"
    shutil.move(store / number("base") / "diff", root.parent / "outside")
    (store / number("base") / "diff").symlink_to(root.parent / "outside")
    events = scan(root)
    assert packages(events, "docker://web") == set()
    assert reasons(events) == ["containers not judged, its file system can't be opened: docker://web"]


@pytest.mark.parametrize("text", ["", "[" * 10_000, '{"Name": 7'])
def test_a_container_whose_configuration_is_damaged_is_said(root: Path, text: str) -> None:
    """By the beginning of its id."""
    docker(root / "var/lib/docker", "web", ["top", "base"], CONTENTS)
    [config] = (root / "var/lib/docker/containers").glob("*/config.v2.json")
    config.write_text(text)
    short = number("container web")[:12]
    assert reasons(scan(root)) == [f"containers not judged, its configuration can't be read: docker://{short}"]


@pytest.mark.parametrize("lower", ["../../../../etc", "l/../../x", ":".join(["l/" + "A" * 26] * 200)])
def test_layers_with_odd_names_are_not_followed(root: Path, lower: str) -> None:
    """Only the engines' own short links are."""
    docker(root / "var/lib/docker", "web", ["top", "base"], CONTENTS)
    write(root / "var/lib/docker/overlay2" / number("top") / "lower", lower)
    assert reasons(scan(root)) == ["containers not judged, its layers are not known: docker://web"]


def test_a_name_that_is_no_name_is_replaced_by_the_id(root: Path) -> None:
    """It stands in paths and on terminals."""
    docker(root / "var/lib/docker", "web", ["top", "base"], CONTENTS)
    [config] = (root / "var/lib/docker/containers").glob("*/config.v2.json")
    config.write_text(json.dumps({"Name": "/\x1b[31m../x"}))
    assert packages(scan(root), f"docker://{number('container web')[:12]}") == EXPECTED


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("srv/jail", "root:///srv/jail"),
        ("var/lib/lxc/mail/rootfs", "lxc://mail"),
        ("var/lib/machines/build", "machine://build"),
        ("run/containerd/io.containerd.runtime.v2.task/moby/abc/rootfs", "containerd://moby/abc"),
    ],
)
def test_a_root_inside_the_root_is_a_part_of_the_machine(root: Path, place: str, name: str) -> None:
    """With the name that its place tells."""
    layer(root / place, BASE)
    events = scan(root)
    assert ("bash", "5.1-2", "") in packages(events, name)
    assert reasons(events) == []


def test_a_container_of_kubernetes_has_its_own_name(root: Path) -> None:
    """As the runtime noted it."""
    task = root / "run/containerd/io.containerd.runtime.v2.task/k8s.io/abc"
    layer(task / "rootfs", BASE)
    names = {"sandbox-namespace": "prod", "sandbox-name": "web-1", "container-name": "nginx"}
    notes = {f"io.kubernetes.cri.{key}": value for key, value in names.items()}
    write(task / "config.json", json.dumps({"annotations": notes}))
    assert ("bash", "5.1-2", "") in packages(scan(root), "containerd://prod/web-1/nginx")


def test_what_is_not_read_is_said(root: Path) -> None:
    """Images of containerd that nobody runs, containers in containers, and releases without advisory data."""
    store_layers(root / "var/lib/containerd/io.containerd.snapshotter.v1.overlayfs", ["base"], CONTENTS)
    layer(root / "srv/jail", BASE)
    layer(root / "srv/jail/srv/jail", BASE)
    containerd = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs"
    assert reasons(scan(root, frozenset({"Debian:12"}))) == [
        "root:///srv/jail: containers inside of it are not judged: /srv/jail",
        "no advisory data for Debian:11: its packages are not judged in root:///srv/jail",
        f"containers not judged, only running containers of containerd are judged: {containerd}",
    ]


@pytest.mark.parametrize("place", ["srv/overlay2", "srv/containers/storage/overlay"])
def test_layers_that_belong_to_nobody_are_said(root: Path, place: str) -> None:
    """A copy of a store without its lists, or a folder of that name."""
    store_layers(root / place, ["base"], CONTENTS)
    said = f"containers not judged, nothing says which containers its layers belong to: /{place}"
    assert reasons(scan(root)) == [said]


def test_progress_goes_on_through_the_containers(root: Path) -> None:
    """Never falling, to the end."""
    for name in ("a", "b"):
        docker(root / "var/lib/docker", name, ["top", "base"], CONTENTS)
    shares = [event.done for event in scan(root) if isinstance(event, Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert any(0.6 < share < 1.0 for share in shares)
