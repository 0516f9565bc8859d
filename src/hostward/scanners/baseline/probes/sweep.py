"""Probe sweep: what only a look at every file finds. One walk answers all its questions."""

import os
import pwd
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from hostward.scanners.baseline.account_files import GROUP, PASSWD, read_records
from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading, answer_of_error
from hostward.scanners.baseline.mountinfo import MOUNTINFO, parse_mountinfo
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.walk import Entries, Walk, is_in

QUERIES = ("world_writable_files", "world_writable_folders", "set_id_programs", "unowned", "trust_files")

MAX_FACTS = 2_000
"""Facts kept of one query; more are counted and make the answer incomplete."""

TRUST_NAMES = frozenset({".rhosts", ".shosts"})
TRUST_PATHS = frozenset({"/etc/hosts.equiv", "/etc/shosts.equiv", "/etc/ssh/shosts.equiv"})
"""Files that let others in without a password, read by rsh and by sshd's host-based log-in (sshd(8), FILES)."""

OTHER_SYSTEMS = frozenset(
    {
        "/snap",
        "/var/lib/containerd",
        "/var/lib/containers",
        "/var/lib/docker",
        "/var/lib/flatpak",
        "/var/lib/lxc",
        "/var/lib/lxd",
        "/var/lib/machines",
        "/var/lib/snapd",
    }
)
"""Stores of containers and images: the files of other systems, with their own programs and accounts."""

_OTHER_ENDINGS = ("/.local/share/containers/storage", "/.local/share/docker")
"""The same for containers without root, in home folders."""

_YIELD_SECONDS = 0.2
"""How often the walk reports: a scanner must yield at least once a second (scanners/contract.py)."""

_MAX_NAMED = 8
"""Mounts and stores that the note names; the rest is counted."""

_TRUST_FOLDERS = frozenset(path.rpartition("/")[0] for path in TRUST_PATHS)
_RISKY_BITS = stat.S_IWOTH | stat.S_ISUID | stat.S_ISGID
_ROOT_INODE_KINDS = frozenset({"ext2", "ext3", "ext4", "xfs"})
"""File systems whose statvfs tells how many files there are."""


class Sweep:
    """target: one of QUERIES. Subject: the path; value: mode and owner ("4755 0:0")."""

    name: ClassVar[str] = "sweep"

    def __init__(self, site: Site) -> None:
        self._site = site
        self._facts: dict[str, list[Fact]] = {query: [] for query in QUERIES}
        self._over: set[str] = set()
        self._walk = Walk(limits=site.limits, monotonic=site.monotonic, kinds=_kinds(), skip=self._skips)
        self._is_done = False
        self._failure: OSError | None = None

    def work(self) -> Iterator[float]:
        """Walk everything once; a second call does nothing."""
        if self._is_done:
            return
        self._is_done = True
        try:
            root = self._site.root.open_root()
        except OSError as error:
            self._failure = error
            return
        expected = self._expected_entries(root)
        reported, done = self._site.monotonic(), 0.0
        for folder, entries in self._walk.run(root):
            self._look(folder, entries)
            now = self._site.monotonic()
            if now - reported >= _YIELD_SECONDS:
                share = self._walk.entries / expected if expected else self._walk.share
                reported, done = now, max(done, min(share, 0.99))
                yield done

    def read(self, target: tuple[str, ...]) -> Answer:
        """What was found, sorted by path. Missing when there is no file at all beneath the root."""
        (query,) = target
        if query not in QUERIES:
            raise ValueError(f"sweep has no query {query}: there are {', '.join(QUERIES)}")
        for _ in self.work():
            pass
        if self._failure is not None:
            raise self._failure
        if self._walk.entries == 0 and not self._walk.gaps:
            return Missing(reason="there are no files")
        if query == "unowned" and not isinstance(self._owners, tuple):
            return self._owners
        facts = sorted(self._facts[query], key=lambda fact: fact.subject)
        over = (f"more than {MAX_FACTS:,} found, the rest was not kept",) if query in self._over else ()
        return Reading(facts=tuple(facts), gaps=self._walk.gaps + over, note=self._note())

    def _look(self, folder: str, entries: Entries) -> None:
        owners = self._owners if isinstance(self._owners, tuple) else None
        for name, found in entries:
            mode = found.st_mode
            if mode & _RISKY_BITS:
                self._look_at_mode(f"{folder}/{name}", found)
            if owners is not None and (found.st_uid not in owners[0] or found.st_gid not in owners[1]):
                self._look_at_owner(f"{folder}/{name}", found, *owners)
            if name in TRUST_NAMES or (folder in _TRUST_FOLDERS and f"{folder}/{name}" in TRUST_PATHS):
                self._look_at_trust(f"{folder}/{name}", found)

    def _look_at_mode(self, path: str, found: os.stat_result) -> None:
        mode = found.st_mode
        if stat.S_ISREG(mode):
            if mode & stat.S_IWOTH:
                self._add("world_writable_files", path, found)
            if mode & (stat.S_ISUID | stat.S_ISGID):
                self._add("set_id_programs", path, found)
        elif stat.S_ISDIR(mode) and mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            self._add("world_writable_folders", path, found)

    def _look_at_owner(self, path: str, found: os.stat_result, uids: set[int], gids: set[int]) -> None:
        """Numbers that the files do not name may still be known to a directory service of this machine."""
        if self._site.is_this_machine and found.st_uid not in uids and _is_known_user(found.st_uid):
            uids.add(found.st_uid)
        if found.st_uid not in uids or found.st_gid not in gids:
            self._add("unowned", path, found)

    def _look_at_trust(self, path: str, found: os.stat_result) -> None:
        """An empty file trusts nobody: some make one so that nobody else can."""
        if not stat.S_ISDIR(found.st_mode) and found.st_size > 0:
            self._add("trust_files", path, found)

    def _add(self, query: str, path: str, found: os.stat_result) -> None:
        if len(self._facts[query]) >= MAX_FACTS:
            self._over.add(query)
            return
        value = f"{stat.S_IMODE(found.st_mode):04o} {found.st_uid}:{found.st_gid}"
        self._facts[query].append(Fact(subject=path, value=value))

    def _skips(self, path: str) -> bool:
        return is_in(path, OTHER_SYSTEMS, _OTHER_ENDINGS)

    def _note(self) -> str:
        left_out = sorted(self._walk.left_out)
        shown = f"; not entered: {', '.join(left_out[:_MAX_NAMED])}" if left_out else ""
        more = f" and {len(left_out) - _MAX_NAMED} more" if len(left_out) > _MAX_NAMED else ""
        return f"{self._walk.entries:,} files looked at{shown}{more}"

    @cached_property
    def _owners(self) -> tuple[set[int], set[int]] | Answer:
        """UIDs and GIDs that have a name, or why that is not known."""
        path = PASSWD
        try:
            uids = {account.number for account in read_records(self._site.root, PASSWD).records}
            path = GROUP
            gids = {group.number for group in read_records(self._site.root, GROUP).records}
        except OSError as error:
            return answer_of_error(path, error)
        return uids, gids

    def _expected_entries(self, root: int) -> int:
        """Files on this machine's root file system, 0 when that is not known (then the tree's shape must do)."""
        if not self._site.is_this_machine:
            return 0
        if self._walk.kinds.get(os.fstat(root).st_dev) not in _ROOT_INODE_KINDS:
            return 0
        counts = os.fstatvfs(root)
        return counts.f_files - counts.f_ffree


def _kinds() -> dict[int, str]:
    """File system types by device, of the mounts that this process sees; empty where /proc is not mounted."""
    try:
        data = Path(MOUNTINFO).read_bytes()
    except OSError:
        return {}
    return {mount.device: mount.kind for mount in parse_mountinfo(data)}


def _is_known_user(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
