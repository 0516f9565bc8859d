"""Who may call what: every action by every role, and the words of each refusal."""

import asyncio
from dataclasses import replace

import pytest

from account_bench import AccountBench
from hostward.api.action import HOSTWARD, Action, Permission
from hostward.api.actions import ACTIONS
from hostward.api.admission import Admission
from hostward.api.authenticator import Caller
from hostward.api.errors import ApiError, Code
from hostward.api.rate_limit import ProcessRate
from hostward.domain.account import Role, User
from hostward.domain.ids import AccountId, UserId
from hostward.domain.permission import GRANTS, lacking

ANN = User(id=UserId(1), account=AccountId(1), name="ann", role=Role.ADMINISTRATOR)


def refusal(user: User, action) -> ApiError | None:
    """Why a call is not let through, None when it is."""
    try:
        asyncio.run(Admission(ProcessRate(1000)).admit(Caller(user=user, service=action.service), action, 0.0))
    except ApiError as error:
        return error
    return None


def action_of(name: str):
    """An action by its name."""
    return next(action for action in ACTIONS if action.name == name)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_action_has_an_entry(action) -> None:
    """One without would be refused to everybody."""
    assert action.permission in GRANTS


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_an_action_is_let_through_by_the_table_alone(action, role: Role) -> None:
    """Each role, with and without limits."""
    for user in (replace(ANN, role=role), replace(ANN, role=role, tags=("env=prod",)), replace(ANN, bound=role)):
        allowed = lacking(user, action.permission) is None
        found = refusal(user, action)
        assert (found is None) is allowed
        assert found is None or found.code is Code.UNAUTHORIZED_OPERATION


@pytest.mark.parametrize("role", list(Role))
def test_an_action_without_an_entry_is_refused_to_everybody(role: Role) -> None:
    """Forgetting it opens nothing."""
    known = action_of("ListUsers")
    action = Action(
        service=HOSTWARD, name="Forgotten", request=known.request, response=known.response, errors=known.errors,
        answer=known.answer,
    )  # fmt: skip
    found = refusal(replace(ANN, role=role), action)
    assert found is not None
    assert (found.code, "Forgotten has no entry" in found.message("en-US")) == (Code.UNAUTHORIZED_OPERATION, True)


def test_a_refusal_names_the_permission_and_the_role() -> None:
    """In both languages."""
    found = refusal(replace(ANN, role=Role.AUDITOR), action_of("ScanVul"))
    assert found is not None
    assert found.message("en-US") == "ScanVul needs permission scan:start, role auditor lacks it (user ann)."
    assert found.message("zh-CN") == "ScanVul 需要权限 scan:start,角色 auditor 不具备该权限(用户 ann)。"


@pytest.mark.parametrize(
    ("user", "action", "words"),
    [
        (replace(ANN, tags=("env=prod", "team=a")), "ListUsers", "user ann is limited to env=prod, team=a"),
        (replace(ANN, bound=Role.ADMINISTRATOR), "CreateUser", "temporary keys never have"),
        (replace(ANN, bound=Role.AUDITOR), "ScanVul", "role auditor that the temporary key was made for lacks it"),
    ],
)
def test_a_refusal_says_what_stands_against_it(user: User, action: str, words: str) -> None:
    """So that the right thing is asked for."""
    found = refusal(user, action_of(action))
    assert found is not None
    assert words in found.message("en-US")
    assert str(action_of(action).permission) in found.message("zh-CN")


@pytest.mark.parametrize("change", [{"enabled": False}, {"locked": True}], ids=str)
def test_a_user_who_is_kept_out_is_refused_whatever_they_may(change: dict) -> None:
    """Also when the way they came in by did not look."""
    found = refusal(replace(ANN, **change), action_of("ListUsers"))
    assert found is not None
    assert found.code is Code.AUTH_FAILURE


def test_a_denied_call_spends_nothing_of_the_rate() -> None:
    """Else a mistake would keep the user from what they may do."""
    admission, auditor = Admission(ProcessRate(1)), replace(ANN, role=Role.AUDITOR)
    for _ in range(5):
        with pytest.raises(ApiError):
            asyncio.run(admission.admit(Caller(user=auditor, service="cwp"), action_of("ScanVul"), 0.0))
    asyncio.run(admission.admit(Caller(user=ANN, service="cwp"), action_of("ScanVul"), 0.0))


def test_only_actions_that_read_have_permissions_that_read() -> None:
    """What is audited goes by the permission: a changing action under a reading one would leave no trace.

    ExportTasks only tells how far an export is; the others reckon, compare, judge or write something and keep nothing.
    The two that describe an installation make a token, whatever the API calls them.
    """
    reading = {action.name for action in ACTIONS if not action.changes}
    others = {name for name in reading if not name.startswith(("Describe", "List"))}
    assert others == {
        "ExportTasks",
        "CompareScanTasks",
        "EstimateScan",
        "ExplainFinding",
        "GenerateCode",
        "PreviewSchedule",
        "ScanSbom",
    }
    changing = [action.name for action in ACTIONS if action.changes]
    assert [name for name in changing if name.startswith(("Describe", "List"))] == [
        "DescribeAgentInstallCommand", "DescribeAgentInstallationToken",
    ]  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_roles_work_from_the_key_on(role: Role) -> None:
    """Through the whole gateway."""
    bench = AccountBench()
    account = bench.account()
    client = bench.client(account, "ann", role)
    codes = [client(name, request).code for name, request in (("ListScanTasks", {}), ("ListUsers", {}))]
    denied = "AuthFailure.UnauthorizedOperation"
    assert codes == ["", denied if lacking(replace(ANN, role=role), Permission.USER_READ) else ""]
