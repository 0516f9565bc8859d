"""How commands reach a running server: a socket in its data directory, which only its owner can open.

One call a connection: a JSON object in a line, and the Response in a line. So a command needs no key, no certificate
and no name of the server, and works when the last key is lost.
"""

import asyncio
import json
import os
import pwd
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hostward.domain.errors import HostwardError
from hostward.runtime.logging import get_logger

if TYPE_CHECKING:
    from hostward.wiring.local_api import Answer, LocalApi

SOCKET_FILE: Final = "control"
MAX_LINE: Final = 4 * 1024 * 1024
ANSWER_SECONDS: Final = 60.0

_CREDENTIALS: Final = struct.Struct("3i")
"""struct ucred of unix(7): pid, uid, gid."""

_log: Final = get_logger(__name__)


Verb = Callable[[Mapping[str, object]], Awaitable["Answer"]]
"""Something that is no action of the API, and is for commands of this machine alone."""


class Control:
    """The server's end of the socket. verbs: what it does beside the API's actions, by name."""

    def __init__(self, api: "LocalApi", data_dir: Path, verbs: Mapping[str, Verb] = MappingProxyType({})) -> None:
        self._api = api
        self._data_dir = data_dir
        self._verbs = verbs

    async def serve(self) -> None:
        """Answer until cancelled. A folder that can hold no socket is told in the log: the server does without."""
        try:
            listener = _listening(self._data_dir)
        except OSError as problem:
            _log.warning("no control socket", data=str(self._data_dir), problem=problem.strerror)
            return
        try:
            server = await asyncio.start_unix_server(self._answer, sock=listener, limit=MAX_LINE)
            async with server:
                await server.serve_forever()
        finally:
            (self._data_dir / SOCKET_FILE).unlink(missing_ok=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            uid = _peer(writer.get_extra_info("socket"))
            if uid not in (0, os.geteuid()):
                return
            asked = json.loads(await reader.readline())
            writer.write(json.dumps(await self._called(asked, uid)).encode() + b"\n")
            await writer.drain()
        except (ValueError, TypeError, KeyError, OSError) as problem:
            _log.warning("control call not understood", problem=str(problem))
        finally:
            writer.close()

    async def _called(self, asked: Mapping[str, object], uid: int) -> "Answer":
        action, parameters = asked["action"], asked["parameters"]
        if not isinstance(action, str) or not isinstance(parameters, dict):
            raise TypeError("an action and its parameters are expected")
        if (verb := self._verbs.get(action)) is not None:
            return await verb(parameters)
        try:
            return await self._api.call(action, parameters, by=user_of(uid))
        except HostwardError as problem:
            return {"Error": {"Code": "FailedOperation", "Message": str(problem)}}


def ask(
    data_dir: Path, action: str, parameters: Mapping[str, object], *, seconds: float = ANSWER_SECONDS
) -> "Answer | None":
    """The Response of the server that uses this directory; None when none answers there. Raises HostwardError."""
    try:
        with _at(data_dir) as address, socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(seconds)
            connection.connect(address)
            connection.sendall(json.dumps({"action": action, "parameters": parameters}).encode() + b"\n")
            with connection.makefile("rb") as stream:
                line = stream.readline(MAX_LINE)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        return None
    except OSError as problem:
        raise HostwardError(f"the server of {data_dir} can't be asked: {problem.strerror or problem}") from None
    if not line.endswith(b"\n"):
        raise HostwardError(f"the server of {data_dir} ended the connection: are you its user, or root?")
    answer: Answer = json.loads(line)
    return answer


def user_of(uid: int) -> str:
    """A user of this machine, as the audit log has them."""
    try:
        return f"local:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"local:{uid}"


def _listening(data_dir: Path) -> socket.socket:
    """A socket in the directory, in place of one that a process before left there: we hold the directory's lock.

    It gets its name once it listens, so that whoever finds it is answered.
    """
    listener, draft = socket.socket(socket.AF_UNIX), data_dir / f"{SOCKET_FILE}.new"
    try:
        draft.unlink(missing_ok=True)
        with _at(data_dir, draft.name) as address:
            listener.bind(address)
        draft.chmod(0o600)
        listener.listen()
        draft.replace(data_dir / SOCKET_FILE)
    except OSError:
        listener.close()
        raise
    return listener


@contextmanager
def _at(data_dir: Path, name: str = SOCKET_FILE) -> Iterator[str]:
    """The socket's address. By way of a handle, since an address has only 108 bytes and a directory may be deep."""
    handle = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{name}"
    finally:
        os.close(handle)


def _peer(connection: socket.socket) -> int:
    """The user at the other end."""
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(said)[1])
