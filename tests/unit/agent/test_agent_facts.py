"""What an agent says of its machine."""

import ipaddress
import os
from pathlib import Path

import pytest

from hostward.agent.facts import addresses, boot_id, machine_id, os_name, outward_interface, read_facts

ROUTES = b"""Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
"""


def test_this_machine_has_a_name_a_system_and_a_version() -> None:
    """The three things a list of machines shows."""
    facts = read_facts()
    assert facts.host_name != ""
    assert facts.os_name != ""
    assert facts.agent_version == "0.1.0"


def test_addresses_are_addresses_and_none_of_them_is_loopback() -> None:
    """Whatever this machine has."""
    assert not [one for one in addresses() if ipaddress.ip_address(one).is_loopback]


def test_the_best_default_route_names_the_outward_interface() -> None:
    """The lowest metric wins; a route to a network is none to the world."""
    assert outward_interface(ROUTES) == "eth0"


@pytest.mark.parametrize("routes", [b"", b"Iface\n", b"Iface\nshort line\n", b"Iface\n\xff\xfe\n"])
def test_a_machine_without_a_default_route_has_no_outward_interface(routes: bytes) -> None:
    """Nor does damaged text lead to one."""
    assert outward_interface(routes) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', "Debian GNU/Linux 12 (bookworm)"),
        ("PRETTY_NAME='Arch Linux'\n", "Arch Linux"),
        ("PRETTY_NAME=Alpine\n", "Alpine"),
        ('PRETTY_NAME="A \\"quoted\\" name"\n', 'A "quoted" name'),
        ('# PRETTY_NAME="no"\nNAME=x\n', "Linux"),
        ("", "Linux"),
    ],
)
def test_the_system_is_named_as_it_names_itself(tmp_path: Path, text: str, name: str) -> None:
    """PRETTY_NAME, however it is quoted."""
    (tmp_path / "os-release").write_text(text)
    assert os_name(str(tmp_path / "os-release")) == name


def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    """Odd bytes are replaced."""
    (tmp_path / "os-release").write_bytes(b'PRETTY_NAME="L\xffnux"\n')
    assert os_name(str(tmp_path / "os-release")) == "L\N{REPLACEMENT CHARACTER}nux"


def test_the_second_os_release_counts_when_there_is_no_first(tmp_path: Path) -> None:
    """As os-release(5) has it."""
    (tmp_path / "second").write_text("PRETTY_NAME=Second\n")
    assert os_name(str(tmp_path / "first"), str(tmp_path / "second")) == "Second"


def test_the_machine_id_is_not_told_as_it_is(tmp_path: Path) -> None:
    """Its hash is the same each time and differs from another's."""
    (tmp_path / "a").write_text("0123456789abcdef0123456789abcdef\n")
    (tmp_path / "b").write_text("1123456789abcdef0123456789abcdef\n")
    one, other = machine_id(str(tmp_path / "a")), machine_id(str(tmp_path / "b"))
    assert len(one) == 64
    assert one == machine_id(str(tmp_path / "a"))
    assert one != other
    assert "0123456789abcdef" not in one


def test_a_machine_without_an_id_has_an_empty_one(tmp_path: Path) -> None:
    """A missing file and an empty one."""
    (tmp_path / "empty").write_text("\n")
    assert machine_id(str(tmp_path / "none"), str(tmp_path / "empty")) == ""


def test_a_fifo_in_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    """Nothing on a host is trusted to be what it should be."""
    os.mkfifo(tmp_path / "fifo")
    assert machine_id(str(tmp_path / "fifo")) == ""


def test_a_folder_in_place_of_a_file_is_nothing(tmp_path: Path) -> None:
    """It can be opened, but not read."""
    assert os_name(str(tmp_path)) == "Linux"


def test_only_the_start_of_a_large_file_is_read(tmp_path: Path) -> None:
    """A name beyond 64 KiB is not looked for."""
    (tmp_path / "large").write_bytes(b"#" * 70_000 + b"\nPRETTY_NAME=Late\n")
    assert os_name(str(tmp_path / "large")) == "Linux"


def test_the_boot_id_is_the_kernels() -> None:
    """The same twice, 36 characters."""
    assert len(boot_id()) == 36
    assert boot_id() == boot_id()


def test_a_kernel_without_a_boot_id_has_an_empty_one(tmp_path: Path) -> None:
    """Some containers hide it."""
    assert boot_id(str(tmp_path / "none")) == ""
