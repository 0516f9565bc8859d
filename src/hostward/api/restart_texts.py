"""Why something is to be started again, in the two languages of X-TC-Language: agents say it in English alone."""

import re
from typing import Final

from hostward.api.texts import Language, Text

_VERSION: Final = r"([!-~]{1,255})"
_SENTENCES: Final[tuple[tuple[re.Pattern[str], Text], ...]] = (
    (
        re.compile(f"{_VERSION} is installed and {_VERSION} runs"),
        Text("{first} is installed and {second} runs", "已安装 {first},运行中的是 {second}"),
    ),
    (
        re.compile(f"{_VERSION} runs and is not installed any more; {_VERSION} is"),
        Text(
            "{first} runs and is not installed any more; {second} is", "运行中的 {first} 已不再安装;已安装的是 {second}"
        ),
    ),
    (re.compile("the distribution says so"), Text("the distribution says so", "发行版提示需要重启")),
    (
        re.compile("it still runs a file that was replaced"),
        Text("it still runs a file that was replaced", "仍在运行已被替换的文件"),
    ),
)
"""What agents of this version say (scanners/vul)."""


def reason_in(language: Language, reason: str) -> str:
    """An agent's reason; as it came where it is none of the known ones."""
    for pattern, text in _SENTENCES:
        if found := pattern.fullmatch(reason):
            return text.said(language, dict(zip(("first", "second"), found.groups(), strict=False)))
    return reason
