"""What an overview says, in the two languages of X-TC-Language."""

from collections.abc import Mapping
from typing import Final

from hostward.api.texts import Text
from hostward.domain.score import Ground

GROUNDS: Final[Mapping[Ground, Text]] = {
    Ground.MALWARE: Text(
        "Machines with malware in their newest results: {count}. Look at the files and clean them",
        "{count} 台主机的最新结果中有木马文件:请查看并清理",
    ),
    Ground.CRITICAL_VULS: Text(
        "Critical vulnerabilities with a fix: {count}. Update the packages",
        "{count} 个严重漏洞已有修复版本:请更新软件包",
    ),
    Ground.BASELINE: Text(
        "Machines that failed an item of a baseline: {count} of {of} judged. Follow what the items say",
        "{of} 台已检查基线的主机中有 {count} 台存在未通过项:请按各项建议处理",
    ),
    Ground.NO_MACHINES: Text("No machine is enrolled: enrol the first one", "尚未接入主机:请接入第一台主机"),
    Ground.NEVER_JUDGED: Text(
        "Results that are missing: {count} of {of}, one for each machine and kind of scan. Scan those machines",
        "每台主机每类扫描应各有一个结果,共 {of} 个,缺少 {count} 个:请扫描这些主机",
    ),
    Ground.NO_FEED: Text(
        "No vulnerability feed is imported, so that no package can be judged: import one (hostward feed import)",
        "尚未导入漏洞数据,无法判断软件包:请导入(hostward feed import)",
    ),
    Ground.STALE_FEED: Text(
        "Vulnerability feeds not renewed for {days} days: {count} of {of}. Import them anew",
        "{of} 个漏洞数据源中有 {count} 个超过 {days} 天未更新:请重新导入",
    ),
    Ground.OFFLINE: Text(
        "Machines offline: {count} of {of}. See whether their agents run",
        "{of} 台主机中有 {count} 台离线:请检查其客户端是否运行",
    ),
    Ground.FAILED: Text(
        "Machines failed in the newest scans: {count} of {of}. See why and scan them again",
        "最近的扫描中 {of} 台主机有 {count} 台失败:请查看原因并重新扫描",
    ),
}
NEVER_SCANNED: Final = Text(
    "Machines never scanned: {count} of {of}. Scan them: nothing is known of their risks",
    "{of} 台主机中有 {count} 台从未扫描:请扫描,其风险尚不可知",
)
