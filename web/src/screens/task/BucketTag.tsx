import { type IconName, Tag } from "@/ui";
import { useTexts } from "@/lib/i18n";
import type { Bucket } from "@/lib/wire";
import { BUCKET_TONES } from "./tasks";
import { words } from "./words";

const ICONS: Record<Bucket, IconName> = {
  Ok: "checkCircle", OkWithRisks: "alert", Scanning: "play", Waiting: "clock", Offline: "xCircle",
  Timeout: "clock", Failed: "xCircle", TooOld: "arrowUp", Stopped: "stop",
};

/** What became of a machine, in the tones of the bar above the table: all that failed is one tone. */
export function BucketTag({ bucket }: { bucket: Bucket }) {
  const { buckets } = useTexts(words);
  return <Tag tone={BUCKET_TONES[bucket]} icon={ICONS[bucket]}>{buckets[bucket] ?? bucket}</Tag>;
}
