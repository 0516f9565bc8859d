"""A machine of an account as a row of an export: words and times in the caller's language and the server's zone."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from hostward.api.export_cells import TITLE
from hostward.api.texts import Language, Text
from hostward.api.times import wire_datetime
from hostward.domain.module import Module
from hostward.usecases.exports.shelf import Row
from hostward.usecases.records import Listed

__all__ = ["HEADER", "TITLE", "cells", "header"]

ONLINE: Final = Text("Online", "在线")
OFFLINE: Final = Text("Offline", "离线")

HEADER: Final = (
    Text("Host name", "主机名"),
    Text("Inner IP", "内网 IP"),
    Text("Public IP", "公网 IP"),
    Text("Operating system", "操作系统"),
    Text("Kernel", "内核"),
    Text("Agent", "客户端版本"),
    Text("Status", "状态"),
    Text("Last seen", "最近在线时间"),
    Text("Kept out since", "隔离时间"),
    Text("Vulnerabilities", "漏洞数"),
    Text("Malware", "恶意文件数"),
    Text("Failed baseline items", "基线风险数"),
    Text("Tags", "标签"),
    Text("Remark", "备注"),
    Text("Quuid", "Quuid"),
    Text("Uuid", "Uuid"),
)
"""The columns, named as people read them; the two identifiers have no other name."""

_MODULES: Final = (Module.VUL, Module.MALWARE, Module.BASELINE)
_BETWEEN: Final = "; "


def header(language: Language) -> Row:
    """The names of the columns."""
    return [text.said(language, {}) for text in HEADER]


def cells(row: Listed, tags: Sequence[str], now: datetime, zone: tzinfo, language: Language) -> Row:
    """The row of a machine, in the order of the header. A module that never gave results is "", not 0."""
    machine, facts = row.machine, row.machine.facts
    return (
        facts.host_name,
        next(iter(facts.addresses), ""),
        facts.wan_ip,
        facts.os_name,
        row.kernel,
        facts.agent_version,
        (ONLINE if machine.is_online(now) else OFFLINE).said(language, {}),
        wire_datetime(zone, machine.last_seen),
        wire_datetime(zone, machine.quarantined),
        *(row.risks.get(module, "") for module in _MODULES),
        _BETWEEN.join(tags),
        machine.remark,
        machine.quuid,
        machine.uuid,
    )
