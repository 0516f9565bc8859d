"""A user's script with the official Python SDK: what is known of vulnerabilities, and what of it is exploited.

argv: endpoint. Prints what it saw as JSON.
"""

import json
import sys

from sdk_fleet import Asker


def pages(ask: Asker, action: str, size: int, **more) -> list[str]:
    """The CVE ids of all pages."""
    found: list[str] = []
    total = 1
    while len(found) < total:
        said = ask(action, Limit=size, Offset=len(found), **more)
        total = said.TotalCount
        found += [one.CveId for one in said.List]
    return found


def main(endpoint: str) -> dict:
    """The story."""
    ask = Asker(endpoint)
    store = ask("DescribeVulStoreList", By="PublishDate", Order="ASC")
    named = ask("DescribeVulStoreList", Filters=[{"Name": "VulName", "Values": ["xz"]}]).List
    numbers = ask("DescribeVulCveIdInfo", CveIds=["CVE-2021-44228", "CVE-1999-1", "CVE-2024-3094"]).List
    said = [ask("DescribeVulInfoCvss", VulId=one.VulId) for one in numbers]
    emergency = ask("DescribeEmergencyVulList", By="HostCount")
    risky = ask("DescribeEmergencyVulList", Filters=[{"Name": "Status", "Values": ["1"]}])
    return {
        "store": [store.TotalCount, store.Remaining, store.FreeSearchTimes, [one.CveId for one in store.List]],
        "pages": [pages(ask, "DescribeVulStoreList", 2), pages(ask, "DescribeEmergencyVulList", 1)],
        "named": [[one.CveId, one.Name, one.Level, one.VulCategory, one.PublishDate[:10]] for one in named],
        "described": [[one.CveId, one.VulLevel, one.CvssScore, one.Labels, one.RepairPlan] for one in said],
        "emergency": [emergency.TotalCount, emergency.ExistsRisk, emergency.List[0].CveId],
        "hosts": [[one.CveId, one.Status, one.HostCount, one.Progress] for one in risky.List],
        "errors": [
            ask.code("DescribeVulStoreList", Limit=101),
            ask.code("DescribeVulInfoCvss", VulId=99),
            ask.code("DescribeVulCveIdInfo", CveIds=[]),
            ask.code("DescribeEmergencyVulList", By="Name"),
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
