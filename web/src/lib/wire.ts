/** Answers of actions as the console reads them; the schema documents say what each member means. */
export type Module = "Vul" | "Malware" | "Baseline";
export const MODULES: readonly Module[] = ["Vul", "Malware", "Baseline"];

export type Bucket = "Waiting" | "Scanning" | "Ok" | "OkWithRisks" | "Offline" | "Timeout" | "Failed" | "TooOld" | "Stopped";
export type TaskState = "Scanning" | "Done" | "Stopping" | "Stopped";

export interface Counts {
  Pending: number;
  Leased: number;
  Running: number;
  Stopping: number;
  Ok: number;
  Offline: number;
  Timeout: number;
  Failed: number;
  TooOld: number;
  Stopped: number;
}

export interface ScanTask {
  TaskId: number;
  Module: Module;
  /** 0 one-click, 1 scheduled. */
  Type: number;
  State: TaskState;
  Content: string[];
  Progress: number;
  LeftSeconds: number;
  LeftKnown: boolean;
  BeginTime: string;
  EndTime: string;
  CreatedBy: string;
  StoppedBy: string;
  Machines: number;
  Counts: Counts;
  RiskMachines: number;
  RiskEvents: number;
  VulCount: number;
  StoppingAll: boolean;
  Runs: number;
  CanStop: boolean;
  CanRerun: boolean;
}

export interface MachineRow {
  Quuid: string;
  Uuid: string;
  HostName: string;
  HostIp: string;
  OsName: string;
  AgentVersion: string;
  Bucket: Bucket;
  Progress: number;
  Doing: string;
  Reason: string;
  FailType: number;
  RiskNum: number;
  BeginTime: string;
  EndTime: string;
  Seconds: number;
}

export interface LevelCount {
  Level: number;
  Count: number;
}

export interface Overview {
  Score: number;
  Deductions: { Reason: string; Text: string; Points: number; Link: string }[];
  Modules: {
    Module: Module;
    LastTaskId: number;
    LastState: TaskState | "";
    LastEndTime: string;
    Progress: number;
    NextTime: string;
    Levels: LevelCount[];
    Judged: number;
    Unjudged: number;
    /** Machines whose newest results have a risk. */
    AtRisk: number;
  }[];
  Fleet: { Total: number; Online: number; Offline: number; AgentTooOld: number; NeverScanned: number };
  Actions: { Kind: string; Level: number; Text: string; Link: string }[];
  /** AgeSeconds: not in live updates. */
  Feeds: { Name: string; ImportedTime: string; AgeSeconds?: number; Advisories: number; Stale: boolean }[];
}

export interface Schedule {
  ScheduleId: number;
  Module: Module;
  Enabled: boolean;
  Cadence: string;
  TimeZone: string;
  NextFires: string[];
  LastFireTime: string;
  LastTaskId: number;
  LastSkipTime: string;
  LastSkipReason: string;
  QuuidList: string[];
  OverlapPolicy: "skip" | "queue";
  GraceSeconds: number;
  JitterSeconds: number;
}

export interface Machine {
  Quuid: string;
  Uuid: string;
  HostName: string;
  HostIp: string;
  WanIp: string;
  OsName: string;
  Kernel: string;
  AgentVersion: string;
  AgentTooOld: boolean;
  Status: "Online" | "Offline";
  LastSeenTime: string;
  Tags: string[];
  Remark: string;
  /** Since when its agent is kept out, "" when it is not. */
  QuarantinedTime: string;
  Scans: { Module: Module; EndTime: string; Risks: number }[];
}

/** What runs old files since an update, a reboot (Unit "") first. Known: a whole inventory says so. */
export interface MachineRestarts {
  Known: boolean;
  Restarts: { Unit: string; Package: string; Path: string; Processes: number; Reason: string }[];
}

export interface User {
  UserName: string;
  Role: string;
  Enabled: boolean;
  Locked: boolean;
  Tags: string[];
}

export interface ApiKey {
  SecretId: string;
  UserName: string;
  Enabled: boolean;
  CreatedTime: string;
  LastUsedTime: string;
  ExpiredTime: string;
}

export interface AuditEntry {
  Number: number;
  Time: string;
  UserName: string;
  SecretId: string;
  Source: string;
  Service: string;
  Action: string;
  RequestId: string;
  Target: string;
  Parameters: string;
  Outcome: string;
  Digest: string;
}

export interface ConsoleSession {
  SessionId: string;
  UserName: string;
  Source: string;
  UserAgent: string;
  CreatedTime: string;
  LastUsedTime: string;
  ExpireTime: string;
  Current: boolean;
}

export interface IgnoreRule {
  RuleId: number;
  Key: string;
  State: "in force" | "ended";
  Scope: "all" | "chosen" | "except" | "tagged";
  Quuids: string[];
  Tags: string[];
  /** "" for any. */
  PackageName: string;
  PackageEcosystem: string;
  PackageVersion: string;
  Remark: string;
  Owner: string;
  Source: string;
  CreatedTime: string;
  ModifyTime: string;
  /** "" for never. */
  ExpireTime: string;
  EndedTime: string;
  Document: string;
  VexStatus: string;
  Justification: string;
}

export interface VexDocument {
  Document: string;
  Author: string;
  Version: number;
  IssuedTime: string;
  ImportedTime: string;
  Owner: string;
  Rules: number;
  Statements: number;
}

export interface Webhook {
  WebhookId: number;
  Name: string;
  Url: string;
  Events: string[];
  Level: number;
  Enabled: boolean;
  /** Why the server switched it off, "" when it did not. */
  OffReason: string;
  CreatedTime: string;
  LastStatus: number;
  LastTime: string;
  Pending: number;
}

export interface Feed {
  Name: string;
  State: "current" | "stale" | "failing" | "missing";
  Advisories: number;
  Ecosystems: string[];
  CurrentTime: string;
  AgeSeconds: number;
  CheckedTime: string;
  FailedTime: string;
  Failures: number;
  Fault: string;
  Problem: string;
  LeftOut: string;
  Source: string;
  Usual: boolean;
  NextTime: string;
}

export interface FeedUpdate {
  Running: boolean;
  Feed: string;
  Done: number;
  Total: number;
  Imported: number;
  Failed: number;
  Problem: string;
  BeginTime: string;
  EndTime: string;
}

export interface Delivery {
  DeliveryId: string;
  Event: string;
  Time: string;
  Attempts: number;
  Status: number;
  Error: string;
  NextTime: string;
  State: "Pending" | "Sent" | "GivenUp";
}

/** An installed package that brings a vulnerability. */
export interface VulPackage {
  Name: string;
  Source: string;
  Installed: string;
  Fixed: string;
  FixStatus: string;
  Path: string;
  SaidBy: string;
}

/** A vulnerability over machines. Cvss, Epss "": nobody gives one. Machines: those that have it and do not set it aside. */
export interface Vulnerability {
  VulId: number;
  CveId: string;
  Name: string;
  Level: number;
  LevelSource: string;
  Cvss: string;
  CvssVector: string;
  Epss: string;
  Kev: boolean;
  Category: number;
  Component: string;
  Fixed: string;
  FixStatus: string;
  Machines: number;
  FixedMachines: number;
  IgnoredMachines: number;
  FirstSeen: string;
  LastSeen: string;
  Status: "present" | "fixed";
}

/** A vulnerability on one machine. */
export interface MachineVulnerability extends Vulnerability {
  EventId: number;
  FixedTime: string;
  Cause: string;
  Reopened: boolean;
  Ignored: boolean;
  Packages: VulPackage[];
}

/** A machine that has or had a vulnerability. Fixed: when it was gone, "" while it is there. */
export interface VulnerableMachine {
  EventId: number;
  Quuid: string;
  HostName: string;
  HostIp: string;
  OsName: string;
  Status: "present" | "fixed";
  FirstSeen: string;
  LastSeen: string;
  Fixed: string;
  Cause: string;
  Reopened: boolean;
  Ignored: boolean;
  Packages: VulPackage[];
}

/** Risks: pairs of a machine and a vulnerability that it closes. */
export interface Upgrade {
  Ecosystem: string;
  Component: string;
  Fixed: string;
  Machines: number;
  Vulnerabilities: number;
  Risks: number;
  Level: number;
  Kev: boolean;
  Command: string;
}

export interface ExplainedFinding {
  Finding: MachineVulnerability;
  Quuid: string;
  HostName: string;
  OsName: string;
  Description: string;
  References: string[];
  PublishTime: string;
  Reasons: {
    Package: string;
    Source: string;
    Installed: string;
    Compared: string;
    Fixed: string;
    FixStatus: string;
    Ecosystem: string;
    Path: string;
    Feed: string;
    Advisory: string;
    Aliases: string[];
    FeedTime: string;
    FeedState: string;
    Comparison: string;
    Rule: string;
    Level: number;
    LevelSource: string;
    Cvss: string;
  }[];
  SilentFeeds: { Feed: string; State: string; Time: string; Reason: string }[];
  NotCovered: string;
  Command: string;
  Fix: string;
  Restart: string;
  IgnoredBy: IgnoreRule[];
}
