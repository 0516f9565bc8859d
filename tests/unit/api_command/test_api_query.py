"""--query: a part of the answer."""

import json

import click
import pytest
from click.testing import CliRunner

from hostward.cli.api.command import command
from hostward.cli.api.query import query_of
from hostward.cli.api.telling import tell

ANSWER = {
    "ScanProgress": 64,
    "ScanTaskDetailList": [{"HostName": "web-1", "Status": "Ok"}, {"HostName": "数据库", "Status": "Fail"}],
    "RequestId": "r",
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Response.ScanProgress", 64),
        ("Response.ScanTaskDetailList[?Status=='Fail'].HostName", ["数据库"]),
        ("length(Response.ScanTaskDetailList)", 2),
        ("Response.{id: RequestId}", {"id": "r"}),
        ("ScanProgress", None),
        ("@", {"Response": ANSWER}),
    ],
)
def test_a_part_of_the_whole_answer_is_told(expression: str, expected: object, capsys: pytest.CaptureFixture[str]):
    """As JSON; null for what is not there. Chinese stays readable."""
    assert tell(ANSWER, "text", query_of(expression)) == 0
    out = capsys.readouterr().out
    assert (json.loads(out), "\\u" in out) == (expected, False)


def test_a_number_is_told_as_it_is(capsys: pytest.CaptureFixture[str]):
    """A script needs nothing around it."""
    tell(ANSWER, "text", query_of("Response.ScanProgress"))
    assert capsys.readouterr().out == "64\n"


def test_an_error_is_told_whole(capsys: pytest.CaptureFixture[str]):
    """Whatever was asked of the answer that did not come."""
    refused = {"Error": {"Code": "FailedOperation", "Message": "no"}, "RequestId": "r"}
    assert tell(refused, "text", query_of("Response.ScanProgress")) == 1
    assert capsys.readouterr().err == "error: no (FailedOperation, RequestId r)\n"


@pytest.mark.parametrize("expression", ["", "Response.", "Response[", "a b", "no_such(@)", "length()"])
def test_what_can_never_be_asked_is_wrong_usage(expression: str):
    """The message names the expression."""
    with pytest.raises(click.UsageError, match="--query"):
        query_of(expression).of(ANSWER)


def test_what_does_not_fit_the_answer_is_wrong_usage():
    """A number has no length."""
    with pytest.raises(click.UsageError, match="can't be asked of this answer"):
        query_of("length(Response.ScanProgress)").of(ANSWER)


def test_nothing_is_sent_with_an_expression_that_can_t_be_read():
    """It is looked at first: the exit status is that of wrong usage, not of a server that is missing."""
    arguments = ["DescribeScanState", "--ModuleType", "Vul", "--endpoint", "127.0.0.1:1", "--query", "Response["]
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, "is no JMESPath expression" in result.stderr) == (2, True)
