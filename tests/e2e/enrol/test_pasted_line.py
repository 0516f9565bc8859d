"""The line that is pasted on a host: curl takes it, the script installs from the server, nothing is left at the end."""

import re
import shlex
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from capabilities import require
from connect_proxy import connect_proxy
from enrol_site import NAME, Host, Site, online
from hostward.agent.setup.release import Paths
from hostward.agent.setup.unit import unit
from hostward.domain.host_scan import Status
from hostward.domain.options import MalwareOptions, Pattern
from hostward.domain.task import Trigger
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import start
from link_lab import until

pytestmark = pytest.mark.needs("curl")


def scanned(site: Site, quuid: str, folder: Path) -> Status:
    """How a malware scan of a folder of this machine ended."""
    server = site.server
    request = ScanRequest(
        options=MalwareOptions(pattern=Pattern.ONLY_PATHS, paths=(str(folder),)), content=("1",),
        scope=Scope(everything=False, quuids=(quuid,)), timeout=timedelta(minutes=10),
    )  # fmt: skip
    started = server.store.write_now(
        lambda uow: start(
            uow, request=request, account=server.owner.account, by="ann", trigger=Trigger.ONE_CLICK,
            now=server.clock.now(),
        )
    )  # fmt: skip
    server.hub.wake(started.wake)

    def unit():
        return server.store.read_now(lambda uow: next(iter(uow.tasks.units(started.task))))

    until(lambda: unit().is_final, seconds=120)
    return unit().status


def left(host: Host) -> list[str]:
    """What is in the host's folder, besides what every host has."""
    usual = {"etc", "etc/systemd", "etc/systemd/system", "opt", "var", "var/lib", "usr", "usr/local", "usr/local/bin"}
    found = {str(path.relative_to(host.root)) for path in host.root.rglob("*")}
    return sorted(found - usual)


def test_a_host_comes_in_and_goes_without_a_trace(site: Site) -> None:
    """One line brings it in with its tags; pasted again it changes nothing.

    Removed on the server its agent is told so, and the next line brings it in again, as another machine. Uninstalled,
    not a file is left.
    """
    host, line = site.host("one"), site.line("--label", "env=lab", "--uses", "2")
    done = host.paste(line)
    assert (done.returncode, "enrolled as" in done.stderr) == (0, True), done.stderr
    with host.running() as process:
        machine = online(site, host)
        tags = site.server.store.read_now(lambda uow: uow.machines.tags([machine.id]))
        assert tags == {machine.id: ("env=lab",)}
        assert scanned(site, machine.quuid, host.root / "etc") is Status.OK
        assert host.status()["agent"] == "running"
        again = host.paste(line)
        assert (again.returncode, "enrolled already" in again.stderr) == (0, True), again.stderr
        assert site.machine_command("rm", machine.quuid).returncode == 0
        until(lambda: "not known here any more" in host.status()["trouble"])
        assert process.poll() is None
    assert machine.quuid not in [each.quuid for each in site.machines()]
    again = host.paste(site.line())
    assert (again.returncode, "enrolled as" in again.stderr) == (0, True), again.stderr
    assert host.status()["machine"] not in ("", machine.quuid)
    config = ("--config", str(host.root / "etc/hostward"), "--prefix", str(host.root))
    assert "as the server has it" in host.command("upgrade", *config).stderr
    assert host.paste(site.line(), "--uninstall").returncode == 0
    assert left(host) == []


def test_a_key_that_is_not_the_servers_stops_curl(site: Site) -> None:
    """-k is there for the private CA; the pin is checked nevertheless, before a byte of the script is run."""
    host, line = site.host("three"), site.line()
    pin = re.search(r"sha256//(\S+)", line)
    assert pin
    done = host.paste(line.replace(pin[1], "A" * 43 + "="))
    assert ("pinned public key" in done.stderr, left(host)) == (True, [])


def test_a_script_that_is_cut_short_does_nothing(site: Site) -> None:
    """Wherever the connection broke."""
    host = site.host("four")
    curl = shlex.split(site.line().removesuffix(" | sudo sh"))
    script = subprocess.run(curl, capture_output=True, text=True, check=True).stdout
    for share in (0.2, 0.5, 0.9, 0.99):
        cut = script[: int(len(script) * share)]
        subprocess.run(["sh", "-s", "--", "--prefix", str(host.root)], input=cut, text=True, capture_output=True)
        assert left(host) == []


def test_a_token_that_is_no_good_gets_no_script(site: Site) -> None:
    """Revoked: curl says so, and the shell has nothing to run."""
    host, line = site.host("five"), site.line()
    (token,) = [each for each in site.machine_command("tokens").stdout.split() if each.startswith("et-")][:1]
    assert site.machine_command("revoke", token).returncode == 0
    done = host.paste(line)
    assert ("404" in done.stderr, left(host)) == (True, [])


def test_what_the_server_lacks_is_named(site: Site) -> None:
    """With the command that mends it; nothing is half installed."""
    folder = site.server.data_dir / "wheels"
    (wheel,) = folder.glob("msgspec-*")
    wheel.rename(site.folder / wheel.name)
    host, line = site.host("six"), site.line()
    done = host.paste(line)
    (site.folder / wheel.name).rename(wheel)
    assert done.returncode == 1
    assert re.search(
        r"no wheel of msgspec [\d.]+ for CPython .* run there: hostward agent wheels --python", done.stderr
    )
    assert [path for path in left(host) if not path.startswith("opt/hostward")] == []


def test_a_host_behind_a_proxy_waits_for_approval(site: Site) -> None:
    """curl, the installation and the agent all go through HTTPS_PROXY: nothing but the proxy knows the server's name.

    The agent asks by itself until somebody lets the machine in, which then has the token's tags.
    """
    host = site.host("two")
    with connect_proxy({f"{NAME}:{site.port}": ("127.0.0.1", site.port)}) as proxy:
        line = site.line("--server", f"{NAME}:{site.port}", "--approve", "--label", "env=dmz")
        assert f"https://{NAME}:{site.port}/i/" in line
        done = host.paste(line, HTTPS_PROXY=proxy.url)
        assert (done.returncode, "waits to be let in" in done.stderr) == (0, True), done.stderr
        waiting = next(word for word in site.machine_command("waiting").stdout.split() if word.startswith("mw-"))
        assert site.machine_command("approve", waiting).returncode == 0
        with host.running():
            machine = online(site, host)
        assert set(proxy.asked) == {f"CONNECT {NAME}:{site.port}"}
    tags = site.server.store.read_now(lambda uow: uow.machines.tags([machine.id]))
    assert tags == {machine.id: ("env=dmz",)}


def test_the_service_passes_systemds_own_check(tmp_path: Path) -> None:
    """No directive is misspelt or misplaced (systemd-analyze verify), where that is installed."""
    require("systemd-analyze")
    paths = Paths(tmp_path)
    paths.program.parent.mkdir(parents=True)
    paths.program.write_text("#!/bin/sh\n")
    paths.program.chmod(0o755)
    file = tmp_path / "hostward-agent.service"
    file.write_text(unit(paths))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True)
    ours = [words for words in done.stderr.splitlines() if "hostward" in words]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_the_script_is_sound_for_every_shell(site: Site) -> None:
    """Shellcheck finds nothing to say, where it is installed."""
    require("shellcheck")
    curl = shlex.split(site.line().removesuffix(" | sudo sh"))
    script = subprocess.run(curl, capture_output=True, text=True, check=True).stdout
    done = subprocess.run(["shellcheck", "--shell=sh", "-"], input=script, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
