/** All actions of both services, found by a few letters. One field and one list: arrows move, Enter chooses. */
import { Fragment, type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Service } from "@/lib/api";
import { useLanguage, useTexts } from "@/lib/i18n";
import { Icon } from "@/ui";
import type { ServiceSchema } from "./logic/schema";
import { type Entry, type Hit, search } from "./logic/search";
import { texts } from "./texts";

interface Props {
  schemas: Record<Service, ServiceSchema>;
  service: Service;
  action: string;
  onChoose: (service: Service, action: string) => void;
}

export function ActionList({ schemas, service, action, onChoose }: Props) {
  const t = useTexts(texts);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const entries = useMemo(() => entriesOf(schemas), [schemas]);
  const hits = useMemo(() => {
    const shown = query.trim() ? entries : entries.filter((one) => one.served);
    return search(shown, query);
  }, [entries, query]);
  useEffect(() => setActive(0), [query]);
  useEffect(() => slashTo(field), []);
  const show = (at: number) => {
    setActive(at);
    list.current?.querySelectorAll('[role="option"]')[at]?.scrollIntoView({ block: "nearest" });
  };
  const choose = (hit: Hit | undefined) => hit?.entry.served && onChoose(hit.entry.service, hit.entry.name);
  const keys = (event: KeyboardEvent) => {
    const to: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 10, PageUp: active - 10 };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      show(Math.max(0, Math.min(hits.length - 1, next)));
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) choose(hits[active]);
    else if (event.key === "Escape" && query) {
      event.stopPropagation();
      setQuery("");
    }
  };
  return (
    <div className="ex-list">
      <div className="ex-search">
        <Icon name="search" />
        <input
          ref={field} type="search" role="combobox" aria-expanded aria-controls={id} aria-label={t.search} placeholder={t.searchHint}
          aria-activedescendant={hits.length > 0 ? `${id}-${active}` : undefined} value={query} autoComplete="off" spellCheck={false}
          onChange={(event) => setQuery(event.target.value)} onKeyDown={keys}
        />
      </div>
      <ul ref={list} id={id} role="listbox" aria-label={t.actions}>
        {hits.map((hit, at) => {
          const { entry } = hit;
          const before = hits[at - 1]?.entry.service;
          const head = query.trim() === "" && before !== entry.service;
          return (
            <li key={`${entry.service}.${entry.name}`} role="presentation">
              {head && <span className="ex-list-head" role="presentation">{t.services[entry.service]}</span>}
              <div
                id={`${id}-${at}`} role="option" aria-selected={entry.service === service && entry.name === action} aria-disabled={!entry.served}
                data-active={at === active} onClick={() => choose(hit)} onMouseMove={() => setActive(at)} title={entry.en}
              >
                <span className="ex-list-name">{marked(hit)}</span>
                <Said entry={entry} shown={query.trim() !== ""} />
              </div>
            </li>
          );
        })}
      </ul>
      {hits.length === 0 && <p className="ex-none" role="status">{t.noAction}</p>}
    </div>
  );
}

function Said({ entry, shown }: { entry: Entry; shown: boolean }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  if (!entry.served) return <span className="ex-list-said">{t.notServed}</span>;
  return shown ? <span className="ex-list-said">{entry[language]}</span> : null;
}

function marked({ entry, marks }: Hit): ReactNode {
  const at = new Set(marks);
  return [...entry.name].map((letter, place) => {
    const breaks = place > 0 && /[A-Z]/.test(letter) && <wbr />;
    return <Fragment key={place}>{breaks}{at.has(place) ? <mark>{letter}</mark> : letter}</Fragment>;
  });
}

function entriesOf(schemas: Record<Service, ServiceSchema>): Entry[] {
  const all: Entry[] = [];
  for (const schema of [schemas.cwp, schemas.hostward]) {
    for (const one of schema.actions) all.push({ service: schema.service, name: one.name, ...one.documentation, served: true });
    for (const name of schema.unserved ?? []) all.push({ service: schema.service, name, en: "", zh: "", served: false });
  }
  return all;
}

/** "/" goes to the field from wherever nothing is being typed. */
function slashTo(field: { current: HTMLInputElement | null }): () => void {
  const go = (event: globalThis.KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || target.closest("input, textarea, select, [contenteditable], dialog")) return;
    event.preventDefault();
    field.current?.focus();
  };
  window.addEventListener("keydown", go);
  return () => window.removeEventListener("keydown", go);
}
