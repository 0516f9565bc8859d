"""All probes. A new one is a file beside this one and a line here."""

from hostward.scanners.baseline.probes.accounts import Accounts
from hostward.scanners.baseline.probes.command import Command
from hostward.scanners.baseline.probes.contract import Probe
from hostward.scanners.baseline.probes.file_content import FileContent
from hostward.scanners.baseline.probes.file_group import FileGroup
from hostward.scanners.baseline.probes.file_mode import FileMode
from hostward.scanners.baseline.probes.file_owner import FileOwner
from hostward.scanners.baseline.probes.groups import Groups
from hostward.scanners.baseline.probes.homes import Homes
from hostward.scanners.baseline.probes.logging import Logging
from hostward.scanners.baseline.probes.login_defs import LoginDefs
from hostward.scanners.baseline.probes.modprobe import Modprobe
from hostward.scanners.baseline.probes.mounts import Mounts
from hostward.scanners.baseline.probes.packages import Packages
from hostward.scanners.baseline.probes.pam import Pam
from hostward.scanners.baseline.probes.pam_setting import PamSetting
from hostward.scanners.baseline.probes.search_path import SearchPath
from hostward.scanners.baseline.probes.sshd import Sshd
from hostward.scanners.baseline.probes.sudoers import Sudoers
from hostward.scanners.baseline.probes.sweep import Sweep
from hostward.scanners.baseline.probes.sysctl import Sysctl
from hostward.scanners.baseline.probes.units import Units
from hostward.scanners.baseline.probes.user_limits import UserLimits

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
    Groups,
    Homes,
    Logging,
    LoginDefs,
    Modprobe,
    Pam,
    PamSetting,
    SearchPath,
    Sudoers,
    UserLimits,
    Sweep,
    Command,
)
