"""The line that is pasted, the wheels behind it, and the pages under /i/."""

import asyncio
import json
import re
import shlex
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from hostward import __version__
from hostward.agentlink.installs import InstallPages, script
from hostward.runtime.clock import SystemClock
from hostward.settings import read
from hostward.usecases.machines.enrol import Offer, make
from hostward.wiring import own_wheel, tls_authority, wheel_fetch, wheelhouse
from hostward.wiring.installs import Installs, open_installs
from hostward.wiring.tls import chosen
from small_fleet import new_fleet

ROOT = Path(__file__).parents[3]
CLOCK = SystemClock()
TOKEN = "t" * 43
Answer = tuple[int, dict[str, str], bytes]


def installs(folder: Path, *names: str, tls: bool = True, listen: str = "127.0.0.1:8420") -> Installs:
    """Of a server with an own CA for these names, or of one on loopback without TLS."""
    if tls:
        tls_authority.init(folder / tls_authority.FOLDER, names, CLOCK.now())
    settings = read(command_line={"data_dir": str(folder), "listen": listen}, environ={})
    return open_installs(settings, chosen(settings, CLOCK) if tls else None, settings.listen.host, 8420)


def test_the_line_pins_the_servers_key(tmp_path: Path) -> None:
    """The very key that openssl and curl see: SHA-256 of its public key, in base64."""
    found = installs(tmp_path, "scan.example", listen="0.0.0.0:8420")
    line = found.command(TOKEN)
    certificate = (tmp_path / "tls/server.pem").read_bytes()
    key = subprocess.run(["openssl", "x509", "-pubkey", "-noout"], input=certificate, capture_output=True, check=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key.stdout, capture_output=True)
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=der.stdout, capture_output=True)
    pin = subprocess.run(["base64"], input=digest.stdout, capture_output=True).stdout.decode().strip()
    assert line == f"curl -fsSk --pinnedpubkey sha256//{pin} https://scan.example:8420/i/{TOKEN} | sudo sh"


@pytest.mark.parametrize(("origin", "expected"), [
    ("", "https://scan.example:8420"),
    ("https://127.0.0.1:8420", "https://scan.example:8420"),
    ("https://10.1.2.3:8420", "https://10.1.2.3:8420"),
    ("http://scan.example", "https://scan.example"),
])  # fmt: skip
def test_hosts_are_given_the_address_of_whoever_asks(tmp_path: Path, origin: str, expected: str) -> None:
    """Unless only this machine reaches it; a name that came without TLS has a proxy that speaks it."""
    assert installs(tmp_path, "scan.example", listen="0.0.0.0:8420").server(origin) == expected


def test_behind_a_proxy_the_proxys_certificate_counts(tmp_path: Path) -> None:
    """No pin of a key that hosts never see, and the system's authorities."""
    found = installs(tmp_path, tls=False)
    line = found.command(TOKEN, origin="https://scan.example")
    assert line == f"curl -fsS https://scan.example/i/{TOKEN} | sudo sh"
    assert (found.offer("http", "scan.example")["ca"], found.offer("http", "scan.example")["server"]) == (
        "", "https://scan.example",
    )  # fmt: skip


def test_the_own_ca_travels_with_the_script(tmp_path: Path) -> None:
    """So that the server's key may change and the agents stay."""
    offer = installs(tmp_path, "scan.example").offer("https", "scan.example:8420")
    assert (offer["ca"], offer["server"]) == ((tmp_path / "tls/ca.pem").read_text(), "https://scan.example:8420")


def test_the_own_wheel_is_the_same_each_time_and_whole() -> None:
    """The code without the console's files, with hashes in its record."""
    first, second = own_wheel.packed(), own_wheel.packed()
    assert first == second
    names = zipfile.ZipFile(BytesIO(first)).namelist()
    assert {"hostward/__main__.py", "hostward/agent/setup/host.py", "hostward/agentlink/install_script.sh"} <= set(
        names
    )
    assert [name for name in names if name.startswith("hostward/console/static/") or "__pycache__" in name] == []
    record = zipfile.ZipFile(BytesIO(first)).read(f"hostward-{__version__}.dist-info/RECORD").decode()
    assert {line.split(",")[0] for line in record.splitlines()} == set(names)


def test_agents_are_installed_from_what_the_server_was_tested_with() -> None:
    """Every pin and hash of the agents' list is one of the server's."""
    run = (ROOT / "requirements/run.txt").read_text()
    pins = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", run, re.MULTILINE))
    assert {name: pins.get(name) for name in wheelhouse.required()} == wheelhouse.required()
    assert wheelhouse.hashes() <= set(re.findall(r"sha256:([0-9a-f]{64})", run))
    assert "http" not in wheelhouse.requirements()


def test_a_wheel_that_is_none_of_this_release_is_not_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of another version nor with another hash; one that changed on the disk is not sent."""
    version = wheelhouse.required()["click"]
    for name in (f"click-{version}-py3-none-any.whl", "click-1.0-py3-none-any.whl", "evil-1-py3-none-any.whl"):
        (tmp_path / name).write_bytes(name.encode())
    house = wheelhouse.Wheelhouse(tmp_path)
    assert [wheel.file for wheel in house.wheels()] == [own_wheel.file_name()]
    sha256 = wheelhouse._sha256(f"click-{version}-py3-none-any.whl".encode())
    monkeypatch.setattr(wheelhouse, "hashes", lambda: frozenset({sha256}))
    assert [wheel.file for wheel in house.wheels()][1:] == [f"click-{version}-py3-none-any.whl"]
    assert house.data(sha256, "click-1.0-py3-none-any.whl") is None
    assert house.data(sha256, f"click-{version}-py3-none-any.whl") is not None


def test_wheels_are_taken_from_a_folder_by_their_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are left where they are; a folder without any is told."""
    (tmp_path / "in").mkdir()
    with pytest.raises(Exception, match="holds no wheel of this release"):
        wheel_fetch.take(tmp_path / "in", tmp_path / "out")
    for name in ("a-1-py3-none-any.whl", "b-1-py3-none-any.whl"):
        (tmp_path / "in" / name).write_bytes(name.encode())
    known = frozenset({wheelhouse._sha256(b"a-1-py3-none-any.whl")})
    monkeypatch.setattr(wheel_fetch, "hashes", lambda: known)
    assert wheel_fetch.take(tmp_path / "in", tmp_path / "out") == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a-1-py3-none-any.whl"]


@pytest.mark.parametrize(("pythons", "machines"), [(("2.7",), ()), (("3.10",), ()), (("3",), ()), ((), ("sparc",))])
def test_hosts_that_are_not_supported_are_refused(pythons: tuple[str, ...], machines: tuple[str, ...]) -> None:
    """Before anything is fetched; no word of them reaches a command line."""
    with pytest.raises(Exception, match="write"):
        wheel_fetch.hosts(pythons, machines)


class Shelf:
    """Hands out one package."""

    def offer(self, scheme: str, host: str) -> dict[str, object]:
        """See Shelf."""
        return {"server": f"{scheme}://{host}", "note": 'it\'s "$(quoted)" `so`'}

    def data(self, sha256: str, file: str) -> bytes | None:
        """See Shelf."""
        return b"wheel" if (sha256, file) == ("abc", "a.whl") else None

    def program(self) -> dict[str, str]:
        """See Shelf."""
        return {"host.py": "import os\n# $HOME `x`\n"}


async def asked(
    path: str, *, method: str = "GET", host: str = "scan.example:8420"
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a request to pages that know one open and one revoked token."""
    fleet = new_fleet()

    def work(uow) -> None:
        for word in (TOKEN, "r" * 43):
            made = make(uow, token=word, account=fleet.account, offer=Offer(), by="ann", now=CLOCK.now())
        uow.enrolments.revoke(fleet.account, made.id, CLOCK.now())

    fleet.store.write_now(work)
    pages = InstallPages(store=fleet.store, shelf=Shelf(), clock=CLOCK, knows=lambda name: name.startswith("scan."))
    sent: list[dict] = []

    async def send(message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "scheme": "https", "client": ("10.0.0.9", 1),
             "headers": [(b"host", host.encode())]}  # fmt: skip
    await pages(scope, None, send)  # type: ignore[arg-type]  # it reads no body
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


def run(path: str, **options: str) -> Answer:
    """asked(), from a test that is no coroutine."""
    return asyncio.run(asked(path, **options))


def test_a_script_carries_its_files_as_they_are(tmp_path: Path) -> None:
    """No shell looks into them: what they hold comes out to the letter."""
    status, headers, body = run(f"/i/{TOKEN}")
    assert (status, headers["content-type"], headers["cache-control"]) == (
        200, "text/x-shellscript; charset=utf-8", "no-store",
    )  # fmt: skip
    files = body.decode().partition(': >"$work/hostward/agent/setup/__init__.py"\n')[2].partition('\n"$python"')[0]
    (tmp_path / "hostward/agent/setup").mkdir(parents=True)
    subprocess.run(["sh", "-c", f"work={shlex.quote(str(tmp_path))}\n{files}"], check=True)
    assert (tmp_path / "hostward/agent/setup/host.py").read_text() == "import os\n# $HOME `x`\n"
    offer = json.loads((tmp_path / "offer.json").read_text())
    assert offer == {"server": "https://scan.example:8420", "note": 'it\'s "$(quoted)" `so`', "token": TOKEN}


def test_a_file_can_not_end_itself() -> None:
    """A word in it that would let the shell read on as a script is refused."""
    with pytest.raises(ValueError, match="the word that ends it"):
        script({"server": "x\nHOSTWARD_END_OF_FILE\nrm -rf /"}, {})


@pytest.mark.parametrize(("path", "status"), [
    (f"/i/{'r' * 43}", 404), (f"/i/{'x' * 43}", 404), ("/i/", 404), ("/i/../etc", 404), (f"/i/{TOKEN}/more", 404),
    ("/i/wheels/abc/a.whl", 200), ("/i/wheels/abc/b.whl", 404), ("/i/wheels/../a.whl", 404), ("/i/packages", 200),
])  # fmt: skip
def test_only_what_is_there_is_handed_out(path: str, status: int) -> None:
    """To whoever has an open token, or knows a package's hash."""
    assert run(path)[0] == status


def test_packages_never_change_under_their_name() -> None:
    """So that caches may keep them for good."""
    _, headers, body = run("/i/wheels/abc/a.whl")
    assert (body, "immutable" in headers["cache-control"], headers["x-content-type-options"]) == (
        b"wheel", True, "nosniff",
    )  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "scan.example/../x", 'scan.example" || rm', ""])
def test_a_name_that_is_not_the_servers_gets_no_script(host: str) -> None:
    """Nor does it come into one."""
    assert run(f"/i/{TOKEN}", host=host)[0] == 421


def test_nothing_is_taken(tmp_path: Path) -> None:
    """These pages are for reading."""
    assert (run(f"/i/{TOKEN}", method="POST")[0], run(f"/i/{TOKEN}", method="HEAD")[2]) == (405, b"")
