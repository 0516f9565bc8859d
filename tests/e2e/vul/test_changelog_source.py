"""The changelog source against a local package archive, with the real apt-get and dpkg-deb."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from debian_archive import archive, changelog_text, deb_bytes, with_changelog
from hostward.domain.options import VulOptions
from hostward.domain.package import Evidence, Package
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress
from hostward.scanners.vul import apt, child, evidence, os_release
from hostward.scanners.vul.scanner import SCANNER

pytestmark = pytest.mark.skipif(
    shutil.which("apt-get", path=child.PATH) is None or shutil.which("dpkg-deb", path=child.PATH) is None,
    reason="apt-get and dpkg-deb are not installed",
)
RELEASE = os_release.OsRelease(id="debian", version="12", codename="bookworm")
NO_FEED = (
    "no advisory data for Debian:12: judged by the changelogs of {} upgrades alone, so vulnerabilities without a fix "
    "are not known; import a feed to judge them"
)
FILLER = {"./usr/bin/filler": os.urandom(3000)}


def tool(version: str = "1.0-3", *entries: tuple[str, str, str]) -> bytes:
    """A package "tool" whose changelog has these entries above 1.0-1."""
    text = changelog_text("tool", *entries, ("1.0-1", "low", "First."))
    return deb_bytes("tool", version, files={**with_changelog("tool", text), **FILLER})


TOOL = tool("1.0-3", ("1.0-3", "high", "Fix CVE-2026-0003."), ("1.0-2", "medium", "Fix CVE-2026-0002."))


def installed(name: str = "tool", version: str = "1.0-1", *, source: str = "") -> Package:
    """An installed package."""
    return Package(
        ecosystem="Debian:12", name=name, version=version, arch="all", source=source or name, source_version=version
    )


def look(tmp_path: Path, debs: Mapping[str, bytes], packages: list[Package], codename: str = "bookworm") -> list[Event]:
    """What the changelog source says, asking an archive of these packages alone."""
    archive(tmp_path / "repo", debs, codename=codename)
    private = asking(tmp_path, f"deb [trusted=yes] file:{tmp_path}/repo ./\n")
    host = Host(root=tmp_path / "root", work=tmp_path)
    return list(evidence.look(host, RELEASE, packages, private))


def asking(tmp_path: Path, line: str) -> apt.Apt:
    """A private apt whose only source is that line."""
    private = apt.prepare(tmp_path / "apt")
    (tmp_path / "sources.list").write_text(line)
    with (private.home / "hostward.conf").open("a") as config:
        config.write(f'Dir::Etc::sourcelist "{tmp_path}/sources.list";\nDir::Etc::sourceparts "/dev/null";\n')
        config.write('#clear APT::Architectures;\nAPT::Architecture "amd64";\n')
    return private


def results(events: list[Event]) -> list[tuple[str, str, str]]:
    """CVE, fixed version and urgency of all evidence."""
    items = [item for event in events if isinstance(event, Found) for item in event.items]
    return [(item.cve, item.fixed, item.urgency) for item in items if isinstance(item, Evidence)]


def reasons(events: list[Event]) -> list[str]:
    """What was said not to be judged."""
    return [event.reason for event in events if isinstance(event, Degraded)]


def test_the_cves_that_an_upgrade_fixes_are_found(tmp_path: Path) -> None:
    """Each with the first version that names it and that entry's urgency."""
    events = look(tmp_path, {"tool.deb": TOOL}, [installed()])
    assert results(events) == [("CVE-2026-0002", "1.0-2", "medium"), ("CVE-2026-0003", "1.0-3", "high")]
    assert reasons(events) == [NO_FEED.format(1)]


def test_an_up_to_date_machine_has_no_evidence(tmp_path: Path) -> None:
    """Nothing is fetched, and it is still said that no feed was there."""
    events = look(tmp_path, {"tool.deb": TOOL}, [installed(version="1.0-3")])
    assert results(events) == []
    assert reasons(events) == [NO_FEED.format(0)]
    assert not list((tmp_path / "apt").glob("debs*/*.deb"))


def test_two_installed_versions_have_evidence_each(tmp_path: Path) -> None:
    """A library that is installed twice is judged twice."""
    packages = [installed(), installed("libtool", "1.0-2", source="tool")]
    assert [cve for cve, _, _ in results(look(tmp_path, {"tool.deb": TOOL}, packages))] == [
        "CVE-2026-0002",
        "CVE-2026-0003",
        "CVE-2026-0003",
    ]


def test_the_next_package_is_tried_where_the_smallest_has_no_changelog(tmp_path: Path) -> None:
    """A link to the main package's documentation is no changelog."""
    small = deb_bytes("tool-data", "1.0-3", source="tool", files=FILLER, links={"./usr/share/doc/tool-data": "tool"})
    assert len(small) < len(TOOL)
    events = look(tmp_path, {"small.deb": small, "tool.deb": TOOL}, [installed()])
    assert [cve for cve, _, _ in results(events)] == ["CVE-2026-0002", "CVE-2026-0003"]


def test_a_source_without_any_changelog_is_said(tmp_path: Path) -> None:
    """By name, and the others are read."""
    bare = deb_bytes("bare", "2", files=FILLER)
    events = look(tmp_path, {"bare.deb": bare, "tool.deb": TOOL}, [installed(), installed("bare", "1")])
    assert len(results(events)) == 2
    assert reasons(events)[1:] == ["changelogs of 1 source package (bare) not read: no changelog in its packages"]


def test_another_packages_changelog_is_not_believed(tmp_path: Path) -> None:
    """Its entries would be about other versions."""
    text = changelog_text("other", ("1.0-3", "high", "Fix CVE-2026-0003."))
    events = look(tmp_path, {"x.deb": deb_bytes("tool", "1.0-3", files=with_changelog("tool", text))}, [installed()])
    assert results(events) == []


def test_a_changelog_that_was_cut_is_said(tmp_path: Path) -> None:
    """As Ubuntu cuts them: what is there counts, what may be missing is said."""
    text = changelog_text("tool", ("1.0-3", "high", "Fix CVE-2026-0003."))
    data = deb_bytes("tool", "1.0-3", files={**with_changelog("tool", text), **FILLER})
    events = look(tmp_path, {"tool.deb": data}, [installed()])
    assert [cve for cve, _, _ in results(events)] == ["CVE-2026-0003"]
    assert reasons(events)[1:] == [
        "changelogs of 1 source package (tool) end before the installed version: older fixes may be missing"
    ]


def test_a_damaged_changelog_is_said(tmp_path: Path) -> None:
    """With what is wrong, and without ending the scan."""
    files = {"./usr/share/doc/tool/changelog.Debian.gz": b"\x1f\x8b" + os.urandom(3000)}
    events = look(tmp_path, {"tool.deb": deb_bytes("tool", "1.0-3", files=files)}, [installed()])
    assert results(events) == []
    assert reasons(events)[1].startswith("changelogs of 1 source package (tool) not read: its changelog")


def test_a_package_that_was_tampered_with_is_not_read(tmp_path: Path) -> None:
    """The digest in the index decides: apt refuses it."""
    archive(tmp_path / "repo", {"tool.deb": TOOL})
    (tmp_path / "repo/tool.deb").write_bytes(TOOL[:-1] + b"!")
    private = asking(tmp_path, f"deb [trusted=yes] file:{tmp_path}/repo ./\n")
    events = list(evidence.look(Host(root=tmp_path, work=tmp_path), RELEASE, [installed()], private))
    assert results(events) == []
    assert len(reasons(events)) == 2


def test_another_releases_archive_is_not_asked(tmp_path: Path) -> None:
    """Its higher versions say nothing about this release."""
    events = look(tmp_path, {"tool.deb": TOOL}, [installed()], codename="sid")
    assert reasons(events) == ["no advisory data: package index could not be read: it has no list for this release"]


def test_an_archive_that_is_not_there_degrades(tmp_path: Path) -> None:
    """With apt's own words; the scan goes on."""
    private = asking(tmp_path, f"deb [trusted=yes] file:{tmp_path}/nowhere ./\n")
    events = list(evidence.look(Host(root=tmp_path, work=tmp_path), RELEASE, [installed()], private))
    [reason] = reasons(events)
    assert reason.startswith("no advisory data: package index could not be read: E: ")


def test_an_unsigned_archive_is_refused(tmp_path: Path) -> None:
    """The checks of apt stay in force: nothing unsigned is believed."""
    archive(tmp_path / "repo", {"tool.deb": TOOL})
    private = asking(tmp_path, f"deb file:{tmp_path}/repo ./\n")
    events = list(evidence.look(Host(root=tmp_path, work=tmp_path), RELEASE, [installed()], private))
    assert results(events) == []
    assert len(reasons(events)) == 1


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_DOWNLOADS", 1), ("MAX_BYTES", len(TOOL) + 100)], ids=["downloads", "bytes"]
)
def test_the_budget_ends_fetching_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    """What was not fetched any more is named."""
    monkeypatch.setattr(evidence, name, value)
    text = changelog_text("zoom", ("2", "high", "Fix CVE-2026-0009."), ("1", "low", "First."))
    zoom = deb_bytes("zoom", "2", files={**with_changelog("zoom", text), "./usr/bin/zoom": os.urandom(9000)})
    events = look(tmp_path, {"tool.deb": TOOL, "zoom.deb": zoom}, [installed(), installed("zoom", "1")])
    assert len(results(events)) == 2
    assert reasons(events)[1:] == ["changelogs of 1 source package (zoom) not read: download limit reached"]


def test_the_time_limit_ends_it_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing more is fetched after it."""
    monkeypatch.setattr(evidence, "ALL_SECONDS", 0.0)
    events = look(tmp_path, {"tool.deb": TOOL}, [installed()])
    assert reasons(events)[1:] == ["changelogs of 1 source package (tool) not read: time limit reached"]


def test_progress_never_falls(tmp_path: Path) -> None:
    """Also when a package has to be tried again."""
    small = deb_bytes("tool-data", "1.0-3", source="tool", files=FILLER)
    events = look(tmp_path, {"small.deb": small, "tool.deb": TOOL}, [installed()])
    shares = [event.done for event in events if isinstance(event, Progress)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1] <= 1.0) == (0.0, True)


def test_the_machines_own_lists_and_cache_are_untouched(tmp_path: Path) -> None:
    """Not a byte and not a time of them changes."""
    before = fingerprint()
    look(tmp_path, {"tool.deb": TOOL}, [installed()])
    assert fingerprint() == before


def test_a_machine_without_apt_degrades(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inventory stands, and the reason is said."""
    monkeypatch.setattr(child, "PATH", str(tmp_path))
    events = list(evidence.look(Host(work=tmp_path), RELEASE, [installed()]))
    assert reasons(events) == [
        "no advisory data: package index could not be read: apt-get and dpkg-deb are not installed"
    ]


def test_stopping_leaves_no_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator is closed while apt-get runs."""
    monkeypatch.setattr(child, "TICK_SECONDS", 0.0)
    archive(tmp_path / "repo", {"tool.deb": TOOL})
    private = asking(tmp_path, f"deb [trusted=yes] file:{tmp_path}/repo ./\n")
    before = set(children())  # a database server of other tests, perhaps
    events = evidence.look(Host(root=tmp_path, work=tmp_path), RELEASE, [installed()], private)
    assert [next(events), next(events)]
    assert set(children()) - before != set()
    events.close()  # type: ignore[attr-defined]  # it is a generator
    assert set(children()) - before == set()


@pytest.fixture
def loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an HTTP server on loopback that serves tmp_path/repo; proxies of the machine are not asked."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    handler = partial(_Quiet, directory=str(tmp_path / "repo"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def other_root(tmp_path: Path, address: str, options: str) -> Host:
    """Another root with one installed package, that source, and an apt.conf that would leave a trace."""
    root = tmp_path / "root"
    for folder in ("etc/apt/apt.conf.d", "var/lib/dpkg"):
        (root / folder).mkdir(parents=True)
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n")
    (root / "etc/apt/sources.list").write_text(f"deb {options} {address} ./\ndeb file:/srv/repo ./\n")
    trace = f'APT::Update::Pre-Invoke {{ "touch {tmp_path}/trace"; }};\n'
    (root / "etc/apt/apt.conf.d/99trace").write_text(trace)
    (root / "etc/apt/apt.conf").write_text(trace)
    status = "Package: {}\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: {}\n\n"
    (root / "var/lib/dpkg/status").write_text(status.format("tool", "amd64"))
    (tmp_path / "work").mkdir()
    return Host(root=root, work=tmp_path / "work")


def test_another_root_is_never_trusted_to_switch_checks_off(tmp_path: Path, loopback: str) -> None:
    """Its "trusted=yes" and its apt.conf are not obeyed: the unsigned archive is refused, no hook runs."""
    archive(tmp_path / "repo", {"tool.deb": TOOL})
    events = list(SCANNER.scan(Job(options=VulOptions()), other_root(tmp_path, loopback, "[trusted=yes]")))
    assert results(events) == []
    assert reasons(events)[0] == "1 package sources can't be asked: not http(s), or not readable"
    assert reasons(events)[1].startswith("no advisory data: package index could not be read: E: ")
    assert not (tmp_path / "trace").exists()


def test_a_root_without_http_sources_degrades(tmp_path: Path) -> None:
    """Local paths in it would mean this machine's."""
    host = other_root(tmp_path, "file:/srv/other", "")
    events = list(SCANNER.scan(Job(options=VulOptions()), host))
    assert reasons(events)[1] == (
        "no advisory data: package index could not be read: there is no http(s) package source"
    )


def fingerprint() -> str:
    """Names, sizes, times and contents of the machine's package lists; names, sizes and times of its cache."""
    digest = hashlib.sha256()
    for folder in (Path("/var/lib/apt/lists"), Path("/var/cache/apt")):
        for path in sorted(folder.rglob("*")):
            status = path.lstat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}".encode())
            if path.is_file() and "lists" in str(path) and os.access(path, os.R_OK):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def children() -> list[str]:
    """Ids of this process's children, zombies too."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
