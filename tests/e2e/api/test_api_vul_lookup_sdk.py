"""What is known of vulnerabilities, asked for by the official SDK and tccli, unmodified, of a server on SQLite."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_server import ApiServer, served
from client_process import run
from hostward.domain.module import Module
from small_fleet import Fleet
from store_samples import package
from vul_scenarios import FAR, LOG4J, QUIET, SSL, XZ, import_data

SCRIPTS = Path(__file__).parent / "scripts"

pytestmark = pytest.mark.needs("clients")


@pytest.fixture
def informed(fleet: Fleet) -> Iterator[ApiServer]:
    """Five vulnerabilities are known; web-1 and web-2 have one that is exploited, db-1 none."""
    import_data(fleet.store, fleet.now)
    fleet.start(Module.VUL)
    for machine in fleet.machines:
        (job,) = fleet.poll(machine, modules=("Vul",)).jobs
        has_it = machine.facts.host_name.startswith("web")
        fleet.finish(machine, job.lease, *([package("xz-utils", "5.6.0-0.2")] if has_it else []))
    with served(fleet.store) as server:
        yield server


def test_the_sdk_looks_vulnerabilities_up(clients: Path, informed: ApiServer, tmp_path: Path):
    """The story of a user's script; the SDK has nothing to complain of."""
    done = run([str(clients / "bin/python"), str(SCRIPTS / "sdk_vul_lookup.py"), informed.endpoint], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "useless" not in done.stdout + done.stderr  # how the SDK tells of members it doesn't know
    no_limit = 2**31 - 1
    assert json.loads(done.stdout) == {
        "store": [5, no_limit, no_limit, [QUIET, LOG4J, XZ, SSL, FAR]],
        "pages": [[FAR, SSL, XZ, LOG4J, QUIET], [FAR, XZ, LOG4J]],
        "named": [[XZ, "Malicious code in xz", 4, 4, "2024-03-29"]],
        "described": [
            [LOG4J, 4, 10, "KEV", "Maven: upgrade org.apache.logging.log4j:log4j-core to 2.15.0"],
            [XZ, 4, 10, "KEV", "Debian:12: upgrade xz-utils to 5.6.1+really5.4.5-1"],
        ],
        "emergency": [3, True, XZ],
        "hosts": [[XZ, 1, 2, 100]],
        "errors": ["InvalidParameterValue", "ResourceNotFound", "InvalidParameterValue", "InvalidParameterValue"],
    }


def test_tccli_looks_vulnerabilities_up(clients: Path, informed: ApiServer, tmp_path: Path):
    """By flat parameters."""

    def answer(*arguments: str) -> dict:
        command = [str(clients / "bin/tccli"), "cwp", *arguments, "--endpoint", f"http://{informed.endpoint}"]
        done = run(command, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    (number,) = (one["VulId"] for one in answer("DescribeVulCveIdInfo", "--CveIds", json.dumps([XZ]))["List"])
    assert answer("DescribeVulInfoCvss", "--VulId", str(number))["CveId"] == XZ
    named = json.dumps([{"Name": "VulName", "Values": ["xz"]}])
    assert [one["CveId"] for one in answer("DescribeVulStoreList", "--Filters", named)["List"]] == [XZ]
    assert [one["HostCount"] for one in answer("DescribeEmergencyVulList", "--Filters", named)["List"]] == [2]
