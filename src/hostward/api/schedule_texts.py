"""What is said of schedules and their settings, in the two languages of X-TC-Language."""

from typing import Final

from hostward.api.texts import Text

A_TIME: Final = Text("HH:MM or HH:MM:SS, from 00:00 to 23:59:59", "HH:MM 或 HH:MM:SS,00:00 至 23:59:59")
BOTH_TIMES: Final = Text("a window has both, StartTime and EndTime", "时间窗口须同时给出 StartTime 和 EndTime")
ANOTHER_TIME: Final = Text(
    "another time than StartTime, else the window would have no length", "与 StartTime 不同的时间,否则时间窗口长度为零"
)
INSIDE: Final = Text("a time from StartTime {start} to EndTime {end}", "StartTime {start} 至 EndTime {end} 之间的时间")
ONE_CADENCE: Final = Text(
    "either DaysCycle (1 - 365) or Weekdays (1 Monday to 7 Sunday), and not both",
    "DaysCycle(1 - 365)与 Weekdays(1 星期一至 7 星期日)二者之一,不能同时给出",
)
BOTH_ENDS: Final = Text("a window has both, {start} and {end}", "时间窗口须同时给出 {start} 和 {end}")
ANOTHER_END: Final = Text(
    "another time than {start}, else the window would have no length", "与 {start} 不同的时间,否则时间窗口长度为零"
)
WITHIN: Final = Text("a time from {start} to {end}", "{start} 至 {end} 之间的时间")
"""What WRONG_VALUE accepts."""

NO_MONITORING: Final = Text("files are not monitored in real time here; use 0", "此处不提供实时监控;请使用 0")
NO_ISOLATION: Final = Text(
    "scans report files and never isolate, clean or kill anything; use 0",
    "扫描只报告文件,不会自动隔离、清理或结束进程;请使用 0",
)
NO_HEURISTICS: Final = Text("there is no heuristic engine here; use 0", "此处没有启发引擎;请使用 0")
NO_PRODUCTS: Final = Text("there is one product here; use 0 or leave it out", "此处只有一种产品;请使用 0 或省略")
NO_SCOPE_OF_ISOLATION: Final = Text("nothing is isolated automatically here", "此处不会自动隔离文件")
NO_MONITORED_PATHS: Final = Text("files are not monitored in real time here", "此处不提供实时监控")
ALL_MACHINES: Final = Text("IsGlobal 1 is all machines; use IsGlobal 2", "IsGlobal 1 表示全部主机;请使用 IsGlobal 2")
NO_CHECK_PATHS: Final = Text("only CheckPattern 2 and 3 use it", "仅 CheckPattern 2 和 3 使用此参数")
NO_STRATEGIES: Final = Text(
    "there are no baseline strategies here; use RuleIdList", "此处没有基线策略;请使用 RuleIdList"
)
NO_CATEGORIES: Final = Text("rules have no categories here; use RuleIdList", "此处的规则没有分类;请使用 RuleIdList")
"""Reasons of WITHOUT_EFFECT and UNSUPPORTED."""

SHORT_WINDOW: Final = Text(
    "The window leaves {minutes} minutes after the start: a malware scan of a whole disk can take {hours} hours, and "
    "machines that are not finished when the window ends fail as timed out.",
    "开始后时间窗口仅剩 {minutes} 分钟:全盘木马扫描可能需要 {hours} 小时,窗口结束时未完成的主机将以超时失败。",
)
NEVER_FITS: Final = Text(
    "A scan of this kind usually takes a machine {usual} minutes here, the window leaves {minutes} minutes: make it "
    "longer, or no machine will finish.",
    "此类扫描在此处通常每台主机需要 {usual} 分钟,而时间窗口仅有 {minutes} 分钟:请延长窗口,否则没有主机能完成。",
)
"""What is wrong with the window of a schedule."""

EVERY_DAY: Final = Text("every day at {at} ({zone})", "每天 {at}({zone})")
EVERY_DAYS: Final = Text("every {days} days at {at} ({zone})", "每 {days} 天 {at}({zone})")
WEEKLY: Final = Text("on {days} at {at} ({zone})", "每周 {days} {at}({zone})")
IN_WINDOW: Final = Text("{cadence}, only from {start} to {end}", "{cadence},仅限 {start} 至 {end}")
COMMA: Final = Text(", ", "、")
WEEKDAYS: Final = (
    Text("Monday", "星期一"),
    Text("Tuesday", "星期二"),
    Text("Wednesday", "星期三"),
    Text("Thursday", "星期四"),
    Text("Friday", "星期五"),
    Text("Saturday", "星期六"),
    Text("Sunday", "星期日"),
)
"""The cadence of a schedule in words."""
