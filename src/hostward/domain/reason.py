"""Why a caller was refused, kept as a code and its values, and put into words when they are read.

For refusals that callers of the API read in their own language; see domain/note.py for the same habit.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

NAMED = 5
"""Names of a list that the words show; more are counted."""

Value = int | str | Sequence[str]
"""A list of names is shown by its first ones."""


class Reason(StrEnum):
    """What a refusal can say; the words are in TEXTS."""

    NOT_OF_MODULE = "not_of_module"
    NO_TASK = "no_task"
    NO_MACHINES = "no_machines"
    NONE_TO_RERUN = "none_to_rerun"
    UNKNOWN_MACHINES = "unknown_machines"
    UNKNOWN_QUUIDS = "unknown_quuids"
    NONE_IN_SCOPE = "none_in_scope"
    OTHER_PARAMETERS = "other_parameters"
    NOT_IN_TASK = "not_in_task"
    UNKNOWN_VULS = "unknown_vuls"
    NO_EMERGENCIES = "no_emergencies"
    NOT_EXPLOITED = "not_exploited"
    UNKNOWN_UUIDS = "unknown_uuids"
    UUIDS_WITHOUT_EVENT = "uuids_without_event"
    UNKNOWN_EVENTS = "unknown_events"
    STILL_STOPPING = "still_stopping"
    UNKNOWN_AGENTS = "unknown_agents"
    NO_SCHEDULE = "no_schedule"
    STILL_RUNNING = "still_running"
    FIRES_MISSED = "fires_missed"
    FIRE_TOO_LATE = "fire_too_late"
    WINDOW_CLOSED = "window_closed"
    WINDOWS_APART = "windows_apart"
    MACHINES_GONE = "machines_gone"
    REFUSED = "refused"
    NO_RULE = "no_rule"
    RULE_OVER = "rule_over"
    RULE_WITHOUT_VUL = "rule_without_vul"
    RULE_REASON_LONG = "rule_reason_long"
    RULE_MACHINES = "rule_machines"
    RULE_NO_MACHINES = "rule_no_machines"
    RULE_NO_TAGS = "rule_no_tags"
    RULE_UNKNOWN_TAG = "rule_unknown_tag"
    RULE_EXPIRED = "rule_expired"
    RULE_TOO_WIDE = "rule_too_wide"
    TOO_MANY_RULES = "too_many_rules"
    VEX_OLDER = "vex_older"
    NO_VEX = "no_vex"
    NO_VUL = "no_vul"
    LEFT_OUT = "left_out"
    SCHEDULE_OFF = "schedule_off"
    TOO_MANY_EXPORTS = "too_many_exports"
    NO_MACHINE = "no_machine"
    NO_ENROLMENT_TOKEN = "no_enrolment_token"
    NOT_WAITING = "not_waiting"
    NO_INSTALLS = "no_installs"
    TOO_MANY_TO_SORT = "too_many_to_sort"
    ODD_REMARK = "odd_remark"
    NO_TAG = "no_tag"
    ODD_TAG = "odd_tag"
    TAG_TAKEN = "tag_taken"
    TOO_MANY_TAGS = "too_many_tags"
    NO_WEBHOOK = "no_webhook"
    TOO_MANY_WEBHOOKS = "too_many_webhooks"
    FEEDS_BUSY = "feeds_busy"
    FEEDS_ELSEWHERE = "feeds_elsewhere"
    NO_FEED = "no_feed"
    BAD_BILL = "bad_bill"
    BILLS_BUSY = "bills_busy"
    BILL_TOO_LARGE = "bill_too_large"
    BILL_FINDS_TOO_MUCH = "bill_finds_too_much"


TEXTS: Mapping[Reason, tuple[str, str]] = {
    Reason.NOT_OF_MODULE: ("TaskId {task} is not a {module} task", "TaskId {task} 不是 {module} 任务"),
    Reason.NO_TASK: ("TaskId {task} is not a task of this account", "TaskId {task} 不是本账号的任务"),
    Reason.NO_MACHINES: (
        "there is no machine to scan: enrol one first (hostward machine enroll)",
        "没有可扫描的主机:请先接入主机(hostward machine enroll)",
    ),
    Reason.NONE_TO_RERUN: (
        "no machine of task {task} is left to scan again: all others are Ok or still scanning",
        "任务 {task} 中没有可重新扫描的主机:其余主机均已完成或仍在扫描",
    ),
    Reason.UNKNOWN_MACHINES: (
        "QuuidList names machines that do not exist: {names}",
        "QuuidList 中有不存在的主机:{names}",
    ),
    Reason.UNKNOWN_QUUIDS: (
        "{parameter} names machines that do not exist: {names}",
        "{parameter} 中有不存在的主机:{names}",
    ),
    Reason.NONE_IN_SCOPE: (
        "no machine is left to scan: see Quuids, Tags and ExceptQuuids",
        "没有可扫描的主机:请检查 Quuids、Tags 和 ExceptQuuids",
    ),
    Reason.OTHER_PARAMETERS: (
        "ClientToken started task {task} with other parameters in the last 24 hours: use a new one for another scan",
        "该 ClientToken 在 24 小时内已用其他参数启动任务 {task}:启动其他扫描请使用新的 ClientToken",
    ),
    Reason.NOT_IN_TASK: (
        "QuuidList names machines that are not in task {task}: {names}",
        "QuuidList 中有不属于任务 {task} 的主机:{names}",
    ),
    Reason.UNKNOWN_VULS: (
        "VulIds names vulnerabilities that do not exist: {names}",
        "VulIds 中有不存在的漏洞:{names}",
    ),
    Reason.NO_EMERGENCIES: (
        "the catalogue of what is exploited is not here yet (VulEmergency 1 needs it): run hostward feed update kev",
        "尚未导入已知被利用漏洞目录(VulEmergency 1 需要它):请运行 hostward feed update kev",
    ),
    Reason.NOT_EXPLOITED: (
        "VulId is {name}, which is not known to be exploited: use ScanVul with VulIds",
        "VulId 对应的 {name} 未被列为已知被利用的漏洞:请使用 ScanVul 并指定 VulIds",
    ),
    Reason.UNKNOWN_UUIDS: (
        "Uuids names machines that do not exist: {names}",
        "Uuids 中有不存在的主机:{names}",
    ),
    Reason.UUIDS_WITHOUT_EVENT: (
        "Uuids names machines that no event of EventIds is on: {names}",
        "Uuids 中有与 EventIds 的事件无关的主机:{names}",
    ),
    Reason.UNKNOWN_EVENTS: (
        "EventIds names events that do not exist: {names}",
        "EventIds 中有不存在的事件:{names}",
    ),
    Reason.STILL_STOPPING: (
        "task {task} is still being stopped: ask again when its StoppingAll is false",
        "任务 {task} 仍在停止:请在 StoppingAll 为 false 后重试",
    ),
    Reason.UNKNOWN_AGENTS: (
        "the list of Uuids names agents that do not exist: {names}",
        "Uuid 列表中有不存在的客户端:{names}",
    ),
    Reason.NO_SCHEDULE: (
        "ScheduleId {schedule} is not a schedule of this account",
        "ScheduleId {schedule} 不是本账号的定时扫描",
    ),
    Reason.STILL_RUNNING: (
        "task {task} of this schedule was still running: wait for its end or stop it",
        "此定时扫描的任务 {task} 仍在运行:请等待其结束或停止该任务",
    ),
    Reason.FIRES_MISSED: (
        "{count} start(s) were missed while the server was not running",
        "服务未运行期间错过了 {count} 次启动",
    ),
    Reason.FIRE_TOO_LATE: (
        "missed: the server was not running, and came back {late} s too late to make it good (grace: {grace} s)",
        "已错过:服务当时未运行,恢复时已晚 {late} 秒(允许补扫:{grace} 秒)",
    ),
    Reason.WINDOW_CLOSED: (
        "missed: the window of the scan had closed before it could start",
        "已错过:扫描可以启动前,其时间窗口已结束",
    ),
    Reason.WINDOWS_APART: (
        "Window and the server's scan.window are never open at the same time: choose other hours",
        "Window 与服务端的 scan.window 没有重叠时段:请选择其他时段",
    ),
    Reason.MACHINES_GONE: (
        "none of the machines of this schedule is there any more: choose others",
        "此定时扫描的主机均已不存在:请选择其他主机",
    ),
    Reason.TOO_MANY_EXPORTS: (
        "{count} exports of this account are still being made: ask again when one is finished",
        "本账号仍有 {count} 个导出任务未完成:请在其中一个完成后重试",
    ),
    Reason.TOO_MANY_TO_SORT: (
        "Sort: machines of a task with more than {limit} are listed in the task's order only",
        "Sort:机器数超过 {limit} 的任务仅支持按任务顺序列出",
    ),
    Reason.NO_MACHINE: ("there is no such machine in this account", "本账号中不存在该主机"),
    Reason.NO_ENROLMENT_TOKEN: (
        "{token} is not an enrolment token of this account",
        "{token} 不是本账号的接入令牌",
    ),
    Reason.NOT_WAITING: (
        "no machine of this account waits for approval as {waiting}",
        "本账号中没有以 {waiting} 等待批准的主机",
    ),
    Reason.NO_INSTALLS: (
        "agents can't be installed from here: ask the server itself (hostward up)",
        "无法从此处安装客户端:请直接访问服务端(hostward up)",
    ),
    Reason.ODD_REMARK: (
        "a remark has at most {limit} characters, none of them a control character",
        "备注最多 {limit} 个字符,且不得包含控制字符",
    ),
    Reason.NO_TAG: ("there is no tag {tag} in this account", "本账号中不存在标签 {tag}"),
    Reason.ODD_TAG: (
        "the name of a tag has 1 to {limit} characters, none of them a control character",
        "标签名称应为 1 至 {limit} 个字符,且不得包含控制字符",
    ),
    Reason.TAG_TAKEN: ("another tag is called {name} already", "已有名为 {name} 的其他标签"),
    Reason.TOO_MANY_TAGS: ("at most {limit} tags are possible", "标签最多 {limit} 个"),
    Reason.LEFT_OUT: ("left out once, as {by} asked", "已按 {by} 的要求跳过一次"),
    Reason.SCHEDULE_OFF: (
        "schedule {schedule} is switched off, so that no start is to come: enable it first",
        "定时扫描 {schedule} 已停用,没有即将开始的扫描:请先启用",
    ),
    Reason.NO_WEBHOOK: (
        "WebhookId {webhook} is not a webhook of this account",
        "WebhookId {webhook} 不是本账号的 Webhook",
    ),
    Reason.FEEDS_BUSY: (
        "feeds are being renewed already: ListFeeds shows how far it is",
        "漏洞数据正在更新:可通过 ListFeeds 查看进度",
    ),
    Reason.FEEDS_ELSEWHERE: (
        "feeds are renewed by the running server, or by the command hostward feed update",
        "漏洞数据由运行中的服务器更新,或使用命令 hostward feed update",
    ),
    Reason.NO_FEED: (
        "no feed is called {name}: `hostward feed status --all` lists those there are",
        "没有名为 {name} 的漏洞数据源:hostward feed status --all 可列出全部",
    ),
    Reason.TOO_MANY_WEBHOOKS: ("at most {limit} webhooks are possible", "Webhook 最多 {limit} 个"),
    Reason.NO_RULE: ("RuleId {rule} is not an ignore rule of this account", "RuleId {rule} 不是本账号的忽略规则"),
    Reason.RULE_OVER: (
        "ignore rule {rule} has ended and can't be changed: make a new one",
        "忽略规则 {rule} 已结束,无法修改:请新建一条",
    ),
    Reason.RULE_WITHOUT_VUL: (
        "a rule names one vulnerability, such as CVE-2024-3094",
        "每条规则须指定一个漏洞,例如 CVE-2024-3094",
    ),
    Reason.RULE_REASON_LONG: (
        "a reason has at most {limit} characters: shorten it",
        "原因最多 {limit} 个字符:请缩短",
    ),
    Reason.RULE_MACHINES: (
        "a rule names at most {limit} machines: give them a tag and name that",
        "一条规则最多指定 {limit} 台机器:请为它们添加标签并指定标签",
    ),
    Reason.RULE_NO_MACHINES: (
        "the scope {scope} needs at least one machine: name some, or use the scope all",
        "范围 {scope} 至少需要一台机器:请指定机器,或使用范围 all",
    ),
    Reason.RULE_NO_TAGS: (
        "the scope tagged needs at least one tag: name some, or use the scope all",
        "范围 tagged 至少需要一个标签:请指定标签,或使用范围 all",
    ),
    Reason.RULE_UNKNOWN_TAG: (
        "no machine can have the tag {name}: make the tag first, or correct its name",
        "不存在标签 {name}:请先创建该标签,或更正名称",
    ),
    Reason.RULE_EXPIRED: (
        "the rule would expire before it begins: choose a later time, or none",
        "规则在开始之前就会过期:请选择更晚的时间,或不设置",
    ),
    Reason.RULE_TOO_WIDE: (
        "this rule would reach machines that you are not allowed to see: choose machines, or a tag that you have",
        "该规则会影响您无权查看的机器:请选择机器,或选择您拥有的标签",
    ),
    Reason.TOO_MANY_RULES: (
        "at most {limit} ignore rules can be in force: end some first",
        "生效的忽略规则最多 {limit} 条:请先结束一些",
    ),
    Reason.VEX_OLDER: (
        "document {document} was imported in version {version}, which is newer than this one: import a newer one",
        "文档 {document} 已导入较新的版本 {version}:请导入更新的版本",
    ),
    Reason.NO_VEX: ("no OpenVEX document {document} was imported", "未导入过 OpenVEX 文档 {document}"),
    Reason.NO_VUL: ("VulID {vul} is not a vulnerability that is known here", "VulID {vul} 不是已知的漏洞"),
    Reason.BAD_BILL: (
        "Document can't be read as a bill of materials: {problem}",
        "Document 无法作为物料清单解析:{problem}",
    ),
    Reason.BILLS_BUSY: (
        "{limit} bills of materials are being read already: send this one again in a moment",
        "已有 {limit} 份物料清单正在解析:请稍后重新发送",
    ),
    Reason.BILL_TOO_LARGE: (
        "the bill has {count} packages, and up to {limit} are judged at once: split it",
        "物料清单包含 {count} 个软件包,一次最多判断 {limit} 个:请拆分后发送",
    ),
    Reason.BILL_FINDS_TOO_MUCH: (
        "the bill's packages meet advisories {count} times, and up to {limit} are answered at once: split it",
        "物料清单中的软件包与公告匹配 {count} 次,一次最多返回 {limit} 次:请拆分后发送",
    ),
    Reason.REFUSED: ("the scan could not start: {message}", "扫描无法启动:{message}"),
}
"""In English and Chinese; names in braces are filled in."""


def words(reason: Reason, values: Mapping[str, Value], language: str = "en-US") -> str:
    """The reason in words. Unknown languages get English; values are inserted as they are, never interpreted."""
    english, chinese = TEXTS[reason]
    text = chinese if language == "zh-CN" else english
    return text.format_map({name: _shown(value, language) for name, value in values.items()})


def _shown(value: Value, language: str) -> str:
    if isinstance(value, int | str):
        return str(value)
    shown, more = ", ".join(value[:NAMED]), len(value) - NAMED
    if more <= 0:
        return shown
    return f"{shown} 等 {len(value)} 个" if language == "zh-CN" else f"{shown} and {more} more"
