"""The account actions of the service hostward: users, keys, tags, audit log. Part of the list in __init__."""

from types import ModuleType
from typing import Final

from hostward.api.action import HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import (
    create_api_key,
    create_temporary_token,
    create_user,
    delete_api_key,
    describe_request,
    disable_api_key,
    disable_user,
    enable_api_key,
    enable_user,
    list_api_keys,
    list_audit_entries,
    list_machine_tags,
    list_scan_limits,
    list_users,
    lock_user,
    rotate_api_key,
    set_machine_tags,
    set_scan_limits,
    set_user_role,
    set_user_tags,
    unlock_user,
)


def _action(name: str, module: ModuleType, permission: Permission) -> AnyAction:
    """The action of a module that has its request, response, errors and answer."""
    return Action(
        service=HOSTWARD,
        name=name,
        request=module.Request,
        response=module.Response,
        permission=permission,
        errors=module.ERRORS,
        answer=module.answer,
    )


ACCOUNT_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("CreateUser", create_user, Permission.USER_WRITE),
    _action("ListUsers", list_users, Permission.USER_READ),
    _action("SetUserRole", set_user_role, Permission.USER_WRITE),
    _action("SetUserTags", set_user_tags, Permission.USER_WRITE),
    _action("DisableUser", disable_user, Permission.USER_WRITE),
    _action("EnableUser", enable_user, Permission.USER_WRITE),
    _action("LockUser", lock_user, Permission.USER_WRITE),
    _action("UnlockUser", unlock_user, Permission.USER_WRITE),
    _action("CreateApiKey", create_api_key, Permission.KEY_WRITE),
    _action("ListApiKeys", list_api_keys, Permission.KEY_READ),
    _action("DisableApiKey", disable_api_key, Permission.KEY_WRITE),
    _action("EnableApiKey", enable_api_key, Permission.KEY_WRITE),
    _action("RotateApiKey", rotate_api_key, Permission.KEY_ROTATE),
    _action("DeleteApiKey", delete_api_key, Permission.KEY_WRITE),
    _action("CreateTemporaryToken", create_temporary_token, Permission.TOKEN_CREATE),
    _action("SetMachineTags", set_machine_tags, Permission.MACHINE_TAG),
    _action("SetScanLimits", set_scan_limits, Permission.MACHINE_WRITE),
    _action("ListScanLimits", list_scan_limits, Permission.MACHINE_READ),
    _action("ListMachineTags", list_machine_tags, Permission.MACHINE_READ),
    _action("ListAuditEntries", list_audit_entries, Permission.AUDIT_READ),
    _action("DescribeRequest", describe_request, Permission.REQUEST_READ),
)
