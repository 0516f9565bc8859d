import { Tooltip } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { words } from "./words";

/** "-": there is no value, which is neither 0 nor an error. */
export function NoValue() {
  const { noValue } = useTexts(words);
  return (
    <Tooltip text={noValue}>
      <span className="task-novalue">–<span className="task-unseen"> {noValue}</span></span>
    </Tooltip>
  );
}
