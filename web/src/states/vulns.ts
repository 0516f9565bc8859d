/** Sample vulnerabilities: on the fleet, on machines, and why. */
import type { ExplainedFinding, MachineVulnerability, Upgrade, Vulnerability, VulnerableMachine, VulPackage } from "@/lib/wire";
import { before, hostIp, hostName, quuidOf, system } from "./fleet";

const PACKAGES = ["openssl", "zlib1g", "libexpat1", "curl", "sudo", "python3.11", "linux-image-6.1.0-26-amd64", "openssh-server"];
const WORDS = ["Heap overflow in a length check", "Use after free while a stream is closed", "Missing check of a certificate's name", "Path traversal in an archive"];
const STATUSES = ["fixed", "fixed", "fixed", "unfixed", "wont_fix"];
const VECTORS = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:N/A:N", ""];
const FIRST_ID = 1_000;
const DAY = 86_400;

const at = <T>(all: readonly T[], index: number): T => all[index % all.length] as T;
const packageOf = (index: number) => at(PACKAGES, index);
const cveOf = (index: number) => `CVE-2026-${1_200 + index * 7}`;
const fixOf = (index: number) => (at(STATUSES, index) === "fixed" ? `3.0.${15 + (index % 9)}-1~deb12u${1 + (index % 4)}` : "");

/** The index of a sample by the number in its address. */
export const indexOf = (id: number) => Math.max(0, id - FIRST_ID);

export function vulnerability(index: number, machines: number): Vulnerability {
  const worst = Math.max(0, 98 - Math.floor(index / 3)) / 10;
  return {
    VulId: FIRST_ID + index, CveId: cveOf(index), Name: `${packageOf(index)}: ${index % 6 === 5 ? cveOf(index) : at(WORDS, index)}`,
    Level: worst >= 9 ? 4 : worst >= 7 ? 3 : worst >= 4 ? 2 : 1, LevelSource: index % 3 === 2 ? "debian urgency" : "cvss of NVD",
    Cvss: index % 7 === 6 ? "" : worst.toFixed(1), CvssVector: at(VECTORS, index), Epss: index % 5 === 4 ? "" : (0.9 / (1 + index * 0.7)).toFixed(5), Kev: index < 3 || index % 41 === 7,
    Category: 4, Component: packageOf(index), Fixed: fixOf(index), FixStatus: at(STATUSES, index),
    Machines: Math.max(1, Math.floor(machines / (3 + index * 2))), FixedMachines: index % 9, IgnoredMachines: index % 11 === 3 ? 2 : 0,
    FirstSeen: before(DAY * (1 + (index % 60))), LastSeen: before(600 + index), Status: "present",
  };
}

function packages(index: number): VulPackage[] {
  const one = (Name: string, Path: string): VulPackage => ({
    Name, Source: packageOf(index), Installed: "3.0.11-1~deb12u2", Fixed: fixOf(index), FixStatus: at(STATUSES, index), Path, SaidBy: `debian ${cveOf(index)}`,
  });
  return index % 4 === 1 ? [one(packageOf(index), ""), one(`lib${packageOf(index)}-dev`, "")] : [one(packageOf(index), "")];
}

export function vulnerableMachine(index: number, vul: number): VulnerableMachine {
  const fixed = index % 5 === 4;
  return {
    EventId: (index + 1) * 536_870_912 + vul, Quuid: quuidOf(index), HostName: hostName(index), HostIp: hostIp(index), OsName: system(index), Status: fixed ? "fixed" : "present",
    FirstSeen: before(DAY * (3 + (index % 20))), LastSeen: before(900 + index), Fixed: fixed ? before(DAY) : "", Cause: fixed ? (index % 2 ? "advisory" : "package") : "",
    Reopened: index % 8 === 2, Ignored: !fixed && index % 7 === 5, Packages: packages(index % 4 === 1 ? 1 : indexOf(vul)),
  };
}

export function machineVulnerability(index: number): MachineVulnerability {
  return {
    ...vulnerability(index, 1), Machines: 1, FixedMachines: 0, IgnoredMachines: 0,
    EventId: 536_870_912 + index, FixedTime: "", Cause: "", Reopened: index % 13 === 6, Ignored: false, Packages: packages(index),
  };
}

export function upgrade(index: number, machines: number): Upgrade {
  const hosts = Math.max(1, Math.floor((machines * 0.37) / (1 + index)));
  const vulns = Math.max(1, 14 - index);
  const name = packageOf(index);
  return {
    Ecosystem: index % 3 === 2 ? "PyPI" : "Debian:12", Component: name, Fixed: `3.0.${19 - (index % 9)}-1~deb12u3`, Machines: hosts, Vulnerabilities: vulns, Risks: hosts * vulns,
    Level: Math.max(1, 4 - Math.floor(index / 4)), Kev: index === 0,
    Command: index % 6 === 5 ? "" : index % 3 === 2 ? `python3 -m pip install ${name}==3.0.19` : `apt-get update && apt-get install --only-upgrade '?and(?installed,?source-package(^${name}$))'`,
  };
}

export function explained(event: number): ExplainedFinding {
  const index = event % 8;
  const finding = { ...machineVulnerability(index), EventId: event };
  const [first] = finding.Packages;
  const fixed = fixOf(index);
  return {
    Finding: finding, Quuid: quuidOf(index), HostName: hostName(index), OsName: system(index),
    Description: description(index), References: [referenceOf(index)], PublishTime: before(DAY * 90),
    Reasons: [
      {
        Package: first?.Name ?? "", Source: first?.Source ?? "", Installed: "3.0.11-1~deb12u2", Compared: "3.0.11-1~deb12u2", Fixed: fixed, FixStatus: at(STATUSES, index), Ecosystem: "Debian:12", Path: "",
        Feed: "debian", Advisory: cveOf(index), Aliases: [], FeedTime: before(7_300), FeedState: "current",
        Comparison: fixed ? `${packageOf(index)} 3.0.11-1~deb12u2 is below ${fixed}, the first version without it in Debian 12` : `every version of ${packageOf(index)} in Debian 12 has it`,
        Rule: "Versions are compared in the order of dpkg. A fixed version holds for Debian 12 alone: in other releases the same fix may come under a lower or a higher number.",
        Level: finding.Level, LevelSource: finding.LevelSource, Cvss: finding.Cvss,
      },
    ],
    SilentFeeds: [{ Feed: "osv:Debian", State: "stale", Time: before(DAY * 4), Reason: "Its newest edition has no advisory of this name." }],
    NotCovered: "", Command: fixed ? `apt-get update && apt-get install --only-upgrade ${packageOf(index)}` : "", Fix: fixed ? `upgrade ${packageOf(index)} to ${fixed}` : "",
    Restart: fixed ? "systemctl restart nginx: it still runs the old libssl3" : "", IgnoredBy: [],
  };
}

const description = (index: number) => `${packageOf(index)}: ${at(WORDS, index)}. A crafted input makes the process read or write outside of its memory, which ends it or lets whoever sent it run code in its place.`;
const referenceOf = (index: number) => `https://security-tracker.debian.org/tracker/${cveOf(index)}`;

/** As DescribeVulInfoCvss tells of it. */
export function known(index: number): object {
  const one = vulnerability(index, 1);
  const fixed = fixOf(index);
  return {
    VulId: one.VulId, VulName: one.Name, VulLevel: one.Level, VulType: one.Category, Description: description(index),
    RepairPlan: fixed ? `Debian:12: upgrade ${packageOf(index)} to ${fixed}\nUbuntu:24.04: upgrade ${packageOf(index)} to 3.0.13-0ubuntu3.4` : "",
    CveId: one.CveId, Reference: referenceOf(index), CVSS: one.CvssVector || (VECTORS[0] ?? ""), PublicDate: before(DAY * 90), CvssScore: Math.floor(Number(one.Cvss)), CveInfo: `Level by ${one.LevelSource}.`,
    CvssScoreFloat: Number(one.Cvss), Labels: one.Kev ? "KEV" : "", DefenseAttackCount: 0, SuccessFixCount: 0, FixSwitch: 0, SupportDefence: 0,
  };
}
