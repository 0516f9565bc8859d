"""The actions of the service hostward that show a task to people. Part of the list in __init__."""

from types import ModuleType
from typing import Final

from hostward.api.action import HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import (
    compare_scan_tasks,
    describe_scan_task,
    list_scan_task_machines,
    list_scan_task_risks,
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


TASK_VIEW_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("DescribeScanTask", describe_scan_task),
    _action("ListScanTaskMachines", list_scan_task_machines),
    _action("ListScanTaskRisks", list_scan_task_risks),
    _action("CompareScanTasks", compare_scan_tasks),
)
