"""The actions that show what is known of vulnerabilities. Part of the list in __init__."""

from types import ModuleType
from typing import Final

from hostward.api.action import CWP, Action, AnyAction, Permission
from hostward.api.actions import (
    describe_emergency_vul_list,
    describe_vul_cve_id_info,
    describe_vul_effect_host_list,
    describe_vul_host_count_scan_time,
    describe_vul_info_cvss,
    describe_vul_level_count,
    describe_vul_list,
    describe_vul_store_list,
    describe_vul_top,
    export_vul_effect_host_list,
    export_vul_list,
)


def _action(name: str, module: ModuleType, permission: Permission = Permission.SCAN_READ) -> AnyAction:
    """The action of a module that has its request, response, errors and answer."""
    return Action(
        service=CWP,
        name=name,
        request=module.Request,
        response=module.Response,
        permission=permission,
        errors=module.ERRORS,
        answer=module.answer,
    )


VULNERABILITY_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("DescribeVulStoreList", describe_vul_store_list),
    _action("DescribeVulCveIdInfo", describe_vul_cve_id_info),
    _action("DescribeVulInfoCvss", describe_vul_info_cvss),
    _action("DescribeEmergencyVulList", describe_emergency_vul_list),
    _action("DescribeVulList", describe_vul_list),
    _action("DescribeVulEffectHostList", describe_vul_effect_host_list),
    _action("DescribeVulLevelCount", describe_vul_level_count),
    _action("DescribeVulTop", describe_vul_top),
    _action("DescribeVulHostCountScanTime", describe_vul_host_count_scan_time),
    _action("ExportVulList", export_vul_list, Permission.EXPORT),
    _action("ExportVulEffectHostList", export_vul_effect_host_list, Permission.EXPORT),
)
