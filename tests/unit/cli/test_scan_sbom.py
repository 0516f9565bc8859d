"""Bills of materials on the command line: in with --sbom, out with -o cyclonedx."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bills import syft_cyclonedx
from hostward.cli.scan.command import command
from hostward.cli.scan.formats.choice import BILLS, FORMATS
from hostward.cli.scan.report import HostReport, ModuleReport
from hostward.domain.module import Module
from hostward.domain.package import HostFacts, Package, Restart
from hostward.scanners.vul.sbom.read import read
from scan_reports import match, report, vul


def run(*words: str) -> tuple[int, str, str]:
    """Exit status, standard output, and the error's message."""
    result = CliRunner().invoke(command, words)
    return result.exit_code, result.stdout, str(result.exception or "")


def test_a_bill_is_judged_like_a_machine(tmp_path: Path) -> None:
    """Without looking at this one; what nobody has advisories for is said."""
    bill = tmp_path / "bill.json"
    bill.write_text(syft_cyclonedx())
    status, out, _ = run("--module", "vul", "--sbom", str(bill), "--data", str(tmp_path / "data"), "-o", "json")
    content = json.loads(out)
    assert (status, content["host"]["root"], content["host"]["os"]) == (0, str(bill), "debian 12")
    assert content["host"]["name"] == "/srv/image"
    assert "no advisory data for Debian:12: import some with hostward feed" in content["modules"]["Vul"]["degraded"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--sbom", "x"), "use it with --module vul"),
        (("--module", "vul", "--root", "/tmp", "--sbom", "x"), "without --root"),
        (("--module", "vul", "--sbom", "/missing"), "No such file"),
        (("--module", "vul", "--sbom", "/dev"), "Is a directory"),
        (("--module", "vul", "--sbom", "/proc/self/status"), "neither JSON nor SPDX"),
        (("--module", "malware", "-o", "cyclonedx"), "add vul to --module"),
        (("--module", "malware", "-o", "spdx"), "add vul to --module"),
    ],
)
def test_what_can_not_be_done_is_said_in_one_line(words: tuple[str, ...], problem: str) -> None:
    """Before anything is scanned."""
    status, _, message = run(*words)
    assert status == 1
    assert problem in message


PACKAGES = [
    Package(
        ecosystem="Debian:12", name="libssl3", version="3.0.11-1", arch="amd64", source="openssl",
        source_version="3.0.11-1",
    ),
    Package(
        ecosystem="Debian:12", name="bash", version="1:5.2+b1", arch="amd64", source="bash", source_version="1:5.2",
    ),
    Package(
        ecosystem="Alpine:v3.19", name="libcrypto3", version="3.1-r0", source="openssl", source_version="3.1-r0",
        path=b"docker://web",
    ),
    Package(ecosystem="Debian:11", name="a", version="1", source="a", source_version="1", path=b"docker://db"),
    Package(
        ecosystem="Maven", name="org.x:y", version="1.0", source="org.x:y", source_version="1.0",
        path=b"/opt/a.war!/WEB-INF/lib/y.jar",
    ),
    Package(ecosystem="Go", name="stdlib", version="1.21.5", source="stdlib", source_version="1.21.5", path=b"/opt/t"),
    Package(ecosystem="Go", name="a.org/x", version="1.0.0", source="a.org/x", source_version="1.0.0", path=b"/opt/t"),
    Package(
        ecosystem="npm", name="@a/b", version="1.0.0", source="@a/b", source_version="1.0.0",
        path=b"/srv/package.json",
    ),
    Package(
        ecosystem="WordPress", name="plugin/akismet", version="5.0", source="plugin/akismet", source_version="5.0",
        path=b"/srv/wp-content/plugins/akismet/akismet.php",
    ),
]  # fmt: skip


def machine() -> HostReport:
    """A report with packages of many kinds."""
    facts = HostFacts(os_id="debian", os_version="12", os_name="Debian 12", running_kernel="6.1.0-18-amd64")
    module = ModuleReport(
        module=Module.VUL, facts=facts, packages=PACKAGES,
        findings=[match(name="bash", source="bash", version="1:5.2+b1", fixed="1:5.3")],
    )  # fmt: skip
    return HostReport(host={"name": "web1", "root": "/", "os": "Debian 12", "kernel": "6.1"}, modules=[module])


@pytest.mark.parametrize("name", sorted(BILLS))
def test_a_bill_of_our_own_describes_the_same_machine(name: str) -> None:
    """Every package comes back as it was, containers' and web CMSs' too; the kernel as well."""
    described = read("".join(FORMATS[name](machine())).encode())
    assert set(described.packages) == set(PACKAGES)
    assert (described.facts.running_kernel, described.subject, described.remarks) == ("6.1.0-18-amd64", "web1", [])


def test_a_bill_of_our_own_names_the_vulnerabilities() -> None:
    """With the components they are in, and the fix; hidden ones are left out."""
    content = json.loads("".join(FORMATS["cyclonedx"](machine())))
    [found] = content["vulnerabilities"]
    [affected] = found["affects"]
    [component] = [each for each in content["components"] if each["bom-ref"] == affected["ref"]]
    assert (found["id"], found["recommendation"], component["name"]) == ("CVE-2026-1", "Upgrade to bash 1:5.3", "bash")
    assert found["ratings"] == [{"severity": "high", "score": 7.5}]
    references = [each["bom-ref"] for each in content["components"]]
    assert len(references) == len(set(references))


RESTARTS = (
    Restart(unit="", package="linux-image-6.1.0-21-amd64", reason="a newer one is installed"),
    Restart(unit="nginx.service", package="libssl3", path=b"/usr/lib/libssl.so.3", processes=4, reason="it runs"),
)


def test_reports_say_what_is_to_be_started_again() -> None:
    """For people and for programs."""
    module = vul()
    content = report(ModuleReport(module=module.module, findings=module.findings, restarts=RESTARTS))
    text = "".join(FORMATS["table"](content))
    assert "reboot needed\tlinux-image-6.1.0-21-amd64\ta newer one is installed\n" in text
    assert "restart needed\tnginx.service\tlibssl3\tit runs\n" in text
    restarts = json.loads("".join(FORMATS["json"](content)))["modules"]["Vul"]["restarts"]
    assert [each["unit"] for each in restarts] == ["", "nginx.service"]
    lines = [json.loads(line) for line in "".join(FORMATS["jsonl"](content)).splitlines()]
    assert [line["package"] for line in lines if line["type"] == "restart"] == [
        "linux-image-6.1.0-21-amd64",
        "libssl3",
    ]
