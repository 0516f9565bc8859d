"""Which wheel a host takes, and that nothing that is not checked is unpacked."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hostward.agent.setup.wheels import Failed, Host, chosen, fetch, project, unpack

DEBIAN = Host((3, 11), "x86_64", (2, 36))
RHEL = Host((3, 12), "aarch64", (2, 28))
ALPINE = Host((3, 12), "x86_64", ())


@pytest.mark.parametrize(("host", "file", "fits"), [
    (DEBIAN, "a-1-py3-none-any.whl", True),
    (DEBIAN, "a-1-py2.py3-none-any.whl", True),
    (DEBIAN, "a-1-py2-none-any.whl", False),
    (DEBIAN, "a-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", True),
    (DEBIAN, "a-1-cp312-cp312-manylinux_2_17_x86_64.whl", False),
    (DEBIAN, "a-1-cp39-abi3-manylinux_2_28_x86_64.whl", True),
    (DEBIAN, "a-1-cp312-abi3-manylinux_2_28_x86_64.whl", False),
    (DEBIAN, "a-1-cp311-cp311-manylinux_2_39_x86_64.whl", False),
    (DEBIAN, "a-1-cp311-cp311-musllinux_1_2_x86_64.whl", False),
    (DEBIAN, "a-1-cp311-cp311-win_amd64.whl", False),
    (DEBIAN, "a-1-cp311-cp311t-manylinux_2_17_x86_64.whl", False),
    (DEBIAN, "a-1-1-cp311-cp311-manylinux_2_17_x86_64.whl", True),
    (RHEL, "a-1-cp311-abi3-manylinux_2_34_aarch64.whl", False),
    (RHEL, "a-1-cp311-abi3-manylinux_2_28_aarch64.whl", True),
    (RHEL, "a-1-cp311-abi3-manylinux_2_28_x86_64.whl", False),
    (ALPINE, "a-1-cp311-abi3-manylinux2014_x86_64.whl", False),
    (ALPINE, "a-1-py3-none-any.whl", True),
    (DEBIAN, "nothing.whl", False),
], ids=lambda value: value if isinstance(value, str) else None)  # fmt: skip
def test_a_wheel_fits_by_its_name(host: Host, file: str, fits: bool) -> None:
    """CPython, its stable ABI, the machine and its C library (PEP 425, PEP 600)."""
    assert (host.score(file) is not None) is fits


def offer(*files: str, **packages: str) -> dict[str, Any]:
    """An offer of these wheels."""
    wheels = [{"file": file, "sha256": "0" * 64, "size": 1} for file in files]
    return {"server": "https://s", "version": "0.1.0", "packages": packages, "wheels": wheels}


def test_the_best_wheel_of_each_package_is_chosen() -> None:
    """Its own Python before the stable ABI, the newest C library before older ones; strangers are left."""
    files = [
        "a-1-cp39-abi3-manylinux_2_28_x86_64.whl", "a-1-cp311-cp311-manylinux_2_17_x86_64.whl",
        "a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "b_c-2-py3-none-any.whl", "d-3-py3-none-any.whl",
    ]  # fmt: skip
    found = chosen(offer(*files, **{"a": "1", "b-c": "2"}), DEBIAN)
    assert [wheel["file"] for wheel in found] == [files[2], files[3]]


def test_what_is_missing_is_named_with_the_command_that_mends_it() -> None:
    """All of it at once."""
    with pytest.raises(Failed) as failed:
        chosen(offer("a-1-cp311-cp311-manylinux_2_17_x86_64.whl", a="1", b="2"), RHEL)
    assert "a 1, b 2 for CPython 3.12 on aarch64 with glibc 2.28" in str(failed.value)
    assert "hostward agent wheels --python 3.12 --arch aarch64" in str(failed.value)


@pytest.mark.parametrize(("name", "expected"), [("Foo_Bar", "foo-bar"), ("a.b--c", "a-b-c"), ("re2", "re2")])
def test_names_are_compared_as_indexes_do(name: str, expected: str) -> None:
    """PEP 503."""
    assert project(name) == expected


class Web:
    """Answers every question with the same bytes, after some failures."""

    def __init__(self, data: bytes, failures: int = 0) -> None:
        self._data, self._failures = data, failures

    def open(self, _url: str, timeout: float) -> io.BytesIO:
        """See OpenerDirector.open."""
        assert timeout
        self._failures -= 1
        if self._failures >= 0:
            raise OSError("no route to host")
        return io.BytesIO(self._data)


def wheel_of(data: bytes) -> dict[str, Any]:
    """What an offer says of these bytes."""
    return {"file": "a.whl", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hostward.agent.setup.wheels.time.sleep", lambda _seconds: None)


def test_a_file_is_fetched_though_the_network_fails_twice(tmp_path: Path) -> None:
    """The third try is the last."""
    fetch(Web(b"data", 2), "u", tmp_path / "a", wheel_of(b"data"))  # type: ignore[arg-type]  # all that is used of it
    assert (tmp_path / "a").read_bytes() == b"data"
    with pytest.raises(Failed, match="no route"):
        fetch(Web(b"data", 3), "u", tmp_path / "a", wheel_of(b"data"))  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("sent", [b"dat4", b"data and more", b"dat", b""], ids=["other", "longer", "shorter", "empty"])
def test_a_file_that_is_another_is_refused(tmp_path: Path, sent: bytes) -> None:
    """By its hash, and not kept being read once it is too long."""
    with pytest.raises(Failed, match="SHA-256 differs"):
        fetch(Web(sent), "u", tmp_path / "a", wheel_of(b"data"))  # type: ignore[arg-type]  # as above


def packed(path: Path, *names: str) -> Path:
    """A wheel of files with these names."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return path


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b", "a\\..\\b", "x.data/purelib/../../../a"])
def test_a_wheel_that_leads_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Whatever its hash."""
    (tmp_path / "site").mkdir()
    with pytest.raises(Failed, match="damaged"):
        unpack(packed(tmp_path / "a.whl", name), tmp_path / "site")
    assert list((tmp_path / "site").rglob("*")) == []


def test_code_that_is_laid_aside_joins_the_other_code(tmp_path: Path) -> None:
    """Scripts and headers are not needed."""
    names = ("a/b.py", "a-1.data/purelib/a/c.py", "a-1.data/platlib/d.so", "a-1.data/scripts/run", "a-1.data/data/x")
    unpack(packed(tmp_path / "a.whl", *names), tmp_path / "site")
    found = {str(path.relative_to(tmp_path / "site")) for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert found == {"a/b.py", "a/c.py", "d.so"}
