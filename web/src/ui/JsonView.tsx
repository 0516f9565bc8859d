import { Fragment, useState } from "react";
import { count as inWords } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { cx } from "./classes";
import type { JsonViewProps } from "./props";
import { useOwnTexts } from "./texts";
import "./code.css";

const LONG_TEXT = 400;
const PAGE = 100;

function Words({ value }: { value: string }) {
  const texts = useOwnTexts();
  const [language] = useLanguage();
  const [whole, setWhole] = useState(false);
  const cut = !whole && value.length > LONG_TEXT;
  return (
    <>
      <span data-kind="text">{JSON.stringify(cut ? value.slice(0, LONG_TEXT) : value)}</span>
      {cut && <button type="button" className="hw-json-more" onClick={() => setWhole(true)}>… {texts.showAll(inWords(value.length, language))}</button>}
    </>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === "string") return <Words value={value} />;
  return <span data-kind={typeof value === "number" ? "number" : "key"}>{String(value)}</span>;
}

const partsOf = (value: object): [string, unknown][] =>
  Array.isArray(value) ? value.map((part: unknown, i) => [String(i), part]) : Object.entries(value);

function Parts({ value, open, listed }: { value: object; open: number; listed: boolean }) {
  const texts = useOwnTexts();
  const [language] = useLanguage();
  const [limit, setLimit] = useState(PAGE);
  const parts = partsOf(value);
  return (
    <ul>
      {parts.slice(0, limit).map(([name, part]) => <li key={name}><Node name={name} value={part} open={open} listed={listed} /></li>)}
      {parts.length > limit && (
        <li><button type="button" className="hw-json-more" onClick={() => setLimit(limit + PAGE)}>
          {texts.showMore(inWords(Math.min(PAGE, parts.length - limit), language))}
        </button></li>
      )}
    </ul>
  );
}

/** One member: a leaf on its line, or a part that opens; what is closed is not rendered. */
function Node({ name, value, open, listed }: { name?: string; value: unknown; open: number; listed?: boolean }) {
  const [shown, setShown] = useState(open > 0);
  const key = name !== undefined && <Fragment><span data-kind={listed ? "note" : "name"}>{name}</span>: </Fragment>;
  if (typeof value !== "object" || value === null) return <>{key}<Leaf value={value} /></>;
  const size = Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`;
  return (
    <details open={shown} onToggle={(e) => setShown(e.currentTarget.open)}>
      <summary>{key}<span className="hw-muted">{size}</span></summary>
      {shown && <Parts value={value} open={open - 1} listed={Array.isArray(value)} />}
    </details>
  );
}

/** Any JSON value as a tree of native disclosures. open: how many levels are open at first. */
export function JsonView({ value, label, open = 2, className }: JsonViewProps) {
  return <div className={cx("hw-json", className)} role="group" aria-label={label ?? "JSON"} tabIndex={0}><Node value={value} open={open} /></div>;
}
