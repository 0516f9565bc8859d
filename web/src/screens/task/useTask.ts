import { useEffect, useMemo } from "react";
import type { CallError } from "@/lib/api";
import { useTopic } from "@/lib/live";
import { useCall } from "@/lib/query";
import type { Bucket, ScanTask } from "@/lib/wire";
import { BUCKETS, isOpen, type TaskAnswer } from "./tasks";
import { useSettled } from "./useSettled";

const POLL_MS = 3_000;

type LiveState = Partial<ScanTask> & { Buckets?: TaskAnswer["Buckets"] };

export interface LiveTask {
  answer?: TaskAnswer;
  task?: ScanTask;
  /** All nine, zeros too; their sum is the task's machines. */
  buckets: Record<Bucket, number>;
  error?: CallError;
  loading: boolean;
  asOf?: Date;
  live: { at?: Date; stale: boolean; seq: number };
  refetch(): void;
}

/** Parameters of DescribeScanTask. */
export function askedOf(module: string, id: number): object {
  return { Module: module, TaskId: id };
}

/** A task as it is now: read once, then followed by its topic; read again while the stream is down. */
export function useTask(module: string, id: number): LiveTask {
  const asked = Number.isSafeInteger(id) && id > 0 ? askedOf(module, id) : null;
  const topic = useTopic<LiveState>(asked ? `task:${module}:${id}` : null);
  const called = useCall<TaskAnswer>("hostward", "DescribeScanTask", asked, topic.stale ? { refetchMs: POLL_MS } : {});
  const { data, refetch } = called;
  const time = called.asOf?.getTime() ?? 0;
  const task = useMemo(() => {
    if (!data) return undefined;
    const newer = topic.at !== undefined && topic.at.getTime() >= time;
    return newer ? { ...data.Task, ...topic.state } : { ...topic.state, ...data.Task };
  }, [data, time, topic.at, topic.state]);
  // What the stream does not have (options, the deadline) changes with these alone.
  useSettled(topic.state ? `${topic.state.State} ${topic.state.Runs}` : undefined, refetch);
  const open = task !== undefined && isOpen(task);
  useEffect(() => {
    if (!open) refetch(); // the last figures, whatever the stream missed
  }, [open, refetch]);
  // Buckets are of one snapshot with their task, so that they always add up to its machines.
  const newest = topic.state?.Buckets && (topic.at?.getTime() ?? 0) >= time ? topic.state.Buckets : data?.Buckets;
  const buckets = useMemo(() => bucketsOf(newest), [newest]);
  return {
    ...(data ? { answer: data } : {}),
    ...(task ? { task } : {}),
    buckets,
    ...(called.error ? { error: called.error } : {}),
    loading: called.loading,
    ...(called.asOf ? { asOf: called.asOf } : {}),
    live: { ...(topic.at ? { at: topic.at } : {}), stale: topic.stale, seq: topic.seq },
    refetch,
  };
}

function bucketsOf(counted: TaskAnswer["Buckets"] | undefined): Record<Bucket, number> {
  const all = Object.fromEntries(BUCKETS.map((one) => [one, 0])) as Record<Bucket, number>;
  for (const { Bucket: bucket, Machines } of counted ?? []) all[bucket] = Machines;
  return all;
}
