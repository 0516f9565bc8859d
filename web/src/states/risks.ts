/** Sample risks, and the tables of the settings. */
import type { Risk } from "@/screens/task/tasks";
import type { ApiKey, AuditEntry, ConsoleSession, Delivery, Feed, FeedUpdate, Module, Overview, Schedule, User, Webhook } from "@/lib/wire";
import { before, hostName, quuidOf } from "./fleet";

const PACKAGES = ["openssl", "zlib1g", "libexpat1", "curl", "sudo", "python3.11", "linux-image-amd64", "openssh-server"];
const WORDS = ["heap overflow in a length check", "use after free while a stream is closed", "missing check of a certificate's name", "path traversal in an archive"];
const RULES = ["Permissions of /etc/shadow", "Root may not sign in by password over SSH", "Core dumps are off", "The firewall drops by default"];
const MALWARE = ["/tmp/.x/kworkerd", "/var/www/html/upload/shell.php", "/usr/local/bin/.cache/miner"];

export function risk(module: Module, index: number, machines: number): Risk {
  const level = 4 - (index % 4);
  const hosts = Math.max(1, Math.floor(machines / (3 + index * 2)));
  if (module === "Malware") {
    return { Id: String(index), Name: "Webshell.PHP.Generic", Level: level, LevelSource: "", Score: "", Machines: hosts, Where: MALWARE[index % MALWARE.length] ?? "", Fix: "", Reference: "", Description: "A file that takes commands from a request." };
  }
  if (module === "Baseline") {
    return { Id: String(index), Name: RULES[index % RULES.length] ?? "", Level: level, LevelSource: "", Score: "", Machines: hosts, Where: "CIS Debian 12 L1", Fix: "chmod 0640 /etc/shadow", Reference: "https://www.cisecurity.org/benchmark/debian_linux", Description: "" };
  }
  const name = PACKAGES[index % PACKAGES.length] ?? "";
  return {
    Id: String(1_000 + index), Name: `CVE-2026-${1_200 + index * 7}`, Level: level, LevelSource: "nvd", Score: (9.9 - (index % 70) / 10).toFixed(1), Machines: hosts,
    Where: name, Fix: index % 5 === 4 ? "" : `${name} 3.0.${15 + (index % 9)}-1`, Reference: `https://security-tracker.debian.org/tracker/CVE-2026-${1_200 + index * 7}`,
    Description: `${name}: ${WORDS[index % WORDS.length]}. A crafted input makes the process read or write outside of its memory.`,
  };
}

export function overview(machines: number, chinese: boolean): Overview {
  const offline = Math.floor((machines * 31) / 1_000);
  const say = (en: string, zh: string) => (chinese ? zh : en);
  return {
    Score: 71,
    Deductions: [
      { Reason: "malware", Text: say("2 malicious files are not handled", "2 个恶意文件未处理"), Points: 20, Link: "/tasks/Malware/80?tab=risks" },
      { Reason: "critical", Text: say("14 critical vulnerabilities", "14 个严重漏洞"), Points: 6, Link: "/tasks/Vul/81?tab=risks&level=4" },
      { Reason: "feed", Text: say("The advisories are 3 d old", "漏洞库已 3 天未更新"), Points: 3, Link: "" },
    ],
    Modules: [
      { Module: "Malware", LastTaskId: 80, LastState: "Done", LastEndTime: before(5_000), Progress: 100, NextTime: before(-60_000), Levels: [{ Level: 4, Count: 0 }, { Level: 3, Count: 2 }, { Level: 2, Count: 0 }, { Level: 1, Count: 1 }], AtRisk: 3, Judged: machines - offline, Unjudged: offline },
      { Module: "Vul", LastTaskId: 81, LastState: "Scanning", LastEndTime: "", Progress: 64, NextTime: before(-70_000), Levels: [{ Level: 4, Count: 14 }, { Level: 3, Count: 120 }, { Level: 2, Count: 431 }, { Level: 1, Count: 96 }], AtRisk: Math.floor(machines * 0.5), Judged: Math.floor(machines * 0.6), Unjudged: machines - Math.floor(machines * 0.6) },
      { Module: "Baseline", LastTaskId: 0, LastState: "", LastEndTime: "", Progress: 0, NextTime: "", Levels: [], AtRisk: 0, Judged: 0, Unjudged: machines },
    ],
    Fleet: { Total: machines, Online: machines - offline, Offline: offline, AgentTooOld: Math.floor(machines / 500), NeverScanned: Math.floor(machines / 333) },
    Actions: [
      { Kind: "malware", Level: 4, Text: say(`${hostName(42)}: Webshell.PHP.Generic in /var/www/html/upload/shell.php`, `${hostName(42)}：/var/www/html/upload/shell.php 命中 Webshell.PHP.Generic`), Link: `/machines?open=${quuidOf(42)}` },
      { Kind: "vul", Level: 4, Text: say("CVE-2026-1200 (9.9) has a fix and concerns 37 machines", "CVE-2026-1200（9.9）已有修复版本，影响 37 台主机"), Link: "/tasks/Vul/81?tab=risks&risk=CVE-2026-1200" },
      { Kind: "feed", Level: 3, Text: say("The advisories are 3 d old", "漏洞库已 3 天未更新"), Link: "" },
      { Kind: "offline", Level: 2, Text: say(`${offline} machines are offline`, `${offline} 台主机离线`), Link: "/machines?status=Offline" },
      { Kind: "failed", Level: 1, Text: say("The last scan failed on 8 machines", "最近一次扫描在 8 台主机上失败"), Link: "/tasks/Vul/81?tab=failures" },
    ],
    Feeds: [
      { Name: "osv-debian", ImportedTime: before(7_300), AgeSeconds: 7_300, Advisories: 41_302, Stale: false },
      { Name: "rhel-oval", ImportedTime: before(270_000), AgeSeconds: 270_000, Advisories: 18_920, Stale: true },
    ],
  };
}

export const emptyOverview = (): Overview => ({
  Score: 100, Deductions: [], Actions: [], Feeds: [],
  Modules: (["Malware", "Vul", "Baseline"] as const).map((Module) => ({ Module, LastTaskId: 0, LastState: "", LastEndTime: "", Progress: 0, NextTime: "", Levels: [], AtRisk: 0, Judged: 0, Unjudged: 0 })),
  Fleet: { Total: 0, Online: 0, Offline: 0, AgentTooOld: 0, NeverScanned: 0 },
});

export function schedules(): Schedule[] {
  const one = { TimeZone: "UTC", QuuidList: [], GraceSeconds: 3_600, JitterSeconds: 300, LastSkipTime: "", LastSkipReason: "" };
  return [
    { ...one, ScheduleId: 1, Module: "Vul", Enabled: true, Cadence: "every day at 02:00", NextFires: [before(-50_000), before(-136_400), before(-222_800)], LastFireTime: before(36_400), LastTaskId: 78, OverlapPolicy: "skip" },
    { ...one, ScheduleId: 2, Module: "Malware", Enabled: false, Cadence: "every 7 days at 01:00", NextFires: [], LastFireTime: before(400_000), LastTaskId: 70, OverlapPolicy: "queue", QuuidList: [quuidOf(1), quuidOf(2)] },
  ];
}

const PEOPLE: [string, string, string[]][] = [["admin", "administrator", []], ["ling", "operator", ["prod"]], ["auditor-2026", "auditor", []]];

export const users = (): User[] => PEOPLE.map(([UserName, Role, Tags], n) => ({ UserName, Role, Enabled: n !== 2, Locked: n === 1, Tags }));

export const keys = (): ApiKey[] =>
  PEOPLE.map(([UserName], n) => ({ SecretId: `AKIDsample${n}0000000000000000000000`, UserName, Enabled: n !== 1, CreatedTime: before(900_000 + n * 4_000), LastUsedTime: n === 2 ? "" : before(60 + n), ExpiredTime: "" }));

export const sessions = (): ConsoleSession[] => [
  { SessionId: "1", UserName: "admin", Source: "127.0.0.1", UserAgent: "Chrome 142, Linux", CreatedTime: before(4_000), LastUsedTime: before(2), ExpireTime: before(-40_000), Current: true },
  { SessionId: "2", UserName: "admin", Source: "10.0.0.9", UserAgent: "Firefox 145, macOS", CreatedTime: before(90_000), LastUsedTime: before(3_000), ExpireTime: before(-4_000), Current: false },
];

const DONE = ["ScanVul", "DeleteScanTask", "SetMachineTags", "CreateApiKey", "EnableSchedule"];

export function auditEntry(index: number, total: number): AuditEntry {
  const action = DONE[index % DONE.length] ?? "";
  const own = action === "ScanVul" || action === "DeleteScanTask";
  return {
    Number: total - index, Time: before(index * 610), UserName: index % 4 === 3 ? "ling" : "admin", SecretId: index % 2 === 0 ? "" : "AKIDsample00000000000000000000000", Source: "127.0.0.1",
    Service: own ? "cwp" : "hostward", Action: action, RequestId: `0f3c8a52-6a0b-4f0e-9d1c-${String(index).padStart(12, "0")}`, Target: own ? `task ${81 - (index % 60)}` : "",
    Parameters: '{"HostType":1}', Outcome: index % 13 === 12 ? "AuthFailure.UnauthorizedOperation" : "", Digest: "9f2b".repeat(16),
  };
}

export const webhooks = (): Webhook[] => [
  { WebhookId: 1, Name: "Chat of the night shift", Url: "https://chat.example/hooks/42", Events: ["scan.finished", "finding.new"], Level: 3, Enabled: true, OffReason: "", CreatedTime: before(800_000), LastStatus: 200, LastTime: before(5_000), Pending: 0 },
  { WebhookId: 2, Name: "Tickets", Url: "https://tickets.example/in", Events: ["finding.new"], Level: 4, Enabled: true, OffReason: "", CreatedTime: before(700_000), LastStatus: 503, LastTime: before(900), Pending: 3 },
  { WebhookId: 3, Name: "Old pager", Url: "https://pager.example/hook", Events: ["scan.finished"], Level: 3, Enabled: false, OffReason: "410 Gone on 3 days in a row", CreatedTime: before(900_000), LastStatus: 410, LastTime: before(90_000), Pending: 0 },
];

export const deliveries = (): Delivery[] => [
  { DeliveryId: "d-3", Event: "scan.finished", Time: before(900), Attempts: 3, Status: 503, Error: "HTTP 503", NextTime: before(-300), State: "Pending" },
  { DeliveryId: "d-2", Event: "finding.new", Time: before(5_000), Attempts: 1, Status: 200, Error: "", NextTime: "", State: "Sent" },
];

const feed = (Name: string, more: Partial<Feed>): Feed => ({
  Name, State: "current", Advisories: 0, Ecosystems: [], CurrentTime: "", AgeSeconds: 0, CheckedTime: "", FailedTime: "", Failures: 0, Fault: "", Problem: "",
  LeftOut: "", Source: `https://feeds.example/${Name}`, Usual: true, NextTime: "", ...more,
});

export const feeds = (): Feed[] => [
  feed("alpine:v3.21:main", { State: "stale", Advisories: 5_812, Ecosystems: ["Alpine:v3.21"], CurrentTime: before(432_000), AgeSeconds: 432_000, CheckedTime: before(432_000), Usual: false }),
  feed("debian", { Advisories: 41_902, Ecosystems: ["Debian:11", "Debian:12", "Debian:13", "Debian:14"], CurrentTime: before(3_600), AgeSeconds: 3_600, CheckedTime: before(3_600), NextTime: before(-18_000) }),
  feed("kev", { State: "missing" }),
  feed("osv:PyPI", {
    State: "failing", Advisories: 17_204, Ecosystems: ["PyPI"], CurrentTime: before(90_000), AgeSeconds: 90_000, CheckedTime: before(90_000), FailedTime: before(1_800),
    Failures: 3, Fault: "unreachable", Problem: "https://feeds.example/osv:PyPI: the server answers 503 Service Unavailable", NextTime: before(-1_800),
  }),
];

export const feedUpdate = (): FeedUpdate => ({ Running: true, Feed: "osv:Go", Done: 3, Total: 9, Imported: 2, Failed: 1, Problem: "osv:PyPI: the server answers 503", BeginTime: before(40), EndTime: "" });

export const noUpdate = (): FeedUpdate => ({ Running: false, Feed: "", Done: 0, Total: 0, Imported: 0, Failed: 0, Problem: "", BeginTime: "", EndTime: "" });
