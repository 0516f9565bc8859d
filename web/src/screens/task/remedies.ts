import type { Bucket } from "@/lib/wire";

/** Commands to be run on the machine, where a command is the remedy. */
const COMMANDS: Partial<Record<Bucket, string>> = {
  Offline: "systemctl start hostward-agent",
  TooOld: "hostward agent upgrade",
};

export function remedyOf(bucket: Bucket): string | undefined {
  return COMMANDS[bucket];
}
