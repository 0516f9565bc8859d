"""Short messages about a machine's scan, kept as a code and its values, and put into words when they are read.

The API's Description, the console and the command line all read these; a note is stored once and shown in the
reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """What a note can say; the words are in TEXTS."""

    NOTHING = "nothing"
    WAITING = "waiting"
    WAITING_OFFLINE = "waiting_offline"
    WAITING_TURN = "waiting_turn"
    WAITING_PLACE = "waiting_place"
    WAITING_AGAIN = "waiting_again"
    STARTING = "starting"
    DOING = "doing"
    NOT_JUDGED = "not_judged"
    OFFLINE = "offline"
    OFFLINE_AT_START = "offline_at_start"
    TIMED_OUT = "timed_out"
    WINDOW_CLOSED = "window_closed"
    NEVER_STARTED = "never_started"
    WENT_SILENT = "went_silent"
    FAILED = "failed"
    TOO_OLD = "too_old"
    REMOVED = "removed"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One message: a code and the values its text names (strings, already fit for people)."""

    code: Code = Code.NOTHING
    values: Mapping[str, str] = field(default_factory=dict)


NOTHING = Note()
LANGUAGES = ("en-US", "zh-CN")

TEXTS: Mapping[Code, tuple[str, str]] = {
    Code.NOTHING: ("", ""),
    Code.WAITING: ("waiting for the agent to take the scan", "等待客户端领取扫描"),
    Code.WAITING_OFFLINE: ("waiting: machine is offline, queued until {until}", "等待中:主机离线,排队至 {until}"),
    Code.WAITING_TURN: ("waiting: may begin at {until}", "等待中:{until} 起可以开始"),
    Code.WAITING_PLACE: (
        "waiting: at most {count} machines of this scan may be at work at a time",
        "等待中:此扫描最多同时在 {count} 台主机上运行",
    ),
    Code.WAITING_AGAIN: (
        "waiting: the agent went silent, to be tried again (attempt {attempt} of {attempts})",
        "等待中:客户端失去响应,将重试(第 {attempt} 次,共 {attempts} 次)",
    ),
    Code.STARTING: ("starting", "正在启动"),
    Code.DOING: ("{what}, {percent} %", "{what},{percent} %"),
    Code.NOT_JUDGED: ("{what}", "{what}"),
    Code.OFFLINE: (
        "offline: the agent was not heard of before {until}; start it with: systemctl start hostward-agent",
        "离线:截至 {until} 未收到客户端消息;启动命令:systemctl start hostward-agent",
    ),
    Code.OFFLINE_AT_START: (
        "offline when the scan began, and the scan does not queue; start it with: systemctl start hostward-agent",
        "扫描开始时离线,且此扫描不排队;启动命令:systemctl start hostward-agent",
    ),
    Code.TIMED_OUT: (
        "timed out after {seconds} s; scan again with a longer TimeoutPeriod",
        "{seconds} 秒后超时;请加大 TimeoutPeriod 后重新扫描",
    ),
    Code.WINDOW_CLOSED: (
        "not done when the window of the scan closed at {until}; widen the window, or scan again now",
        "扫描窗口于 {until} 结束时尚未完成;请延长时间窗口,或立即重新扫描",
    ),
    Code.NEVER_STARTED: (
        "the machine was online but did not take the scan before {until}; scan again",
        "主机在线但在 {until} 前未领取扫描;请重新扫描",
    ),
    Code.WENT_SILENT: (
        "the agent went silent {attempts} times while scanning; look at its log, then scan again",
        "客户端在扫描中失去响应 {attempts} 次;请查看其日志后重新扫描",
    ),
    Code.FAILED: ("{what}", "{what}"),
    Code.TOO_OLD: (
        "agent {version} is older than {minimum}: run hostward agent upgrade",
        "客户端 {version} 低于 {minimum}:请运行 hostward agent upgrade",
    ),
    Code.REMOVED: ("the machine was removed by {by}", "主机已由 {by} 移除"),
    Code.STOPPING: ("stopping, asked by {by} at {at}", "正在停止,由 {by} 于 {at} 发起"),
    Code.STOPPED: ("stopped by {by} at {at}", "由 {by} 于 {at} 停止"),
}


def render(note: Note, language: str = "en-US") -> str:
    """The note in words. Unknown languages get English; values are inserted as they are, never interpreted."""
    english, chinese = TEXTS[note.code]
    text = chinese if language == "zh-CN" else english
    for name, value in note.values.items():
        text = text.replace("{" + name + "}", value)
    return text


def printable(text: str) -> str:
    r"""Text of a host, fit for terminals and pages: what is not printable is shown as \xNN or \uNNNN."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(ord(char)) for char in text)


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
