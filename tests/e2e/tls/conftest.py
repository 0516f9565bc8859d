"""One server with an own CA for all recipes, and the official clients as a reader of the pages has them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from capabilities import client_folder
from running import Up, hostward, up


@dataclass(frozen=True)
class Reader:
    """Somebody who follows the pages: a server, its CA, and a folder to work in."""

    server: Up
    ca: Path
    folder: Path

    @property
    def port(self) -> int:
        """Of the server."""
        return int(self.server.endpoint.rpartition(":")[2])

    def environment(self, **more: str) -> dict[str, str]:
        """A shell with the key in it and nobody else's proxies or certificates."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        key = {
            "TENCENTCLOUD_SECRET_ID": self.server.ready["secret_id"],
            "TENCENTCLOUD_SECRET_KEY": self.server.ready["secret_key"],
            "HOME": str(self.folder),
        }
        return {**kept, **key, **more}

    def shell(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a recipe's lines, ending at the first that fails."""
        return subprocess.run(
            ["bash", "-euc", script], capture_output=True, text=True, cwd=self.folder, timeout=120,
            env=self.environment(**more), stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def python(self, kind: str = "python") -> str:
        """A PATH with a client's own python and tccli first."""
        folder = client_folder(kind)
        assert folder is not None
        return f"{folder / 'bin'}:{os.environ['PATH']}"

    def own_certifi(self) -> str:
        """A copy of certifi in front of the installed one, so that appending to it changes nobody's environment."""
        folder = client_folder("python")
        assert folder is not None
        installed = next(folder.glob("lib/python3*/site-packages/certifi"))
        overlay = self.folder / "overlay"
        shutil.copytree(installed, overlay / "certifi", dirs_exist_ok=True)
        return str(overlay)


@pytest.fixture(scope="session")
def own_ca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A server whose certificate is for loopback and two more names."""
    data = tmp_path_factory.mktemp("tls") / "data"
    names = ("scan.example.org", "cwp.tencentcloudapi.com", "cwp.intl.tencentcloudapi.com")
    hostward("tls", "init", "--data", str(data), *(part for name in names for part in ("--name", name)))
    with up(data, "--no-scan") as running:
        yield running


@pytest.fixture
def reader(own_ca: Up, tmp_path: Path) -> Reader:
    """Who follows the pages."""
    return Reader(server=own_ca, ca=Path(own_ca.ready["ca_file"]), folder=tmp_path)


@pytest.fixture
def tccli(tmp_path: Path):
    """Ask with tccli at an endpoint, trusting a certificate beside the public authorities."""

    def run(server: Up, endpoint: str, trust: Path | None = None) -> subprocess.CompletedProcess[str]:
        (tmp_path / "home").mkdir()
        who = Reader(server=server, ca=Path(), folder=tmp_path / "home")
        line = f"tccli cwp DescribeScanState --ModuleType Vul --endpoint {endpoint} --region ap-guangzhou"
        overlay = who.own_certifi()
        if trust is not None:
            bundle = Path(overlay) / "certifi" / "cacert.pem"
            bundle.write_text(bundle.read_text() + trust.read_text())
        return who.shell(line, PATH=who.python(), PYTHONPATH=overlay)

    return run
