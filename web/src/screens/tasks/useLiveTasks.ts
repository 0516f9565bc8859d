import { useEffect, useRef } from "react";
import { useTopic } from "@/lib/live";
import type { Pages } from "@/lib/query";
import type { ScanTask, TaskState } from "@/lib/wire";
import { useSettled } from "../task/useSettled";

interface TasksTopic {
  running: { TaskId: number; Module: string; Progress: number; State: TaskState }[];
  rev: number;
}

const POLL_MS = 3_000;

/** Keep a list of tasks fresh: running rows at once, everything when something has changed. Returns the topic. */
export function useLiveTasks(pages: Pages<ScanTask>, seen: { first: number; last: number }) {
  const topic = useTopic<TasksTopic>("tasks");
  const latest = useRef(pages);
  latest.current = pages;
  useSettled(topic.state?.rev, () => latest.current.refetch());
  useEffect(() => {
    for (const running of topic.state?.running ?? []) patch(latest.current, seen, running);
  }, [topic.seq, topic.state, seen]);
  useEffect(() => {
    if (!topic.stale) return undefined;
    const timer = setInterval(() => latest.current.refetch(), POLL_MS);
    return () => clearInterval(timer);
  }, [topic.stale]);
  return topic;
}

function patch(pages: Pages<ScanTask>, seen: { first: number; last: number }, running: TasksTopic["running"][number]): void {
  for (let index = seen.first; index <= seen.last; index++) {
    const task = pages.row(index);
    if (task?.TaskId !== running.TaskId) continue;
    const moved = task.Progress !== running.Progress || task.State !== running.State;
    if (moved) pages.patch(index, { ...task, Progress: running.Progress, State: running.State });
    return;
  }
}
