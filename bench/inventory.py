"""CPU seconds of the inventory of a Debian machine, beside a naive parse of the same file as control.

Run: python bench/inventory.py [--packages 700] [--rounds 7]. The status file is generated (about 1 KB a package, as
real ones have). "process" is a whole child process from start to exit, so that start-up and imports count; "function"
is the parse alone in a warm process. The control reads the stanzas with the standard library's email parser. All are
the least of the rounds: other work on the machine only ever adds. Exits with 1 above the bar.

"archives and programs": a tree with 150 jars of 300 members, 50 more inside 10 Spring Boot archives, and 50 Go programs
of 2 MB with 100 modules; the control opens the same archives with the standard library's zipfile and reads the programs
whole. "containers": 20 containers on one image with that Debian's packages. "processes": those of the machine it runs
on, looked at for replaced files.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from email.parser import BytesParser
from pathlib import Path

from hostward.domain.package import Package
from hostward.scanners.vul import dpkg, processes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
from container_stores import docker  # made for the tests
from programs_made import go_program  # the same

BAR_CPU_SECONDS = 0.10
"""Whole process, 700 packages (design: vulnerability module, bars)."""
BAR_PEAK_MB = 40.0
JARS, SPRING, INSIDE, MEMBERS = 150, 10, 5, 300
PROGRAMS, MODULES, PROGRAM_BYTES = 50, 100, 2 << 20
CONTAINERS = 20

PROCESS = """
import resource, sys, tempfile
from pathlib import Path
from hostward.domain.options import VulOptions
from hostward.domain.package import Package
from hostward.scanners.contract import Found, Host, Job
from hostward.scanners.vul.scanner import SCANNER
found = 0
with tempfile.TemporaryDirectory() as work:
    job = Job(options=VulOptions(), covered=frozenset({"Debian:12"}))
    for event in SCANNER.scan(job, Host(root=Path(sys.argv[1]), work=Path(work))):
        if isinstance(event, Found):
            found += sum(isinstance(item, Package) for item in event.items)
used = resource.getrusage(resource.RUSAGE_SELF)
print(found, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--packages", type=int, default=700)
    options.add_argument("--rounds", type=int, default=7)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        root = Path(folder)
        data = make_root(root, chosen.packages)
        cpu, peak = process(root, chosen.packages, chosen.rounds)
        function = least(lambda: dpkg.parse(data, "Debian:12")[0], chosen.packages, chosen.rounds)
        control = least(lambda: naive(data), chosen.packages, chosen.rounds)
    others(chosen.packages, chosen.rounds)
    print(f"{chosen.packages} packages, {len(data) / 1000:.0f} KB of status")
    print(f"process   {cpu:.3f} CPU s, peak {peak:.0f} MB   bar {BAR_CPU_SECONDS:.2f} CPU s, {BAR_PEAK_MB:.0f} MB")
    print(f"function  {function * 1000:.1f} ms CPU")
    print(f"control   {control * 1000:.1f} ms CPU (email parser), {control / function:.1f} times as much")
    return 0 if cpu <= BAR_CPU_SECONDS and peak <= BAR_PEAK_MB else 1


def make_root(root: Path, count: int) -> bytes:
    """A Debian 12 root with that many installed packages; the status file's content."""
    (root / "etc").mkdir()
    (root / "etc/os-release").write_text(
        "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\nPRETTY_NAME='Debian 12'\n"
    )
    (root / "var/lib/dpkg").mkdir(parents=True)
    data = "\n".join(stanza(number) for number in range(count)).encode()
    (root / "var/lib/dpkg/status").write_bytes(data)
    return data


def others(packages: int, rounds: int) -> None:
    """What has no bar: archives and programs, containers, processes."""
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        root = Path(folder)
        make_root(root, packages)
        expected = packages + make_archives(root) + make_programs(root)
        cpu, peak = process(root, expected, rounds)
        control = opened_naively(root)
    print(f"archives and programs  {cpu:.3f} CPU s, peak {peak:.0f} MB   control {control:.3f} CPU s (zipfile)")
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        root = Path(folder)
        make_root(root, packages)
        make_containers(root, packages)
        cpu, peak = process(root, packages * (CONTAINERS + 1), rounds)
    print(f"{CONTAINERS} containers          {cpu:.3f} CPU s, peak {peak:.0f} MB")
    start = time.process_time()
    found = processes.look(Path("/proc"))
    used = time.process_time() - start
    running = sum(each.name.isdigit() for each in Path("/proc").iterdir())
    print(f"{running} processes          {used * 1000:.1f} ms CPU, {len(found.files)} replaced files")


def make_archives(root: Path) -> int:
    """Jars with a pom.properties among their classes, some in Spring Boot archives; how many artifacts there are."""
    folder = root / "opt/app"
    folder.mkdir(parents=True)
    for number in range(JARS):
        (folder / f"lib{number}-1.0.jar").write_bytes(jar(f"lib{number}"))
    for number in range(SPRING):
        with zipfile.ZipFile(folder / f"service{number}.jar", "w", zipfile.ZIP_DEFLATED) as file:
            for inside in range(INSIDE):
                file.writestr(f"BOOT-INF/lib/in{number}-{inside}.jar", jar(f"in{number}-{inside}"))
    return JARS + SPRING * INSIDE


def jar(artifact: str) -> bytes:
    """An archive of classes that names itself."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        text = f"groupId=org.example\nartifactId={artifact}\nversion=1.0\n"
        file.writestr(f"META-INF/maven/org.example/{artifact}/pom.properties", text)
        for number in range(MEMBERS):
            file.writestr(f"org/example/{artifact}/Class{number}.class", b"\xca\xfe\xba\xbe" * 500)
    return held.getvalue()


def make_programs(root: Path) -> int:
    """Go programs as Go 1.18 and later write them; how many modules there are, Go itself included."""
    folder = root / "usr/local/bin"
    folder.mkdir(parents=True)
    for number in range(PROGRAMS):
        lines = [("mod", f"example.com/tool{number}", "v1.0.0", "h1:=")]
        lines += [("dep", f"example.com/module{each}", f"v1.{each}.0", "h1:=") for each in range(MODULES)]
        file = folder / f"tool{number}"
        file.write_bytes(go_program("go1.21.5", *lines).ljust(PROGRAM_BYTES, b"x"))
        file.chmod(0o755)
    return PROGRAMS * (MODULES + 2)


def opened_naively(root: Path) -> float:
    """CPU seconds of opening the same archives and reading the same programs with nothing but the standard library."""
    start = time.process_time()
    for path in (root / "opt/app").iterdir():
        with zipfile.ZipFile(path) as file:
            for name in file.namelist():
                if name.endswith("pom.properties"):
                    file.read(name)
                elif name.endswith(".jar"):
                    with zipfile.ZipFile(io.BytesIO(file.read(name))) as inner:
                        [inner.read(each) for each in inner.namelist() if each.endswith("pom.properties")]
    for path in (root / "usr/local/bin").iterdir():
        path.read_bytes().find(b"\xff Go buildinf:")
    return time.process_time() - start


def make_containers(root: Path, packages: int) -> None:
    """Docker containers that stand on one image."""
    release = "ID=debian\nVERSION_ID=12\n"
    status = "\n".join(stanza(number) for number in range(packages))
    contents: dict[str, dict[str, str | bytes | None]] = {
        "image": {"etc/os-release": release, "var/lib/dpkg/status": status}
    }
    for number in range(CONTAINERS):
        contents[f"own{number}"] = {"tmp/x": ""}
        docker(root / "var/lib/docker", f"web{number}", [f"own{number}", "image"], contents)


def stanza(number: int) -> str:
    """About 1 KB; every third package comes from a source of another name, every tenth has binary rebuilds."""
    source = f"Source: source{number // 3} (1.{number}-1)\n" if number % 3 == 0 else ""
    rebuild = "+b1" if number % 10 == 0 else ""
    depends = ", ".join(f"libsomething{other} (>= 2.{other}.1)" for other in range(12))
    return (
        f"Package: package{number}\nStatus: install ok installed\nPriority: optional\nSection: libs\n"
        f"Installed-Size: {number}\nMaintainer: Some Body <somebody@example.org>\nArchitecture: amd64\n"
        f"Multi-Arch: same\n{source}Version: 1.{number}-1{rebuild}\nDepends: {depends}\n"
        "Conffiles:\n /etc/something/file.conf d41d8cd98f00b204e9800998ecf8427e\n"
        "Description: a generated package\n"
        + " Lines of words that describe what it is good for.\n" * 6
        + "Homepage: https://example.org/package\n"
    )


def process(root: Path, count: int, rounds: int) -> tuple[float, float]:
    """CPU seconds and peak MB of a child that scans the root: the least of the rounds."""
    source = str(Path(__file__).resolve().parent.parent / "src")
    runs = []
    for _ in range(rounds):
        argv = [sys.executable, "-c", PROCESS, str(root)]
        done = subprocess.run(
            argv, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": source}
        )
        found, cpu, peak = done.stdout.split()
        if int(found) != count:
            raise SystemExit(f"the scan found {found} packages instead of {count}")
        runs.append((float(cpu), float(peak)))
    return min(cpu for cpu, _ in runs), min(peak for _, peak in runs)


def naive(data: bytes) -> list[Package]:
    """The same packages by the standard library's parser for header blocks."""
    packages = []
    for part in data.split(b"\n\n"):
        fields = BytesParser().parsebytes(part, headersonly=True)
        source, _, version = (fields["Source"] or fields["Package"]).partition(" ")
        packages.append(
            Package(
                ecosystem="Debian:12",
                name=fields["Package"],
                version=fields["Version"],
                arch=fields["Architecture"],
                source=source,
                source_version=version.strip("()") or fields["Version"],
            )
        )
    return packages


def least(work: Callable[[], list[Package]], count: int, rounds: int) -> float:
    """CPU seconds of the quickest round, after one that warms up and is checked."""
    if len(work()) != count:
        raise SystemExit("a parser lost packages")
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
