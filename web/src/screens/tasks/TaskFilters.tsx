import { useTexts } from "@/lib/i18n";
import { MODULES, type TaskState } from "@/lib/wire";
import { Button, FilterBar, MultiSelect, SearchField, Select } from "@/ui";
import { words } from "../task/words";
import { texts } from "./texts";

export type Filters = {
  module: string;
  state: string[];
  type: string;
  q: string;
  from: string;
  to: string;
};

export const NO_FILTERS: Filters = { module: "", state: [], type: "", q: "", from: "", to: "" };
const STATES: TaskState[] = ["Scanning", "Stopping", "Done", "Stopped"];

interface TaskFiltersProps {
  filters: Filters;
  onChange: (change: Partial<Filters>) => void;
}

export function TaskFilters({ filters, onChange }: TaskFiltersProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const filtered = JSON.stringify(filters) !== JSON.stringify(NO_FILTERS);
  return (
    <FilterBar actions={filtered ? <Button kind="quiet" onClick={() => onChange(NO_FILTERS)}>{t.clear}</Button> : undefined}>
      <SearchField label={t.search} placeholder={t.searchHint} value={filters.q} onChange={(q) => onChange({ q })} />
      <Select
        label={t.module}
        hideLabel
        value={filters.module}
        options={[{ value: "", label: t.anyModule }, ...MODULES.map((one) => ({ value: one as string, label: shared.modules[one] ?? one }))]}
        onChange={(module) => onChange({ module })}
      />
      <MultiSelect
        label={t.state}
        value={filters.state}
        options={STATES.map((one) => ({ value: one as string, label: shared.phases[one] }))}
        onChange={(state) => onChange({ state })}
      />
      <Select
        label={t.type}
        hideLabel
        value={filters.type}
        options={[{ value: "", label: t.anyType }, { value: "0", label: shared.oneClick }, { value: "1", label: shared.scheduled }]}
        onChange={(type) => onChange({ type })}
      />
      <DateField label={t.from} value={filters.from} max={filters.to} onChange={(from) => onChange({ from })} />
      <DateField label={t.to} value={filters.to} min={filters.from} onChange={(to) => onChange({ to })} />
    </FilterBar>
  );
}

interface DateFieldProps {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onChange: (value: string) => void;
}

function DateField({ label, value, min, max, onChange }: DateFieldProps) {
  return (
    <label className="tasks-date">
      <span>{label}</span>
      <input type="date" value={value} min={min} max={max} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Filters of ListScanTasks. What stands in the address and can't be meant is left out. */
export function parametersOf(filters: Filters): object {
  return {
    ...(MODULES.some((one) => one === filters.module) ? { Module: filters.module } : {}),
    ...(filters.state.length > 0 ? { States: filters.state.filter((one) => STATES.some((known) => known === one)) } : {}),
    ...(filters.type === "0" || filters.type === "1" ? { Types: [Number(filters.type)] } : {}),
    ...(filters.q ? { Query: filters.q } : {}),
    ...(DATE.test(filters.from) ? { BeginAfter: `${filters.from} 00:00:00` } : {}),
    ...(DATE.test(filters.to) ? { BeginBefore: `${filters.to} 23:59:59` } : {}),
  };
}
