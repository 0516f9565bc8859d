"""StartBaselineDetect."""

from datetime import timedelta

import pytest

from api_bench import ApiBench
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions
from hostward.scanners.baseline.catalogue import ITEMS, POLICIES, RULES


def started(api: ApiBench, **param):
    """The task that a request starts."""
    answer = api.call("StartBaselineDetect", {"Param": param})
    assert answer.code == "", answer.response
    return api.store.tasks.stored[answer.response["TaskId"]]


def refused(api: ApiBench, **param) -> str:
    """The message of a refusal for a wrong value; nothing was started."""
    answer = api.call("StartBaselineDetect", {"Param": param})
    assert (answer.code, api.store.tasks.stored) == ("InvalidParameterValue", {})
    return answer.message


def test_empty_lists_are_everything(api: ApiBench):
    """All policies on all machines, an hour for each."""
    task = started(api)
    assert (task.module, task.options, task.timeout) == (Module.BASELINE, BaselineOptions(), timedelta(hours=1))
    assert task.content == tuple(policy.name for policy in POLICIES)
    assert api.hub.woken == [1, 2]


def test_content_is_the_names_of_the_policies(api: ApiBench):
    """Those that the items asked for belong to."""
    policy = POLICIES[-1]
    assert started(api, PolicyIds=[policy.id]).content == (policy.name,)
    rule = RULES[0]
    assert started(api, RuleIds=[rule.id]).content == (
        next(policy.name for policy in POLICIES if policy.id == rule.policy),
    )


def test_lists_narrow_one_another(api: ApiBench):
    """Each number once."""
    item = ITEMS[0]
    task = started(api, PolicyIds=[item.policy], RuleIds=[item.rule, item.rule], ItemIds=[item.id])
    assert task.options == BaselineOptions(policies=(item.policy,), rules=(item.rule,), items=(item.id,))


@pytest.mark.parametrize("name", ["PolicyIds", "RuleIds", "ItemIds"])
def test_unknown_numbers_are_refused_with_the_known_ones(api: ApiBench, name: str):
    """By the name of their list."""
    message = refused(api, **{name: [987_654]})
    assert (name in message, "987654" in message) == (True, True)


@pytest.mark.parametrize("number", [0, -1, 2**53, -(2**63), 2**63 - 1])
def test_numbers_have_a_range(api: ApiBench, number: int):
    """Before the catalogue is asked."""
    assert "Param.RuleIds" in refused(api, RuleIds=[number])


def test_lists_that_have_nothing_in_common_are_refused(api: ApiBench):
    """A scan of no items would be clean for the wrong reason."""
    foreign = next(item for item in ITEMS if item.policy != POLICIES[0].id)
    assert refused(api, PolicyIds=[POLICIES[0].id], ItemIds=[foreign.id])


def test_a_list_has_a_most(api: ApiBench):
    """1,000 numbers."""
    assert "0 - 1000" in refused(api, ItemIds=[ITEMS[0].id] * 1001)


def test_host_ids_are_quuids(api: ApiBench):
    """Only these machines."""
    started(api, HostIds=["q-2"])
    assert api.hub.woken == [2]


def test_unknown_hosts_are_refused(api: ApiBench):
    """And named."""
    assert "nobody" in refused(api, HostIds=["nobody"])


def test_param_is_required(api: ApiBench):
    """Even when it is empty."""
    answer = api.call("StartBaselineDetect", {})
    assert (answer.code, "Param" in answer.message) == ("MissingParameter", True)


def test_an_unknown_member_of_param_is_named(api: ApiBench):
    """With its path."""
    answer = api.call("StartBaselineDetect", {"Param": {"Policies": [1]}})
    assert (answer.code, "Param.Policies" in answer.message) == ("UnknownParameter", True)
