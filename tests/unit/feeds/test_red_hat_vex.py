"""Red Hat's VEX documents: the builds that hold a fix, and what is open in which release."""

import json
from pathlib import Path

import pytest
from tests.support.archives_made import tar_of

from hostward.domain.advisory import FixStatus
from hostward.domain.errors import FeedError
from hostward.domain.severity import Level
from hostward.feeds.csaf import CSAF
from hostward.feeds.table import feed_of

CVE = "CVE-2026-3333"
PRODUCTS = {
    "red_hat_enterprise_linux_7": "cpe:/o:redhat:enterprise_linux:7",
    "red_hat_enterprise_linux_8": "cpe:/o:redhat:enterprise_linux:8",
    "AppStream-9.4": "cpe:/a:redhat:enterprise_linux:9::appstream",
    "AppStream-9.2.EUS": "cpe:/a:redhat:rhel_eus:9.2::appstream",
}


def document(cve: str = CVE, /, **status: list[str]) -> dict[str, object]:
    """A document; a product's package is "PRODUCT:PACKAGE"."""
    leaves = [
        {"category": "product_name", "product": {"product_id": name, "product_identification_helper": {"cpe": cpe}}}
        for name, cpe in PRODUCTS.items()
    ]
    ids = [identity for each in status.values() for identity in each]
    related = [
        {
            "full_product_name": {"product_id": identity},
            "product_reference": identity.partition(":")[2],
            "relates_to_product_reference": identity.partition(":")[0],
        }
        for identity in ids
    ]
    said = {
        "cve": cve, "title": "tool: a flaw", "product_status": status, "release_date": "2026-03-04T00:00:00+00:00",
        "notes": [{"category": "summary", "text": "no"}, {"category": "description", "text": "A flaw."}],
        "threats": [{"category": "impact", "details": "Important"}],
        "scores": [{"cvss_v3": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
        "remediations": [
            {"category": "no_fix_planned", "details": "Out of support scope",
             "product_ids": ["red_hat_enterprise_linux_7:tool"]},
            {"category": "no_fix_planned", "details": "Will not fix",
             "product_ids": ["red_hat_enterprise_linux_8:tool"]},
        ],
    }  # fmt: skip
    return {
        "document": {"category": "csaf_vex", "publisher": {"namespace": "https://www.redhat.com"}},
        "product_tree": {"branches": [{"branches": [{"branches": leaves}]}], "relationships": related},
        "vulnerabilities": [said],
    }


FIXED = [
    "AppStream-9.4:tool-0:1.2-3.el9_4.x86_64", "AppStream-9.4:tool-0:1.2-3.el9_4.aarch64",
    "AppStream-9.4:tool-libs-2:1.2-3.el9_4.x86_64", "AppStream-9.4:tool-0:1.2-9.el9_4.x86_64",
    "AppStream-9.4:tool-0:1.2-3.el9_4.src", "AppStream-9.4:tool-debuginfo-0:1.2-3.el9_4.x86_64",
    "AppStream-9.4:node-1:16.1-1.module+el9.4.0+1+2.x86_64", "AppStream-9.2.EUS:tool-0:1.0-1.el9_2.x86_64",
]  # fmt: skip


def test_a_fix_is_the_first_build_that_holds_it(tmp_path: Path) -> None:
    """By package, with its epoch; sources, debug data, module streams and extended support are something else."""
    path = tmp_path / "vex.json"
    path.write_text(json.dumps(document(fixed=FIXED)))
    assert feed_of(path) is CSAF
    reading = CSAF.read(path)
    [advisory] = list(reading)
    assert {(each.ecosystem, each.name, each.fixed) for each in advisory.affected} == {
        ("Red Hat:enterprise_linux:9", "tool", "1.2-3.el9_4"),
        ("Red Hat:enterprise_linux:9", "tool-libs", "2:1.2-3.el9_4"),
    }
    assert (advisory.key, advisory.level, advisory.level_source, advisory.cvss) == (
        CVE, Level.HIGH, "distribution severity", 9.8,
    )  # fmt: skip
    assert (advisory.title, advisory.description) == ("tool: a flaw", "A flaw.")
    assert reading.skipped == {"packages of module streams": 1, "packages of other products of Red Hat's": 1}


def test_what_is_open_says_why(tmp_path: Path) -> None:
    """Out of support, given up, not yet fixed, not yet known."""
    path = tmp_path / "vex.tar.gz"
    open_ones = [
        "red_hat_enterprise_linux_7:tool", "red_hat_enterprise_linux_8:tool", "AppStream-9.4:tool",
        "red_hat_enterprise_linux_8:node:16/node",
    ]  # fmt: skip
    said = document(known_affected=open_ones, under_investigation=["AppStream-9.4:other"])
    path.write_bytes(tar_of({"2026/a.json": json.dumps(said).encode()}, "gz"))
    assert feed_of(path) is CSAF
    [advisory] = list(CSAF.read(path))
    assert [(each.ecosystem.rpartition(":")[2], each.name, each.status) for each in advisory.affected] == [
        ("7", "tool", FixStatus.END_OF_LIFE), ("8", "tool", FixStatus.WONT_FIX), ("9", "tool", FixStatus.UNFIXED),
        ("9", "other", FixStatus.UNDER_INVESTIGATION),
    ]  # fmt: skip


def test_damaged_and_doubled_documents_leave_the_others_alone(tmp_path: Path) -> None:
    """They are counted; a feed of them alone is refused."""
    for name, text in {"a": json.dumps(document()), "b": json.dumps(document()), "c": "{", "d": '{"a": 1}'}.items():
        (tmp_path / f"{name}.json").write_text(text)
    reading = CSAF.read(tmp_path)
    assert [each.key for each in reading] == [CVE]
    assert reading.skipped == {
        "records that can't be read": 2, "records without a CVE, or with one that was there before": 1,
    }  # fmt: skip
    for name in "ab":
        (tmp_path / f"{name}.json").unlink()
    with pytest.raises(FeedError, match="no VEX document"):
        list(CSAF.read(tmp_path))


def test_branches_without_end_are_refused(tmp_path: Path) -> None:
    """A tree that is deeper than any stack is no document."""
    deep = '{"branches": [' * 5000 + "{}" + "]}" * 5000
    text = '{"document": {"category": "csaf_vex"}, "product_tree": ' + deep + ', "vulnerabilities": []}'
    (tmp_path / "deep.json").write_text(text)
    with pytest.raises(FeedError, match="no VEX document"):
        list(CSAF.read(tmp_path / "deep.json"))
