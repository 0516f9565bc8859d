import { useMemo } from "react";
import { cx } from "./classes";
import { Copy } from "./Copy";
import type { CodeProps } from "./props";
import { tokenize } from "./tokenize";
import "./code.css";

const COLOURED = 20_000;

/** A block of code with its words coloured; beyond 20,000 characters plain. It scrolls by itself, unless it wraps. */
export function Code({ text, language, copy, wrap, label, className }: CodeProps) {
  const tokens = useMemo(() => tokenize(text, text.length > COLOURED ? "text" : language), [text, language]);
  return (
    <div className={cx("hw-code", className)} data-wrap={wrap || undefined}>
      <pre tabIndex={0} role="group" aria-label={label ?? language}>
        <code>{tokens.map((token, i) => (token.kind === "plain" ? token.text : <span key={i} data-kind={token.kind}>{token.text}</span>))}</code>
      </pre>
      {copy && <Copy text={text} className="hw-code-copy" />}
    </div>
  );
}
