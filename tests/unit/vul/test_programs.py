"""Go and Rust programs: the modules they say they were built from."""

import json
from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import built, cargo, programs
from hostward.scanners.vul.language import Damaged, Item
from language_trees import looked, write
from programs_made import elf, go_program, inline_block, install, modules_text, old_go_program, rust_program

MAIN = ("mod", "example.com/tool", "v1.4.0", "h1:x=")
DEP = ("dep", "golang.org/x/net", "v0.17.0", "h1:y=")


def given(items: list[Item]) -> list[tuple[str, str, str]]:
    """Ecosystem, name and version."""
    return [(each.ecosystem, each.name, each.version) for each in items if isinstance(each, Package)]


def of(tmp_path: Path, data: bytes, name: str = "tool") -> list[Item]:
    """What a program gives."""
    install(tmp_path / "opt" / name, data)
    return looked(programs.look, tmp_path)


def reasons(items: list[Item]) -> list[str]:
    """What is damaged, and what is not judged."""
    return [each.reason if isinstance(each, Damaged) else each.kind for each in items if not isinstance(each, Package)]  # type: ignore[union-attr]  # only those two are left


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("make", [go_program, old_go_program], ids=["inline", "pointed"])
def test_a_go_program_gives_its_modules_and_go_itself(tmp_path: Path, make, bits: int, order: str) -> None:  # type: ignore[no-untyped-def]  # one of two functions of the same shape
    """In both formats, with 32 and 64 bits, in either byte order."""
    items = of(tmp_path, make("go1.17.3", ("path", "example.com/tool/cmd"), MAIN, DEP, bits=bits, order=order))
    assert given(items) == [
        ("Go", "example.com/tool", "1.4.0"),
        ("Go", "golang.org/x/net", "0.17.0"),
        ("Go", "stdlib", "1.17.3"),
    ]
    assert {each.path for each in items if isinstance(each, Package)} == {b"/opt/tool"}


def test_a_replaced_module_is_what_replaced_it(tmp_path: Path) -> None:
    """A folder in its place is no release of anything."""
    replaced = ("=>", "example.com/fork", "v2.0.1", "h1:z=")
    folder = ("dep", "example.com/b", "v1.0.0"), ("=>", "./b", "", "")
    items = of(tmp_path, go_program("go1.21.5", MAIN, DEP, replaced, *folder))
    assert [name for _, name, _ in given(items)] == ["example.com/tool", "example.com/fork", "stdlib"]


def test_a_program_that_does_not_know_its_own_version_says_so(tmp_path: Path) -> None:
    """Built from a checkout; its modules are judged all the same."""
    items = of(tmp_path, go_program("go1.21.5", ("mod", "example.com/tool", "(devel)", ""), DEP))
    assert reasons(items) == [built.WITHOUT_VERSION]
    assert [name for _, name, _ in given(items)] == ["golang.org/x/net", "stdlib"]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("go1.21.5", "1.21.5"),
        ("go1.21", "1.21.0"),
        ("go1.21rc2", "1.21.0-rc.2"),
        ("go1.22.1 X:boringcrypto", "1.22.1"),
        ("go1.20.12 (Red Hat 1.20.12-1.el9)", "1.20.12"),
        ("go1.22.2-custom", "1.22.2"),
        ("devel go1.23-abcdef", ""),
        ("", ""),
    ],
)
def test_gos_release_is_a_semantic_version(text: str, version: str) -> None:
    """As Go's vulnerability database writes it; an unreleased one has none."""
    from hostward.scanners.vul.go_build import release  # noqa: PLC0415  # the only use

    assert release(text) == version


def test_a_program_whose_section_names_were_taken_away_is_read_by_its_data(tmp_path: Path) -> None:
    """As Go's own tools do."""
    data = elf({b".go.buildinfo": inline_block("go1.21.5", modules_text(MAIN))}, named=False)
    assert [name for _, name, _ in given(of(tmp_path, data))] == ["example.com/tool", "stdlib"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (elf({b".note.go.buildid": b"x" * 16}), built.WITHOUT_MODULES),
        (elf({b".go.buildinfo": inline_block("go1.21.5", b"")}), built.WITHOUT_MODULES),
        (b"MZ" + bytes(programs.MIN_BYTES), programs.FOREIGN),
        (b"\xcf\xfa\xed\xfe" + bytes(programs.MIN_BYTES), programs.FOREIGN),
    ],
    ids=["old go", "no list", "windows", "macos"],
)
def test_what_is_recognised_and_not_judged_is_counted(tmp_path: Path, data: bytes, kind: str) -> None:
    """By its kind."""
    assert reasons(of(tmp_path, data)) == [kind]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (elf({b".go.buildinfo": b"\xff Go buildinf:\x08\x02"}), "its build information is cut off"),
        (elf({b".go.buildinfo": b"nothing of the kind"}), "its build information is damaged"),
        (elf({b".go.buildinfo": inline_block("go1.21", b"x" * 300)[:-200]}), "its build information is cut off"),
        (elf({b".go.buildinfo": inline_block("go1.21", modules_text(("dep",)))}), "a module without a path"),
        (elf({b".dep-v0": b"no zlib"}), "its list of crates is damaged"),
        (rust_program(b"{}"), "its list of crates has no packages, or too many"),
        (rust_program(b"["), "its list of crates is no JSON"),
        (rust_program(b'{"packages":[{"source":"crates.io"}]}'), "a crate without a name or version"),
    ],
)
def test_a_damaged_list_is_said(tmp_path: Path, data: bytes, reason: str) -> None:
    """With the program's name."""
    assert reasons(of(tmp_path, data)) == [f"tool: {reason}"]


@pytest.mark.parametrize(
    "data",
    [
        elf({b".text": bytes(16)}),
        go_program("go1.21.5", MAIN)[: programs.MIN_BYTES - 1],
        b"\x7fELF\x02\x01" + b"\xff" * programs.MIN_BYTES,
        b"\x7fELF\x07\x01" + bytes(programs.MIN_BYTES),
        b"#!/bin/sh\n" + b"#" * programs.MIN_BYTES,
    ],
    ids=["c", "small", "damaged", "other bits", "script"],
)
def test_other_programs_and_damaged_ones_are_nothing(tmp_path: Path, data: bytes) -> None:
    """Nothing is read outside of the file, and nothing raises."""
    assert of(tmp_path, data) == []


@pytest.mark.parametrize("name", ["terraform-provider_v5.0.1_x5", "kubectl-1.29", "tool.bin"])
def test_a_program_may_have_its_version_in_its_name(tmp_path: Path, name: str) -> None:
    """A dot alone says nothing."""
    assert given(of(tmp_path, go_program("go1.21.5", MAIN), name))


@pytest.mark.parametrize("name", ["libx.so", "libx.so.6.1", "a.py", "boot.PNG"])
def test_files_of_other_kinds_are_not_opened(tmp_path: Path, name: str) -> None:
    """Told by the name."""
    assert of(tmp_path, go_program("go1.21.5", MAIN), name) == []


def test_files_that_are_not_executable_and_links_are_not_opened(tmp_path: Path) -> None:
    """A link's target counts where it lies."""
    install(tmp_path / "data", go_program("go1.21.5", MAIN), 0o644)
    (tmp_path / "alias").symlink_to("data")
    assert looked(programs.look, tmp_path) == []


def test_a_rust_program_gives_the_crates_of_the_registry(tmp_path: Path) -> None:
    """Not what only its build scripts use, and no folder or checkout."""
    packages = [
        {"name": "regex", "version": "1.5.1", "source": "crates.io", "kind": "runtime"},
        {"name": "cc", "version": "1.0.0", "source": "crates.io", "kind": "build"},
        {"name": "tool", "version": "0.1.0", "source": "local", "root": True},
        {"name": "time", "version": "0.1.40", "source": "registry"},
    ]
    items = of(tmp_path, rust_program(json.dumps({"packages": packages}).encode()))
    assert given(items) == [("crates.io", "regex", "1.5.1"), ("crates.io", "time", "0.1.40")]


LOCK = """# made by cargo
version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "regex",
]

[[package]]
name = "regex"
version = "1.5.1"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "00"

[[package]]
name = "new"
version = "2.0.0-rc.1+build"
source = "sparse+https://index.crates.io/"
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_cargo_lock_gives_the_crates_of_the_registry(tmp_path: Path, end: str) -> None:
    """The project itself is none."""
    write(tmp_path / "srv/app/Cargo.lock", LOCK.replace("\n", end))
    assert given(looked(cargo.look, tmp_path)) == [
        ("crates.io", "regex", "1.5.1"),
        ("crates.io", "new", "2.0.0-rc.1+build"),
    ]


@pytest.mark.parametrize("text", ["nonsense", "[[package]]\n", '[[package]]\nname = "a b"\nversion = "1"\n'])
def test_a_damaged_cargo_lock_is_said(tmp_path: Path, text: str) -> None:
    """With its name."""
    write(tmp_path / "Cargo.lock", text)
    [item] = looked(cargo.look, tmp_path)
    assert isinstance(item, Damaged)
    assert item.reason.startswith("Cargo.lock: ")


def test_lock_files_of_cargos_own_store_are_passed_over(tmp_path: Path) -> None:
    """They are of other people's development."""
    write(tmp_path / "root/.cargo/registry/src/index/a-1.0.0/Cargo.lock", LOCK)
    assert looked(cargo.look, tmp_path) == []
