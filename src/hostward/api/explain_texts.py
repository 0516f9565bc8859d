"""Why a machine has a vulnerability, in the two languages of X-TC-Language."""

from collections.abc import Mapping
from typing import Final

from hostward.api.texts import Language, Text
from hostward.domain.advisory import FixStatus
from hostward.domain.versions.table import family_of
from hostward.usecases.vul_event_ports import Bringer
from hostward.usecases.vulnerabilities.explain import ENRICHING, Ground, Silence
from hostward.usecases.vulnerabilities.feed_health import FeedState

_BELOW: Final = Text(
    "{what} {version} is below {fixed}, the first version without it in {release}",
    "在 {release} 中,{what} {version} 低于首个修复版本 {fixed}",
)
_CHANGELOG: Final = Text(
    "{what} {version} is installed; the changelog of {fixed}, which is available for {release}, names this as fixed",
    "已安装 {what} {version};{release} 可用的 {fixed} 的更新日志说明其修复了此漏洞",
)
_WITHOUT_FIX: Final[Mapping[FixStatus, Text]] = {
    FixStatus.FIXED: Text(
        "{what} {version} is in the affected range of {release}; no version without it is named",
        "{what} {version} 在 {release} 的受影响范围内;公告未给出修复版本",
    ),
    FixStatus.UNFIXED: Text(
        "{what} {version} is affected in {release}, and no version there is fixed yet",
        "{what} {version} 在 {release} 中受影响,尚无修复版本",
    ),
    FixStatus.WONT_FIX: Text(
        "{what} {version} is affected in {release}, whose publisher will not fix it",
        "{what} {version} 在 {release} 中受影响,发行方不予修复",
    ),
    FixStatus.END_OF_LIFE: Text(
        "{what} {version} is affected in {release}, which is not maintained any more",
        "{what} {version} 在 {release} 中受影响,而该发行版已停止维护",
    ),
    FixStatus.UNDER_INVESTIGATION: Text(
        "{what} {version} may be affected in {release}: the publisher does not know yet",
        "{what} {version} 在 {release} 中可能受影响:发行方仍在调查",
    ),
}
_BUILT: Final = Text("{said} ({name} {installed} is built from it)", "{said}({name} {installed} 由其构建)")
_NO_LONGER: Final = Text("{said}; the feed does not say so any more", "{said};该数据源现已不再如此说明")

RELEASE_RULE: Final = Text(
    "Versions are compared in the order of {scheme}. A fixed version holds for {release} alone: in other releases the "
    "same fix may come under a lower or a higher number.",
    "版本按 {scheme} 规则比较。修复版本仅适用于 {release}:其他发行版中同一修复的版本号可能更低或更高。",
)
VERSION_RULE: Final = Text(
    "Versions are compared in the order of {scheme}, the same for every system.",
    "版本按 {scheme} 规则比较,与操作系统无关。",
)

NOT_COVERED: Final = Text(
    "No feed has data for {release}: what no changelog of the host names is not known.",
    "没有数据源覆盖 {release}:主机更新日志未提及的漏洞无从得知。",
)
_OTHER_VERSIONS: Final = Text(
    "It speaks of this package too, and does not count the installed version as affected.",
    "其中也有该软件包的公告,但不认为已安装的版本受影响。",
)
_SAYS_NOTHING: Final = Text(
    "It has no advisory about this package and vulnerability.", "其中没有该软件包此漏洞的公告。"
)
_NEVER: Final = Text(
    "It was never imported: what it would say is not known (hostward feed update).",
    "从未导入,内容未知(hostward feed update)。",
)
_NOT_ENRICHED: Final = Text(
    "It is not current, so that what it says of exploitation may be missing.", "数据不是最新,利用情况可能缺失。"
)
_OLD: Final[Mapping[FeedState, Text]] = {
    FeedState.STALE: Text(" It is as of {at} and old.", " 数据截至 {at},已过时。"),
    FeedState.FAILING: Text(" It is as of {at}; its last renewal failed.", " 数据截至 {at},最近一次更新失败。"),
}


def release_of(ecosystem: str) -> str:
    """An ecosystem for people: "Debian 12"."""
    return ecosystem.replace(":", " ")


def comparison(ground: Ground, language: Language) -> str:
    """What was compared with what."""
    one = ground.bringer
    said = _compared(ground).said(language, _values(one))
    if (one.package.name, one.package.version) != (one.package.source, one.package.source_version):
        said = _BUILT.said(language, {"said": said, "name": one.package.name, "installed": one.package.version})
    if ground.feed is not None and ground.said is None:
        said = _NO_LONGER.said(language, {"said": said})
    return said


def rule(ecosystem: str, language: Language) -> str:
    """By which order versions were compared, and where fixed versions hold."""
    family = family_of(ecosystem)
    text = RELEASE_RULE if ":" in ecosystem else VERSION_RULE
    scheme = family.scheme if family is not None else ecosystem
    return text.said(language, {"scheme": scheme, "release": release_of(ecosystem)})


def silence(one: Silence, at: str, language: Language) -> str:
    """Why a feed adds nothing. at: when its data was last found current, "" for never."""
    if one.feed.status is None:
        return _NEVER.said(language, {})
    of_package = _OTHER_VERSIONS if one.other_versions else _SAYS_NOTHING
    text = _NOT_ENRICHED if one.feed.feed in ENRICHING else of_package
    old = _OLD.get(one.feed.state)
    return text.said(language, {}) + (old.said(language, {"at": at}) if old is not None else "")


def _compared(ground: Ground) -> Text:
    if ground.feed is None:
        return _CHANGELOG
    return _BELOW if ground.bringer.fixed else _WITHOUT_FIX[ground.bringer.status]


def _values(one: Bringer) -> dict[str, object]:
    package = one.package
    return {
        "what": package.source,
        "version": package.source_version,
        "fixed": one.fixed,
        "release": release_of(package.ecosystem),
    }
