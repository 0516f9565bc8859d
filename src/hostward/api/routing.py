"""Which action a request calls: service, version and name, in this order."""

from collections.abc import Sequence

from hostward.api.action import CWP, VERSIONS, AnyAction
from hostward.api.authenticator import Caller
from hostward.api.call import Call
from hostward.api.errors import ApiError, Code
from hostward.api.hosts import host_candidates
from hostward.api.http import Head
from hostward.api.names import NAMES
from hostward.api.texts import NO_ACTION, NO_SERVICE, NO_VERSION, NOT_SERVED, shown

_KNOWN = ", ".join(f"{service} {version}" for service, version in VERSIONS.items())


class Routes:
    """The actions that are served, by service and name."""

    def __init__(self, actions: Sequence[AnyAction], host_aliases: Sequence[str]) -> None:
        self._actions = {(action.service, action.name): action for action in actions}
        self._aliases = tuple(host_aliases)

    def action(self, head: Head, call: Call, caller: Caller) -> AnyAction:
        """The action called.

        Raises ApiError: NoSuchProduct, NoSuchVersion, UnsupportedOperation for a real action that is not served here,
        InvalidAction for any other name.
        """
        service = self._service(head, call, caller)
        if VERSIONS.get(service) != call.version:
            said = {"service": service or caller.service, "version": shown(call.version)}
            raise ApiError(Code.NO_SUCH_VERSION, NO_VERSION, **said, known=VERSIONS.get(service, _KNOWN))
        action = self._actions.get((service, call.action))
        if action is not None:
            return action
        if service == CWP and call.action in NAMES:
            raise ApiError(Code.UNSUPPORTED_OPERATION, NOT_SERVED, service=service, action=call.action)
        raise ApiError(Code.INVALID_ACTION, NO_ACTION, service=service, action=shown(call.action))

    def errors_of(self, call: Call) -> frozenset[str]:
        """The codes that the action called has beside the common ones; none when it is not served."""
        for service, version in VERSIONS.items():
            action = self._actions.get((service, call.action))
            if action is not None and call.version == version:
                return action.errors
        return frozenset()

    def _service(self, head: Head, call: Call, caller: Caller) -> str:
        """The service signed for; by version ("" for an unknown one) when a first label of the host was signed."""
        if caller.service in VERSIONS:
            return caller.service
        hosts = host_candidates(head.text(b"host"), self._aliases)
        if caller.service and caller.service not in {host.partition(".")[0] for host in hosts}:
            raise ApiError(Code.NO_SUCH_PRODUCT, NO_SERVICE, service=caller.service, known=_KNOWN)
        return next((name for name, version in VERSIONS.items() if version == call.version), "")
