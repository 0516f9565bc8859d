"""Vulnerabilities, and machines that have them, as rows of an export: words in the caller's language."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from hostward.api.export_cells import TITLE as MACHINES
from hostward.api.texts import Language, Text
from hostward.api.times import wire_datetime
from hostward.api.vul_filters import labels
from hostward.api.vul_names import brought_by, level_of, name_of
from hostward.domain.options import Category
from hostward.usecases.exports.shelf import Row as Cells
from hostward.usecases.exports.vulnerabilities import Affected
from hostward.usecases.records import TaskVul
from hostward.usecases.vulnerabilities.fleet_list import Row, State

__all__ = ["MACHINES", "MACHINE_HEADER", "VULS", "VUL_HEADER", "header", "machine_cells", "vul_cells"]

VULS: Final = Text("Vulnerabilities", "漏洞")
_NAME: Final = Text("Vulnerability", "漏洞名称")
_ID: Final = Text("CVE", "CVE 编号")
_LEVEL: Final = Text("Level", "等级")
_STATUS: Final = Text("Status", "状态")
_FIRST: Final = Text("First seen", "首次发现时间")
_LAST: Final = Text("Last seen", "最近发现时间")
VUL_HEADER: Final = (
    _NAME,
    _ID,
    _LEVEL,
    _STATUS,
    Text("Machines", "影响主机数"),
    Text("Category", "类别"),
    Text("CVSS", "CVSS 评分"),
    Text("Labels", "标签"),
    Text("Package", "软件包"),
    Text("Fixed in", "修复版本"),
    _FIRST,
    _LAST,
    Text("Published", "披露时间"),
    Text("Reference", "参考链接"),
    Text("VulId", "VulId"),
)
MACHINE_HEADER: Final = (
    _NAME,
    _ID,
    _LEVEL,
    _STATUS,
    Text("Host name", "主机名"),
    Text("Inner IP", "内网 IP"),
    Text("Public IP", "公网 IP"),
    Text("Operating system", "操作系统"),
    Text("Packages", "软件包"),
    _FIRST,
    _LAST,
    Text("Fixed", "修复时间"),
    Text("Quuid", "Quuid"),
    Text("Uuid", "Uuid"),
    Text("EventId", "EventId"),
)
"""The columns, named as people read them; identifiers have no other name."""

_LEVELS: Final[Mapping[int, Text]] = {
    1: Text("low", "低危"),
    2: Text("medium", "中危"),
    3: Text("high", "高危"),
    4: Text("critical", "严重"),
}
_STATES: Final[Mapping[State, Text]] = {
    State.PENDING: Text("pending", "待处理"),
    State.IGNORED: Text("ignored", "已忽略"),
    State.FIXED: Text("fixed", "已修复"),
    State.DETECTING: Text("being looked for anew", "检测中"),
}
_CATEGORIES: Final[Mapping[int, Text]] = {
    Category.WEB_CMS: Text("web content system", "Web-CMS 漏洞"),
    Category.APPLICATION: Text("application", "应用漏洞"),
    Category.LINUX: Text("Linux package", "Linux 软件漏洞"),
}
_NO_CATEGORY: Final = Text("", "")


def header(columns: tuple[Text, ...], language: Language) -> Cells:
    """The names of the columns."""
    return [text.said(language, {}) for text in columns]


def vul_cells(row: Row, zone: tzinfo, language: Language) -> Cells:
    """The row of a vulnerability, in the order of VUL_HEADER."""
    one, vul = row.vul, row.vul.known
    return (
        *_named(vul, row.states[0], language),
        row.hosts,
        _CATEGORIES.get(vul.category, _NO_CATEGORY).said(language, {}),
        "" if vul.cvss is None else str(vul.cvss),
        ", ".join(labels(vul)),
        vul.component,
        vul.fixed,
        wire_datetime(zone, one.first_seen),
        wire_datetime(zone, one.last_seen),
        wire_datetime(zone, vul.published),
        vul.reference,
        vul.id,
    )


def machine_cells(vul: TaskVul, one: Affected, zone: tzinfo, language: Language) -> Cells:
    """The row of a machine that has or had a vulnerability, in the order of MACHINE_HEADER."""
    machine, event = one.machine, one.event
    named = vul if vul.component else replace(vul, component=event.packages[0].package.name)
    return (
        *_named(named, one.state, language),
        machine.facts.host_name,
        next(iter(machine.facts.addresses), ""),
        machine.facts.wan_ip,
        machine.facts.os_name,
        brought_by(event, language),
        wire_datetime(zone, event.oldest),
        wire_datetime(zone, event.last_seen),
        wire_datetime(zone, event.fixed),
        machine.quuid,
        machine.uuid,
        str(event.id),
    )


def _named(vul: TaskVul, state: State, language: Language) -> Cells:
    return name_of(vul), vul.key, _LEVELS[level_of(vul)].said(language, {}), _STATES[state].said(language, {})
