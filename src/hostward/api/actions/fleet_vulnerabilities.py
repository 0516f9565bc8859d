"""The actions of the service hostward that show what machines have between scans too. Part of the list in __init__."""

from types import ModuleType
from typing import Final

from hostward.api.action import HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import (
    explain_finding,
    list_machine_vulnerabilities,
    list_upgrades,
    list_vulnerabilities,
    list_vulnerable_machines,
    scan_sbom,
)


def _action(name: str, module: ModuleType) -> AnyAction:
    """The action of a module that has its request, response, errors and answer."""
    return Action(
        service=HOSTWARD,
        name=name,
        request=module.Request,
        response=module.Response,
        permission=Permission.SCAN_READ,
        errors=module.ERRORS,
        answer=module.answer,
    )


FLEET_VULNERABILITY_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("ListVulnerabilities", list_vulnerabilities),
    _action("ListVulnerableMachines", list_vulnerable_machines),
    _action("ListMachineVulnerabilities", list_machine_vulnerabilities),
    _action("ListUpgrades", list_upgrades),
    _action("ExplainFinding", explain_finding),
    _action("ScanSbom", scan_sbom),
)
