"""All probes. A new one is a file beside this one and a line here."""

from hostward.scanners.baseline.probes.accounts import Accounts
from hostward.scanners.baseline.probes.command import Command
from hostward.scanners.baseline.probes.contract import Probe
from hostward.scanners.baseline.probes.file_content import FileContent
from hostward.scanners.baseline.probes.file_group import FileGroup
from hostward.scanners.baseline.probes.file_mode import FileMode
from hostward.scanners.baseline.probes.file_owner import FileOwner
from hostward.scanners.baseline.probes.mounts import Mounts
from hostward.scanners.baseline.probes.packages import Packages
from hostward.scanners.baseline.probes.sshd import Sshd
from hostward.scanners.baseline.probes.sweep import Sweep
from hostward.scanners.baseline.probes.sysctl import Sysctl
from hostward.scanners.baseline.probes.units import Units

PROBES: tuple[type[Probe], ...] = (
    FileMode,
    FileOwner,
    FileGroup,
    FileContent,
    Sshd,
    Accounts,
    Sysctl,
    Mounts,
    Packages,
    Units,
    Sweep,
    Command,
)
