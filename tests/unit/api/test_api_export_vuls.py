"""ExportVulList and ExportVulEffectHostList, whose files ExportTasks hands out."""

import pytest

from export_bench import csv_rows, link_parts, written, xlsx_rows
from hostward.api.vul_cells import MACHINE_HEADER, VUL_HEADER
from hostward.domain.account import Role
from hostward.domain.ids import LeaseId
from hostward.domain.module import Module
from hostward.domain.package import Evidence
from hostward.usecases.exports import vulnerabilities as exported_vulnerabilities
from hostward.usecases.exports.rows import Interrupted
from hostward.usecases.exports.shelf import Format
from hostward.usecases.exports.vulnerabilities import affected, vulnerabilities
from hostward.usecases.vul_event_ports import ALL_VULS
from hostward.usecases.vulnerabilities.fleet_list import Wanted
from store_samples import package
from vul_event_scenarios import lived, number
from vul_scenarios import FAR, SSL, XZ, limited

INVALID = "InvalidParameterValue"
LIST, HOSTS = "ExportVulList", "ExportVulEffectHostList"
WHOLE = Wanted(query=ALL_VULS)


@pytest.fixture
def bench():
    """Both machines have xz pending; on web-1 nginx is ignored and openssl fixed."""
    return lived()[0]


def filters(**values) -> list[dict]:
    """Filters by name."""
    return [{"Name": name, "Values": list(wanted)} for name, wanted in values.items()]


def exported(bench, action: str, client=None, language: str = "en-US", **request) -> list[list[str]]:
    """The rows of a CSV file, its header first; the XLSX file has the same ones."""
    ask = client or bench.api.call
    answer = ask(action, request, service="cwp", **({} if client else {"extra": {"x-tc-language": language}}))
    assert (answer.code, answer.response.get("DownloadUrl")) == ("", ""), answer.response
    exports = bench.api.exports
    written(exports)
    done = ask("ExportTasks", {"TaskId": answer.response["TaskId"]}, service="cwp").response
    assert done["Status"] == "FINISHED"
    export = exports.get(link_parts(done["DownloadUrl"])[1].rpartition("/")[2], bench.api.clock.now())
    with exports.open(export, Format.CSV) as file:
        rows = csv_rows(file.read())
    with exports.open(export, Format.XLSX) as file:
        assert len(xlsx_rows(file.read())) == len(rows)
    return rows


def test_a_row_of_a_vulnerability_has_what_the_list_shows(bench):
    """Worst first, in its own state."""
    head, *rows = exported(bench, LIST)
    assert head == [text.english for text in VUL_HEADER]
    assert rows == [
        ["xz-utils: Malicious code in xz", XZ, "critical", "pending", "2", "Linux package", "10.0",
         "KNOWN_EXPLOITED, NETWORK", "xz-utils", "5.6.1+really5.4.5-1", "2026-11-24 12:00:00", "2026-11-24 12:00:00",
         "2024-03-29 00:00:00", "https://security-tracker.debian.org/tracker/CVE-2024-3094", "1"],
        ["nginx: CVE-2026-0003", FAR, "high", "ignored", "1", "Linux package", "", "KNOWN_EXPLOITED", "nginx",
         "1.22.1-9+deb12u9", "2026-11-24 12:00:00", "2026-11-24 12:00:00", "2026-05-04 00:00:00", "", "4"],
        ["openssl: Timing of a comparison", SSL, "low", "fixed", "1", "Linux package", "", "", "openssl", "3.0.2-1",
         "2026-11-24 12:00:00", "2026-11-24 14:00:00", "2025-01-20 00:00:00", "", "2"],
    ]  # fmt: skip


def test_a_detailed_row_has_what_the_list_of_machines_shows(bench):
    """For each machine of each vulnerability."""
    head, *rows = exported(bench, LIST, IfDetail=1)
    assert head == [text.english for text in MACHINE_HEADER]
    assert [(row[1], row[3], row[4], row[11]) for row in rows] == [
        (XZ, "pending", "web-1", ""), (XZ, "pending", "web-2", ""), (FAR, "ignored", "web-1", ""),
        (SSL, "fixed", "web-1", "2026-11-24 14:00:00"),
    ]  # fmt: skip
    assert rows[0][5:] == [
        "10.0.0.1", "", "Debian GNU/Linux 12 (bookworm)", "xz-utils 5.6.0-0.2: fixed in 5.6.1+really5.4.5-1",
        "2026-11-24 12:00:00", "2026-11-24 12:00:00", "", "q-web-1", "u-web-1", str(2**29 + 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"Status": ["0"]}, [XZ]),
        ({"Status": ["1", "3"]}, [FAR, SSL]),
        ({"Status": ["6"]}, []),
        ({"IfEmergency": ["yes"]}, [XZ, FAR]),
        ({"Level": ["1", "4"]}, [XZ, SSL]),
        ({"VulCategory": ["2"]}, []),
        ({"VulCategory": ["5"]}, []),
        ({"VulName": ["nginx"], "Status": ["1"]}, [FAR]),
    ],
)
def test_each_filter_narrows_the_files(bench, wanted, found):
    """Those of vulnerabilities, and those of their machines."""
    for detail in (0, 1):
        rows = exported(bench, LIST, IfDetail=detail, Filters=filters(**wanted))[1:]
        assert list(dict.fromkeys(row[1] for row in rows)) == found


def test_the_machines_of_a_vulnerability_are_exported(bench):
    """All, or those whose names match."""
    which = number(bench.api, XZ)
    rows = exported(bench, HOSTS, VulId=which)
    assert rows == [row for row in exported(bench, LIST, IfDetail=1) if row[1] in {"CVE", XZ}]
    assert [row[4] for row in rows[1:]] == ["web-1", "web-2"]
    assert [row[4] for row in exported(bench, HOSTS, VulId=which, Filters=filters(AliasName=["B-2"]))[1:]] == ["web-2"]


def test_words_are_in_the_callers_language(bench):
    """Header and cells."""
    head, first, *_ = exported(bench, LIST, language="zh-CN")
    assert (head[:4], first[2:4]) == ([text.chinese for text in VUL_HEADER[:4]], ["严重", "待处理"])


@pytest.mark.parametrize(
    ("action", "request_", "code", "word"),
    [
        (LIST, {"IfDetail": 2}, INVALID, "IfDetail"),
        (LIST, {"Filters": filters(IfEmergency=["no"])}, INVALID, "yes"),
        (LIST, {"Filters": filters(Uuid=["u"])}, INVALID, "IfEmergency"),
        (LIST, {"Filters": filters(Level=["5"])}, INVALID, "Level"),
        (LIST, {"Filters": filters(Status=["0"]) * 6}, INVALID, "Filters"),
        (HOSTS, {}, "MissingParameter", "VulId"),
        (HOSTS, {"VulId": 0}, INVALID, "VulId"),
        (HOSTS, {"VulId": 99}, "ResourceNotFound", "99"),
        (HOSTS, {"VulId": 1, "Filters": filters(Status=["0"])}, INVALID, "AliasName"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(bench, action, request_, code, word):
    """Before anything is written."""
    answer = bench.api.call(action, request_)
    assert (answer.code, word in answer.message) == (code, True), answer.message


def test_what_a_host_says_is_no_formula():
    """A name that a spreadsheet would reckon with has an apostrophe before it."""
    bench, account = lived()
    evil = bench.machine(account, "=cmd|calc")
    tool = package("@tool", "1.0-1")
    said = Evidence(
        ecosystem=tool.ecosystem, source="@tool", source_version="1.0-1", cve="+CVE-1", fixed="-2", urgency="high"
    )

    def work(uow) -> None:
        uow.results.add(evil.id, LeaseId(99), 0, [tool, said])
        uow.results.make_current(evil.id, Module.VUL, LeaseId(99), bench.clock.now(), risks=1)

    bench.store.write_now(work)
    (row,) = exported(bench, LIST, Filters=filters(VulName=["+cve"]))[1:]
    assert (row[0], row[1], row[8], row[9]) == ("'@tool: +CVE-1", "'+CVE-1", "'@tool", "'-2")
    (detail,) = exported(bench, LIST, IfDetail=1, Filters=filters(VulName=["+cve"]))[1:]
    assert (detail[4], detail[8]) == ("'=cmd|calc", "'@tool 1.0-1: fixed in -2")


def test_a_limited_user_exports_their_machines_alone():
    """And only who asked for an export gets it."""
    bench, account = lived()
    ann = limited(bench, account)
    rows = exported(bench, LIST, ann, IfDetail=1)[1:]
    assert {row[4] for row in rows} == {"web-1"}
    assert [row[4] for row in exported(bench, HOSTS, ann, VulId=number(bench.api, XZ))[1:]] == ["web-1"]
    bob = bench.client(bench.account("other"), "bob", Role.ADMINISTRATOR)
    assert exported(bench, LIST, bob, IfDetail=1)[1:] == []
    assert bob(HOSTS, {"VulId": number(bench.api, SSL)}, service="cwp").code == "ResourceNotFound"


def test_rows_are_read_a_part_at_a_time(monkeypatch):
    """Whatever its size; what is asked to end ends."""
    bench, account = lived()
    which = number(bench.api, XZ)
    monkeypatch.setattr(exported_vulnerabilities, "PAGE", 1)
    found = affected(bench.store, account, which, lambda _: WHOLE, {}, goes_on=lambda: True)
    assert [one.machine.facts.host_name for one in found] == ["web-1", "web-2"]
    for rows in (
        vulnerabilities(bench.store, account, lambda _: WHOLE, goes_on=lambda: False),
        affected(bench.store, account, which, lambda _: WHOLE, {}, goes_on=lambda: False),
    ):
        with pytest.raises(Interrupted):
            list(rows)
