/** The plan of a task that is run anew, read from how the server describes its options. */
import type { Module } from "@/lib/wire";
import type { TaskAnswer } from "../task/tasks";
import { POLICIES } from "./catalogue";
import { CATEGORIES, LEVELS, type Plan } from "./plan";

/** Words of DescribeScanTask's options, in both languages. */
const LEVEL_WORDS: Record<string, string> = {
  low: "1", medium: "2", high: "3", critical: "4", 低危: "1", 中危: "2", 高危: "3", 严重: "4",
};
const ENGINE_WORDS: Record<string, string> = {
  "critical and high": "1", "critical, high and medium": "2", everything: "3",
  严重和高危: "1", "严重、高危和中危": "2", 全部: "3",
};
const YES = ["yes", "是"];
/** Paths are absolute: a comma inside of one is followed by anything else. */
const BETWEEN_PATHS = /, (?=\/)/;

const parts = (text: string, between: RegExp = /, /) => text.split(between).filter((part) => part !== "");
const numbers = (text: string) => (/^\d+(, \d+)*$/.test(text) ? parts(text) : []);
/** Everything chosen is nothing narrowed. */
const narrowed = (chosen: string[], all: string[]) => (chosen.length === all.length ? [] : chosen);

/** quuids: the task's machines. */
export function planOf(module: Module, answer: TaskAnswer, quuids: string[]): Partial<Plan> {
  const option = (name: string) => answer.Options.find((one) => one.Name === name)?.Value ?? "";
  const scope: Partial<Plan> = { module, scope: "task", ofTask: quuids };
  if (module === "Vul") return { ...scope, timeout: answer.TimeoutSeconds, ...vulPlan(answer, option) };
  if (module === "Malware") return { ...scope, timeout: answer.TimeoutSeconds, ...malwarePlan(answer, option) };
  return { ...scope, rules: rulesOf(option), items: numbers(option("Items")).map(Number) };
}

type Option = (name: string) => string;

function vulPlan({ Task }: TaskAnswer, option: Option): Partial<Plan> {
  const levels = parts(option("Levels")).flatMap((word) => LEVEL_WORDS[word] ?? []);
  return {
    levels: narrowed(LEVELS.filter((level) => levels.includes(level)), LEVELS),
    categories: narrowed(CATEGORIES.filter((category) => Task.Content.includes(category)), CATEGORIES),
    vulIds: numbers(option("Vulnerabilities")),
  };
}

function malwarePlan({ Task }: TaskAnswer, option: Option): Partial<Plan> {
  return {
    pattern: Task.Content[0] ?? "1",
    paths: parts(option("Paths"), BETWEEN_PATHS).join("\n"),
    engine: ENGINE_WORDS[option("Report")] ?? "3",
    memory: YES.includes(option("Memory")),
  };
}

/** The rules that fit both lists, as a scan has it; a list that names nothing leaves nothing out. */
function rulesOf(option: Option): number[] {
  const rules = numbers(option("Rules")).map(Number);
  const policies = numbers(option("Policies")).map(Number);
  if (policies.length === 0) return rules;
  const inside = POLICIES.filter((policy) => policies.includes(policy.id)).flatMap((policy) => policy.rules.map((rule) => rule.id));
  return rules.length === 0 ? inside : inside.filter((id) => rules.includes(id));
}
