"""Every action this server answers: the only list of them."""

from typing import Final

from hostward.api.action import CWP, HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import (
    create_scan_malware_setting,
    delete_scan_task,
    describe_scan_state,
    describe_scan_task_details,
    list_scan_tasks,
    scan_vul,
    start_baseline_detect,
)

ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        service=CWP,
        name="DescribeScanTaskDetails",
        request=describe_scan_task_details.Request,
        response=describe_scan_task_details.Response,
        permission=Permission.READ,
        errors=describe_scan_task_details.ERRORS,
        answer=describe_scan_task_details.answer,
    ),
    Action(
        service=CWP,
        name="ScanVul",
        request=scan_vul.Request,
        response=scan_vul.Response,
        permission=Permission.SCAN,
        errors=scan_vul.ERRORS,
        answer=scan_vul.answer,
    ),
    Action(
        service=CWP,
        name="CreateScanMalwareSetting",
        request=create_scan_malware_setting.Request,
        response=create_scan_malware_setting.Response,
        permission=Permission.SCAN,
        errors=create_scan_malware_setting.ERRORS,
        answer=create_scan_malware_setting.answer,
    ),
    Action(
        service=CWP,
        name="StartBaselineDetect",
        request=start_baseline_detect.Request,
        response=start_baseline_detect.Response,
        permission=Permission.SCAN,
        errors=start_baseline_detect.ERRORS,
        answer=start_baseline_detect.answer,
    ),
    Action(
        service=CWP,
        name="DescribeScanState",
        request=describe_scan_state.Request,
        response=describe_scan_state.Response,
        permission=Permission.READ,
        errors=describe_scan_state.ERRORS,
        answer=describe_scan_state.answer,
    ),
    Action(
        service=CWP,
        name="DeleteScanTask",
        request=delete_scan_task.Request,
        response=delete_scan_task.Response,
        permission=Permission.SCAN,
        errors=delete_scan_task.ERRORS,
        answer=delete_scan_task.answer,
    ),
    Action(
        service=HOSTWARD,
        name="ListScanTasks",
        request=list_scan_tasks.Request,
        response=list_scan_tasks.Response,
        permission=Permission.READ,
        errors=list_scan_tasks.ERRORS,
        answer=list_scan_tasks.answer,
    ),
)
