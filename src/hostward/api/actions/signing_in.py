"""The actions about signing in to the console. Part of the list in __init__."""

from types import ModuleType
from typing import Final

from hostward.api.action import HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import create_login_link, end_session, list_sessions, reset_totp, set_user_password


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


SIGNING_IN_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("CreateLoginLink", create_login_link, Permission.LINK_CREATE),
    _action("SetUserPassword", set_user_password, Permission.USER_WRITE),
    _action("ResetTotp", reset_totp, Permission.USER_WRITE),
    _action("ListSessions", list_sessions, Permission.SESSION_READ),
    _action("EndSession", end_session, Permission.SESSION_END),
)
