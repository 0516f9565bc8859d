"""What the console's pages ask besides tasks: overview, machines, estimates, schedules to come, generated code."""

from types import ModuleType
from typing import Final

from hostward.api.action import HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import (
    describe_overview,
    estimate_scan,
    export_machines,
    generate_code,
    list_machine_restarts,
    list_machines,
    preview_schedule,
    skip_schedule_once,
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


CONSOLE_VIEW_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("DescribeOverview", describe_overview, Permission.READ),
    _action("ListMachines", list_machines, Permission.MACHINE_READ),
    _action("ExportMachines", export_machines, Permission.EXPORT),
    _action("ListMachineRestarts", list_machine_restarts, Permission.MACHINE_READ),
    _action("EstimateScan", estimate_scan, Permission.READ),
    _action("PreviewSchedule", preview_schedule, Permission.SCHEDULE_READ),
    _action("SkipScheduleOnce", skip_schedule_once, Permission.SCHEDULE_WRITE),
    _action("GenerateCode", generate_code, Permission.READ),
)
