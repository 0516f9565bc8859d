import { useEffect } from "react";
import { Link } from "@/lib/router";
import { cx } from "./classes";
import { Icon } from "./Icon";
import type { CardProps, KeyValueProps, PageHeaderProps, StatProps, StatRowProps, StepsProps } from "./props";
import "./page.css";

/** The head of a screen: the way here, the title (h1), badges, and what can be done. Names the document too. */
export function PageHeader({ title, titleText, crumbs, badges, sub, actions, className }: PageHeaderProps) {
  const name = titleText ?? (typeof title === "string" ? title : undefined);
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · Hostward`;
  }, [name]);
  return (
    <header className={cx("hw-page-header", className)}>
      {crumbs && crumbs.length > 0 && (
        <ol className="hw-crumbs">
          {crumbs.map((crumb) => <li key={crumb.to}><Icon name="chevronLeft" /><Link to={crumb.to}>{crumb.label}</Link></li>)}
        </ol>
      )}
      <div className="hw-page-line">
        <h1>{title}</h1>
        {badges && <div className="hw-page-badges">{badges}</div>}
        {actions && <div className="hw-page-actions">{actions}</div>}
      </div>
      {sub && <div className="hw-page-sub">{sub}</div>}
    </header>
  );
}

/** A framed part of a screen. */
export function Card({ title, actions, children, pad = true, className }: CardProps) {
  return (
    <section className={cx("hw-card", className)} data-pad={pad}>
      {(title || actions) && <div className="hw-card-head">{title && <h2>{title}</h2>}{actions && <div className="hw-card-actions">{actions}</div>}</div>}
      <div className="hw-card-body">{children}</div>
    </section>
  );
}

/** One number with its name; with `to` the whole tile is a link. */
export function Stat({ label, value, hint, tone, to, className }: StatProps) {
  const inside = (
    <>
      <span className="hw-stat-label">{label}</span>
      <span className="hw-stat-value" data-tone={tone}>{value}</span>
      {hint && <span className="hw-stat-hint">{hint}</span>}
    </>
  );
  const classes = cx("hw-stat", className);
  return to === undefined ? <div className={classes}>{inside}</div> : <Link className={classes} to={to}>{inside}</Link>;
}

export function StatRow({ children, className }: StatRowProps) {
  return <div className={cx("hw-stat-row", className)}>{children}</div>;
}

/** Names and values in two columns; one under the other where it is narrow. */
export function KeyValue({ items, className }: KeyValueProps) {
  return (
    <dl className={cx("hw-key-value", className)}>
      {items.map((item, i) => <div key={i}><dt>{item.key}</dt><dd>{item.value}</dd></div>)}
    </dl>
  );
}

/** Numbered steps, each with a state. */
export function Steps({ steps, className }: StepsProps) {
  return (
    <ol className={cx("hw-steps", className)}>
      {steps.map((step, i) => (
        <li key={step.title} data-state={step.state ?? "next"} aria-current={step.state === "now" ? "step" : undefined}>
          <span className="hw-step-mark">{step.state === "done" ? <Icon name="check" /> : i + 1}</span>
          <div className="hw-step-body"><h3>{step.title}</h3>{step.children}</div>
        </li>
      ))}
    </ol>
  );
}
