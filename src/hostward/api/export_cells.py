"""A machine of a task as a row of an export: words and times in the caller's language and the server's zone."""

import json
from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from hostward.api.texts import (
    STATUS_FAIL,
    STATUS_OK,
    STATUS_SCANNING,
    STATUS_STOP,
    Language,
    Text,
)
from hostward.api.times import wire_time
from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.note import Code, Note, render
from hostward.usecases.exports.shelf import Row
from hostward.usecases.records import MachineRow

TITLE: Final = Text("Machines", "主机")
HEADER: Final = (
    Text("Host name", "主机名"),
    Text("Inner IP", "内网 IP"),
    Text("Public IP", "公网 IP"),
    Text("Operating system", "操作系统"),
    Text("Status", "状态"),
    Text("Failure", "失败类型"),
    Text("Risks", "风险数"),
    Text("Scan begin", "扫描开始时间"),
    Text("Scan end", "扫描结束时间"),
    Text("Description", "说明"),
    Text("Quuid", "Quuid"),
    Text("Uuid", "Uuid"),
)
"""The columns, named as people read them; the two identifiers have no other name."""

_STATUS: Final[Mapping[int, Text]] = {
    **dict.fromkeys((UnitState.PENDING, UnitState.LEASED, UnitState.RUNNING), STATUS_SCANNING),
    UnitState.OK: STATUS_OK,
    UnitState.FAIL: STATUS_FAIL,
    **dict.fromkeys((UnitState.STOPPING, UnitState.STOPPED), STATUS_STOP),
}
_FAILURE: Final[Mapping[int, Text]] = {
    FailType.NONE: Text("", ""),
    FailType.OFFLINE: Text("Offline", "离线"),
    FailType.TIMEOUT: Text("Timed out", "超时"),
    FailType.FAILED: Text("Failed", "失败"),
    FailType.TOO_OLD: Text("Agent too old", "客户端版本过低"),
}


def header(language: Language) -> Row:
    """The names of the columns."""
    return [text.said(language, {}) for text in HEADER]


def cells(row: MachineRow, zone: tzinfo, language: Language) -> Row:
    """The row of a machine, in the order of the header."""
    values = json.loads(row.note_values) if row.note_values else {}
    return (
        row.host_name,
        row.inner_ip,
        row.wan_ip,
        row.os_name,
        _STATUS[row.state].said(language, {}),
        _FAILURE[row.fail].said(language, {}),
        row.risk_num,
        wire_time(zone, row.begin),
        wire_time(zone, row.end),
        render(Note(code=Code(row.note_code), values=values), language),
        row.quuid,
        row.uuid,
    )
