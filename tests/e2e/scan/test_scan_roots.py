"""`hostward scan` as its users run it: whole commands on root file systems made for the purpose."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import planted
from own_network import own_network
from running import environment, hostward

STATUS = """Package: openssl
Status: install ok installed
Architecture: amd64
Version: 3.0.1-1

Package: python3-urllib3
Status: install ok installed
Architecture: all
Source: python-urllib3
Version: 1.26.12-1

"""

OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small Debian with a package that has a fix, a module that is Debian's own, and an EICAR file."""
    root = tmp_path / "root"
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text(STATUS)
    (root / "etc").mkdir()
    (root / "etc/os-release").write_text(
        'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'
    )
    owned = "usr/lib/python3/dist-packages/urllib3-1.26.12.egg-info/PKG-INFO"
    (root / owned).parent.mkdir(parents=True)
    (root / owned).write_text("Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.12\n")
    (info / "python3-urllib3.list").write_text(f"/{owned}\n")
    own = root / "opt/app/lib/python3.11/site-packages/urllib3-1.26.11.dist-info"
    own.mkdir(parents=True)
    (own / "METADATA").write_text("Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.11\n")
    (root / "srv").mkdir()
    (root / "srv/bad.com").write_bytes(planted.EICAR)
    return root


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with what two feeds say."""
    tracker = {
        "openssl": {
            "CVE-2026-1010": {
                "releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.2-1", "urgency": "high"}},
            }
        }
    }
    (tmp_path / "tracker.json").write_text(json.dumps(tracker))
    osv = {
        "id": "PYSEC-2026-1", "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-1111", "GHSA-aaaa-bbbb-cccc"],
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": "urllib3"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.26.17"}]}],
        }],
    }  # fmt: skip
    (tmp_path / "osv.json").write_text(json.dumps(osv))
    feeds = [str(tmp_path / "tracker.json"), str(tmp_path / "osv.json")]
    imported = hostward("feed", "import", "--data", str(tmp_path / "data"), *feeds)
    assert imported.returncode == 0, imported.stderr
    return tmp_path / "data"


def scan(*arguments: object) -> dict:
    """The JSON report of a scan."""
    done = hostward("scan", "-o", "json", *map(str, arguments))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_root_is_judged_by_the_feeds_there_are(root: Path, data: Path):
    """Debian's own module is Debian's; the application's is not."""
    module = scan("--module", "vul", "--root", root, "--data", data)["modules"]["Vul"]
    found = {(each["cve"], each["package"], each["installed"], each["level"]) for each in module["findings"]}
    assert found == {("CVE-2026-1010", "openssl", "3.0.1-1", 3), ("CVE-2026-1111", "urllib3", "1.26.11", 2)}
    assert (module["status"], module["degraded"]) == ("ok", [])
    (python,) = (each for each in module["findings"] if each["ecosystem"] == "PyPI")
    assert python["path"] == "/opt/app/lib/python3.11/site-packages/urllib3-1.26.11.dist-info/METADATA"
    assert "GHSA-aaaa-bbbb-cccc" in python["aliases"]


def test_a_root_is_searched_whole_for_malware(root: Path, tmp_path: Path):
    """Paths are those inside it; nothing of this machine is mixed in."""
    module = scan("--module", "malware", "--root", root, "--data", tmp_path / "none")["modules"]["Malware"]
    assert [each["path"] for each in module["findings"]] == ["/srv/bad.com"]
    assert module["stats"]["files"] == 6


def test_nothing_of_this_machine_is_mixed_in(root: Path, data: Path):
    """No name, no kernel, no package of ours."""
    report = scan("--module", "vul,baseline", "--root", root, "--data", data)
    assert report["host"] == {"name": "", "root": str(root), "os": "Debian 12", "kernel": ""}
    packages = {each["package"] for each in report["modules"]["Vul"]["findings"]}
    assert packages == {"openssl", "urllib3"}


def test_an_empty_root_has_nothing_to_be_judged_and_says_so(tmp_path: Path):
    """Degraded, never clean without a word."""
    (tmp_path / "empty").mkdir()
    module = scan("--module", "vul", "--root", tmp_path / "empty", "--data", tmp_path / "none")["modules"]["Vul"]
    assert (module["status"], module["degraded"] != []) == ("degraded", True)


def test_fail_on_is_exit_3_and_the_report_is_whole(root: Path, data: Path):
    """The gate of a pipeline."""
    arguments = ("scan", "--module", "vul", "--root", str(root), "--data", str(data), "--fail-on", "high")
    done = hostward(*arguments)
    assert (done.returncode, "CVE-2026-1010" in done.stdout) == (3, True)


def test_piped_output_has_no_escape_and_progress_is_on_stderr(root: Path, data: Path):
    """Standard output is data alone."""
    done = hostward("scan", "--module", "vul", "--root", str(root), "--data", str(data))
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stdout.startswith("CVE\tLEVEL\t")
    assert "MODULE\t" in done.stderr


def test_the_report_goes_to_a_file_all_at_once(root: Path, data: Path, tmp_path: Path):
    """--out; the summary is shown all the same."""
    out = tmp_path / "report.sarif"
    arguments = ("--root", str(root), "--data", str(data), "-o", "sarif", "--out", str(out))
    done = hostward("scan", "--module", "vul", *arguments)
    assert (done.returncode, done.stdout, "Vul" in done.stderr) == (0, "", True)
    assert json.loads(out.read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--root", "/does/not/exist"),
        ("--path", "/does/not/exist"),
        ("--module", "virus"),
        ("--out", "/does/not/exist/report", "--module", "baseline", "--root", "/var/empty-for-this-test"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: tuple[str, ...], tmp_path: Path):
    """And exit 1, not a traceback."""
    folder = tmp_path / "root"
    folder.mkdir()
    given = [str(folder) if word == "/var/empty-for-this-test" else word for word in arguments]
    done = hostward("scan", *given)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert (done.returncode, len(errors), "Traceback" in done.stderr) == (1, 1, False)


def test_a_database_that_is_none_is_one_clear_line(root: Path, tmp_path: Path):
    """Nothing is judged by half."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "hostward.db").write_bytes(b"not a database, but long enough to be looked at" * 100)
    done = hostward("scan", "--module", "vul", "--root", str(root), "--data", str(data))
    assert (done.returncode, done.stderr.count("error: ")) == (1, 1)


def test_feeds_of_a_running_server_are_read_beside_it(root: Path, data: Path):
    """Its lock is no obstacle: nothing is written."""
    command = [sys.executable, "-m", "hostward", "up", "--data", str(data), "--listen", "127.0.0.1:0", "--no-scan"]
    server = subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        assert server.stdout is not None
        while b"Ctrl-C" not in server.stdout.readline():
            assert server.poll() is None
        module = scan("--module", "vul", "--root", root, "--data", data)["modules"]["Vul"]
    finally:
        server.kill()
        server.wait()
    assert {each["cve"] for each in module["findings"]} == {"CVE-2026-1010", "CVE-2026-1111"}


def test_ctrl_c_keeps_what_was_found_and_leaves_no_child(tmp_path: Path):
    """Exit 130, a report that says it was stopped."""
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "hostward", "scan", "--module", "malware", "--path", "/usr", "-o", "json"]
    scanning = subprocess.Popen(
        [*command, "--out", str(out)], env=environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    mark = f"{scanning.pid}".encode()
    while not any(_is_child(entry, mark) for entry in Path("/proc").iterdir()):
        assert scanning.poll() is None
        time.sleep(0.05)
    time.sleep(0.5)  # in the middle of it
    scanning.send_signal(signal.SIGINT)
    _, words = scanning.communicate(timeout=30)
    assert scanning.returncode == 130, words
    assert json.loads(out.read_text())["modules"]["Malware"]["degraded"][-1] == "the scan was stopped before its end"
    assert not [entry for entry in Path("/proc").iterdir() if _is_child(entry, mark)]


def _is_child(entry: Path, parent: bytes) -> bool:
    if not entry.name.isdigit():
        return False
    try:
        return (entry / "stat").read_bytes().rpartition(b")")[2].split()[1] == parent
    except OSError:
        return False


def test_a_reader_that_leaves_is_no_error(root: Path, data: Path):
    """Hostward scan | head."""
    command = f"{sys.executable} -m hostward scan --module vul --root '{root}' --data '{data}' -o json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=environment(), check=False)
    assert (done.stdout, b"Traceback" in done.stderr) == (b"{", False)


def test_a_folder_without_permission_is_said(root: Path, tmp_path: Path):
    """Not root: what can't be read is not clean."""
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (root / "srv").chmod(0)
    module = scan("--module", "malware", "--root", root, "--data", tmp_path / "none")["modules"]["Malware"]
    (root / "srv").chmod(0o755)
    assert module["status"] == "degraded"


@pytest.mark.needs("netns")
def test_a_machine_without_a_way_out_is_scanned_and_sends_nothing(root: Path, data: Path):
    """In a network of its own, by the kernel's count: no TCP connection is begun and no UDP packet sent."""
    with own_network(1) as (_, [place]):
        words = ("scan", "--module", "vul,malware", "--root", str(root), "--data", str(data), "-o", "json")
        done = subprocess.run(
            [*place.inside, sys.executable, "-m", "hostward", *words],
            capture_output=True, text=True, env=environment(), check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        counts = subprocess.run([*place.inside, "cat", "/proc/net/snmp"], capture_output=True, text=True, check=True)
    lines = [line.split() for line in counts.stdout.splitlines()]
    pairs = zip(lines[::2], lines[1::2], strict=True)
    table = {names[0]: dict(zip(names[1:], values[1:], strict=True)) for names, values in pairs}
    assert (table["Tcp:"]["ActiveOpens"], table["Udp:"]["OutDatagrams"]) == ("0", "0")
