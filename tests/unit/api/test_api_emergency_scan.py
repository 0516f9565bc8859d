"""CreateEmergencyVulScan."""

from dataclasses import replace
from typing import Any

import pytest

from api_bench import ApiBench
from api_scenarios import ZLIB
from hostward.domain.ids import VulId
from hostward.domain.options import VulOptions

EXPLOITED = replace(ZLIB, id=VulId(7), key="CVE-2026-7", kev=True)
OTHER = replace(ZLIB, id=VulId(8), key="CVE-2026-8")


@pytest.fixture
def bench(api: ApiBench) -> ApiBench:
    """A server that knows of one exploited vulnerability and of another one."""
    api.store.advisories.known = [EXPLOITED, OTHER]
    return api


def called(api: ApiBench, **request: Any) -> tuple[str, str]:
    """Code and message of the answer."""
    answer = api.call("CreateEmergencyVulScan", request)
    return answer.code, answer.message if answer.code else ""


def test_all_machines_are_scanned_for_it(bench: ApiBench) -> None:
    """The task counts this vulnerability alone, and says that it is for an emergency."""
    assert called(bench, VulId=7, TimeoutPeriod=60) == ("", "")
    (task,) = bench.store.tasks.stored.values()
    assert (task.options, task.content) == (VulOptions(vul_ids=(VulId(7),), emergency=True), ("0", "1", "2", "4"))
    assert (task.timeout.total_seconds(), bench.hub.woken) == (60.0, [1, 2])


def test_machines_may_be_named_by_their_uuids(bench: ApiBench) -> None:
    """Each once."""
    uuid = bench.store.machines.stored[1].uuid
    assert called(bench, VulId=7, Uuids=[uuid, uuid]) == ("", "")
    assert bench.hub.woken == [2]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"VulId": 8}, "CVE-2026-8, which is not known to be exploited"),
        ({"VulId": 9}, "do not exist: 9"),
        ({"VulId": 7, "Uuids": ["nobody"]}, "Uuids names machines that do not exist: nobody"),
        ({"VulId": 0}, "VulId"),
    ],
    ids=["not exploited", "unknown", "no machine", "zero"],
)
def test_what_can_not_be_scanned_for_is_refused(bench: ApiBench, request_: dict[str, Any], words: str) -> None:
    """Nothing is started."""
    code, message = called(bench, **request_)
    assert (code, words in message, bench.store.tasks.stored) == ("InvalidParameterValue", True, {})


def test_without_a_catalogue_it_says_how_to_get_one(bench: ApiBench) -> None:
    """Nobody knows then what is exploited."""
    bench.store.advisories.known = [OTHER]
    assert "hostward feed update kev" in called(bench, VulId=8)[1]
