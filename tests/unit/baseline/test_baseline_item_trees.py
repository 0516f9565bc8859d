"""Each built-in item passes on a good root and fails when the one thing it is about is spoiled."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from hostward.domain.verdict import Outcome
from hostward.scanners.baseline.catalogue import ITEMS

Tree = Any
CODES = [entry.code for entry in ITEMS]
RUNNING = {"HW-MNT-001", "HW-MNT-002", "HW-MNT-003"}
"""Items about a running machine only."""

OWNED_BY_ROOT = {entry.code for entry in ITEMS if entry.code.startswith("HW-FIL-")} - {"HW-FIL-015", "HW-FIL-016"}
OWNED_BY_ROOT |= {"HW-SSH-006", "HW-SSH-014", "HW-SUD-005", "HW-HOM-002", "HW-HOM-003"}
"""Items that look at who owns a file."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="files owned by root can be made by root only")


def _mode(path: str, mode: int) -> Callable[[Tree], object]:
    return lambda tree: (tree.root / path.lstrip("/")).chmod(mode)


def _owner(path: str, uid: int, gid: int) -> Callable[[Tree], object]:
    return lambda tree: os.chown(tree.root / path.lstrip("/"), uid, gid)


def _file(path: str, content: str, mode: int = 0o644) -> Callable[[Tree], object]:
    return lambda tree: tree.write(path, content, mode)


def _more(path: str, content: str) -> Callable[[Tree], object]:
    return lambda tree: tree.append(path, content)


def _sshd(line: str) -> Callable[[Tree], object]:
    return lambda tree: tree.write("/etc/ssh/sshd_config.d/50-bad.conf", line + "\n")


def _swap(path: str, old: str, new: str) -> Callable[[Tree], object]:
    return lambda tree: tree.write(path, _swapped((tree.root / path.lstrip("/")).read_text(), old, new))


def _swapped(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def _gone(path: str) -> Callable[[Tree], object]:
    return lambda tree: tree.remove(path)


def _enabled(unit: str) -> Callable[[Tree], object]:
    return lambda tree: tree.enable(unit)


def _package(name: str) -> Callable[[Tree], object]:
    return _more("/var/lib/dpkg/status", f"Package: {name}\nStatus: install ok installed\nVersion: 1\n\n")


def _mounts(*lines: str) -> Callable[[Tree], object]:
    return lambda tree: tree.write("/proc/self/mountinfo", "".join(f"{line}\n" for line in lines))


def _sudo(line: str) -> Callable[[Tree], object]:
    return lambda tree: tree.write("/etc/sudoers.d/bad", line + "\n", 0o440)


def _sudo_elsewhere(path: str, mode: int, uid: int) -> Callable[[Tree], object]:
    def spoil(tree: Tree) -> None:
        tree.append("/etc/sudoers", f"@include {path}\n")
        os.chown(tree.write(path, "# nothing\n", mode), uid, 0)

    return spoil


def _sysctl(key: str, value: str) -> Callable[[Tree], object]:
    return lambda tree: tree.write("/etc/sysctl.d/99-bad.conf", f"{key} = {value}\n")


def _own_folder(tree: Tree, path: str) -> None:
    tree.write("/root/.profile", f"PATH=$PATH:{path}\n")
    os.chown(tree.folder(path), 70000, 70000)


SPOILED: list[tuple[str, str, Callable[[Tree], object]]] = [
    ("HW-FIL-001", "passwd writable by its group", _mode("/etc/passwd", 0o664)),
    ("HW-FIL-001", "shadow readable by everybody", _mode("/etc/shadow", 0o644)),
    ("HW-FIL-001", "backup of gshadow readable by everybody", _file("/etc/gshadow-", "", 0o644)),
    ("HW-FIL-001", "passwd owned by a person", _owner("/etc/passwd", 70000, 0)),
    ("HW-FIL-001", "shadow in a person's group", _owner("/etc/shadow", 0, 70000)),
    ("HW-FIL-002", "crontab writable by its group", _mode("/etc/crontab", 0o664)),
    ("HW-FIL-002", "a job writable by everybody", _mode("/etc/cron.daily/logrotate", 0o757)),
    ("HW-FIL-002", "the folder of jobs writable by its group", _mode("/etc/cron.d", 0o775)),
    ("HW-FIL-002", "a job owned by a person", _owner("/etc/cron.d/e2scrub", 70000, 70000)),
    ("HW-FIL-003", "sudoers writable by everybody", _mode("/etc/sudoers", 0o446)),
    ("HW-FIL-003", "a file of sudoers.d owned by a person", _owner("/etc/sudoers.d/README", 70000, 0)),
    ("HW-FIL-003", "sudoers.d writable by its group", _mode("/etc/sudoers.d", 0o770)),
    ("HW-KRN-001", "no random addresses", _sysctl("kernel.randomize_va_space", "0")),
    ("HW-KRN-001", "half random addresses", _sysctl("kernel.randomize_va_space", "1")),
    ("HW-KRN-002", "hard links not protected", _sysctl("fs.protected_hardlinks", "0")),
    ("HW-KRN-002", "symbolic links not protected", _sysctl("fs.protected_symlinks", "0")),
    ("HW-KRN-003", "redirects accepted", _sysctl("net.ipv4.conf.all.accept_redirects", "1")),
    ("HW-KRN-003", "redirects accepted over IPv6", _sysctl("net/ipv6/conf/default/accept_redirects", "1")),
    ("HW-KRN-003", "source routes accepted", _sysctl("net.ipv4.conf.all.accept_source_route", "1")),
    ("HW-SWP-001", "a file writable by everybody", _file("/srv/page.html", "", 0o666)),
    ("HW-SWP-001", "a folder without sticky bit", _mode("/tmp", 0o777)),
    ("HW-SWP-002", "a SUID shell in a home", _file("/home/alice/.sh", "", 0o4755)),
    ("HW-SWP-002", "a SGID program in /usr/local", _file("/usr/local/bin/tool", "", 0o2755)),
    ("HW-SWP-002", "a folder whose name only begins like a system folder", _file("/usr/binx/su", "", 0o4755)),
    ("HW-SWP-003", "a file of a removed account", _owner("/usr/bin/su", 70001, 0)),
    ("HW-SWP-003", "a folder of a removed group", _owner("/tmp", 0, 70002)),
    ("HW-SWP-004", ".rhosts of root", _file("/root/.rhosts", "+ +\n", 0o600)),
    ("HW-SWP-004", "hosts.equiv", _file("/etc/hosts.equiv", "friend\n")),
    ("HW-SWP-004", "shosts.equiv of the SSH server", _file("/etc/ssh/shosts.equiv", "friend\n")),
    (
        "HW-SVC-001",
        "a telnet server",
        _more("/var/lib/dpkg/status", "Package: telnetd\nStatus: install ok installed\nVersion: 1\n\n"),
    ),
    (
        "HW-SVC-001",
        "a half-installed rsh server",
        _more("/var/lib/dpkg/status", "Package: rsh-server\nStatus: install ok half-installed\nVersion: 1\n\n"),
    ),
    ("HW-SVC-002", "no link to the service", lambda tree: tree.remove("/etc/systemd/system/multi-user.target.wants")),
    ("HW-SVC-002", "the service masked", lambda tree: tree.link("/etc/systemd/system/chrony.service", "/dev/null")),
    ("HW-SSH-001", "root may use a password", _sshd("PermitRootLogin yes")),
    ("HW-SSH-002", "empty passwords accepted", _sshd("PermitEmptyPasswords yes")),
    ("HW-SSH-003", "host-based log-in", _sshd("HostbasedAuthentication yes")),
    ("HW-SSH-003", ".rhosts read", _sshd("IgnoreRhosts no")),
    ("HW-SSH-004", "too many tries", _sshd("MaxAuthTries 10")),
    ("HW-SSH-004", "endless time to log in", _sshd("LoginGraceTime 0")),
    ("HW-SSH-004", "a long time to log in", _sshd("LoginGraceTime 1h")),
    ("HW-SSH-005", "a cipher in CBC mode", _sshd("Ciphers aes256-ctr,aes128-cbc")),
    ("HW-SSH-005", "RC4 added to the defaults", _sshd("Ciphers +arcfour")),
    ("HW-SSH-005", "MD5", _sshd("MACs hmac-md5,hmac-sha2-256")),
    ("HW-SSH-005", "an encrypt-then-MAC form of MD5", _sshd("MACs hmac-md5-96-etm@openssh.com")),
    ("HW-SSH-005", "a SHA-1 key exchange", _sshd("KexAlgorithms curve25519-sha256,diffie-hellman-group1-sha1")),
    ("HW-SSH-006", "a host key readable by everybody", _mode("/etc/ssh/ssh_host_ed25519_key", 0o644)),
    ("HW-SSH-006", "a host key of a person", _owner("/etc/ssh/ssh_host_ed25519_key", 70000, 0)),
    ("HW-ACC-001", "a second root", _more("/etc/passwd", "toor:x:0:0::/root:/bin/sh\n")),
    ("HW-ACC-001", "a second root with leading zeros", _more("/etc/passwd", "toor:x:00:0::/root:/bin/sh\n")),
    ("HW-ACC-002", "a service that can log in", _file("/etc/shadow", "daemon:$y$j9T$a$b:1::::::\n", 0o640)),
    ("HW-ACC-002", "a service without a password", _file("/etc/shadow", "daemon::1::::::\n", 0o640)),
    ("HW-ACC-003", "an empty field in shadow", _file("/etc/shadow", "alice::1::::::\n", 0o640)),
    ("HW-ACC-003", "an empty field in passwd", _more("/etc/passwd", "bob::70000:70000::/home/bob:/bin/sh\n")),
    ("HW-ACC-004", "an MD5 hash", _file("/etc/shadow", "alice:$1$salt$hash:1::::::\n", 0o640)),
    ("HW-ACC-004", "a DES hash", _file("/etc/shadow", "alice:aaBBccDDeeFFg:1::::::\n", 0o640)),
    ("HW-ACC-004", "a hash in passwd", _more("/etc/passwd", "bob:$6$s$h:70000:70000::/home/bob:/bin/sh\n")),
    ("HW-ACC-005", "group may write", _file("/etc/login.defs", "UMASK 002\n")),
    ("HW-ACC-005", "everybody may write", _file("/etc/login.defs", "  UMASK\t000 # why not\n")),
    ("HW-FIL-004", "a drop-in writable by everybody", _file("/etc/ssh/sshd_config.d/1.conf", "", 0o666)),
    ("HW-FIL-004", "sshd_config owned by a person", _owner("/etc/ssh/sshd_config", 70000, 0)),
    ("HW-FIL-005", "grub.cfg writable by its group", _mode("/boot/grub/grub.cfg", 0o464)),
    ("HW-FIL-005", "the boot password readable", _file("/boot/grub2/user.cfg", "GRUB2_PASSWORD=x\n", 0o644)),
    ("HW-FIL-006", "cron.allow writable by everybody", _mode("/etc/cron.allow", 0o646)),
    ("HW-FIL-006", "at.deny owned by a person", lambda tree: os.chown(tree.write("/etc/at.deny"), 70000, 0)),
    ("HW-FIL-007", "root's home open to everybody", _mode("/root", 0o755)),
    ("HW-FIL-008", "old passwords readable", _mode("/etc/security/opasswd", 0o644)),
    ("HW-FIL-009", "a file of profile.d writable by its group", _mode("/etc/profile.d/timeout.sh", 0o775)),
    ("HW-FIL-009", "a writable environment", _file("/etc/environment", "", 0o666)),
    ("HW-FIL-010", "a PAM file writable by everybody", _mode("/etc/pam.d/su", 0o666)),
    ("HW-FIL-010", "a PAM file owned by a person", _owner("/etc/pam.d/common-auth", 70000, 0)),
    ("HW-FIL-011", "a preload list writable by everybody", _file("/etc/ld.so.preload", "", 0o666)),
    ("HW-FIL-011", "a kernel setting writable by its group", _mode("/etc/sysctl.d/60-safe.conf", 0o664)),
    ("HW-FIL-012", "issue writable by its group", _mode("/etc/issue", 0o664)),
    ("HW-FIL-013", "a unit writable by everybody", _mode("/etc/systemd/system/own.service", 0o646)),
    ("HW-FIL-014", "a program folder writable by everybody", lambda tree: tree.folder("/usr/local/bin", 0o777)),
    ("HW-FIL-014", "a folder of PATH owned by a person", lambda tree: _own_folder(tree, "/root/bin")),
    ("HW-FIL-015", "auth.log readable by everybody", _mode("/var/log/auth.log", 0o644)),
    ("HW-FIL-015", "the audit folder open", lambda tree: tree.folder("/var/log/audit", 0o755)),
    ("HW-FIL-016", "root's jobs readable", _mode("/var/spool/cron/crontabs/root", 0o644)),
    ("HW-FIL-016", "the folder of jobs open", _mode("/var/spool/cron/crontabs", 0o1777)),
    ("HW-KRN-003", "IPv6 source routes accepted", _sysctl("net.ipv6.conf.all.accept_source_route", "1")),
    ("HW-KRN-004", "forwarding", _sysctl("net.ipv4.ip_forward", "1")),
    ("HW-KRN-004", "forwarding of IPv6", _sysctl("net.ipv6.conf.all.forwarding", "1")),
    ("HW-KRN-005", "redirects sent", _sysctl("net.ipv4.conf.default.send_redirects", "1")),
    ("HW-KRN-006", "no SYN cookies", _sysctl("net.ipv4.tcp_syncookies", "0")),
    ("HW-KRN-007", "no reverse path filter", _sysctl("net.ipv4.conf.default.rp_filter", "0")),
    ("HW-KRN-008", "martians not logged", _sysctl("net.ipv4.conf.all.log_martians", "0")),
    ("HW-KRN-009", "tracing of all", _sysctl("kernel.yama.ptrace_scope", "0")),
    ("HW-KRN-010", "addresses shown", _sysctl("kernel.kptr_restrict", "0")),
    ("HW-KRN-011", "messages for all", _sysctl("kernel.dmesg_restrict", "0")),
    ("HW-KRN-012", "dumps of SUID programs", _sysctl("fs.suid_dumpable", "1")),
    ("HW-KRN-013", "FIFOs not protected", _sysctl("fs.protected_fifos", "0")),
    ("HW-KRN-013", "files not protected", _sysctl("fs.protected_regular", "0")),
    ("HW-KRN-014", "BPF for all", _sysctl("kernel.unprivileged_bpf_disabled", "0")),
    ("HW-KRN-015", "all magic keys", _sysctl("kernel.sysrq", "1")),
    ("HW-KRN-016", "broadcast pings answered", _sysctl("net.ipv4.icmp_echo_ignore_broadcasts", "0")),
    ("HW-KRN-016", "bogus errors logged", _sysctl("net.ipv4.icmp_ignore_bogus_error_responses", "0")),
    ("HW-KRN-017", "router announcements believed", _sysctl("net.ipv6.conf.default.accept_ra", "1")),
    ("HW-KRN-018", "counters for all", _sysctl("kernel.perf_event_paranoid", "1")),
    ("HW-MOD-001", "a file system no longer blocked", _gone("/etc/modprobe.d/hardening.conf")),
    ("HW-MOD-002", "a protocol no longer blacklisted", _swap("/etc/modprobe.d/hardening.conf", "list sctp", "list x")),
    ("HW-MOD-003", "USB storage allowed", _swap("/etc/modprobe.d/hardening.conf", "blacklist usb", "# usb")),
    ("HW-COR-001", "no limit", _file("/etc/security/limits.conf", "# * hard core 0\n")),
    ("HW-COR-001", "a later file lifts the limit", _file("/etc/security/limits.d/x.conf", "* - core unlimited\n")),
    ("HW-COR-002", "dumps stored", _file("/etc/systemd/coredump.conf.d/x.conf", "[Coredump]\nStorage=external\n")),
    ("HW-COR-002", "dumps stored by default", _gone("/etc/systemd/coredump.conf")),
    ("HW-SVC-003", "avahi started", _enabled("avahi-daemon.socket")),
    ("HW-SVC-003", "rpcbind started", _enabled("rpcbind.service")),
    ("HW-SVC-004", "telnet started", _enabled("telnet.socket")),
    ("HW-SVC-004", "xinetd started", _enabled("xinetd.service")),
    ("HW-SVC-005", "no firewall", _gone("/etc/systemd/system/multi-user.target.wants/nftables.service")),
    ("HW-SVC-006", "a telnet client", _package("telnet")),
    ("HW-SVC-007", "a file server started", _enabled("smbd.service")),
    ("HW-MNT-001", "no nosuid", _mounts("25 1 0:23 / /dev/shm rw,nodev - tmpfs tmpfs rw")),
    ("HW-MNT-002", "no noexec", _mounts("25 1 0:23 / /tmp rw,nodev,nosuid - tmpfs tmpfs rw")),
    ("HW-MNT-003", "devices in homes", _mounts("26 1 8:2 / /home rw,nosuid - ext4 /dev/sda2 rw")),
    ("HW-LOG-001", "a journal in memory", _gone("/var/log/journal")),
    ("HW-LOG-001", "volatile", _file("/etc/systemd/journald.conf", "[Journal]\nStorage=volatile\n")),
    ("HW-LOG-002", "no audit service", _gone("/etc/systemd/system/multi-user.target.wants/auditd.service")),
    ("HW-BAN-001", "the kernel's release", _file("/etc/issue", "Linux \\r on \\l\n")),
    ("HW-BAN-001", "the machine's kind", _file("/etc/issue.net", "\\m\n")),
    ("HW-PKG-001", "a trusted source", _file("/etc/apt/sources.list.d/x.list", "deb [trusted=yes] http://a b c\n")),
    ("HW-PKG-001", "a trusted deb822 source", _file("/etc/apt/sources.list.d/x.sources", "Trusted: yes\n")),
    ("HW-PKG-001", "apt told so", _file("/etc/apt/apt.conf.d/9x", 'APT::Get::AllowUnauthenticated "true";\n')),
    ("HW-PKG-001", "yum told so", _file("/etc/yum.repos.d/x.repo", "[x]\ngpgcheck = 0\n")),
    ("HW-SSH-007", "passwords", _sshd("PasswordAuthentication yes")),
    ("HW-SSH-007", "passwords by the back door", _sshd("KbdInteractiveAuthentication yes")),
    ("HW-SSH-008", "variables", _sshd("PermitUserEnvironment LANG,LD_*")),
    ("HW-SSH-009", "no look at owners", _sshd("StrictModes no")),
    ("HW-SSH-010", "no PAM", _sshd("UsePAM no")),
    ("HW-SSH-011", "no list", _swap("/etc/ssh/sshd_config", "AllowGroups people\n", "")),
    ("HW-SSH-012", "no text", _sshd("Banner none")),
    ("HW-SSH-013", "Kerberos", _sshd("GSSAPIAuthentication yes")),
    ("HW-SSH-014", "a public key writable by its group", _mode("/etc/ssh/ssh_host_ed25519_key.pub", 0o664)),
    ("HW-SSH-015", "X11", _sshd("X11Forwarding yes")),
    ("HW-SSH-016", "tunnels", _sshd("AllowTcpForwarding local")),
    ("HW-SSH-017", "no question", _sshd("ClientAliveInterval 0")),
    ("HW-SSH-017", "endless questions", _sshd("ClientAliveCountMax 0")),
    ("HW-SSH-018", "silent", _sshd("LogLevel QUIET")),
    ("HW-SSH-019", "many sessions", _sshd("MaxSessions 100")),
    ("HW-ACC-006", "a UID twice", _more("/etc/passwd", "bob:x:70000:1::/home/bob:/usr/sbin/nologin\n")),
    ("HW-ACC-007", "an account twice", _more("/etc/passwd", "alice:x:70009:1::/:/usr/sbin/nologin\n")),
    ("HW-ACC-007", "a group twice", _more("/etc/group", "alice:x:70009:\n")),
    ("HW-ACC-008", "a GID twice", _more("/etc/group", "staff:x:70000:\n")),
    ("HW-ACC-009", "an unknown group", _more("/etc/passwd", "bob:x:70003:70009::/:/usr/sbin/nologin\n")),
    ("HW-ACC-010", "a service with a shell", _swap("/etc/passwd", "/usr/sbin/nologin", "/bin/bash")),
    ("HW-ACC-010", "a service with an empty field", _swap("/etc/passwd", "/usr/sbin/nologin", "")),
    ("HW-ACC-011", "accounts from NIS", _more("/etc/passwd", "+::::::\n")),
    ("HW-ACC-011", "passwords from NIS", _more("/etc/shadow", "+\n")),
    ("HW-ACC-011", "groups from NIS", _more("/etc/group", "+:::\n")),
    ("HW-ACC-012", "somebody in root's group", _swap("/etc/passwd", ":70000:70000:", ":70000:0:")),
    ("HW-ACC-012", "a second group root", _more("/etc/group", "wheel:x:0:\n")),
    ("HW-ACC-013", "a member of shadow", _swap("/etc/group", "shadow:x:42:", "shadow:x:42:alice")),
    ("HW-ACC-013", "shadow as own group", _swap("/etc/passwd", ":70000:70000:", ":70000:42:")),
    ("HW-ACC-014", "no end for new passwords", _swap("/etc/login.defs", "DAYS 180", "DAYS 99999")),
    ("HW-ACC-014", "no end by default", _swap("/etc/login.defs", "PASS_MAX_DAYS", "# X")),
    ("HW-ACC-014", "no end for one person", _swap("/etc/shadow", ":180:", ":99999:")),
    ("HW-ACC-014", "an empty field", _swap("/etc/shadow", ":180:", "::")),
    ("HW-ACC-015", "no warning", _swap("/etc/login.defs", "PASS_WARN_AGE 7", "PASS_WARN_AGE 0")),
    ("HW-ACC-016", "never locked", _swap("/etc/default/useradd", "INACTIVE=30", "INACTIVE=-1")),
    ("HW-ACC-016", "no line", _swap("/etc/default/useradd", "INACTIVE=30", "# INACTIVE=30")),
    ("HW-ACC-017", "MD5 for new passwords", _more("/etc/login.defs", "ENCRYPT_METHOD MD5\n")),
    ("HW-ACC-017", "DES by default", _swap("/etc/login.defs", "ENCRYPT_METHOD", "# X")),
    ("HW-ACC-018", "the current folder", _swap("/etc/crontab", "PATH=", "PATH=.:")),
    ("HW-ACC-018", "an empty entry", _more("/etc/profile", "export PATH=/usr/bin:\n")),
    ("HW-ACC-018", "a relative folder of root", _file("/root/.bashrc", "PATH=bin:$PATH\n")),
    ("HW-ACC-019", "endless shells", _file("/etc/profile.d/timeout.sh", "export TMOUT=0\n")),
    ("HW-ACC-019", "no line", _gone("/etc/profile.d/timeout.sh")),
    ("HW-PAM-001", "no test", _swap("/etc/pam.d/common-password", "pam_pwquality.so", "pam_permit.so")),
    ("HW-PAM-001", "a second stack without", _file("/etc/pam.d/system-auth", "password required pam_unix.so\n")),
    ("HW-PAM-002", "short passwords", _file("/etc/security/pwquality.conf", "minlen = 6\n")),
    ("HW-PAM-002", "the default length", _file("/etc/security/pwquality.conf", "# minlen = 14\n")),
    ("HW-PAM-002", "an argument wins", _swap("/etc/pam.d/common-password", "retry=3", "retry=3 minlen=8")),
    ("HW-PAM-003", "no lock", _swap("/etc/pam.d/common-auth", "pam_faillock.so", "pam_permit.so")),
    ("HW-PAM-004", "a late lock", _file("/etc/security/faillock.conf", "deny = 100\n")),
    ("HW-PAM-004", "never", _swap("/etc/pam.d/common-auth", "preauth", "preauth deny=0")),
    ("HW-PAM-005", "empty passwords", _swap("/etc/pam.d/common-auth", "pam_unix.so", "pam_unix.so nullok")),
    ("HW-PAM-006", "no history", _swap("/etc/pam.d/common-password", "pam_pwhistory.so", "pam_permit.so")),
    ("HW-PAM-007", "MD5", _swap("/etc/pam.d/common-password", "yescrypt", "md5")),
    ("HW-PAM-008", "su for all", _swap("/etc/pam.d/su", "auth required pam_wheel", "# pam_wheel")),
    ("HW-PAM-008", "su for all but asked", _swap("/etc/pam.d/su", "auth required", "auth sufficient")),
    ("HW-SUD-001", "everything without a password", _sudo("alice ALL=(ALL:ALL) NOPASSWD: ALL")),
    ("HW-SUD-001", "everything by an alias", _sudo("Cmnd_Alias ANY = /bin/ls, ALL\n%ops ALL = NOPASSWD: ANY")),
    ("HW-SUD-001", "behind another tag", _sudo("alice ALL=(root) SETENV: NOPASSWD: /bin/ls, ALL")),
    ("HW-SUD-002", "no question for all", _sudo("Defaults !authenticate")),
    ("HW-SUD-002", "no question for one", _sudo("Defaults:alice env_keep += X, !authenticate")),
    ("HW-SUD-003", "no terminal", _sudo("Defaults !use_pty")),
    ("HW-SUD-004", "no log", _swap("/etc/sudoers", "Defaults logfile=/var/log/sudo.log\n", "")),
    ("HW-SUD-005", "an included file of a person", _sudo_elsewhere("/opt/rules", 0o440, 70000)),
    ("HW-SUD-005", "an included file owned by root, writable", _sudo_elsewhere("/opt/rules", 0o666, 0)),
    ("HW-SUD-006", "never asked again", _sudo("Defaults timestamp_timeout=-1")),
    ("HW-SUD-006", "an hour", _sudo("Defaults timestamp_timeout = 60")),
    ("HW-SUD-007", "the caller's variables", _sudo("Defaults !env_reset")),
    ("HW-HOM-001", "an open home", _mode("/home/alice", 0o755)),
    ("HW-HOM-002", "a home owned by root", _owner("/home/alice", 0, 0)),
    ("HW-HOM-003", "a start-up file writable by all", _mode("/home/alice/.bashrc", 0o666)),
    ("HW-HOM-003", "keys of a stranger", _owner("/home/alice/.ssh/authorized_keys", 1, 1)),
    ("HW-HOM-004", "passwords readable", _mode("/home/alice/.netrc", 0o644)),
]


def _needs_root(code: str, what: str) -> list[pytest.MarkDecorator]:
    wants_chown = any(word in what for word in (" of a ", "owned by", "person"))
    return [needs_root] if code in OWNED_BY_ROOT or wants_chown else []


@pytest.mark.parametrize(
    "code",
    [pytest.param(code, marks=[needs_root] if code in OWNED_BY_ROOT else []) for code in CODES],
)
def test_item_passes_on_a_good_root(good: Tree, code: str) -> None:
    """No item accuses a root that is set up well, and every one applies to it."""
    verdict = good.verdict(code, running=code in RUNNING)
    assert (verdict.outcome, verdict.reason) == (Outcome.PASS, "")


@pytest.mark.parametrize(
    ("code", "spoil"),
    [pytest.param(code, spoil, id=f"{code}: {what}", marks=_needs_root(code, what)) for code, what, spoil in SPOILED],
)
def test_item_fails_when_its_subject_is_spoiled(good: Tree, code: str, spoil: Callable[[Tree], object]) -> None:
    """The very change that the item is about turns pass into fail, with evidence and a way out."""
    before = good.verdict(code, running=code in RUNNING)
    spoil(good)
    after = good.verdict(code, running=code in RUNNING)
    assert (before.outcome, after.outcome) == (Outcome.PASS, Outcome.FAIL)
    assert (bool(after.evidence), bool(after.remediation), before.evidence != after.evidence) == (True, True, True)


def test_every_item_has_a_fail_fixture() -> None:
    """No item goes untested: one without a change that fails it fails here."""
    assert sorted({code for code, _, _ in SPOILED}) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_item_does_not_apply_to_an_empty_root(tree: Tree, code: str) -> None:
    """Where there is nothing to judge there is neither praise nor blame, but a reason."""
    verdict = tree.verdict(code)
    assert (verdict.outcome, bool(verdict.reason), len(verdict.evidence) > 0) == (Outcome.NOT_APPLICABLE, True, True)
