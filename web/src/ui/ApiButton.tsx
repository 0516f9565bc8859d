import { useState, useSyncExternalStore } from "react";
import { type Recent, recent } from "@/lib/api";
import { localTime } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import { useSession } from "@/lib/session";
import { Button } from "./Button";
import { Code } from "./Code";
import { Drawer } from "./Dialog";
import type { ApiButtonProps } from "./props";
import { EmptyState, ErrorState, Loading } from "./State";
import { Tabs } from "./Tabs";
import { useOwnTexts } from "./texts";
import "./api.css";

const OWN = "GenerateCode";
const LANGUAGES = [{ id: "curl", label: "curl" }, { id: "python", label: "Python" }, { id: "tccli", label: "tccli" }] as const;
type Written = (typeof LANGUAGES)[number]["id"];

/** The newest call of each action. */
function distinct(calls: Recent[]): Recent[] {
  const seen = new Set<string>([OWN]);
  return calls.filter(({ action }) => !seen.has(action) && seen.add(action));
}

function Program({ one, written }: { one: Recent; written: Written }) {
  const { endpoint, tls } = useSession();
  const { data, error, refetch } = useCall<{ Text: string }>("hostward", OWN, {
    Service: one.service, ActionName: one.action, Parameters: JSON.stringify(one.parameters), ProgramLanguage: written,
    Endpoint: `${tls ? "https" : "http"}://${endpoint}`,
  });
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  return data ? <Code text={data.Text} language={written === "python" ? "python" : "shell"} copy label={`${one.action} ${written}`} /> : <Loading />;
}

function Calls({ calls }: { calls: Recent[] }) {
  const texts = useOwnTexts();
  const [language] = useLanguage();
  const [action, setAction] = useState(calls[0]?.action);
  const [written, setWritten] = useState<Written>("curl");
  const one = calls.find((call) => call.action === action) ?? calls[0];
  if (!one) return <EmptyState icon="code" title={texts.apiNone} />;
  const explorer = `/explorer?${new URLSearchParams({ service: one.service, action: one.action, parameters: JSON.stringify(one.parameters) })}`;
  return (
    <div className="hw-api">
      <ul className="hw-api-calls">
        {calls.map((call) => (
          <li key={call.action}>
            <button type="button" aria-pressed={call === one} onClick={() => setAction(call.action)}>
              <b>{call.action}</b><span>{call.service} · {localTime(call.at, language)} · {Math.round(call.ms)} ms{call.code && ` · ${call.code}`}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className="hw-api-program">
        <Code text={JSON.stringify(one.parameters, null, 2)} language="json" label={one.action} />
        <Tabs label={texts.apiTitle} tabs={[...LANGUAGES]} value={written} onChange={setWritten} />
        <Program one={one} written={written} />
        <Button to={explorer} icon="external">{texts.open}</Button>
      </div>
    </div>
  );
}

/** "API": the calls behind this screen as programs, and the way to try them in the Explorer. */
export function ApiButton({ calls, className }: ApiButtonProps) {
  const texts = useOwnTexts();
  const [open, setOpen] = useState(false);
  const made = useSyncExternalStore(recent.subscribe, recent.list);
  return (
    <>
      <Button icon="code" className={className} aria-haspopup="dialog" onClick={() => setOpen(true)}>{texts.api}</Button>
      <Drawer open={open} wide title={texts.apiTitle} onClose={() => setOpen(false)}><Calls calls={distinct(calls ?? made)} /></Drawer>
    </>
  );
}
