"""hostward vuln on the command line: lists in every format, explanations, exit statuses."""

import csv
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fleet_vul_scenarios import changed
from hostward.cli import account_table, lists
from hostward.cli.vuln import command as commands
from hostward.cli.vuln import look
from hostward.domain.account import Role
from hostward.domain.errors import Refused
from store_samples import advisory, affects
from vul_scenarios import LOG4J, SSL, XZ

NOON = "2026-11-24 12:00:00"
CORE = "org.apache.logging.log4j:log4j-core"


class World:
    """A server that is asked through a client in place of a socket."""

    def __init__(self) -> None:
        self.bench, self.account = changed()
        self.client = self.bench.client(self.account, "eve", Role.AUDITOR)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def called(self, _data: str | None, action: str, **parameters: object) -> dict[str, Any]:
        """In place of account_table.called."""
        self.asked.append((action, parameters))
        answer = self.client(action, parameters)
        if answer.code:
            raise Refused(answer.message, code=answer.code, request_id="r")
        return answer.response

    def run(self, *words: str) -> Result:
        """One command."""
        return CliRunner().invoke(commands.command, words)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Two machines, as fleet_vul_scenarios has them."""
    world = World()
    for module in (account_table, look, commands):
        monkeypatch.setattr(module, "called", world.called)
    return world


def keys(result: Result) -> list[str]:
    """The first column."""
    assert result.exit_code == 0, result.output
    return [line.split("\t")[0] for line in result.stdout.splitlines()[1:]]


def test_a_pipe_gets_whole_values_between_tabs_and_a_summary_beside_them(world: World) -> None:
    """Worst first; what is set aside is left out."""
    result = world.run("ls")
    assert result.stdout.splitlines() == [
        "CVE\tLEVEL\tCVSS\tKEV\tPACKAGE\tFIXED\tMACHINES\tFIRST SEEN\tNAME",
        f"{XZ}\tcritical\t10.0\tyes\txz-utils\t5.6.1+really5.4.5-1\t1\t{NOON}\txz-utils: Malicious code in xz",
        f"{LOG4J}\tcritical\t10.0\tyes\t{CORE}\t2.15.0\t1\t{NOON}\t{CORE}: Remote code in lookups",
        "CVE-2026-0005\tmedium\t-\t-\tphp8.2\twont fix\t1\t2026-11-24 12:00:00\tphp8.2: Old parser",
    ]
    assert result.stderr == "3 of 3 vulnerabilities, 2 with a fixed version\n"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--level", "medium,low"), ["CVE-2026-0005"]),
        (("--kev",), [XZ, LOG4J]),
        (("--fixable",), [XZ, LOG4J]),
        (("--query", "lookups"), [LOG4J]),
        (("--machine", "web-2"), [LOG4J]),
        (("--machine", "q-web-1", "--machine", "web-2"), [XZ, LOG4J, "CVE-2026-0005"]),
        (("--status", "fixed"), [XZ]),
        (("--ignored",), [XZ, LOG4J, "CVE-2026-0005", SSL]),
        (("--sort", "epss"), [LOG4J, XZ, "CVE-2026-0005"]),
        (("--sort", "epss", "--ascending"), ["CVE-2026-0005", XZ, LOG4J]),
        (("--limit", "1"), [XZ]),
    ],
)
def test_each_option_narrows_or_sorts(world: World, words: tuple[str, ...], found: list[str]) -> None:
    """As the action does."""
    assert keys(world.run("ls", *words)) == found


def test_a_long_list_is_joined_from_its_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row once."""
    monkeypatch.setattr(look, "PAGE", 2)
    assert keys(world.run("ls", "--ignored")) == [XZ, LOG4J, "CVE-2026-0005", SSL]
    assert [parameters["Offset"] for action, parameters in world.asked if action == "ListVulnerabilities"] == [0, 2]
    assert keys(world.run("ls", "--ignored", "--limit", "3")) == [XZ, LOG4J, "CVE-2026-0005"]


def test_json_is_the_answer_and_json_lines_are_its_rows(world: World) -> None:
    """Nothing else goes to standard output, and no summary to the other."""
    result = world.run("ls", "-o", "json")
    answer = json.loads(result.stdout)
    assert answer == {
        "TotalCount": 3,
        "Vulnerabilities": world.client.ok("ListVulnerabilities", {"Status": "present", "Ignored": False})[
            "Vulnerabilities"
        ],
    }
    assert result.stderr == ""
    lines = world.run("ls", "-o", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == answer["Vulnerabilities"]


def test_csv_is_read_by_any_reader_and_no_spreadsheet_calculates(world: World) -> None:
    """Empty cells are empty."""
    evil = advisory("CVE-2026-0666", affects("php8.2", "9"), title="=cmd|'/C calc'!A0, \"quoted\"")
    world.bench.store.write_now(
        lambda uow: uow.advisories.replace(
            "more", [evil], ecosystems=("Debian:12",), digest="d", now=world.bench.clock.now()
        )
    )
    rows = list(csv.DictReader(io.StringIO(world.run("ls", "-o", "csv").stdout)))
    assert [row["CVE"] for row in rows] == [XZ, LOG4J, "CVE-2026-0005", "CVE-2026-0666"]
    assert rows[-1]["NAME"] == "php8.2: =cmd|'/C calc'!A0, \"quoted\""
    assert (rows[0]["EPSS"], rows[-1]["EPSS"]) == ("0.85", "")
    assert lists._csv_row(["=1+1", "a,b"]) == '\'=1+1,"a,b"\r\n'


def test_nothing_that_hosts_and_feeds_say_drives_a_terminal(world: World) -> None:
    """Nor adds lines or columns."""
    evil = advisory("CVE-2026-0666", affects("php8.2", "9"), title="a\x1b[2J\tb\nc")
    world.bench.store.write_now(
        lambda uow: uow.advisories.replace(
            "more", [evil], ecosystems=("Debian:12",), digest="d", now=world.bench.clock.now()
        )
    )
    result = world.run("ls", "--query", "CVE-2026-0666", "--no-header")
    assert result.stdout.count("\n") == 1
    assert result.stdout.endswith("\tphp8.2: a\\x1b[2J\\x09b\\x0ac\n")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("ls", "--fail-on", "critical"), 3),
        (("ls", "--fail-on", "high", "--level", "low,medium"), 0),
        (("ls", "--level", "huge"), 2),
        (("ls", "--machine", "nobody"), 5),
        (("ls", "--query", "x" * 1001), 1),
        (("show", "CVE-1"), 5),
        (("show", XZ.lower()), 0),
        (("show", "1"), 0),
        (("machines", "CVE-1"), 5),
        (("why", XZ, "nobody"), 5),
        (("why", "CVE-2026-0005", "web-2"), 5),
        (("why", XZ, "web-2"), 0),
        (("upgrade-all",), 2),
    ],
)
def test_each_ending_has_its_status(world: World, words: tuple[str, ...], status: int) -> None:
    """Findings, failures, wrong usage and what is not there never share one."""
    assert world.run(*words).exit_code == status


def test_a_refusal_is_one_line_or_json(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the code and the RequestId; what one may not do has a status of its own."""

    def refuse(_data: str | None, action: str, **_parameters: object) -> dict[str, Any]:
        raise Refused(f"{action} needs more", code="AuthFailure.UnauthorizedOperation", request_id="r-1")

    for module in (account_table, look, commands):
        monkeypatch.setattr(module, "called", refuse)
    plain, as_json = world.run("ls"), world.run("ls", "-o", "json")
    assert (plain.exit_code, plain.stderr.count("\n"), plain.stderr[:7]) == (4, 1, "error: ")
    assert json.loads(as_json.stderr)["error"]["code"] == "AuthFailure.UnauthorizedOperation"
    assert json.loads(as_json.stderr)["error"]["requestId"] == "r-1"
    assert (plain.stdout, as_json.stdout) == ("", "")


def test_machines_are_listed_with_the_packages_that_bring_it(world: World) -> None:
    """Those that had it on request."""
    assert keys(world.run("machines", XZ)) == ["web-1"]
    result = world.run("machines", XZ, "--status", "all", "-o", "wide")
    assert keys(result) == ["web-1", "web-2"]
    row = dict(zip(*(line.split("\t") for line in result.stdout.splitlines()[:2]), strict=True))
    assert (row["INSTALLED"], row["FIXED"], row["SAID BY"]) == (
        "xz-utils 5.6.0-0.2", "5.6.1+really5.4.5-1", f"debian {XZ}",
    )  # fmt: skip
    assert world.run("machines", XZ, "-o", "csv").stdout.startswith("HOST,ADDRESS,STATUS,")


def test_why_says_it_in_lines(world: World) -> None:
    """What was compared, by whom, and what to run; as JSON the answer itself."""
    said = world.run("why", XZ, "web-1").stdout
    assert "xz-utils 5.6.0-0.2 is below 5.6.1+really5.4.5-1, the first version without it in Debian 12" in said
    assert f"said by feed debian of 2026-11-24 12:00:00 (current): {XZ}" in said
    assert "run         apt-get update && apt-get install --only-upgrade xz-utils" in said
    assert "gone since 2026-11-24 13:00:00: its package changed" in world.run("why", XZ, "web-2").stdout
    assert "rule 1 of ann: no TLS server there" in world.run("why", SSL, "web-1").stdout
    answer = json.loads(world.run("why", XZ, "web-1", "-o", "json").stdout)
    assert answer["Finding"]["CveId"] == XZ


def test_show_says_where_it_is(world: World) -> None:
    """By id in any case, and by number."""
    said = world.run("show", XZ.lower()).stdout
    assert said.startswith(f"{XZ}  xz-utils: Malicious code in xz\n")
    assert "1 have it, 0 ignore it, 1 had it" in said
    assert "EPSS        0.85" in said
    assert world.run("show", "1", "-o", "json").stdout == world.run("show", XZ, "-o", "json").stdout


def test_upgrades_are_listed_with_their_commands(world: World) -> None:
    """Of all machines, or of some."""
    result = world.run("upgrades")
    assert keys(result) == ["xz-utils", CORE]
    row = dict(zip(*(line.split("\t") for line in result.stdout.splitlines()[:2]), strict=True))
    assert (row["ECOSYSTEM"], row["TO"], row["LEVEL"], row["CLOSES"]) == (
        "Debian:12", "5.6.1+really5.4.5-1", "critical", "1",
    )  # fmt: skip
    assert row["COMMAND"].startswith("apt-get update && apt-get install --only-upgrade")
    assert keys(world.run("upgrades", "--machine", "web-2")) == [CORE]
    assert world.run("upgrades", "--machine", "nobody").exit_code == 5


class Terminal(io.TextIOWrapper):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, str]], **options: str) -> str:
    """What a terminal of 40 columns gets."""
    out = Terminal(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("COLUMNS", "40")
    columns = [lists.member(name, name) for name in rows[0]]
    lists.write(
        {"Rows": rows}, "Rows", columns, output=options.get("output", "table"), color=options.get("color", "auto")
    )
    return out.buffer.getvalue().decode()  # type: ignore[attr-defined]  # a BytesIO


@pytest.mark.parametrize(
    ("environment", "color", "colored"),
    [
        ({}, "auto", True),
        ({"NO_COLOR": "1"}, "auto", False),
        ({"TERM": "dumb"}, "auto", False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, "auto", True),
        ({}, "never", False),
        ({"NO_COLOR": "1"}, "always", True),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], color: str, colored: bool
) -> None:
    """Not a single escape is left otherwise."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said = shown(monkeypatch, [{"CVE": "CVE-1", "LEVEL": "critical"}], color=color)
    assert ("\x1b" in said) == colored


def test_a_terminal_gets_columns_and_only_the_last_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost in the wide format."""
    rows = [{"CVE": "CVE-2026-1", "NAME": "n" * 60}, {"CVE": "CVE-1", "NAME": ""}]
    said = shown(monkeypatch, rows, color="never").splitlines()
    assert said == ["CVE         NAME", f"CVE-2026-1  {'n' * 27}…", "CVE-1       -"]
    assert "n" * 60 in shown(monkeypatch, rows, output="wide", color="never")
