"""`hostward vuln` and ScanSbom against a real server, a real scan of this machine, and a small feed."""

import json
import platform
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from running import Up, hostward, up

KEY = "CVE-2026-4242"
PACKAGE = "msgspec"
"""Wherever Hostward runs, it is installed."""


def feed(path: Path, *, fixed: str) -> Path:
    """An OSV export: versions of a Python package below the fixed one are affected; the system's release is known."""
    release = platform.freedesktop_os_release()
    places = {"PyPI": (PACKAGE, fixed)}
    if release["ID"] == "debian":
        places[f"Debian:{release['VERSION_ID']}"] = ("no-such-package", "1")
    affected = [
        {
            "package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": number}]}],
        }
        for ecosystem, (name, number) in places.items()
    ]
    record = {"id": "GHSA-test-test-test", "aliases": [KEY], "modified": "2026-11-01T00:00:00Z", "summary": "A flaw",
              "affected": affected}  # fmt: skip
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{record['id']}.json", json.dumps(record))
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the feed."""
    folder = tmp_path_factory.mktemp("vuln")
    done = hostward("feed", "import", "--data", str(folder / "data"), str(feed(folder / "all.zip", fixed="9999")))
    assert done.returncode == 0, done.stderr
    return folder / "data"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Up]:
    """A server whose machine was scanned."""
    with up(data, "--no-scan") as running:
        task = running.call("ScanVul", HostType=1, VulLevels="0", VulCategories="0")["TaskId"]
        running.finished("Vul", task)
        yield running


def vuln(data: Path, *words: str) -> tuple[int, str, str]:
    """One command: exit status, output, errors."""
    done = hostward("vuln", *words, "--data", str(data))
    return done.returncode, done.stdout, done.stderr


def own(server: Up, action: str, **members: Any) -> dict[str, Any]:
    """A call of the service hostward."""
    answer = server.call(action, service="hostward", version="2026-12-01", **members)
    assert "Error" not in answer, answer
    return answer


def test_what_the_machine_has_is_listed_and_explained(server: Up, data: Path) -> None:
    """The lists of the command are those of the API."""
    status, out, _ = vuln(data, "ls", "--query", KEY, "-o", "json")
    assert (status, json.loads(out)["TotalCount"]) == (0, 1)
    assert json.loads(out)["Vulnerabilities"] == own(server, "ListVulnerabilities", Query=KEY)["Vulnerabilities"]
    status, out, _ = vuln(data, "machines", KEY, "-o", "jsonl")
    (machine,) = map(json.loads, out.splitlines())
    assert PACKAGE in {one["Name"] for one in machine["Packages"]}
    status, out, _ = vuln(data, "why", KEY, machine["HostName"])
    assert status == 0
    assert "is below 9999, the first version without it in PyPI" in out
    assert f"-m pip install {PACKAGE}==9999" in out
    status, out, _ = vuln(data, "upgrades", "-o", "jsonl")
    assert [(one["Component"], one["Fixed"], one["Risks"]) for one in map(json.loads, out.splitlines())] == [
        (PACKAGE, "9999", 1)
    ]
    assert vuln(data, "ls", "--query", KEY, "--fixable", "--fail-on", "low")[0] == 3
    assert vuln(data, "show", "CVE-1999-0001")[0] == 5


def test_a_bill_of_this_machine_finds_what_the_machine_has(server: Up, data: Path, tmp_path: Path) -> None:
    """Made by a scan without the server, judged by the server and by the command alike."""
    bill = tmp_path / "bill.json"
    made = hostward("scan", "--module", "vul", "--data", str(data), "-o", "cyclonedx", "--out", str(bill))
    assert made.returncode == 0, made.stderr
    answer = own(server, "ScanSbom", Document=bill.read_text())
    (machine,) = own(server, "ListMachines")["Machines"]
    has = own(server, "ListMachineVulnerabilities", Quuid=machine["Quuid"], Status="present", Limit=100)
    assert pairs(answer["Vulnerabilities"]) == pairs(has["Vulnerabilities"]) != set()
    judged = hostward("scan", "--module", "vul", "--data", str(data), "--sbom", str(bill), "-o", "json")
    found = json.loads(judged.stdout)["modules"]["Vul"]["findings"]
    assert {(one["cve"], one["package"], one["installed"]) for one in found} == {
        (cve, name, installed) for cve, name, installed, _ in pairs(answer["Vulnerabilities"])
    }


def pairs(rows: list[dict[str, Any]]) -> set[tuple[str, str, str, str]]:
    """Vulnerability, package, version, place."""
    return {
        (row["CveId"], one["Name"], one["Installed"], one["Path"]) for row in rows for one in row["Packages"]
    }  # fmt: skip


def test_an_import_changes_the_lists_without_a_scan(server: Up, data: Path, tmp_path: Path) -> None:
    """What no advisory says any more is gone at once, and the reason is kept."""
    done = hostward("feed", "import", "--data", str(data), str(feed(tmp_path / "all.zip", fixed="0.0.1")))
    assert done.returncode == 0, done.stderr
    assert json.loads(vuln(data, "ls", "-o", "json")[1])["TotalCount"] == 0
    status, out, _ = vuln(data, "show", KEY)
    assert (status, "0 have it, 0 ignore it, 1 had it" in out) == (0, True)
