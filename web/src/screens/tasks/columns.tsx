import { useMemo } from "react";
import { count } from "@/lib/format";
import { type Language, useLanguage, useTexts } from "@/lib/i18n";
import { Link } from "@/lib/router";
import type { ScanTask } from "@/lib/wire";
import { type Column, Time } from "@/ui";
import { NoValue } from "../task/NoValue";
import { PhaseTag } from "../task/PhaseTag";
import { phaseOf, taskPath } from "../task/tasks";
import { words } from "../task/words";
import { TaskProgress } from "./TaskProgress";
import { TaskTime } from "./TaskTime";
import { texts } from "./texts";

export function useTaskColumns(): Column<ScanTask>[] {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  return useMemo<Column<ScanTask>[]>(
    () => [
      {
        id: "task", title: t.id, width: 128, card: "title",
        render: (task) => (
          <Link to={taskPath(task.Module, task.TaskId)}>
            {`${shared.moduleShort[task.Module]} ${task.TaskId}`}
          </Link>
        ),
      },
      { id: "type", title: t.type, width: 88, render: (task) => (task.Type === 1 ? shared.scheduled : shared.oneClick) },
      { id: "state", title: t.state, width: 160, render: (task) => <PhaseTag phase={phaseOf(task)} /> },
      { id: "progress", title: t.progress, render: (task) => <TaskProgress task={task} /> },
      { id: "time", title: t.time, width: 124, align: "right", render: (task) => <TaskTime task={task} /> },
      { id: "machines", title: t.scope, width: 84, align: "right", render: (task) => <Link to={taskPath(task.Module, task.TaskId)}>{count(task.Machines, language)}</Link> },
      { id: "atRisk", title: t.riskMachines, width: 84, align: "right", hidden: true, render: (task) => riskText(task, task.RiskMachines, language) },
      {
        id: "risks", title: t.risks, width: 72, align: "right",
        render: (task) => <Link to={taskPath(task.Module, task.TaskId, "?tab=risks")}>{riskText(task, task.RiskEvents, language)}</Link>,
      },
      { id: "by", title: t.by, width: 92, render: (task) => task.CreatedBy || (task.Type === 1 ? t.schedule : <NoValue />) },
      { id: "begin", title: t.begin, width: 112, render: (task) => (task.BeginTime ? <Time value={task.BeginTime} /> : <NoValue />) },
      { id: "end", title: t.end, width: 132, hidden: true, render: (task) => (task.EndTime ? <Time value={task.EndTime} /> : <NoValue />) },
    ],
    [language, shared, t],
  );
}

/** A 0 of a task in which no machine has been judged would be false. */
function riskText(task: ScanTask, n: number, language: Language) {
  if (n === 0 && task.Counts.Ok === 0) return <NoValue />;
  return count(n, language);
}
