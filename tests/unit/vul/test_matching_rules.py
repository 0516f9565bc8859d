"""The rules that decide which advisories a package is affected by."""

import pytest

from hostward.domain.advisory import Advisory, Affected, FixStatus, Match
from hostward.domain.errors import InvalidValue
from hostward.domain.matching import (
    KERNEL_HEADERS,
    KERNEL_NOT_RUNNING,
    KERNEL_UNKNOWN,
    KeyRange,
    advisory_source,
    category_of,
    has_place,
    hidden_reason,
    is_affected,
    is_selected,
    key_range,
    level_of_word,
    level_or_unknown,
    match,
    match_evidence,
    strip_binnmu,
)
from hostward.domain.options import Category, VulOptions
from hostward.domain.package import Evidence, Package
from hostward.domain.severity import Level

RUNNING = "6.1.0-18-amd64"


def package(
    name: str = "libssl3",
    version: str = "3.0.11-1",
    *,
    source: str = "openssl",
    source_version: str = "",
    ecosystem: str = "Debian:12",
) -> Package:
    """An installed package."""
    return Package(
        ecosystem=ecosystem,
        name=name,
        version=version,
        arch="amd64",
        source=source,
        source_version=source_version or version,
    )


def affected(fixed: str = "", *, ecosystem: str = "Debian:12", introduced: str = "", last: str = "") -> Affected:
    """A range of openssl."""
    return Affected(ecosystem=ecosystem, name="openssl", introduced=introduced, fixed=fixed, last=last)


def advisory(*ranges: Affected, identity: str = "CVE-2026-1111") -> Advisory:
    """An advisory on those ranges."""
    return Advisory(
        feed="debian",
        id=identity,
        key=identity,
        level=Level.HIGH,
        level_source="debian urgency",
        cvss=7.5,
        affected=ranges,
    )


def evidence(*, source_version: str = "3.0.11-1", urgency: str = "high") -> Evidence:
    """What a changelog says about openssl."""
    return Evidence(
        ecosystem="Debian:12",
        source="openssl",
        source_version=source_version,
        cve="CVE-2026-2222",
        fixed="3.0.12-1",
        urgency=urgency,
    )


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2-3+b1", "1.2-3"),
        ("1.2-3+b12", "1.2-3"),
        ("1.2-3", "1.2-3"),
        ("1.2-3+build1", "1.2-3+build1"),
        ("1.2+b1-3", "1.2+b1-3"),
        ("1.2-3+deb12u1+b2", "1.2-3+deb12u1"),
    ],
)
def test_the_mark_of_a_binary_rebuild_is_stripped(version: str, expected: str) -> None:
    """+bN at the end alone is not part of the source version."""
    assert strip_binnmu(version) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("linux-signed-amd64", "6.1.76+1", "6.1.76-1"), ("linux", "6.1.76-1")),
        (("linux-signed-arm64", "6.1.76+1", "6.1.76-1+b1"), ("linux", "6.1.76-1")),
        (("linux-signed", "5.15.0-100.110", "5.15.0-100.110"), ("linux", "5.15.0-100.110")),
        (("linux-signed-hwe-6.5", "6.5.0-1.1", "6.5.0-1.1"), ("linux-hwe-6.5", "6.5.0-1.1")),
        (("linux", "6.1.76-1", "6.1.76-1"), ("linux", "6.1.76-1")),
        (("openssl", "3.0.11-1+b1", "9"), ("openssl", "3.0.11-1")),
        (("linux-signedness", "1", "2"), ("linux-signedness", "1")),
    ],
)
def test_signed_kernels_are_known_by_the_kernels_source(given: tuple[str, str, str], expected: tuple[str, str]) -> None:
    """Advisories never name the package that only adds signatures."""
    assert advisory_source(*given) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("emergency", Level.CRITICAL),
        ("Critical", Level.CRITICAL),
        ("HIGH", Level.HIGH),
        ("important", Level.HIGH),
        ("moderate", Level.MEDIUM),
        ("medium**", Level.MEDIUM),
        ("low", Level.LOW),
        ("unimportant", Level.LOW),
        ("negligible", Level.LOW),
        ("not yet assigned", None),
        ("end-of-life", None),
        ("", None),
    ],
)
def test_words_of_all_sources_have_a_level(word: str, expected: Level | None) -> None:
    """Case and Debian's asterisks make no difference; a word that says nothing gives no level."""
    assert level_of_word(word) is expected


def test_an_unknown_level_is_shown_as_medium_and_says_so() -> None:
    """A level is always shown, but never one that pretends to have a source."""
    assert level_or_unknown(None, "") == (Level.MEDIUM, "unknown")
    assert level_or_unknown(Level.LOW, "cvss") == (Level.LOW, "cvss")


def test_categories_follow_the_ecosystem() -> None:
    """A distribution's packages are Linux, everything else an application."""
    assert category_of("Debian:12") is Category.LINUX
    assert category_of("PyPI") is Category.APPLICATION
    assert category_of("Nowhere") is Category.APPLICATION


@pytest.mark.parametrize(
    "name",
    ["linux-libc-dev", "linux-headers-6.1.0-18-amd64", "linux-perf", "bpftool", "libcpupower1", "linux-kbuild-6.1"],
)
def test_what_a_kernel_source_builds_besides_images_is_hidden(name: str) -> None:
    """Headers and tools carry the kernel's version, not its code."""
    assert hidden_reason(package(name, source="linux"), RUNNING) == KERNEL_HEADERS


@pytest.mark.parametrize(
    "name",
    [
        "linux-image-6.1.0-18-amd64",
        "linux-image-6.1.0-18-amd64-unsigned",
        "linux-image-unsigned-6.1.0-18-amd64",
        "linux-modules-6.1.0-18-amd64",
        "linux-modules-extra-6.1.0-18-amd64",
    ],
)
def test_the_running_kernels_image_counts(name: str) -> None:
    """In all spellings that Debian and Ubuntu have for it."""
    assert hidden_reason(package(name, source="linux"), RUNNING) == ""


@pytest.mark.parametrize("name", ["linux-image-6.1.0-17-amd64", "linux-image-amd64", "linux-modules-5.15.0-1-generic"])
def test_another_kernels_image_is_hidden(name: str) -> None:
    """What does not run can't be attacked; the meta package's version says nothing of what runs."""
    assert hidden_reason(package(name, source="linux"), RUNNING) == KERNEL_NOT_RUNNING


def test_images_are_hidden_where_the_running_kernel_is_not_known() -> None:
    """In another root or an image no kernel runs, and the reason says that it is not known."""
    assert hidden_reason(package("linux-image-6.1.0-18-amd64", source="linux"), "") == KERNEL_UNKNOWN


@pytest.mark.parametrize("source", ["linux-base", "linux-atm", "linux-firmware", "linuxptp", "openssl"])
def test_packages_that_only_sound_like_the_kernel_count(source: str) -> None:
    """The name "linux" at the beginning does not make a kernel."""
    assert hidden_reason(package("linux-image-x", source=source), RUNNING) == ""


@pytest.mark.parametrize("source", ["linux", "linux-aws", "linux-hwe-6.5", "linux-azure-fde"])
def test_ubuntus_kernel_flavours_are_kernels(source: str) -> None:
    """Each flavour is a source package of its own."""
    assert hidden_reason(package("linux-headers-x", source=source, ecosystem="Ubuntu:22.04"), "x") == KERNEL_HEADERS


def test_a_language_package_named_linux_counts() -> None:
    """The rule is one of distributions alone."""
    assert hidden_reason(package("linux", source="linux", ecosystem="npm"), RUNNING) == ""


@pytest.mark.parametrize(
    ("version", "inside"),
    [(b"\x01", False), (b"\x02", True), (b"\x03", True), (b"\x04", False), (b"\x05", False)],
)
def test_a_range_holds_its_start_and_not_its_fix(version: bytes, inside: bool) -> None:
    """Half open: introduced <= v < fixed."""
    assert KeyRange(introduced=b"\x02", fixed=b"\x04").holds(version) is inside


@pytest.mark.parametrize(("version", "inside"), [(b"\x03", True), (b"\x04", True), (b"\x05", False)])
def test_a_last_affected_version_is_inside(version: bytes, inside: bool) -> None:
    """OSV's last_affected is inclusive."""
    assert KeyRange(last=b"\x04").holds(version) is inside


def test_a_range_without_ends_holds_everything() -> None:
    """No start is the first version, no end is "not fixed yet"."""
    assert KeyRange().holds(b"")
    assert KeyRange().holds(b"\xff" * 9)


def test_an_empty_start_is_before_every_version() -> None:
    """Even versions that sort before "0" are inside."""
    keys = key_range(affected(fixed="1"))
    assert keys is not None
    assert keys.introduced == b""
    assert is_affected(package(version="0~1"), affected(fixed="1"))


def test_a_range_of_an_ecosystem_without_order_has_no_keys() -> None:
    """Conan waits for its comparer and is not compared as text."""
    assert key_range(affected(fixed="1.0", ecosystem="ConanCenter")) is None
    assert not is_affected(package(ecosystem="ConanCenter"), affected(fixed="9", ecosystem="ConanCenter"))


@pytest.mark.parametrize(("version", "fixed"), [("2004d", "9"), ("1.0", "2004d"), ("", "9")])
def test_a_version_without_a_place_matches_nothing_and_breaks_nothing(version: str, fixed: str) -> None:
    """Installed or in a range: legacy versions of Python are neither older nor newer."""
    assert not is_affected(package(version=version, ecosystem="PyPI"), affected(fixed=fixed, ecosystem="PyPI"))


@pytest.mark.parametrize(
    ("ecosystem", "version", "expected"),
    [("PyPI", "1.0", True), ("PyPI", "2004d", False), ("npm", "git+ssh://x", False), ("ConanCenter", "1.0", False)],
)
def test_whether_a_version_has_a_place_can_be_asked(ecosystem: str, version: str, expected: bool) -> None:
    """So that what is not judged can be counted and said."""
    assert has_place(ecosystem, version) is expected


def test_local_builds_of_the_last_affected_version_are_affected() -> None:
    """PEP 440: a version without a local part stands for its local builds."""
    last = affected(last="1.13.0", ecosystem="PyPI")
    assert is_affected(package(version="1.13.0+cu117", ecosystem="PyPI"), last)
    assert not is_affected(package(version="1.13.1", ecosystem="PyPI"), last)


@pytest.mark.parametrize(
    ("name", "version", "running", "expected"),
    [
        ("kernel-core", "5.14.0-427.el9", "5.14.0-427.el9.amd64", ""),
        ("kernel", "0:5.14.0-427.el9", "5.14.0-427.el9.amd64", ""),
        ("kernel-modules-extra", "5.14.0-427.el9", "5.14.0-427.el9.amd64", ""),
        ("kernel-rt-core", "5.14.0-427.el9", "5.14.0-427.el9.amd64+rt", ""),
        ("kernel-default", "5.14.21-150500.55.7.1", "5.14.21-150500.55.7-default", ""),
        ("kernel-core", "5.14.0-70.el9", "5.14.0-427.el9.amd64", KERNEL_NOT_RUNNING),
        ("kernel-core", "5.14.0-70.el9", "", KERNEL_UNKNOWN),
        ("kernel-headers", "5.14.0-427.el9", "5.14.0-427.el9.amd64", KERNEL_HEADERS),
        ("kernel-tools-libs", "5.14.0-427.el9", "5.14.0-427.el9.amd64", KERNEL_HEADERS),
        ("bpftool", "5.14.0-427.el9", "5.14.0-427.el9.amd64", KERNEL_HEADERS),
        ("kernelshark", "1-1", "x", ""),
    ],
)
def test_rpm_kernels_count_where_they_run(name: str, version: str, running: str, expected: str) -> None:
    """The release that uname says is the package's version and architecture."""
    assert hidden_reason(package(name, version=version, ecosystem="AlmaLinux:9"), running) == expected


@pytest.mark.parametrize(
    ("name", "running", "expected"),
    [
        ("linux-lts", "6.6.14-0-lts", ""),
        ("linux-lts", "6.6.13-0-lts", KERNEL_NOT_RUNNING),
        ("linux-virt", "6.6.14-0-lts", KERNEL_NOT_RUNNING),
        ("linux-lts-dev", "6.6.14-0-lts", KERNEL_HEADERS),
        ("linux-pam", "6.6.14-0-lts", ""),
    ],
)
def test_alpines_kernels_count_where_they_run(name: str, running: str, expected: str) -> None:
    """The release is the package's version and flavour."""
    assert hidden_reason(package(name, version="6.6.14-r0", ecosystem="Alpine:v3.19"), running) == expected


def test_a_blank_bound_is_an_error() -> None:
    """A version that has no place is not taken for "no bound"."""
    with pytest.raises(InvalidValue):
        key_range(affected(fixed=" "))


@pytest.mark.parametrize(
    ("fixed", "inside"), [("3.0.11-1", False), ("3.0.11-1+deb12u1", True), ("3.0.12-1", True), ("", True)]
)
def test_a_package_below_the_fix_is_affected(fixed: str, inside: bool) -> None:
    """The fixed version itself is not affected."""
    assert is_affected(package(), affected(fixed=fixed)) is inside


def test_the_source_version_decides_not_the_binary_one() -> None:
    """A binary with an epoch of its own is judged by what it was built from."""
    assert is_affected(package(version="9:9-9", source_version="3.0.10-1"), affected(fixed="3.0.11-1"))


def test_another_release_or_source_is_not_affected() -> None:
    """Fixed versions hold per release only."""
    assert not is_affected(package(), affected(fixed="9", ecosystem="Debian:13"))
    assert not is_affected(package(source="gnutls28"), affected(fixed="9"))


def test_a_match_tells_everything_that_is_shown() -> None:
    """Key, versions, fix, level with its source, and which record said it."""
    found = match(package(), [advisory(affected(fixed="3.0.12-1"))])
    assert found == [
        Match(
            key="CVE-2026-1111",
            name="libssl3",
            source="openssl",
            version="3.0.11-1",
            ecosystem="Debian:12",
            fixed="3.0.12-1",
            status=FixStatus.FIXED,
            level=Level.HIGH,
            level_source="debian urgency",
            cvss=7.5,
            evidence="debian CVE-2026-1111",
        )
    ]


def test_an_advisory_matches_once_by_its_first_range_that_holds() -> None:
    """Several ranges of one advisory are one finding."""
    ranges = (affected(fixed="2.0"), affected(introduced="3.0", fixed="3.1"), affected(introduced="3.0"))
    assert [each.fixed for each in match(package(), [advisory(*ranges)])] == ["3.1"]


def test_matches_of_a_kernel_that_does_not_run_are_listed_as_hidden() -> None:
    """Hidden findings are there with their reason, so that they can be listed."""
    kernel = package("linux-libc-dev", source="linux")
    bug = Affected(ecosystem="Debian:12", name="linux", fixed="9")
    assert [each.hidden for each in match(kernel, [advisory(bug)], RUNNING)] == [KERNEL_HEADERS]


def test_evidence_becomes_a_match_of_its_own_packages() -> None:
    """The level comes from the changelog's urgency, and says so."""
    found = match_evidence(package(), evidence())
    assert found is not None
    assert (found.key, found.fixed, found.level, found.level_source, found.evidence) == (
        "CVE-2026-2222",
        "3.0.12-1",
        Level.HIGH,
        "changelog urgency",
        "changelog of openssl 3.0.12-1",
    )


def test_evidence_without_urgency_has_no_level() -> None:
    """An entry without a word gives no level and no source for one."""
    found = match_evidence(package(), evidence(urgency=""))
    assert found is not None
    assert (found.level, found.level_source) == (None, "")


def test_evidence_of_another_version_is_no_match() -> None:
    """Two installed versions of one source have evidence each."""
    assert match_evidence(package(), evidence(source_version="3.0.10-1")) is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (VulOptions(), True),
        (VulOptions(levels=frozenset({Level.HIGH})), True),
        (VulOptions(levels=frozenset({Level.CRITICAL})), False),
        (VulOptions(categories=frozenset({Category.LINUX})), True),
        (VulOptions(categories=frozenset({Category.WEB_CMS})), False),
    ],
)
def test_a_scan_selects_by_level_and_category(options: VulOptions, expected: bool) -> None:
    """Both must be asked for."""
    [found] = match(package(), [advisory(affected())])
    assert is_selected(found, options) is expected


def test_an_unknown_level_is_selected_as_medium() -> None:
    """A scan for medium findings sees those that nobody gave a level."""
    found = match_evidence(package(), evidence(urgency=""))
    assert found is not None
    assert is_selected(found, VulOptions(levels=frozenset({Level.MEDIUM})))
    assert not is_selected(found, VulOptions(levels=frozenset({Level.LOW})))


def test_an_advisory_that_fixes_many_vulnerabilities_is_each_of_them() -> None:
    """A distribution's advisory is known by its own id, and counts as the CVEs among its aliases."""
    told = Advisory(
        feed="osv", id="ALSA-2026:1", key="ALSA-2026:1", aliases=("CVE-2026-2", "X-1", "CVE-2026-3"),
        affected=(affected(fixed="9"),),
    )  # fmt: skip
    found = match(package(), [told])
    assert [(each.key, each.aliases, each.evidence) for each in found] == [
        ("CVE-2026-2", ("ALSA-2026:1", "X-1"), "osv ALSA-2026:1"),
        ("CVE-2026-3", ("ALSA-2026:1", "X-1"), "osv ALSA-2026:1"),
    ]
