"""The gateway over real HTTP and real stores: whole stories, and what only a real server shows."""

import socket
import time
from itertools import product

from api_bench import SECRET, SECRET_ID, Answer
from api_contract import check_answer
from api_flat import FORM, encoded, sign_v1
from api_server import ApiServer
from hostward.api.http import MAX_FORM_POST, MAX_GET, MAX_POST
from hostward.domain.module import Module
from small_fleet import Fleet, finding

MALWARE = "Malware"
DETAILS = "DescribeScanTaskDetails"


def ask(server: ApiServer, action: str, **request) -> dict:
    """A successful answer, checked against the contract."""
    answer = server.call(action, request)
    assert answer.code == "", answer.response
    check_answer(action, answer.response)
    return answer.response


def test_a_scan_is_started_watched_and_done(server: ApiServer, fleet: Fleet):
    """From nothing to 100 with a finding, as a client sees it."""
    assert ask(server, "DescribeScanState", ModuleType=MALWARE)["ScanState"] == 0
    task = ask(server, "CreateScanMalwareSetting", ScanPattern=1, HostType=1)["TaskId"]
    assert sorted(server.hub.woken) == sorted(machine.id for machine in fleet.machines)
    for machine in fleet.machines:
        lease = fleet.lease(machine)
        fleet.finish(machine, lease, *([finding("/tmp/x")] if machine is fleet.machines[0] else []))
    done = ask(server, DETAILS, ModuleType=MALWARE, TaskId=task)
    assert (done["ScanProgress"], done["ScanLeftTime"], done["RiskMachineCount"], done["RiskEventCount"]) == (
        100, 0, 1, 1,
    )  # fmt: skip
    assert [(one["HostName"], one["Status"], one["RiskNum"]) for one in done["ScanTaskDetailList"]] == [
        ("web-1", "Ok", 1), ("web-2", "Ok", 0), ("db-1", "Ok", 0),
    ]  # fmt: skip
    assert ask(server, "DescribeScanState", ModuleType=MALWARE)["ScanState"] == 2


def test_a_running_scan_is_paged_and_filtered(server: ApiServer, fleet: Fleet):
    """The same machines whichever way one asks."""
    task = ask(server, "ScanVul", VulLevels="0", HostType=1)["TaskId"]
    fleet.lease(fleet.machines[1])
    pages = [
        ask(server, DETAILS, ModuleType="Vul", TaskId=task, Limit=1, Offset=offset)["ScanTaskDetailList"]
        for offset in range(4)
    ]
    assert [[one["HostName"] for one in page] for page in pages] == [["web-1"], ["web-2"], ["db-1"], []]

    def names(name: str, value: str, exact: bool = False) -> list[str]:
        filters = [{"Name": name, "Values": [value], "ExactMatch": exact}]
        answer = ask(server, DETAILS, ModuleType="Vul", TaskId=task, Filters=filters)
        assert (answer["TotalCount"], answer["ScanMachineCount"]) == (len(answer["ScanTaskDetailList"]), 3)
        return [one["HostName"] for one in answer["ScanTaskDetailList"]]

    assert names("ipOrAlias", "WEB") == ["web-1", "web-2"]
    assert names("HostName", "web", exact=True) == []
    assert names("HostName", "web-1", exact=True) == ["web-1"]
    assert names("Quuid", "q-db-1") == ["db-1"]
    assert names("HostName", "%") == []
    assert names("Status", "Scanning") == ["web-1", "web-2", "db-1"]
    assert names("Status", "Ok") == []
    assert names("RiskOnly", "true") == []


def test_a_stop_is_accepted_confirmed_and_final(server: ApiServer, fleet: Fleet):
    """Stopping until the last agent has said so."""
    task = ask(server, "CreateScanMalwareSetting", ScanPattern=1, HostType=1)["TaskId"]
    lease = fleet.lease(fleet.machines[0])
    ask(server, "DeleteScanTask", ModuleType=MALWARE, TaskId=task)
    stopping = ask(server, DETAILS, ModuleType=MALWARE, TaskId=task)
    assert (stopping["StoppingAll"], stopping["ScanProgress"] < 100) == (True, True)
    assert {one["Status"] for one in stopping["ScanTaskDetailList"]} == {"Stop"}
    assert ask(server, "DescribeScanState", ModuleType=MALWARE)["ScanState"] == 3
    fleet.finish(fleet.machines[0], lease, outcome="stopped")
    stopped = ask(server, DETAILS, ModuleType=MALWARE, TaskId=task)
    assert (stopped["StoppingAll"], stopped["ScanProgress"], stopped["ScanLeftTime"]) == (False, 100, 0)
    assert ask(server, "DescribeScanState", ModuleType=MALWARE)["ScanState"] == 4
    ask(server, "DeleteScanTask", ModuleType=MALWARE, TaskId=task)


def test_one_machine_alone_can_be_stopped(server: ApiServer, fleet: Fleet):
    """The others go on."""
    task = ask(server, "CreateScanMalwareSetting", ScanPattern=1, HostType=1)["TaskId"]
    ask(server, "DeleteScanTask", ModuleType=MALWARE, TaskId=task, QuuidList=["q-web-2"])
    answer = ask(server, DETAILS, ModuleType=MALWARE, TaskId=task)
    assert [one["Status"] for one in answer["ScanTaskDetailList"]] == ["Scanning", "Stop", "Scanning"]
    assert answer["StoppingAll"] is False


def test_counters_add_up_to_the_machines(server: ApiServer, fleet: Fleet):
    """Scanning + Ok + Fail + Stop, by TotalCount of each filter."""
    task = ask(server, "CreateScanMalwareSetting", ScanPattern=1, HostType=1)["TaskId"]
    first, second, _ = fleet.machines
    fleet.finish(first, fleet.lease(first))
    fleet.finish(second, fleet.lease(second), outcome="failed", reasons=("disk gone",))
    totals = {
        status: ask(server, DETAILS, ModuleType=MALWARE, TaskId=task, Filters=[{"Name": "Status", "Values": [status]}])[
            "TotalCount"
        ]
        for status in ("Scanning", "Ok", "Fail", "Stop")
    }
    assert totals == {"Scanning": 1, "Ok": 1, "Fail": 1, "Stop": 0}
    failed = ask(server, DETAILS, ModuleType=MALWARE, TaskId=task, Filters=[{"Name": "FailType", "Values": ["5"]}])
    assert failed["ScanTaskDetailList"][0]["Description"] == "disk gone"


def test_all_modules_are_listed_by_the_second_service(server: ApiServer, fleet: Fleet):
    """Newest first."""
    ask(server, "ScanVul", VulLevels="0", HostType=1)
    ask(server, "CreateScanMalwareSetting", ScanPattern=0, HostType=1)
    ask(server, "StartBaselineDetect", Param={})
    tasks = server.call("ListScanTasks", {}, service="hostward").response["Tasks"]
    assert [task["Module"] for task in tasks] == ["Baseline", "Malware", "Vul"]
    assert {task["Machines"] for task in tasks} == {3}


def test_tasks_of_another_account_are_out_of_reach(server: ApiServer, fleet: Fleet):
    """Neither seen nor stopped, in the words for what does not exist."""
    other = fleet.store.write_now(lambda uow: uow.accounts.add_account("other"))
    theirs = Fleet(store=fleet.store, account=other, now=fleet.now)
    theirs.add("foreign")
    task = theirs.start(Module.MALWARE)
    for action in (DETAILS, "DeleteScanTask"):
        answer = server.call(action, {"ModuleType": MALWARE, "TaskId": task})
        assert (answer.code, answer.message) == ("InvalidParameterValue", f"TaskId {task} is not a Malware task")
    request = {"ScanPattern": 1, "HostType": 2, "QuuidList": ["q-foreign"]}
    assert server.call("CreateScanMalwareSetting", request).code == "InvalidParameterValue"
    assert server.call("ListScanTasks", {}, service="hostward").response["TotalCount"] == 0


def test_a_task_is_run_again_for_what_failed(server: ApiServer, fleet: Fleet):
    """The same TaskId, the same rows; progress starts from what stays."""
    task = ask(server, "CreateScanMalwareSetting", ScanPattern=1, HostType=1)["TaskId"]
    first, *others = fleet.machines
    fleet.finish(first, fleet.lease(first), finding("/x"))
    for machine in others:
        fleet.finish(machine, fleet.lease(machine), outcome="failed", reasons=("disk gone",))
    before = ask(server, DETAILS, ModuleType=MALWARE, TaskId=task)
    server.hub.woken.clear()
    again = ask(server, "ScanTaskAgain", ModuleType=MALWARE, TaskId=task)
    assert (again["SuccessCount"], again["BasicVersionCount"]) == (2, 0)
    assert sorted(server.hub.woken) == sorted(machine.id for machine in others)
    assert ask(server, "DescribeScanSchedule", TaskId=task)["Schedule"] == 33
    for machine in others:
        fleet.finish(machine, fleet.lease(machine))
    after = ask(server, DETAILS, ModuleType=MALWARE, TaskId=task)
    assert [one["Status"] for one in after["ScanTaskDetailList"]] == ["Ok", "Ok", "Ok"]
    for name in ("Id", "RiskNum"):
        assert [one[name] for one in after["ScanTaskDetailList"]] == [one[name] for one in before["ScanTaskDetailList"]]
    assert (after["ScanBeginTime"], after["RiskEventCount"]) == (before["ScanBeginTime"], 1)
    assert ask(server, "DescribeScanSchedule", TaskId=task)["Schedule"] == 100
    refused = server.call("ScanTaskAgain", {"ModuleType": MALWARE, "TaskId": task})
    assert refused.code == "FailedOperation.NoProfessionHost"


def test_a_task_that_is_being_stopped_is_not_run_again(server: ApiServer, fleet: Fleet):
    """Until the agents have said so."""
    task = ask(server, "CreateScanMalwareSetting", ScanPattern=1, HostType=1)["TaskId"]
    lease = fleet.lease(fleet.machines[0])
    ask(server, "DeleteScanTask", ModuleType=MALWARE, TaskId=task)
    body = {"ModuleType": MALWARE, "TaskId": task, "TimeoutPeriod": 60}
    assert server.call("ScanTaskAgain", body).code == "FailedOperation"
    fleet.finish(fleet.machines[0], lease, outcome="stopped")
    assert ask(server, "ScanTaskAgain", **body)["SuccessCount"] == 3


HERE = {"MachineType": "ALL", "MachineRegion": "all-regions"}


def test_machines_are_listed_with_what_their_scans_found(server: ApiServer, fleet: Fleet):
    """Before and after a scan."""
    first = ask(server, "DescribeMachines", **HERE)
    assert [(one["MachineName"], one["SecurityStatus"], one["AgentStatus"]) for one in first["Machines"]] == [
        ("web-1", "UNKNOWN", "ONLINE"), ("web-2", "UNKNOWN", "ONLINE"), ("db-1", "UNKNOWN", "ONLINE"),
    ]  # fmt: skip
    ask(server, "CreateScanMalwareSetting", ScanPattern=1, HostType=1)
    ask(server, "StartBaselineDetect", Param={})
    for machine in fleet.machines:
        for module, found in ((MALWARE, machine is fleet.machines[1]), ("Baseline", False)):
            (job,) = fleet.poll(machine, modules=(module,)).jobs
            fleet.finish(machine, job.lease, *([finding("/a"), finding("/b")] if found else []))
    rows = ask(server, "DescribeMachines", **HERE)["Machines"]
    assert [(one["MalwareNum"], one["BaselineNum"], one["SecurityStatus"]) for one in rows] == [
        (0, 0, "UNKNOWN"), (2, 0, "RISK"), (0, 0, "UNKNOWN"),
    ]  # fmt: skip


def test_machines_are_filtered_and_paged(server: ApiServer, fleet: Fleet):
    """TotalCount is that of the filter, whatever the page."""

    def names(*filters: dict, **page: int) -> tuple[int, list[str]]:
        answer = ask(server, "DescribeMachines", **HERE, Filters=list(filters), **page)
        return answer["TotalCount"], [one["MachineName"] for one in answer["Machines"]]

    def one(name: str, *values: str, exact: bool = False) -> dict:
        return {"Name": name, "Values": list(values), "ExactMatch": exact}

    assert names(one("Names", "WEB")) == (2, ["web-1", "web-2"])
    assert names(one("Names", "WEB"), Limit=1, Offset=1) == (2, ["web-2"])
    assert names(one("Names", "web"), Offset=2**64 - 1) == (2, [])
    assert names(one("Names", "web", exact=True)) == (0, [])
    assert names(one("Names", "%")) == (0, [])
    assert names(one("Quuid", "q-db-1", "q-web-2")) == (2, ["web-2", "db-1"])
    assert names(one("InstanceIds", "q-web")) == (2, ["web-1", "web-2"])
    assert names(one("Ips", "10.0.0.1", exact=True))[0] == 3
    assert names(one("Ips", "10.0.0.2")) == (0, [])
    assert names(one("Os", "debian"), one("Names", "db")) == (1, ["db-1"])
    assert names(one("AgentStatus", "ONLINE"))[0] == 3
    assert names(one("AgentStatus", "OFFLINE")) == (0, [])
    assert names(one("AgentStatus", "UNINSTALLED")) == (0, [])
    assert names(one("Version", "Flagship")) == (0, [])
    assert names(one("Risk", "yes")) == (0, [])


def test_odd_values_of_machine_filters_find_nothing_and_break_nothing(server: ApiServer, fleet: Fleet):
    """On every store; what is no address is refused."""
    for name, value in product(("Names", "InstanceIds", "Os", "Quuid", "Ips"), ODD_VALUES):
        answer = server.call("DescribeMachines", HERE | {"Filters": [{"Name": name, "Values": [value]}]})
        refused = name == "Ips" and value not in ("--", "x" * 1000)
        assert answer.code == ("InvalidParameterValue" if refused else "")
        assert refused or answer.response["TotalCount"] == 0


def test_machines_of_another_account_are_out_of_reach(server: ApiServer, fleet: Fleet):
    """Neither listed, nor counted, nor found by their names; nor is the progress of their tasks."""
    other = fleet.store.write_now(lambda uow: uow.accounts.add_account("other"))
    theirs = Fleet(store=fleet.store, account=other, now=fleet.now)
    theirs.add("foreign")
    task = theirs.start(Module.MALWARE)
    for name, value in (("Quuid", "q-foreign"), ("Names", "foreign"), ("InstanceIds", "q-foreign")):
        filters = [{"Name": name, "Values": [value]}]
        assert ask(server, "DescribeMachines", **HERE, Filters=filters)["TotalCount"] == 0
    assert ask(server, "DescribeMachines", **HERE)["TotalCount"] == 3
    messages = [server.call("DescribeScanSchedule", {"TaskId": number}).message for number in (task, task + 1)]
    assert messages == [f"TaskId {number} is not a task of this account" for number in (task, task + 1)]
    again = server.call("ScanTaskAgain", {"ModuleType": MALWARE, "TaskId": task})
    assert (again.code, again.message) == ("InvalidParameterValue", f"TaskId {task} is not a Malware task")


ODD_VALUES = ["\u2028", "🙂", "a'b\"c", "\\", "--", "x" * 1000, "İ", "ß"]


def test_odd_filter_values_find_nothing_and_break_nothing(server: ApiServer, fleet: Fleet):
    """On every store."""
    task = ask(server, "ScanVul", VulLevels="0", HostType=1)["TaskId"]
    for name, value in product(("ipOrAlias", "HostName", "IP", "OsName", "Quuid", "InstanceID"), ODD_VALUES):
        filters = [{"Name": name, "Values": [value]}]
        assert ask(server, DETAILS, ModuleType="Vul", TaskId=task, Filters=filters)["TotalCount"] == 0


def test_numbers_that_no_task_has_break_nothing(server: ApiServer):
    """No overflow reaches a database."""
    for number in (2**31, 2**32 - 1, 2**32, 2**53, 2**63 - 1, 2**63, 2**64 - 1):
        for action in (DETAILS, "DeleteScanTask"):
            assert server.call(action, {"ModuleType": "Vul", "TaskId": number}).code == "InvalidParameterValue"
        answer = server.call("ScanVul", {"VulLevels": "0", "HostType": 1, "VulIds": [min(number, 2**53 - 1)]})
        assert answer.code == "InvalidParameterValue"


def test_offsets_past_everything_are_empty_pages(server: ApiServer):
    """With the true total, filtered or not."""
    task = ask(server, "ScanVul", VulLevels="0", HostType=1)["TaskId"]
    for offset in (10, 2**31, 2**63, 2**64 - 1):
        for filters in ([], [{"Name": "Status", "Values": ["Scanning"]}], [{"Name": "HostName", "Values": ["web"]}]):
            answer = ask(server, DETAILS, ModuleType="Vul", TaskId=task, Offset=offset, Filters=filters)
            assert (answer["ScanTaskDetailList"], answer["TotalCount"]) == (
                [],
                2 if filters and "web" in str(filters) else 3,
            )


def raw(server: ApiServer, wire: bytes) -> bytes:
    """The answer to bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(wire)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


def test_a_url_in_the_host_header_is_answered(server: ApiServer):
    """What tccli sends over plain HTTP."""
    answer = raw(server, b"POST / HTTP/1.1\r\nHost: http://127.0.0.1\r\nContent-Length: 2\r\n\r\n{}")
    assert (answer.startswith(b"HTTP/1.1 200"), b'"MissingParameter"' in answer) == (True, True)


def test_the_content_type_on_the_wire_has_no_charset(server: ApiServer):
    """The HTTP server adds none either."""
    answer = server.call("DescribeScanState", {})
    assert answer.headers[b"content-type"] == b"application/json"


def test_a_body_over_the_cap_is_refused_over_http(server: ApiServer):
    """Announced, or in chunks without an announcement."""
    answer: Answer = server.call("DescribeScanState", {}, body=b" " * (MAX_POST + 1))
    assert answer.code == "RequestSizeLimitExceeded"
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    answered = raw(server, head + chunk * 161 + b"0\r\n\r\n")
    assert b"RequestSizeLimitExceeded" in answered


def test_a_body_of_ten_megabytes_is_read_over_http(server: ApiServer):
    """The cap itself, signed."""
    body = b'{"ModuleType":"Vul"}'.ljust(MAX_POST)
    assert server.call("DescribeScanState", {}, body=body).code == ""


def test_other_methods_are_answered_over_http(server: ApiServer):
    """200 with the envelope (HEAD without its body)."""
    for method in ("PUT", "HEAD", "OPTIONS", "DELETE"):
        answer = server.send(method, "/", b"", {"x-tc-action": "DescribeScanState"})
        assert answer.status == 200
        assert method == "HEAD" or answer.code == "UnsupportedProtocol"


def get_v1(server: ApiServer, parameters: dict[str, str], method: str = "GET") -> Answer:
    """A request signed with version 1 over a connection of its own."""
    common = {
        "Version": "2018-02-28", "Timestamp": str(int(time.time())), "Nonce": "1", "SecretId": SECRET_ID,
    }  # fmt: skip
    sent = parameters | common
    sent["Signature"] = sign_v1(method, server.endpoint, sent, SECRET, "sha1")
    if method == "GET":
        return server.send("GET", f"/?{encoded(sent)}", b"", {})
    return server.send("POST", "/", encoded(sent).encode(), {"content-type": FORM})


def test_version_1_is_answered_over_http(server: ApiServer):
    """The HTTP server passes queries and forms on as they came."""
    for method in ("GET", "POST"):
        answer = get_v1(server, {"Action": "DescribeScanState", "ModuleType": "Vul"}, method)
        assert (answer.code, answer.response.get("ScanState")) == ("", 0)


def test_a_query_of_the_largest_size_is_answered_over_http(server: ApiServer):
    """32 KB are read, one more is refused by the API itself, not by the HTTP server."""
    for length, code in ((MAX_GET, "AuthFailure.InvalidAuthorization"), (MAX_GET + 1, "RequestSizeLimitExceeded")):
        query = "Action=A&Version=1&Timestamp=1&a="
        answer = server.send("GET", f"/?{query.ljust(length, 'a')}", b"", {})
        assert (answer.status, answer.code) == (200, code)


def test_a_form_over_the_cap_is_refused_over_http(server: ApiServer):
    """1 MB."""
    answer = server.send("POST", "/", b"a=" + b"b" * MAX_FORM_POST, {"content-type": FORM})
    assert answer.code == "RequestSizeLimitExceeded"


def test_odd_bytes_in_a_query_are_answered_over_http(server: ApiServer):
    """Whatever the HTTP parser lets through."""
    for odd in (b"%", b"%zz", b"%ff", b"a&&=&", b"?", b"+", b"'\"<>", b"Action=%00"):
        answer = raw(server, b"GET /?" + odd + b" HTTP/1.1\r\nHost: h\r\nX-TC-Action: A\r\n\r\n")
        assert (answer.startswith(b"HTTP/1.1 200"), b'"MissingParameter"' in answer) == (True, True)
