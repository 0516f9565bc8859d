"""Which server is called, and with which key: the command line, a ready file, the environment, the settings."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hostward.api.programs.address import endpoint_at
from hostward.api.programs.call import Endpoint
from hostward.cli.api.key import Key
from hostward.domain.errors import HostwardError
from hostward.settings import read
from hostward.wiring import tls_authority

ENDPOINT_VARIABLE: Final = "TENCENTCLOUD_ENDPOINT"
"""Beside the variables of Tencent's own clients; a name that begins with HOSTWARD_ would be taken for a setting."""

ID_VARIABLE: Final = "TENCENTCLOUD_SECRET_ID"
SECRET_VARIABLE: Final = "TENCENTCLOUD_SECRET_KEY"
TOKEN_VARIABLE: Final = "TENCENTCLOUD_TOKEN"

MAX_READY_BYTES: Final = 64 * 1024


class NoKey(HostwardError):
    """There is nothing to sign with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the command line says; "" or None for what it does not."""

    endpoint: str = ""
    ready_file: Path | None = None
    data: str | None = None
    ca_file: str = ""


def endpoint_of(named: Named, environ: Mapping[str, str] = os.environ) -> Endpoint:
    """The first that is there: --endpoint, the ready file, TENCENTCLOUD_ENDPOINT, the settings of the data directory.

    Raises HostwardError for what is no address.
    """
    if named.endpoint:
        return endpoint_at(named.endpoint, named.ca_file)
    if named.ready_file is not None:
        ready = _ready(named.ready_file)
        return endpoint_at(ready["url"], named.ca_file or ready.get("ca_file", ""))
    if environ.get(ENDPOINT_VARIABLE):
        return endpoint_at(environ[ENDPOINT_VARIABLE], named.ca_file)
    return _of_settings(named, environ)


def key_of(named: Named, environ: Mapping[str, str] = os.environ) -> Key:
    """The key of the ready file, else that of the environment. Raises NoKey."""
    if named.ready_file is not None:
        ready = _ready(named.ready_file)
        return Key(secret_id=ready["secret_id"], secret=ready["secret_key"])
    secret_id, secret = environ.get(ID_VARIABLE, ""), environ.get(SECRET_VARIABLE, "")
    if not secret_id or not secret:
        raise NoKey(
            f"no key to sign with: set {ID_VARIABLE} and {SECRET_VARIABLE}, or name the file that "
            "`hostward up --ready-file FILE` wrote with --ready-file; `hostward key create` makes a key"
        )
    return Key(secret_id=secret_id, secret=secret, token=environ.get(TOKEN_VARIABLE, ""))


def _of_settings(named: Named, environ: Mapping[str, str]) -> Endpoint:
    settings = read(environ, command_line={"data_dir": named.data})
    if settings.listen.port == 0:
        raise HostwardError("the server listens on a port it chooses: name it with --endpoint or --ready-file")
    folder = settings.data_dir / tls_authority.FOLDER
    own = not settings.tls_cert and tls_authority.exists(folder)
    ca_file = named.ca_file or (str(folder / tls_authority.CA_FILE) if own else "")
    return Endpoint(tls=own or bool(settings.tls_cert), host=str(settings.listen), ca_file=ca_file)


def _ready(path: Path) -> dict[str, Any]:
    """What --ready-file of hostward up wrote."""
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(MAX_READY_BYTES))
    except (OSError, ValueError) as error:
        raise HostwardError(f"can't read {path}: {error}; name the file that hostward up --ready-file wrote") from error
    texts = [said.get(name) for name in ("url", "secret_id", "secret_key")] if isinstance(said, dict) else [None]
    if not all(isinstance(text, str) and text for text in texts):
        raise HostwardError(f"{path} is not what hostward up --ready-file writes: url, secret_id or secret_key lacks")
    return dict(said)
