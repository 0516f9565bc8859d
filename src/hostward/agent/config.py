"""How an agent on a host of its own is set up: a folder that the installation writes, /etc/hostward."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from hostward.agent.wire import target_of
from hostward.domain.errors import HostwardError

FOLDER = Path("/etc/hostward")
DATA = Path("/var/lib/hostward-agent")
FILE = "agent.json"
CA_FILE = "ca.pem"


class Stored(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """agent.json. proxy: "" for that of the environment."""

    server: str
    data: str = str(DATA)
    proxy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where the server is, and whom to believe that it is it. ca_file: None for the system's authorities."""

    folder: Path
    server: str
    data: Path
    ca_file: Path | None
    proxy: str = ""

    def environ(self, inherited: dict[str, str]) -> dict[str, str]:
        """Where the way to the network is looked up: the environment, and the proxy that was set here."""
        return {**inherited, "https_proxy": self.proxy} if self.proxy else inherited


def read(folder: Path) -> Config:
    """What the folder holds. Raises HostwardError, and InvalidValue for a server that can't be spoken to."""
    path = folder / FILE
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=Stored)
    except FileNotFoundError as error:
        raise HostwardError(
            f"{path} is not there: install the agent with the line that hostward machine enroll prints"
        ) from error
    except (OSError, msgspec.DecodeError) as error:
        raise HostwardError(f"{path} can't be used: {error}") from error
    ca_file = folder / CA_FILE
    config = Config(
        folder=folder, server=stored.server.rstrip("/"), data=Path(stored.data),
        ca_file=ca_file if ca_file.exists() else None, proxy=stored.proxy,
    )  # fmt: skip
    target_of(config.server, config.environ({}))
    return config


def write(folder: Path, *, server: str, data: Path, ca: bytes = b"", proxy: str = "") -> Config:
    """Set an agent up. ca: certificates in PEM, b"" for the system's. Raises HostwardError, InvalidValue, OSError."""
    target_of(server, {"https_proxy": proxy})
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if ca:
        (folder / CA_FILE).write_bytes(ca)
    stored = Stored(server=server.rstrip("/"), data=str(data), proxy=proxy)
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(stored)) + b"\n")
    return read(folder)
