"""What is asked of every official client in every way it can sign: cases, ways, and what must come of each.

A case is a list of steps (action and parameters); "$TaskId" stands for the task that an earlier step started. Its
answer is that of the last step. Everything here becomes JSON for the clients' own processes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

MACHINES = 120
"""Machines of the fleet that the cases ask about; the last one has ODD for its name."""

ODD = "数据库 a&b=c+d%20'~\"()*!\U0001f642"
"""A host name with everything that an encoding can lose."""

TYPED = ("sync", "async", "node intl")
COMMON = ("common", "async common", "node common", "node intl common")
EVERY = (*TYPED, *COMMON)
PYTHON = ("sync", "async", "common", "async common")


@dataclass(frozen=True, kw_only=True)
class Way:
    """A client and how it signs. sign: "" for the client's own default."""

    client: str
    kind: str
    sign: str
    method: str
    unsigned: bool = False
    gateway: bool = False

    @property
    def name(self) -> str:
        extra = "-unsigned" * self.unsigned + "-gateway" * self.gateway
        return f"{self.client}-{self.kind}-{self.sign or 'default'}-{self.method}{extra}".replace(" ", "_")

    @property
    def is_v3(self) -> bool:
        return self.sign == "TC3-HMAC-SHA256" or (self.sign == "" and self.kind == "node common")

    def plain(self) -> dict:
        """As JSON."""
        return {
            "name": self.name, "kind": self.kind, "sign": self.sign, "method": self.method,
            "unsigned": self.unsigned, "gateway": self.gateway,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Case:
    """check: given what came back (answer or error) and the case's way, it asserts. options: of the clients."""

    name: str
    steps: list[tuple[str, dict]]
    check: Callable[[dict, Way], None]
    kinds: tuple[str, ...] = EVERY
    options: dict = field(default_factory=dict)

    def plain(self) -> dict:
        """As JSON."""
        steps = [{"action": action, "params": params} for action, params in self.steps]
        return {"name": self.name, "steps": steps, "kinds": list(self.kinds), **self.options}


def python_ways(client: str) -> list[Way]:
    """Every way of a Python SDK."""
    signs = ("TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256")
    ways = [
        Way(client=client, kind=kind, sign=sign, method=method)
        for kind in ("sync", "common", "async", "async common")
        for sign in signs
        for method in ("POST", "GET")
    ]
    ways += [
        Way(client=client, kind=kind, sign=signs[0], method=method, unsigned=True)
        for kind in ("sync", "async")
        for method in ("POST", "GET")
    ]
    # Not with the asynchronous clients: they send to the public name all the same (seen with 3.1.195).
    ways += [
        Way(client=client, kind=kind, sign=sign, method="POST", gateway=True)
        for kind in ("sync", "common")
        for sign in signs
    ]
    return ways


def node_ways(client: str, *kinds: str) -> list[Way]:
    """Every way of a Node SDK, its own default among them."""
    return [
        Way(client=client, kind=kind, sign=sign, method=method)
        for kind in kinds
        for sign in ("", "TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256")
        for method in ("POST", "GET")
    ]


WAYS = {
    "python": python_ways("python"),
    "python-intl": python_ways("python-intl"),
    "node-common": node_ways("node-common", "node common"),
    "node-intl": node_ways("node-intl", "node intl", "node intl common"),
}


def refused(code: str, *words: str) -> Callable[[dict, Way], None]:
    """The SDK raised its own exception, with the code, the words and a request id."""

    def check(seen: dict, _way: Way) -> None:
        error = seen["error"]
        assert error["code"] == code, error
        assert [word for word in words if word not in error["message"]] == []
        assert len(error["request_id"]) == 36
        assert len(error.get("trace_id", error["request_id"])) == 36  # Node's own, echoed

    return check


def answered(**expected: object) -> Callable[[dict, Way], None]:
    """These members have these values, to the type."""

    def check(seen: dict, _way: Way) -> None:
        answer = seen.get("answer")
        assert answer is not None, seen
        assert {name: answer[name] for name in expected} == expected
        assert [name for name in expected if type(answer[name]) is not type(expected[name])] == []
        assert len(answer["RequestId"]) == 36

    return check


def has(name: str) -> Callable[[dict, Way], None]:
    """The answer has this member."""

    def check(seen: dict, way: Way) -> None:
        answered()(seen, way)
        assert name in seen["answer"]

    return check


def rows(first: int, last: int, total: int = MACHINES) -> Callable[[dict, Way], None]:
    """The page holds these machines, in this order."""

    def check(seen: dict, _way: Way) -> None:
        answer = seen.get("answer")
        assert answer is not None, seen
        names = [row["HostName"] for row in answer["ScanTaskDetailList"]]
        assert (names, answer["TotalCount"], answer["ScanMachineCount"]) == (NAMES[first:last], total, MACHINES)

    return check


def every_machine_once(seen: dict, _way: Way) -> None:
    """The pages together hold each machine once, though the task changed from one to the next."""
    assert seen.get("names") == NAMES, seen


def one_row(name: str) -> Callable[[dict, Way], None]:
    """The page holds one machine."""

    def check(seen: dict, way: Way) -> None:
        answered(TotalCount=1, ScanMachineCount=MACHINES)(seen, way)
        assert [row["HostName"] for row in seen["answer"]["ScanTaskDetailList"]] == [name]

    return check


NAMES = [f"host-{number:03}" for number in range(MACHINES - 1)] + [ODD]
DETAILS = "DescribeScanTaskDetails"
TASK = 1
"""The id of the task over all machines that the fleet was given first."""


def details(name: str, check: Callable[[dict, Way], None], *, kinds: tuple[str, ...] = EVERY, **params: object) -> Case:
    """A page of the task."""
    return Case(name=name, steps=[(DETAILS, {"ModuleType": "Vul", "TaskId": TASK, **params})], check=check, kinds=kinds)


def filtered(name: str, *values: str, exact: bool | None = None) -> dict:
    """One filter."""
    return {"Name": name, "Values": list(values)} | ({} if exact is None else {"ExactMatch": exact})


FRESH = {"secret_id": "AKIDfresh", "secret": "secret-of-a-fresh-account"}
"""The key of another account, which has nothing."""

CASES = [
    Case(
        name="state_running",
        steps=[("DescribeScanState", {"ModuleType": "Vul"})],
        check=answered(ScanState=1, TaskId=TASK, Type=0, ScanEndTime=""),
    ),
    Case(
        name="state_never",
        steps=[("DescribeScanState", {"ModuleType": "Baseline"})],
        check=answered(ScanState=0, Schedule=0, TaskId=0, VulId=[], ScanBeginTime=""),
        options=FRESH,
    ),
    Case(
        name="task_of_another_account",
        steps=[(DETAILS, {"ModuleType": "Vul", "TaskId": TASK})],
        check=refused("InvalidParameterValue", f"TaskId {TASK} is not a Vul task"),
        options=FRESH,
    ),
    Case(
        name="status_labels", steps=[("DescribeScanTaskStatus", {"ModuleType": "Vul"})],
        check=has("State"),
    ),
    details("default_page", rows(0, 10)),
    details("hundred_rows", rows(0, 100), Limit=100, Offset=0),
    details("second_page", rows(100, 120), Limit=100, Offset=100),
    Case(
        name="all_pages",
        steps=[
            (DETAILS, {"ModuleType": "Vul", "TaskId": TASK, "Limit": 25, "Offset": offset})
            for offset in range(0, MACHINES, 25)
        ],
        check=every_machine_once,
    ),
    details("past_the_end", answered(ScanTaskDetailList=[], TotalCount=MACHINES), Limit=100, Offset=120),
    details("largest_node_integer", answered(ScanTaskDetailList=[], TotalCount=MACHINES), Offset=2**53 - 1),
    details("largest_integer", answered(ScanTaskDetailList=[]), kinds=PYTHON, Offset=2**64 - 1),
    details("booleans", answered(StoppingAll=False), Limit=1),
    details("odd_name", one_row(ODD), Filters=[filtered("HostName", ODD)]),
    details("odd_name_exact", one_row(ODD), Filters=[filtered("HostName", ODD, exact=True)]),
    details("inexact", one_row("host-007"), Filters=[filtered("HostName", "OST-007", exact=False)]),
    details(
        "eleven_values", answered(TotalCount=11),
        Filters=[filtered("HostName", *NAMES[20:31], exact=True)], Limit=100,
    ),
    details(
        "two_filters", one_row("host-031"),
        Filters=[filtered("ipOrAlias", "host-03"), filtered("Quuid", "q-host-031", "q-host-099")],
    ),
    details("no_match", answered(TotalCount=0, ScanTaskDetailList=[]), Filters=[filtered("Status", "Fail")]),
    details("wrong_filter", refused("InvalidParameterValue", "Nope", "HostName"), Filters=[filtered("Nope", "x")]),
    details("limit_too_large", refused("InvalidParameterValue", "Limit", "100"), Limit=101),
    Case(
        name="no_such_task", steps=[(DETAILS, {"ModuleType": "Vul", "TaskId": 999999})],
        check=refused("InvalidParameterValue", "TaskId 999999 is not a Vul task"),
    ),
    Case(
        name="wrong_module", steps=[(DETAILS, {"ModuleType": "Trojan", "TaskId": 1})],
        check=refused("InvalidParameterValue", "Malware, Vul, Baseline"),
    ),
    Case(name="missing_member", steps=[(DETAILS, {"TaskId": 1})], check=refused("MissingParameter", "ModuleType")),
    Case(
        name="not_served", steps=[("DescribeRansomDefenseStrategyList", {})], check=refused("UnsupportedOperation"),
    ),
    Case(name="made_up_action", steps=[("MadeUp", {})], kinds=COMMON, check=refused("InvalidAction", "MadeUp")),
    Case(
        name="unknown_member", steps=[("DescribeScanState", {"ModuleType": "Vul", "Odd": 1})], kinds=COMMON,
        check=refused("UnknownParameter", "`Odd`"),
    ),
    Case(
        name="wrong_type", steps=[(DETAILS, {"ModuleType": "Vul", "TaskId": "one"})], kinds=COMMON,
        check=refused("InvalidParameter", "TaskId", "Integer"),
    ),
    Case(
        name="wrong_secret", steps=[("DescribeScanState", {"ModuleType": "Vul"})], options={"secret": "wrong"},
        check=refused("AuthFailure.SignatureFailure"),
    ),
    Case(
        name="unknown_id", steps=[("DescribeScanState", {"ModuleType": "Vul"})], options={"secret_id": "AKIDnobody"},
        check=refused("AuthFailure.SecretIdNotFound"),
    ),
    Case(
        name="unknown_token", steps=[("DescribeScanState", {"ModuleType": "Vul"})], options={"token": "made up"},
        check=refused("AuthFailure.TokenFailure"),
    ),
    Case(
        name="unsigned", steps=[("DescribeScanState", {"ModuleType": "Vul"})], options={"skip_sign": True},
        kinds=("common", "async common"), check=refused("AuthFailure.InvalidAuthorization"),
    ),
    Case(
        name="chinese", steps=[("DescribeScanState", {})], options={"language": "zh-CN"},
        kinds=(*PYTHON, "node common"), check=refused("MissingParameter", "缺少", "ModuleType"),
    ),
    Case(
        name="no_region", steps=[("DescribeScanState", {"ModuleType": "Vul"})], options={"region": ""},
        check=answered(ScanState=1),
    ),
    Case(
        name="other_service", steps=[("ListScanTasks", {"Limit": 1})], options={"service": "hostward"}, kinds=COMMON,
        check=has("TotalCount"),
    ),
    Case(
        name="start_and_stop",
        steps=[
            (
                "CreateScanMalwareSetting",
                {"ScanPattern": 1, "HostType": 2, "QuuidList": ["q-host-001", "q-host-002"], "TimeoutPeriod": 60},
            ),
            ("DeleteScanTask", {"ModuleType": "Malware", "TaskId": "$TaskId"}),
            (DETAILS, {"ModuleType": "Malware", "TaskId": "$TaskId"}),
        ],
        check=answered(ScanMachineCount=2, StoppingAll=False, ScanProgress=100, ScanContent=["1"]),
    ),
    Case(
        name="nested_parameters",
        steps=[
            ("StartBaselineDetect", {"Param": {"HostIds": ["q-host-003"], "PolicyIds": [2]}}),
            ("DeleteScanTask", {"ModuleType": "Baseline", "TaskId": "$TaskId"}),
        ],
        check=answered(),
    ),
]  # fmt: skip
