"""The actions by which machines come and go. Part of the list in __init__."""

from types import ModuleType
from typing import Final

from hostward.api.action import CWP, HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import (
    approve_machine,
    create_enrolment_token,
    delete_machine,
    describe_agent_install_command,
    describe_agent_installation_token,
    list_enrolment_tokens,
    list_waiting_machines,
    reject_machine,
    release_machine,
    remove_machine,
    revoke_enrolment_token,
)


def _action(name: str, module: ModuleType, permission: Permission, service: str = HOSTWARD) -> AnyAction:
    """The action of a module that has its request, response, errors and answer."""
    return Action(
        service=service,
        name=name,
        request=module.Request,
        response=module.Response,
        permission=permission,
        errors=module.ERRORS,
        answer=module.answer,
    )


ENROLMENT_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("DeleteMachine", delete_machine, Permission.MACHINE_REMOVE, CWP),
    _action("DescribeAgentInstallCommand", describe_agent_install_command, Permission.ENROLMENT_WRITE, CWP),
    _action("DescribeAgentInstallationToken", describe_agent_installation_token, Permission.ENROLMENT_WRITE, CWP),
    _action("CreateEnrolmentToken", create_enrolment_token, Permission.ENROLMENT_WRITE),
    _action("ListEnrolmentTokens", list_enrolment_tokens, Permission.ENROLMENT_READ),
    _action("RevokeEnrolmentToken", revoke_enrolment_token, Permission.ENROLMENT_WRITE),
    _action("ListWaitingMachines", list_waiting_machines, Permission.ENROLMENT_READ),
    _action("ApproveMachine", approve_machine, Permission.ENROLMENT_WRITE),
    _action("RejectMachine", reject_machine, Permission.ENROLMENT_WRITE),
    _action("ReleaseMachine", release_machine, Permission.ENROLMENT_WRITE),
    _action("RemoveMachine", remove_machine, Permission.MACHINE_REMOVE),
)
