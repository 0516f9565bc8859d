import { useEffect, useState } from "react";
import { Checkbox, ErrorState, Icon, TextInput } from "@/ui";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import type { Machine } from "@/lib/wire";
import { texts } from "./texts";

export interface Picked {
  Quuid: string;
  HostName: string;
  HostIp: string;
}

const SHOWN = 6;
const SETTLE_MS = 180;

export const nameOf = (one: Picked) => one.HostName || one.HostIp || one.Quuid;

/** Machines by name: those that are chosen, a field to find others by, and the first that meet it. */
export function MachinePicker({ label, value, onChange }: { label: string; value: Picked[]; onChange: (next: Picked[]) => void }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const [text, setText] = useState("");
  const [query, setQuery] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQuery(text.trim()), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const asked = useCall<{ TotalCount: number; Machines: Machine[] }>("hostward", "ListMachines", { ...(query ? { Query: query } : {}), Sort: "HostName", Limit: SHOWN }, { keep: true });
  const found = asked.data?.Machines ?? [];
  const has = (one: Picked) => value.some((other) => other.Quuid === one.Quuid);
  const without = (one: Picked) => value.filter((other) => other.Quuid !== one.Quuid);
  const hidden = (asked.data?.TotalCount ?? 0) - found.length;
  return (
    <fieldset className="hw-ignoring-picker">
      <legend className="hw-field-label">{label}</legend>
      {value.length > 0 && (
        <div className="hw-ignoring-chosen">
          {value.map((one) => (
            <button key={one.Quuid} type="button" className="hw-ignoring-chip" onClick={() => onChange(without(one))}>{nameOf(one)} <Icon name="x" /></button>
          ))}
        </div>
      )}
      <TextInput type="search" aria-label={t.findMachine} placeholder={t.findMachine} value={text} onChange={setText} />
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      <ul>
        {found.map((one) => (
          <li key={one.Quuid}>
            <Checkbox label={<>{nameOf(one)} <span className="hw-muted">{one.HostName ? one.HostIp : ""}</span></>} checked={has(one)} onChange={(on) => onChange(on ? [...value, one] : without(one))} />
          </li>
        ))}
      </ul>
      {asked.data && found.length === 0 && <p className="hw-muted">{t.noMatch}</p>}
      {hidden > 0 && <p className="hw-muted">{t.more(count(hidden, language))}</p>}
    </fieldset>
  );
}
