"""The actions of vulnerability feeds. Part of the list in __init__."""

from typing import Final

from hostward.api.action import HOSTWARD, Action, AnyAction, Permission
from hostward.api.actions import list_feeds, update_feeds

FEED_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        service=HOSTWARD,
        name="ListFeeds",
        request=list_feeds.Request,
        response=list_feeds.Response,
        permission=Permission.FEED_READ,
        errors=list_feeds.ERRORS,
        answer=list_feeds.answer,
    ),
    Action(
        service=HOSTWARD,
        name="UpdateFeeds",
        request=update_feeds.Request,
        response=update_feeds.Response,
        permission=Permission.FEED_WRITE,
        errors=update_feeds.ERRORS,
        answer=update_feeds.answer,
    ),
)
