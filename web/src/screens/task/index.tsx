import { useState } from "react";
import { useTexts } from "@/lib/i18n";
import { askAhead, callAhead } from "@/lib/query";
import { type Route, urlState, useRoute, useUrlState } from "@/lib/router";
import { MODULES, type Module, type ScanTask } from "@/lib/wire";
import { Button, Denied, EmptyState, ErrorState, Loading, PageHeader, Skeleton, Tabs } from "@/ui";
import { Announcer } from "./Announcer";
import { Banners } from "./Banners";
import { Failures } from "./Failures";
import { Header } from "./Header";
import { Machines } from "./Machines";
import { Risks } from "./Risks";
import { Summary } from "./Summary";
import { exportFilters, failures } from "./tasks";
import { texts } from "./texts";
import { askedOf, type LiveTask, useTask } from "./useTask";
import { bucketsOf, FIRST_VIEW, machineParameters, type Tab, tabOf, type View } from "./view";
import { words } from "./words";
import "./task.css";

function taskOf({ params }: Route): { module: Module; id: number } | undefined {
  const { module = "", task = "" } = params;
  return MODULES.some((one) => one === module) && /^[1-9]\d{0,15}$/.test(task) ? { module: module as Module, id: Number(task) } : undefined;
}

/** The task, and the first of its machines, of which nothing of the task has to be known. */
export function ahead(route: Route): void {
  const which = taskOf(route);
  if (which === undefined) return;
  const view = urlState<View>(route.search, FIRST_VIEW);
  callAhead("hostward", "DescribeScanTask", askedOf(which.module, which.id));
  if (tabOf(view) === "machines") askAhead("hostward", "ListScanTaskMachines", machineParameters(which.module, which.id, view));
}

/** One scan task, live. */
export default function Task() {
  const route = useRoute();
  const which = taskOf(route);
  if (which === undefined) return <Unknown module={route.params.module ?? ""} number={route.params.task ?? ""} />;
  return <Known key={`${which.module}:${which.id}`} {...which} />;
}

function Known({ module, id }: { module: Module; id: number }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const route = useRoute();
  useState(() => ahead(route));
  const live = useTask(module, id);
  const { error, task, answer } = live;
  const title = shared.task(shared.moduleShort[module] ?? module, id);
  const crumbs = [{ label: t.tasks, to: "/tasks" }];
  if (task && answer) {
    return (
      <>
        {error && <ErrorState error={error} onRetry={live.refetch} {...(live.asOf ? { asOf: live.asOf } : {})} />}
        <Shown task={task} live={live} />
      </>
    );
  }
  if (error?.permission) return <><PageHeader title={title} crumbs={crumbs} /><Denied permission={error.permission} /></>;
  if (error && isUnknown(error.code)) return <Unknown module={module} number={String(id)} />;
  return (
    <>
      <PageHeader title={title} crumbs={crumbs} />
      {error ? <ErrorState error={error} onRetry={live.refetch} /> : <Loading><Skeleton rows={12} /></Loading>}
    </>
  );
}

function isUnknown(code: string): boolean {
  return code.startsWith("InvalidParameterValue") || code.startsWith("ResourceNotFound");
}

/** No such task: in words, and the way back. */
function Unknown({ module, number }: { module: string; number: string }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const title = t.unknownTitle(shared.moduleShort[module] ?? module, number);
  return (
    <>
      <PageHeader title={title} crumbs={[{ label: t.tasks, to: "/tasks" }]} />
      <EmptyState title={t.unknownText} icon="search" action={<Button kind="primary" to="/tasks">{t.toList}</Button>} />
    </>
  );
}

function Shown({ task, live }: { task: ScanTask; live: LiveTask }) {
  const t = useTexts(texts);
  const [view, setView] = useUrlState<View>(FIRST_VIEW);
  const { answer, buckets } = live;
  if (!answer) return null;
  const tab = tabOf(view);
  const chosen = bucketsOf(view);
  // No machine has been judged yet: there is no number, which is not 0.
  const judged = buckets.Ok + buckets.OkWithRisks > 0 || task.RiskEvents > 0;
  const filtered = tab === "machines" && (chosen.length > 0 || view.q !== "");
  return (
    <>
      <Announcer task={task} />
      <Header
        task={task}
        previous={answer.PreviousTaskId}
        live={live.live}
        filters={filtered ? exportFilters(chosen, view.q) : undefined}
      />
      <Banners task={task} live={live.live} />
      <Summary task={task} answer={answer} buckets={buckets} />
      <Tabs<Tab>
        label={t.tabs}
        value={tab}
        onChange={(next) => setView({ tab: next })}
        tabs={[
          { id: "machines", label: t.tabMachines, count: task.Machines },
          { id: "risks", label: t.riskTab[task.Module] ?? "", ...(task.Module === "Vul" && judged ? { count: task.VulCount } : {}) },
          { id: "failures", label: t.tabFailures, count: failures(task) },
        ]}
      />
      <div className="task-tab">
        {tab === "machines" && <Machines task={task} buckets={buckets} view={view} onView={setView} />}
        {tab === "risks" && <Risks task={task} buckets={buckets} view={view} onView={setView} />}
        {tab === "failures" && <Failures task={task} buckets={buckets} timeout={answer.TimeoutSeconds} />}
      </div>
    </>
  );
}
