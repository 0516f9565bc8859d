"""A scan's options in words, for people: what a task was asked to do."""

from collections.abc import Iterator
from typing import Final

from hostward.api.texts import Language
from hostward.domain.options import BaselineOptions, Category, MalwareOptions, Options, Pattern, VulOptions
from hostward.domain.severity import Level

Words = tuple[str, str]
"""In English and Chinese."""

_LEVELS: Final = {
    Level.CRITICAL: ("critical", "严重"),
    Level.HIGH: ("high", "高危"),
    Level.MEDIUM: ("medium", "中危"),
    Level.LOW: ("low", "低危"),
}
_CATEGORIES: Final = {
    Category.LINUX: ("Linux packages", "Linux 软件"),
    Category.APPLICATION: ("applications", "应用"),
    Category.WEB_CMS: ("Web-CMS", "Web-CMS"),
}
_PATTERNS: Final = {
    Pattern.FULL: ("all files", "全盘扫描"),
    Pattern.QUICK: ("quick", "快速扫描"),
    Pattern.ONLY_PATHS: ("only these paths", "仅扫描指定路径"),
    Pattern.ALL_BUT_PATHS: ("all but these paths", "扫描指定路径以外的文件"),
}
_ENGINES: Final = {
    1: ("critical and high", "严重和高危"),
    2: ("critical, high and medium", "严重、高危和中危"),
    3: ("everything", "全部"),
}
_ALL: Final = ("all", "全部")
_NO_OR_YES: Final = (("no", "否"), ("yes", "是"))


def option_texts(options: Options, language: Language) -> list[tuple[str, str]]:
    """Name and value of each option, in the order people choose them; names are the same in every language."""
    return [(name, words[language == "zh-CN"]) for name, words in _options(options)]


def _options(options: Options) -> Iterator[tuple[str, Words]]:
    match options:
        case VulOptions():
            yield "Levels", _listed([words for level, words in _LEVELS.items() if level in options.levels])
            yield "Categories", _listed([words for one, words in _CATEGORIES.items() if one in options.categories])
            yield "Vulnerabilities", _numbers(options.vul_ids)
            yield "KnownExploited", _NO_OR_YES[options.emergency]
        case MalwareOptions():
            yield "Pattern", _PATTERNS[options.pattern]
            yield "Paths", _listed([(path, path) for path in options.paths])
            yield "Report", _ENGINES[options.engine]
            yield "Memory", _NO_OR_YES[options.memory]
        case BaselineOptions():
            yield "Policies", _numbers(options.policies)
            yield "Rules", _numbers(options.rules)
            yield "Items", _numbers(options.items)


def _listed(words: list[Words]) -> Words:
    return ", ".join(english for english, _ in words), ", ".join(chinese for _, chinese in words)


def _numbers(numbers: tuple[int, ...]) -> Words:
    """Empty means all."""
    text = ", ".join(map(str, numbers))
    return (text, text) if text else _ALL
