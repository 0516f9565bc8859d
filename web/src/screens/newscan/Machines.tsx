import { useMemo, useState } from "react";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCall, usePages } from "@/lib/query";
import { Button, type Column, DataGrid, EmptyState, RadioCards, SearchField, StatusTag, Tag, TagInput } from "@/ui";
import { NoValue } from "../task/NoValue";
import { words } from "../task/words";
import type { PartProps } from "./Options";
import type { ScopeKind } from "./plan";
import { texts } from "./texts";
import type { MachineChoice } from "./useScope";

const VISIBLE = 8;
/** Rows are cards then, each as high as four. */
const NARROW = 900;
/** Tags that ListMachines takes at once. */
const MOST_TAGS = 20;

/** Which machines: all, by tags, chosen ones, or those of the task that is cloned. */
export function Machines({ plan, onPlan, errors, cloned }: PartProps & { cloned: string }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const options: { value: ScopeKind; title: string; text: string }[] = [
    { value: "all", title: t.all, text: t.allText },
    { value: "tags", title: t.tags, text: t.tagsText },
    { value: "picked", title: t.picked, text: t.pickedText },
  ];
  if (cloned && plan.ofTask.length > 0) {
    const n = plan.ofTask.length;
    options.push({ value: "task", title: t.ofTask(cloned), text: t.ofTaskText(shared.machines(count(n, language), n === 1)) });
  }
  return (
    <div className="newscan-fields">
      <RadioCards<ScopeKind> className={options.length > 3 ? "newscan-named newscan-patterns" : "newscan-named"} label={t.scope} value={plan.scope} options={options} onChange={(scope) => onPlan({ scope })} />
      {plan.scope === "tags" && <ByTags plan={plan} onPlan={onPlan} errors={errors} />}
      {plan.scope === "picked" && <Picked plan={plan} onPlan={onPlan} errors={errors} />}
      {errors.machines && <p className="newscan-error" role="alert">{errors.machines}</p>}
    </div>
  );
}

function ByTags({ plan, onPlan }: PartProps) {
  const t = useTexts(texts);
  const { data } = useCall<{ List: { Name: string; Count: number }[] }>("cwp", "DescribeTags", {});
  const names = (data?.List ?? []).map((tag) => tag.Name);
  if (data && names.length === 0) return <p className="newscan-hint">{t.noTags}</p>;
  return (
    <TagInput label={t.tagsLabel} placeholder={t.tagsPlaceholder} value={plan.tags} suggestions={names} onChange={(tags) => onPlan({ tags: tags.slice(0, MOST_TAGS) })} />
  );
}

function Picked({ plan, onPlan }: PartProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const [query, setQuery] = useState("");
  const parameters = useMemo(() => ({ Query: query }), [query]);
  const pages = usePages<MachineChoice>("hostward", "ListMachines", parameters, "Machines");
  const columns = useMachineColumns();
  const keys = useMemo(() => new Set(plan.picked), [plan.picked]);
  const choose = (next: Set<string>, all: boolean) => onPlan(all ? { scope: "all", picked: [] } : { picked: [...next] });
  return (
    <div className="newscan-picker">
      <div className="newscan-picker-top">
        <SearchField label={t.searchMachines} placeholder={t.searchHint} value={query} onChange={setQuery} />
        <span className="newscan-hint">{t.pickedCount(shared.machines(count(plan.picked.length, language), plan.picked.length === 1))}</span>
        {plan.picked.length > 0 && <Button kind="quiet" size="small" onClick={() => onPlan({ picked: [] })}>{t.clearPicked}</Button>}
      </div>
      <DataGrid<MachineChoice>
        label={t.machineList}
        columns={columns}
        pages={pages}
        rowKey={(machine) => machine.Quuid}
        storageKey="newscan-machines"
        visibleRows={window.innerWidth < NARROW ? VISIBLE / 2 : VISIBLE}
        selection={{ keys, all: false, onChange: (next) => choose(next.keys, next.all) }}
        empty={query ? <EmptyState title={t.noMatch} icon="search" /> : <EmptyState title={t.noMachines} action={<Button to="/machines?enrol=1">{t.enrol}</Button>} />}
      />
    </div>
  );
}

function useMachineColumns(): Column<MachineChoice>[] {
  const t = useTexts(texts);
  return useMemo<Column<MachineChoice>[]>(
    () => [
      { id: "host", title: t.host, card: "title", render: (machine) => <span title={machine.HostName}>{machine.HostName}</span> },
      { id: "ip", title: t.ip, width: 128, render: (machine) => machine.HostIp || <NoValue /> },
      { id: "os", title: t.os, width: 152, render: (machine) => machine.OsName || <NoValue /> },
      { id: "status", title: t.status, width: 104, render: (machine) => <StatusTag state={machine.Status} /> },
      { id: "tags", title: t.tagColumn, width: 140, hidden: true, card: "none", render: (machine) => (machine.Tags.length > 0 ? machine.Tags.map((tag) => <Tag key={tag}>{tag}</Tag>) : <NoValue />) },
    ],
    [t],
  );
}
