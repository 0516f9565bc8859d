import { useMemo, useState } from "react";
import { CallError } from "@/lib/api";
import { useTexts } from "@/lib/i18n";
import { useAct } from "@/lib/query";
import { navigate, useRoute } from "@/lib/router";
import { useCan } from "@/lib/session";
import { type Module, MODULES } from "@/lib/wire";
import { ApiButton, Card, Denied, ErrorState, Loading, PageHeader, RadioCards, useToast } from "@/ui";
import { taskPath } from "../task/tasks";
import { words } from "../task/words";
import { Machines } from "./Machines";
import { Options } from "./Options";
import { draftOf, leaveDraft } from "./draft";
import { fieldOf, planned, type Plan, problemsOf, startOf } from "./plan";
import { Summary } from "./Summary";
import { texts } from "./texts";
import { useClone } from "./useClone";
import { useProblemWords } from "./useProblemWords";
import { useScope } from "./useScope";
import "../task/task.css";
import "./newscan.css";

const ICONS = { Vul: "bug", Malware: "shield", Baseline: "list" } as const;

/** Plan a scan and start it. */
export default function NewScan() {
  const t = useTexts(texts);
  const can = useCan();
  const { search } = useRoute();
  const clone = useClone(search.get("clone") ?? "");
  const crumbs = [{ label: t.tasks, to: "/tasks" }];
  if (!can("scan:start")) return <><PageHeader title={t.title} crumbs={crumbs} /><Denied permission="scan:start" /></>;
  if (clone.loading) return <><PageHeader title={t.title} crumbs={crumbs} /><Loading /></>;
  return (
    <>
      <PageHeader title={t.title} crumbs={crumbs} sub={clone.name ? t.cloned(clone.name) : undefined} actions={<ApiButton />} />
      {clone.error && <ErrorState error={clone.error} />}
      <Form key={search.toString()} first={planned({ ...fromAddress(search), ...clone.plan })} cloned={clone.name} />
    </>
  );
}

/** What another screen asks for: ?module=Vul&quuid=...&tag=... */
function fromAddress(search: URLSearchParams): Partial<Plan> {
  const module = MODULES.find((one) => one === search.get("module"));
  const picked = [...search.getAll("quuid"), ...(search.get("quuids")?.split(",") ?? [])].filter(Boolean);
  const tags = search.getAll("tag").filter(Boolean);
  const scope = picked.length > 0 ? "picked" : tags.length > 0 ? "tags" : "all";
  return { ...(module ? { module } : {}), picked, tags, scope };
}

function Form({ first, cloned }: { first: Plan; cloned: string }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [plan, setPlan] = useState<Plan>(first);
  const [tried, setTried] = useState(false);
  const { quuids, error: scopeError } = useScope(plan);
  const problems = problemsOf(plan);
  const problemWords = useProblemWords();
  const { send, busy, refusal, forget } = useStart();
  const start = useMemo(() => startOf(plan, quuids === undefined ? [] : quuids), [plan, quuids]);
  const refused = refusal ? fieldOf(refusal.message) : "";
  const errors: Record<string, string> = {};
  if (tried) for (const problem of problems) errors[problem.field] ??= problemWords(problem);
  if (refusal && refused) errors[refused] = refusal.message;
  const onPlan = (change: Partial<Plan>) => {
    forget();
    setPlan((before) => ({ ...before, ...change }));
  };
  const begin = () => {
    setTried(true);
    if (problems.length === 0 && quuids !== undefined) void send(plan.module, start);
  };
  const toast = useToast();
  const schedule = async () => {
    setTried(true);
    if (problems.length > 0 || quuids === undefined) return;
    try {
      leaveDraft(await draftOf(plan, quuids));
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      toast(error.message, "bad");
      return;
    }
    navigate(`/schedules?edit=${plan.module}`);
  };
  const other = refusal && !refused ? refusal : scopeError;
  const parts = { plan, onPlan, errors };
  return (
    <form className="newscan" noValidate onSubmit={(event) => { event.preventDefault(); begin(); }}>
      <div className="newscan-steps">
        <Card title={`1. ${t.step1}`}>
          <RadioCards<Module>
            className="newscan-named"
            label={t.step1}
            value={plan.module}
            options={MODULES.map((one) => ({ value: one, title: shared.modules[one] ?? one, text: t.modules[one], icon: ICONS[one] }))}
            onChange={(module) => onPlan({ module })}
          />
        </Card>
        <Card title={`2. ${t.step2}`}><Options {...parts} /></Card>
        <Card title={`3. ${t.step3}`}><Machines {...parts} cloned={cloned} /></Card>
      </div>
      <Summary
        plan={plan} start={start} quuids={quuids} problems={tried ? problems.length : 0} busy={busy}
        {...(other ? { error: other } : {})} onSchedule={() => void schedule()}
      />
    </form>
  );
}

/** Sends the call and goes to the new task. */
function useStart() {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const toast = useToast();
  const refresh = ["ListScanTasks", "DescribeOverview"];
  const acts = {
    ScanVul: useAct<{ TaskId: number }, object>("cwp", "ScanVul", { refresh }),
    CreateScanMalwareSetting: useAct<{ TaskId: number }, object>("cwp", "CreateScanMalwareSetting", { refresh }),
    StartBaselineDetect: useAct<{ TaskId: number }, object>("cwp", "StartBaselineDetect", { refresh }),
  };
  const [refusal, setRefusal] = useState<CallError>();
  const send = async (module: Module, { action, parameters }: ReturnType<typeof startOf>) => {
    setRefusal(undefined);
    try {
      const { TaskId } = await acts[action].run(parameters);
      toast(t.starting(shared.task(shared.moduleShort[module] ?? module, TaskId)), "ok");
      navigate(taskPath(module, TaskId));
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      setRefusal(error);
    }
  };
  const busy = Object.values(acts).some((act) => act.busy);
  return { send, busy, refusal, forget: () => setRefusal(undefined) };
}
