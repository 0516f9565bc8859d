import { useTexts } from "@/lib/i18n";
import type { Problem } from "./plan";
import { texts } from "./texts";

/** What is wrong with a field, in words. */
export function useProblemWords(): (problem: Problem) => string {
  const t = useTexts(texts);
  return ({ kind, text = "" }) => {
    switch (kind) {
      case "timeout":
        return t.timeoutWrong;
      case "vulId":
        return t.vulIdsWrong(text);
      case "tooMany":
        return t.tooMany(text);
      case "path":
        return t.pathWrong(text);
      case "noPath":
        return t.pathsMissing;
      case "noMachine":
        return t.pickedNone;
    }
  };
}
