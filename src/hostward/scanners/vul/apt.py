"""An apt of our own: private lists and caches below one folder, the machine's own never touched.

The machine's configuration is read as usual (proxies, certificates), then ours on top with `-c`, which moves every
folder that is written to and clears what would run commands. Source: apt.conf(5).
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hostward.scanners.vul import child

HOOKS = (
    "APT::Update::Pre-Invoke",
    "APT::Update::Post-Invoke",
    "APT::Update::Post-Invoke-Success",
    "APT::Update::Post-Invoke-Stats",
    "AptCli::Hooks",
    "DPkg::Pre-Invoke",
    "DPkg::Post-Invoke",
    "DPkg::Pre-Install-Pkgs",
    "Unattended-Upgrade",
)
"""What apt would run or talk to besides fetching."""
CONNECT_SECONDS = 10
"""How long apt waits for a server that does not answer."""

_USER_INFO = re.compile(r"//[^/@\s]*@")
_PROBLEM = re.compile(r"(?:E:|W:|Err:)")
_SAFE_PATH = re.compile(r"/[A-Za-z0-9._/+@=:,-]*")
_CONFIG = """\
Dir::State "{home}/state";
Dir::State::lists "{home}/lists";
Dir::State::status "{home}/status";
Dir::State::extended_states "{home}/state/extended_states";
Dir::State::cdroms "{home}/state/cdroms.list";
Dir::Cache "{home}/cache";
Dir::Cache::archives "{home}/cache/archives";
Dir::Cache::pkgcache "{home}/cache/pkgcache.bin";
Dir::Cache::srcpkgcache "";
Dir::Log "{home}/log";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "root";
APT::Get::List-Cleanup "true";
APT::Architecture::Ignored "";
#clear Acquire::Languages;
Acquire::Languages:: "none";
Acquire::GzipIndexes "false";
Acquire::PDiffs "false";
Acquire::Retries "1";
Acquire::http::Timeout "{wait}";
Acquire::https::Timeout "{wait}";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-udeb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
Acquire::IndexTargets::deb-src::Sources::DefaultEnabled "false";
"""
_OTHER_ROOT = """\
Dir::Etc::sourcelist "{home}/sources/hostward.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::trusted "/dev/null";
Dir::Etc::trustedparts "{home}/sources/trusted";
Dir::Etc::netrc "/dev/null";
Dir::Etc::netrcparts "/dev/null";
#clear APT::Architectures;
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
"""


class Unusable(Exception):
    """apt can't be used here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apt:
    """A private apt below home (made by `prepare`)."""

    home: Path

    @property
    def lists(self) -> Path:
        """Where the package lists are after an update."""
        return self.home / "lists"

    def update(self) -> list[str]:
        """The command that fetches the package lists."""
        return self._command("update")

    def download(self, specs: Sequence[str]) -> list[str]:
        """The command that fetches packages into its working directory."""
        return self._command("download", "--", *specs)

    def _command(self, verb: str, *arguments: str) -> list[str]:
        return ["apt-get", "-q", "-y", "-c", str(self.home / "hostward.conf"), verb, *arguments]


def prepare(home: Path, other_arch: str = "") -> Apt:
    """Make the folders and the configuration below home.

    other_arch: for another root its architecture ("amd64"); the sources are then those in home/sources, and neither
    that root's configuration nor this machine's sources, keys and credentials are used. Raises Unusable and OSError.
    """
    if shutil.which("apt-get", path=child.PATH) is None or shutil.which("dpkg-deb", path=child.PATH) is None:
        raise Unusable("apt-get and dpkg-deb are not installed")
    if not _SAFE_PATH.fullmatch(str(home)):
        raise Unusable("the scratch folder's name has characters that apt's configuration can't hold")
    for folder in ("state", "lists/partial", "cache/archives/partial", "log"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    (home / "status").touch()
    text = "".join(f"#clear {hook};\n" for hook in HOOKS) + _CONFIG.format(home=home, wait=CONNECT_SECONDS)
    if other_arch:
        text += _OTHER_ROOT.format(home=home, arch=other_arch)
    (home / "hostward.conf").write_text(text, encoding="utf-8")
    return Apt(home=home)


def problem(output: str) -> str:
    """The first error or warning in apt's output, fit for people: one line, no credentials; "" when there is none."""
    lines = [line.strip() for line in output.splitlines() if _PROBLEM.match(line)]
    lines.sort(key=lambda line: ("E:", "W:", "Er").index(line[:2]))
    return _USER_INFO.sub("//", lines[0])[:300] if lines else ""
