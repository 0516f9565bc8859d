"""Kernel modules, limits of log-ins, login.defs and systemd's own files."""

from typing import Any

import pytest

from hostward.scanners.baseline.answer import Fact, Missing, Reading, Unreadable
from hostward.scanners.baseline.systemd_conf import read_setting

Tree = Any
DEP = "/lib/modules/6.1/modules.dep"


def _state(tree: Tree, module: str, *, running: bool = False) -> str:
    (fact,) = tree.ask("modprobe", module, running=running).facts
    return str(fact.value)


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ("", "loadable"),
        ("install usb-storage /bin/false", "blocked"),
        ("install usb_storage /usr/bin/true", "blocked"),
        ("blacklist usb_storage", "blacklisted"),
        ("blacklist usb-storage\ninstall usb-storage /bin/false", "blocked"),
        ("install usb-storage /bin/false\nblacklist usb-storage", "blocked"),
        ("# install usb-storage /bin/false", "loadable"),
        ("install usb-storage /sbin/modprobe x", "loadable"),
        ("options usb-storage quirks=1", "loadable"),
        ("install", "loadable"),
    ],
)
def test_state_by_the_rules(tree: Tree, rule: str, state: str) -> None:
    """A dash and an underscore are the same; a block is stronger than a blacklist."""
    tree.write(DEP, "kernel/drivers/usb/storage/usb-storage.ko.zst: kernel/drivers/scsi/scsi_mod.ko.zst\n")
    tree.write("/etc/modprobe.d/a.conf", rule + "\n")
    assert _state(tree, "usb-storage") == state


def test_module_that_no_kernel_has_is_absent(tree: Tree) -> None:
    """What only stands behind a colon is no module of that line."""
    tree.write(DEP, "kernel/a.ko: kernel/b.ko\n")
    assert [_state(tree, name) for name in ("a", "b", "c")] == ["loadable", "absent", "absent"]


def test_module_of_any_kernel_counts(tree: Tree) -> None:
    """The next boot may take the other one."""
    tree.write(DEP, "kernel/a.ko:\n")
    tree.write("/usr/lib/modules/6.2/modules.dep", "kernel/b.ko.gz:\n")
    assert _state(tree, "b") == "loadable"


def test_built_in_module_can_not_be_kept_out(tree: Tree) -> None:
    """A rule does nothing about it."""
    tree.write(DEP, "kernel/a.ko:\n")
    tree.write("/lib/modules/6.1/modules.builtin", "kernel/fs/udf/udf.ko\n")
    tree.write("/etc/modprobe.d/a.conf", "blacklist udf\n")
    assert _state(tree, "udf") == "built in"


def test_loaded_module_is_loaded_whatever_the_rules_say(tree: Tree) -> None:
    """On this machine; another root's kernel does not run here."""
    tree.write(DEP, "kernel/sctp.ko:\n")
    tree.write("/etc/modprobe.d/a.conf", "blacklist sctp\n")
    tree.write("/proc/modules", "sctp 400 2 - Live 0x0\n")
    assert [_state(tree, "sctp", running=running) for running in (True, False)] == ["loaded", "blacklisted"]


def test_file_in_etc_hides_the_one_of_the_same_name(tree: Tree) -> None:
    """As modprobe.d(5) has it."""
    tree.write(DEP, "kernel/sctp.ko:\n")
    tree.write("/usr/lib/modprobe.d/a.conf", "blacklist sctp\n")
    assert _state(tree, "sctp") == "blacklisted"
    tree.write("/etc/modprobe.d/a.conf", "")
    assert _state(tree, "sctp") == "loadable"


def test_no_modules_are_missing(tree: Tree) -> None:
    """A container has none."""
    tree.write("/etc/modprobe.d/a.conf", "blacklist sctp\n")
    assert isinstance(tree.ask("modprobe", "sctp"), Missing)


@pytest.mark.parametrize("path", [DEP, "/etc/modprobe.d/b.conf"])
def test_unreadable_file_is_a_gap(tree: Tree, path: str) -> None:
    """It may name the module."""
    tree.write("/lib/modules/6.0/modules.dep", "kernel/x.ko:\n")
    tree.fifo(path)
    answer = tree.ask("modprobe", "sctp")
    assert (len(answer.gaps), "FIFO" in answer.gaps[0]) == (1, True)


def test_unreadable_rules_are_neither_pass_nor_fail(good: Tree) -> None:
    """For modules that no readable rule speaks of."""
    good.remove("/etc/modprobe.d/hardening.conf")
    good.fifo("/etc/modprobe.d/x.conf")
    assert good.verdict("HW-MOD-001").outcome.value == "error"


def test_dangling_link_among_the_rules_is_nothing(tree: Tree) -> None:
    """There is no file behind it."""
    tree.write(DEP, "kernel/x.ko:\n")
    tree.link("/etc/modprobe.d/b.conf", "nowhere")
    assert tree.ask("modprobe", "x") == Reading(facts=(Fact(subject="x", value="loadable"),))


def _limit(tree: Tree) -> str:
    (fact,) = tree.ask("user_limits", "core").facts
    return str(fact.value)


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("* hard core 0", "0"),
        ("*\t-\tcore\t0", "0"),
        ("* soft core 0", "unlimited"),
        ("@staff hard core 0", "unlimited"),
        ("root hard core 0", "unlimited"),
        ("# * hard core 0", "unlimited"),
        ("* hard nproc 0", "unlimited"),
        ("* hard core 0 # nobody", "0"),
        ("* hard core", "unlimited"),
    ],
)
def test_hard_limit_for_everybody(tree: Tree, line: str, limit: str) -> None:
    """A soft one can be lifted by the user, one for some is none for all."""
    tree.write("/etc/security/limits.conf", line + "\n")
    assert _limit(tree) == limit


def test_later_file_of_limits_wins(tree: Tree) -> None:
    """The folder is read behind the main file, in the order of names."""
    tree.write("/etc/security/limits.conf", "* hard core 0\n")
    tree.write("/etc/security/limits.d/20.conf", "* hard core 1\n")
    tree.write("/etc/security/limits.d/10.conf", "* hard core 2\n")
    assert _limit(tree) == "1"


def test_limits_without_files_are_missing(tree: Tree) -> None:
    """No PAM, no limits."""
    assert isinstance(tree.ask("user_limits", "core"), Missing)


def test_unreadable_limits_are_a_gap(tree: Tree) -> None:
    """They may lift the limit."""
    tree.write("/etc/security/limits.conf", "* hard core 0\n")
    tree.fifo("/etc/security/limits.d/x.conf")
    answer = tree.ask("user_limits", "core")
    assert (answer.facts, "FIFO" in answer.gaps[0]) == ((), True)


def _login(tree: Tree, key: str) -> tuple[str, str]:
    (fact,) = tree.ask("login_defs", key).facts
    return fact.value, fact.source


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("UMASK 027\n", "027"),
        ("  UMASK\t077 # why\n", "077"),
        ('UMASK "027"\n', "027"),
        ("UMASK 000\nUMASK 022\n", "022"),
        ("#UMASK 000\nUMASKS 000\n", "022"),
        ("UMASK\n", "022"),
    ],
)
def test_login_defs_are_read(tree: Tree, text: str, value: str) -> None:
    """The last line counts, and without one the documented default."""
    tree.write("/etc/login.defs", text)
    assert _login(tree, "UMASK")[0] == value


def test_login_defs_say_where_a_value_comes_from(tree: Tree) -> None:
    """The line, or that it is the default."""
    tree.write("/etc/login.defs", "#\nPASS_MAX_DAYS 90\n")
    assert _login(tree, "PASS_MAX_DAYS") == ("90", "/etc/login.defs:2")
    assert _login(tree, "PASS_WARN_AGE") == ("-1", "default of login.defs(5)")


def test_several_keys_are_several_facts(tree: Tree) -> None:
    """In the order asked."""
    tree.write("/etc/login.defs", "UMASK 1\n")
    assert [fact.subject for fact in tree.ask("login_defs", "UMASK", "ENCRYPT_METHOD").facts] == [
        "UMASK",
        "ENCRYPT_METHOD",
    ]


def test_unknown_key_is_no_answer(tree: Tree) -> None:
    """We do not guess defaults."""
    tree.write("/etc/login.defs", "")
    assert isinstance(tree.ask("login_defs", "MAIL_DIR"), Unreadable)


def test_no_login_defs_are_missing(tree: Tree) -> None:
    """Not the defaults of a program that is not there."""
    assert tree.ask("login_defs", "UMASK") == Missing(reason="/etc/login.defs does not exist")


def _storage(tree: Tree) -> Fact | None:
    return read_setting(tree.fs(), "journald.conf", "Journal", "Storage")


def test_systemd_setting_is_read_from_its_section(tree: Tree) -> None:
    """A key of another section is another key."""
    tree.write("/etc/systemd/journald.conf", "[Other]\nStorage=a\n[Journal]\n#Storage=b\nStorage = c\n[X]\nStorage=d\n")
    assert _storage(tree) == Fact(subject="Storage", value="c", source="/etc/systemd/journald.conf:5")


def test_first_main_file_counts(tree: Tree) -> None:
    """The vendor's is not read besides."""
    tree.write("/usr/lib/systemd/journald.conf", "[Journal]\nStorage=vendor\n")
    assert _storage(tree) is not None
    tree.write("/etc/systemd/journald.conf", "[Journal]\n")
    assert _storage(tree) is None


def test_drop_ins_win_in_the_order_of_their_names(tree: Tree) -> None:
    """One in /etc hides the one of the same name."""
    tree.write("/etc/systemd/journald.conf", "[Journal]\nStorage=main\n")
    tree.write("/usr/lib/systemd/journald.conf.d/20.conf", "[Journal]\nStorage=vendor\n")
    tree.write("/etc/systemd/journald.conf.d/10.conf", "[Journal]\nStorage=ten\n")
    found = _storage(tree)
    assert found is not None
    assert found.value == "vendor"
    tree.write("/etc/systemd/journald.conf.d/20.conf", "")
    found = _storage(tree)
    assert found is not None
    assert found.value == "ten"


def test_setting_that_is_nowhere_is_none(tree: Tree) -> None:
    """The program's default is its reader's business."""
    tree.link("/etc/systemd/journald.conf", "nowhere")
    assert _storage(tree) is None


def _keepers(tree: Tree) -> dict[str, str]:
    answer = tree.ask("logging", "keepers")
    return {fact.subject: fact.value for fact in answer.facts} if isinstance(answer, Reading) else {}


def _with_journald(tree: Tree) -> Tree:
    for program in ("systemd", "systemd-journald"):
        tree.write(f"/usr/lib/systemd/{program}")
    return tree


@pytest.mark.parametrize(
    ("storage", "folder", "value"),
    [
        ("", True, "kept"),
        ("", False, "Storage=auto"),
        ("auto", True, "kept"),
        ("persistent", False, "kept"),
        ("volatile", True, "Storage=volatile"),
        ("none", True, "Storage=none"),
    ],
)
def test_journal_is_kept(tree: Tree, storage: str, folder: bool, value: str) -> None:
    """By Storage, and by the folder where that decides."""
    _with_journald(tree)
    if storage:
        tree.write("/etc/systemd/journald.conf", f"[Journal]\nStorage={storage}\n")
    if folder:
        tree.folder("/var/log/journal")
    assert _keepers(tree) == {"journald": value}


def test_syslog_service_keeps_messages_too(tree: Tree) -> None:
    """One that is enabled is enough for the item."""
    _with_journald(tree).write("/usr/lib/systemd/system/rsyslog.service", "[Unit]\n")
    assert _keepers(tree) == {"rsyslog.service": "disabled", "journald": "Storage=auto"}
    assert tree.verdict("HW-LOG-001").outcome.value == "fail"
    tree.enable("rsyslog.service")
    assert tree.verdict("HW-LOG-001").outcome.value == "pass"


def test_unreadable_journal_settings_are_no_answer(good: Tree) -> None:
    """They may say volatile."""
    good.fifo("/etc/systemd/journald.conf")
    assert good.verdict("HW-LOG-001").outcome.value == "error"


def test_core_dumps_are_stored_by_default(tree: Tree) -> None:
    """As coredump.conf(5) has it; without the program there are none."""
    assert isinstance(tree.ask("logging", "core_dumps"), Missing)
    tree.write("/usr/lib/systemd/systemd-coredump")
    assert tree.ask("logging", "core_dumps").facts[0].value == "external"


def test_unknown_query_is_no_answer(tree: Tree) -> None:
    """It names those that exist."""
    assert "there are keepers" in tree.ask("logging", "everything").reason


def test_several_kernel_settings_are_several_facts(tree: Tree) -> None:
    """Those that the kernel lacks are left out."""
    tree.write("/proc/sys/net/ipv4/conf/all/rp_filter", "0\n")
    answer = tree.ask("sysctl", "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.default.rp_filter", running=True)
    assert [(fact.subject, fact.value) for fact in answer.facts] == [("net.ipv4.conf.all.rp_filter", "0")]


def test_unreadable_kernel_setting_among_several_is_a_gap(tree: Tree) -> None:
    """The others are still answered."""
    tree.write("/proc/sys/a/b", "1\n")
    tree.fifo("/proc/sys/a/c")
    answer = tree.ask("sysctl", "a.b", "a.c", running=True)
    assert (len(answer.facts), "FIFO" in answer.gaps[0]) == (1, True)
