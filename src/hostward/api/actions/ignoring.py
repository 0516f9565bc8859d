"""Actions about vulnerabilities that are set aside. Part of the list in __init__."""

from types import ModuleType
from typing import Final

from hostward.api.action import CWP, HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import (
    add_vul_ignore_rule,
    create_ignore_rule,
    end_ignore_rule,
    import_vex,
    list_ignore_rules,
    list_vex_documents,
    remove_vex,
    update_ignore_rule,
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


IGNORE_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("AddVulIgnoreRule", add_vul_ignore_rule, Permission.IGNORE_WRITE, CWP),
    _action("ListIgnoreRules", list_ignore_rules, Permission.IGNORE_READ),
    _action("CreateIgnoreRule", create_ignore_rule, Permission.IGNORE_WRITE),
    _action("UpdateIgnoreRule", update_ignore_rule, Permission.IGNORE_WRITE),
    _action("EndIgnoreRule", end_ignore_rule, Permission.IGNORE_WRITE),
    _action("ImportVex", import_vex, Permission.VEX_WRITE),
    _action("ListVexDocuments", list_vex_documents, Permission.VEX_READ),
    _action("RemoveVex", remove_vex, Permission.VEX_WRITE),
)
