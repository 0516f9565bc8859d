"""Every output format of `hostward scan`."""

import csv
import io
import json
import os

import pytest

from hostward.cli.scan.formats import sarif
from hostward.cli.scan.formats.choice import FORMATS
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome
from scan_reports import baseline, everything, hit, malware, match, report, verdict, vul


def written(name: str, content=None) -> str:
    """The report in this format."""
    return "".join(FORMATS[name](content or everything()))


def sarif_log(content=None) -> dict:
    """The SARIF log."""
    return json.loads(written("sarif", content))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_format_writes_a_byte_that_drives_a_terminal(name: str):
    """File names are hostile."""
    assert "\x1b" not in written(name) or name == "csv"


def test_csv_keeps_the_bytes_of_a_name():
    """A spreadsheet is no terminal, and the name must be found again."""
    rows = list(csv.reader(io.StringIO(written("csv"))))
    assert any(os.fsdecode(b"/tmp/\xff\x1b[2J.php") in row for row in rows)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_writes_an_empty_report(name: str):
    """Nothing found is a result too."""
    assert written(name, report(vul(), malware(), baseline()))


def test_json_has_the_schema_and_every_module():
    """hostward-scan/1."""
    content = json.loads(written("json"))
    assert (content["schema"], list(content["modules"])) == ("hostward-scan/1", ["Vul", "Malware", "Baseline"])
    assert {name: module["status"] for name, module in content["modules"].items()} == {
        "Vul": "degraded",
        "Malware": "ok",
        "Baseline": "ok",
    }


def test_json_tells_everything_about_a_vulnerability():
    """Level and where it comes from, fix, path; hidden is null or the reason."""
    shown, hidden = json.loads(written("json"))["modules"]["Vul"]["findings"]
    assert shown == {
        "cve": "CVE-2026-1", "aliases": ["GHSA-1"], "package": "openssl", "source": "openssl",
        "installed": "3.0.1-1", "fixed": "3.0.2-1", "level": 3, "level_source": "cvss", "cvss": 7.5,
        "ecosystem": "Debian:12", "path": "", "hidden": None, "evidence": "debian DSA-1",
    }  # fmt: skip
    assert hidden["hidden"] == "kernel headers and tools"


def test_json_tells_what_malware_scans_looked_at_and_left_out():
    """Paths that are no UTF-8 come back as they were."""
    module = json.loads(written("json"))["modules"]["Malware"]
    assert os.fsencode(module["findings"][0]["path"]) == b"/tmp/\xff\x1b[2J.php"
    assert module["not_fully_scanned"] == [{"path": "/srv/a.zip", "reason": "encrypted: member x"}]
    assert module["stats"] == {"files": 10, "bytes": 2000, "skipped": {"mounted from elsewhere": 3}}


def test_json_lists_every_verdict():
    """Passes and errors too."""
    findings = json.loads(written("json"))["modules"]["Baseline"]["findings"]
    assert {each["id"]: each["verdict"] for each in findings} == {
        "HW-SSH-001": "fail",
        "HW-FIL-001": "pass",
        "HW-SVC-001": "error",
    }
    assert set(findings[0]) == {
        "policy", "id", "title", "verdict", "reason", "level", "evidence", "remediation",
    }  # fmt: skip


def test_a_level_nobody_gives_is_2_and_says_so():
    """From "unknown"."""
    content = json.loads(written("json", report(vul(match(level=None, level_source="")))))
    finding = content["modules"]["Vul"]["findings"][0]
    assert (finding["level"], finding["level_source"]) == (2, "unknown")


def test_jsonl_is_one_object_a_line_and_ends_each_module_with_its_status():
    """For programs that read as it comes."""
    lines = [json.loads(line) for line in written("jsonl").splitlines()]
    assert [line["type"] for line in lines].count("module") == 3
    assert (lines[0]["type"], lines[-1]["type"], lines[-1]["status"]) == ("host", "module", "ok")


def test_csv_is_one_table_with_as_many_cells_in_each_row():
    """RFC 4180."""
    text = written("csv")
    rows = list(csv.reader(io.StringIO(text)))
    assert {len(row) for row in rows} == {12}
    assert text.count("\r\n") == len(rows)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_cells_are_no_formulas(first: str):
    """A spreadsheet that opens the report calculates nothing."""
    rows = list(csv.reader(io.StringIO(written("csv", report(vul(match(f"{first}cmd|' /C calc'!A0")))))))
    assert rows[1][3].startswith(f"'{first}")


def test_the_table_has_no_column_cut():
    """However long a value is."""
    long = "x" * 400
    assert long in written("table", report(vul(match(name=long))))


def test_the_table_shows_risks_and_what_was_not_judged():
    """Not the hidden ones, not the passes."""
    text = written("table")
    assert ("CVE-2026-1\t" in text, "CVE-2026-2" in text, "HW-FIL-001" in text) == (True, False, False)
    assert "not fully scanned\t/srv/a.zip\tencrypted: member x" in text
    assert "not judged\t2 gems: not judged yet" in text


def test_sarif_has_one_run_a_module_with_its_rules():
    """Each result points at its rule."""
    log = sarif_log()
    assert (log["version"], [run["tool"]["driver"]["name"] for run in log["runs"]]) == (
        "2.1.0",
        ["Hostward Vul", "Hostward Malware", "Hostward Baseline"],
    )
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_every_sarif_result_has_a_location():
    """A reader refuses the whole file for one without."""
    content = report(
        vul(match(), match("CVE-2", ecosystem="Alpine:v3.19"), match("CVE-3", ecosystem="Rocky Linux:9"),
            match("CVE-4", ecosystem="PyPI", path=b"/opt/a b/METADATA")),
        malware(hit(b"/tmp/\xff")),
        baseline(verdict(), verdict("HW-2", evidence=())),
    )  # fmt: skip
    places = [
        result["locations"][0]["physicalLocation"] for run in sarif_log(content)["runs"] for result in run["results"]
    ]
    assert sorted(place["artifactLocation"]["uri"] for place in places) == [
        "etc/os-release",
        "etc/ssh/sshd_config",
        "lib/apk/db/installed",
        "opt/a%20b/METADATA",
        "tmp/%FF",
        "var/lib/dpkg/status",
        "var/lib/rpm",
    ]


def test_sarif_names_the_line_that_evidence_names():
    """A setting in a file is found at once."""
    (result,) = sarif_log(report(baseline(verdict())))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}


def test_sarif_says_what_was_not_judged():
    """As notifications of the run."""
    invocation = sarif_log()["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is True
    assert [each["message"]["text"] for each in invocation["toolExecutionNotifications"]] == ["2 gems: not judged yet"]


def test_a_failed_module_is_a_run_that_did_not_succeed():
    """With the reason."""
    (run,) = sarif_log(report(vul(failure="the scanner died")))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_severity_is_the_cvss_score_or_the_middle_of_the_level():
    """What readers sort by."""
    log = sarif_log(report(vul(match(), match("CVE-9", cvss=None, level=Level.CRITICAL))))
    scores = {rule["id"]: rule["properties"]["security-severity"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert scores == {"CVE-2026-1": "7.5", "CVE-9": "9.5"}


def test_a_finding_keeps_its_fingerprint_when_its_version_changes():
    """It is the same alert."""
    prints = [
        sarif_log(report(vul(match(version=version))))["runs"][0]["results"][0]["partialFingerprints"]
        for version in ("1", "2")
    ]
    assert prints[0] == prints[1]


def test_runs_are_split_at_the_readers_limit(monkeypatch: pytest.MonkeyPatch):
    """Nothing is lost by it."""
    monkeypatch.setattr(sarif, "MAX_RESULTS", 3)
    log = sarif_log(report(vul(*[match(f"CVE-{n}") for n in range(8)])))
    assert [len(run["results"]) for run in log["runs"]] == [3, 3, 2]


def test_results_beyond_the_last_run_are_counted(monkeypatch: pytest.MonkeyPatch):
    """What does not fit is said."""
    monkeypatch.setattr(sarif, "MAX_RESULTS", 1)
    monkeypatch.setattr(sarif, "MAX_RUNS", 2)
    log = sarif_log(report(vul(*[match(f"CVE-{n}") for n in range(5)])))
    said = log["runs"][-1]["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert (len(log["runs"]), said.startswith("3 results are left out")) == (2, True)


def test_a_vulnerability_of_two_packages_counts_once():
    """Distinct, as everywhere."""
    assert vul(match(), match(name="libssl3")).counts() == {Level.HIGH: 1}


def test_the_worst_level_leaves_out_what_does_not_count():
    """Hidden matches and errors."""
    content = report(vul(match(level=Level.CRITICAL, hidden="x")), baseline(verdict(outcome=Outcome.ERROR)))
    assert content.worst() is None


def test_findings_are_sorted_worst_first_and_alike_every_time():
    """Two runs agree line by line."""
    findings = [match(f"CVE-{n}", level=level) for n, level in enumerate(Level)]
    assert vul(*findings).findings == vul(*reversed(findings)).findings
    assert [finding.level for finding in vul(*findings).findings] == sorted(Level, reverse=True)
