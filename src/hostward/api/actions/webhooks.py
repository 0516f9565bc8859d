"""The webhook actions of the service hostward. Part of the list in __init__."""

from types import ModuleType
from typing import Final

from hostward.api.action import HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import (
    create_webhook,
    delete_webhook,
    list_webhook_deliveries,
    list_webhooks,
    test_webhook,
    update_webhook,
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


WEBHOOK_ACTIONS: Final[tuple[AnyAction, ...]] = (
    _action("ListWebhooks", list_webhooks, Permission.NOTIFICATION_READ),
    _action("CreateWebhook", create_webhook, Permission.NOTIFICATION_WRITE),
    _action("UpdateWebhook", update_webhook, Permission.NOTIFICATION_WRITE),
    _action("DeleteWebhook", delete_webhook, Permission.NOTIFICATION_WRITE),
    _action("TestWebhook", test_webhook, Permission.NOTIFICATION_WRITE),
    _action("ListWebhookDeliveries", list_webhook_deliveries, Permission.NOTIFICATION_READ),
)
