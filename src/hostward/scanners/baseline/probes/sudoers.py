"""Probe sudoers: who may become root how, by the files that sudo reads."""

import re
import stat
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline import sudoers_file
from hostward.scanners.baseline.answer import Answer, Fact, Reading, Unreadable, answer_of_error
from hostward.scanners.baseline.paths import facts_of_paths
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.sudoers_file import CONFIG, Grant, Setting, parse

QUERIES = ("free_commands", "owners", "modes", "setting", "every_setting")

DEFAULTS = {"authenticate": "on", "env_reset": "on", "logfile": "off", "syslog": "on", "timestamp_timeout": "15"}
"""Defaults of sudoers(5) as its packages are built."""

_PTY_SINCE = (1, 9, 14)
"""sudo runs commands in a pseudo-terminal by default since this version (its NEWS)."""

_PROGRAMS = ("/usr/bin/sudo", "/bin/sudo", "/usr/local/bin/sudo")
_VERSION = re.compile(rb"\0(1\.[89]\.[0-9]{1,3})(?:p[0-9]{1,2})?\0")
"""The version as a string of its own in the program."""

_ROOT = frozenset({"root", "#0", "ALL"})


class Sudoers:
    """target: a query of QUERIES; "setting" and "every_setting" with the name of one.

    free_commands: subject: who, value: what they run as root without a password ("ALL" when that is everything,
    aliases looked through). owners, modes: of every file and folder of the policy, as file_owner and file_mode have
    it. setting: the value for everybody ("on", "off", a word); every_setting: each place, those for some included.
    """

    name: ClassVar[str] = "sudoers"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """Facts in the policy's order; files and lines that can't be read are gaps. Missing without a policy."""
        query, *names = target
        if query not in QUERIES or len(names) != query.endswith("setting"):
            raise ValueError(f"sudoers has no query {' '.join(target)}: there are {', '.join(QUERIES)}")
        try:
            policy = self._policy
        except OSError as error:
            return answer_of_error(CONFIG, error)
        if query == "owners":
            return facts_of_paths(self._root, policy.files, lambda found: str(found.st_uid))
        if query == "modes":
            return facts_of_paths(self._root, policy.files, lambda found: f"{stat.S_IMODE(found.st_mode):04o}")
        if query == "setting":
            return self._setting(names[0])
        if query == "every_setting":
            facts = tuple(_fact(setting) for setting in policy.settings if setting.name == names[0])
        else:
            facts = tuple(self._free(grant) for grant in policy.grants if _is_free(grant))
        return Reading(facts=facts, gaps=tuple(policy.gaps))

    def _setting(self, name: str) -> Answer:
        """The last line for everybody counts (sudoers(5), Defaults); what can't be read may be the last one."""
        if self._policy.gaps:
            return Reading(gaps=tuple(self._policy.gaps))
        found = [setting for setting in self._policy.settings if setting.name == name and not setting.scoped]
        if found:
            return Reading(facts=(_fact(found[-1]),))
        if name == "use_pty":
            return self._default_of_pty()
        if name not in DEFAULTS:
            return Unreadable(reason=f"{name} is not set and its default is not known here")
        return Reading(facts=(Fact(subject=name, value=DEFAULTS[name], source="default of sudo"),))

    def _default_of_pty(self) -> Answer:
        version = self._version
        if version is None:
            return Reading(gaps=("use_pty is not set, and its default depends on sudo's version, which is not known",))
        shown = f"default of sudo {'.'.join(map(str, version))}"
        value = "on" if version >= _PTY_SINCE else "off"
        return Reading(facts=(Fact(subject="use_pty", value=value, source=shown),))

    def _free(self, grant: Grant) -> Fact:
        command = "ALL" if self._policy.means_all(grant.command) else grant.command
        return Fact(subject=grant.users, value=command, source=grant.source)

    @cached_property
    def _policy(self) -> sudoers_file.Sudoers:
        return parse(self._root.read, self._root.names)

    @cached_property
    def _version(self) -> tuple[int, ...] | None:
        for path in _PROGRAMS:
            try:
                found = _VERSION.search(self._root.read(path))
            except OSError:
                continue
            if found is not None:
                return tuple(map(int, found[1].split(b".")))
        return None


def _is_free(grant: Grant) -> bool:
    """Without a password, as root, and not by root, who needs none."""
    users = {name.strip() for name in grant.runas.partition(":")[0].split(",")} if grant.runas else _ROOT
    return not grant.needs_password and bool(users & _ROOT) and grant.users not in {"root", "#0"}


def _fact(setting: Setting) -> Fact:
    return Fact(subject=setting.name, value=setting.value, source=setting.source)
