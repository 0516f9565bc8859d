import { type IconName, Tag, type Tone } from "@/ui";
import { useTexts } from "@/lib/i18n";
import type { Phase } from "./tasks";
import { words } from "./words";

const LOOKS: Record<Phase, [Tone, IconName]> = {
  Queued: ["neutral", "clock"],
  Scanning: ["accent", "play"],
  Finishing: ["accent", "refresh"],
  Done: ["ok", "checkCircle"],
  DoneWithFailures: ["warn", "alert"],
  Stopping: ["warn", "pause"],
  Stopped: ["neutral", "stop"],
};

/** A task's phase: a word and a sign beside the colour. */
export function PhaseTag({ phase }: { phase: Phase }) {
  const { phases } = useTexts(words);
  const [tone, icon] = LOOKS[phase];
  return <Tag tone={tone} icon={icon}>{phases[phase]}</Tag>;
}
